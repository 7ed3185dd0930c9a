/**
 * The talk with one modem over one serial line: bytes to lines, commands to answers, error codes to
 * what they mean for a message. Knows nothing of messages, recipients or other modems.
 */
package org.lastmile.channel.sms.at;

/**
 * SMS over serial modems: a pool of sessions, each owning one modem's port, that takes messages
 * most urgent first and tells what became of every part. Configuration keys are in README.md.
 */
package org.lastmile.channel.sms;

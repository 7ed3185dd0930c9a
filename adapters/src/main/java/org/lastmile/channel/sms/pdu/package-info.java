/**
 * SMS as 3GPP TS 23.040 lays it out: SUBMIT out, DELIVER and STATUS-REPORT in. Pure bytes and text:
 * no modem, no clock, no memory.
 */
package org.lastmile.channel.sms.pdu;

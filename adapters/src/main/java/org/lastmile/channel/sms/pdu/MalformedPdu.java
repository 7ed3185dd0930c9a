package org.lastmile.channel.sms.pdu;

/** A PDU that can't be read: says what is wrong and where, never what it said. */
public final class MalformedPdu extends Exception {
  private static final long serialVersionUID = 1;

  public MalformedPdu(String what) {
    super(what);
  }
}

package org.lastmile.channel.sms.pdu;

/** The two alphabets a message of words can be sent in, and what one part holds. */
public enum Alphabet {
  /** Septets. */
  GSM7,
  /** UTF-16 code units. */
  UCS2;

  private static final int OCTETS = 140;

  /** Units that one message holds behind a header of so many octets; 0 = stands alone. */
  int room(int header) {
    return this == GSM7 ? (OCTETS - header) * 8 / 7 : (OCTETS - header) / 2;
  }

  int units(CharSequence text) {
    return this == GSM7 ? Gsm7.septets(text) : text.length();
  }
}

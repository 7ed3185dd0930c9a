package org.lastmile.channel.sms.pdu;

/** The two alphabets a message of words can be sent in, and what one part holds. */
public enum Alphabet {
  /** Septets. */
  GSM7(160, 153),
  /** UTF-16 code units. */
  UCS2(70, 67);

  /** Units in a message of one part. */
  final int alone;

  /** Units in one of several parts, with an 8-bit reference. */
  final int concatenated;

  Alphabet(int alone, int concatenated) {
    this.alone = alone;
    this.concatenated = concatenated;
  }

  int units(CharSequence text) {
    return this == GSM7 ? Gsm7.septets(text) : text.length();
  }
}

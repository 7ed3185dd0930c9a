package org.lastmile.channel.sms.pdu;

/**
 * Which part of which message.
 *
 * @param reference tells messages of one sender apart: 0 to 255, or {@link #wide}
 * @param total parts of the message, 1 to 255
 * @param number this part, 1 to total
 */
public record Concat(int reference, int total, int number) {
  /** A message of one part. */
  public static final Concat NONE = new Concat(0, 1, 1);

  /** Set in a reference of 16 bits, so that 8-bit 5 and 16-bit 5 are two messages. */
  private static final int WIDE = 0x10000;

  public Concat {
    if (total < 1 || total > 255 || number < 1 || number > total) {
      throw new IllegalArgumentException("part " + number + " of " + total);
    }
  }

  /** With a reference of 16 bits, which is told apart from the same number in 8 bits. */
  public static Concat wide(int reference, int total, int number) {
    return new Concat(WIDE | (reference & 0xFFFF), total, number);
  }

  private boolean wide() {
    return (reference & WIDE) != 0;
  }

  /** The user-data header: none for a message of one part. */
  byte[] header() {
    if (total == 1) {
      return new byte[0];
    }
    byte low = (byte) reference;
    return wide()
        ? new byte[] {6, 8, 4, (byte) (reference >> 8), low, (byte) total, (byte) number}
        : new byte[] {5, 0, 3, low, (byte) total, (byte) number};
  }

  /**
   * Reads the elements behind the header's length octet; whatever makes no sense is no part, and of
   * two places the last counts (TS 23.040, 9.2.3.24).
   */
  static Concat in(byte[] elements) {
    Concat found = NONE;
    for (int i = 0; i + 1 < elements.length; i += 2 + (elements[i + 1] & 0xFF)) {
      int length = elements[i + 1] & 0xFF;
      boolean wide = elements[i] == 8 && length == 4;
      boolean narrow = elements[i] == 0 && length == 3;
      if (!(wide || narrow) || i + 2 + length > elements.length) {
        continue;
      }
      int at = i + 2;
      int reference = elements[at++] & 0xFF;
      if (wide) {
        reference = WIDE | (reference << 8) | (elements[at++] & 0xFF);
      }
      int total = elements[at] & 0xFF;
      int number = elements[at + 1] & 0xFF;
      if (number >= 1 && number <= total) {
        found = new Concat(reference, total, number);
      }
    }
    return found;
  }
}

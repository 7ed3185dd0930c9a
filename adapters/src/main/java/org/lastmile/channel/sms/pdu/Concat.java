package org.lastmile.channel.sms.pdu;

/**
 * Which part of which message.
 *
 * @param reference tells messages of one sender apart
 * @param total parts of the message, 1 to 255
 * @param number this part, 1 to total
 */
public record Concat(int reference, int total, int number) {
  /** A message of one part. */
  public static final Concat NONE = new Concat(0, 1, 1);

  public Concat {
    if (total < 1 || total > 255 || number < 1 || number > total) {
      throw new IllegalArgumentException("part " + number + " of " + total);
    }
  }

  /** User-data header with an 8-bit reference; a decoder in the field rejects 16-bit ones. */
  byte[] header() {
    return new byte[] {5, 0, 3, (byte) reference, (byte) total, (byte) number};
  }

  /** Reads the elements behind the header's length octet; whatever makes no sense is no part. */
  static Concat in(byte[] elements) {
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
        // The width is kept in the reference, so that 8-bit 5 and 16-bit 5 are two messages.
        reference = 0x10000 | (reference << 8) | (elements[at++] & 0xFF);
      }
      int total = elements[at] & 0xFF;
      int number = elements[at + 1] & 0xFF;
      if (number >= 1 && number <= total) {
        return new Concat(reference, total, number);
      }
    }
    return NONE;
  }
}

package org.lastmile.channel.sms.pdu;

import java.util.HashMap;
import java.util.Map;

/** The GSM 7-bit default alphabet with its extension table (3GPP TS 23.038), and its packing. */
final class Gsm7 {
  private static final int ESCAPE = 0x1B;
  private static final String BASIC =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
          + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  private static final Map<Character, Integer> EXTENSION =
      Map.of(
          '\f', 0x0A, '^', 0x14, '{', 0x28, '}', 0x29, '\\', 0x2F, '[', 0x3C, '~', 0x3D, ']', 0x3E,
          '|', 0x40, '€', 0x65);
  private static final Map<Character, Integer> CODES = new HashMap<>();
  private static final Map<Integer, Character> EXTENDED = new HashMap<>();

  static {
    for (int i = 0; i < BASIC.length(); i++) {
      if (i != ESCAPE) {
        CODES.put(BASIC.charAt(i), i);
      }
    }
    EXTENSION.forEach((c, code) -> EXTENDED.put(code, c));
  }

  private Gsm7() {}

  /** Whether every character is in the alphabet or its extension. */
  static boolean covers(String text) {
    return text.chars()
        .allMatch(c -> CODES.containsKey((char) c) || EXTENSION.containsKey((char) c));
  }

  /** What a text costs in septets: extension characters cost two. */
  static int septets(CharSequence text) {
    return text.chars().map(c -> EXTENSION.containsKey((char) c) ? 2 : 1).sum();
  }

  /** One septet a byte; only for text that {@link #covers} says yes to. */
  static byte[] encode(String text) {
    byte[] septets = new byte[septets(text)];
    int n = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      Integer extended = EXTENSION.get(c);
      if (extended != null) {
        septets[n++] = ESCAPE;
        septets[n++] = extended.byteValue();
      } else {
        septets[n++] = CODES.get(c).byteValue();
      }
    }
    return septets;
  }

  /**
   * An escape pair that is in no table gives the character of the basic one, two escapes a space,
   * as TS 23.038 (6.2.1.1) asks; a last lone escape is dropped.
   */
  static String decode(byte[] septets) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < septets.length; i++) {
      if (septets[i] == ESCAPE) {
        if (++i < septets.length) {
          char basic = septets[i] == ESCAPE ? ' ' : BASIC.charAt(septets[i]);
          text.append(EXTENDED.getOrDefault((int) septets[i], basic).charValue());
        }
      } else {
        text.append(BASIC.charAt(septets[i]));
      }
    }
    return text.toString();
  }

  /** Packs eight septets into seven octets, after {@code fill} bits that a header needs. */
  static byte[] pack(byte[] septets, int fill) {
    byte[] octets = new byte[(fill + septets.length * 7 + 7) / 8];
    int bit = fill;
    for (byte septet : septets) {
      for (int i = 0; i < 7; i++, bit++) {
        if (((septet >> i) & 1) != 0) {
          octets[bit / 8] |= (byte) (1 << (bit % 8));
        }
      }
    }
    return octets;
  }

  /** As many septets as asked for, or as many as the octets hold. */
  static byte[] unpack(byte[] octets, int fill, int count) {
    int held = Math.max(0, (octets.length * 8 - fill) / 7);
    byte[] septets = new byte[Math.min(Math.max(0, count), held)];
    int bit = fill;
    for (int s = 0; s < septets.length; s++) {
      for (int i = 0; i < 7; i++, bit++) {
        if (((octets[bit / 8] >> (bit % 8)) & 1) != 0) {
          septets[s] |= (byte) (1 << i);
        }
      }
    }
    return septets;
  }
}

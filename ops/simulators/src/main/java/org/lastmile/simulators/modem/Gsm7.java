package org.lastmile.simulators.modem;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The GSM default alphabet with its extension table, and its packing into octets (TS 23.038). */
final class Gsm7 {
  private static final int ESCAPE = 0x1B;

  private static final String ALPHABET =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ"
          + " !\"#¤%&'()*+,-./0123456789:;<=>?"
          + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
          + "¿abcdefghijklmnopqrstuvwxyzäöñüà";

  private static final Map<Integer, Character> EXTENSION =
      Map.of(
          0x0A, '\f', 0x14, '^', 0x28, '{', 0x29, '}', 0x2F, '\\', 0x3C, '[', 0x3D, '~', 0x3E, ']',
          0x40, '|', 0x65, '€');

  private static final Map<Character, byte[]> SEPTETS = septetsByCharacter();

  private Gsm7() {}

  private static Map<Character, byte[]> septetsByCharacter() {
    Map<Character, byte[]> septets = new HashMap<>();
    for (int i = 0; i < ALPHABET.length(); i++) {
      if (i != ESCAPE) {
        septets.put(ALPHABET.charAt(i), new byte[] {(byte) i});
      }
    }
    EXTENSION.forEach((code, c) -> septets.put(c, new byte[] {ESCAPE, code.byteValue()}));
    return septets;
  }

  /** Septets of a text, or empty when a character is outside the alphabet. */
  static Optional<byte[]> encode(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      byte[] septets = SEPTETS.get(text.charAt(i));
      if (septets == null) {
        return Optional.empty();
      }
      out.writeBytes(septets);
    }
    return Optional.of(out.toByteArray());
  }

  /** Text of septets; a code that the extension table lacks reads as a space, as phones show it. */
  static String decode(byte[] septets) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < septets.length; i++) {
      if (septets[i] != ESCAPE) {
        text.append(ALPHABET.charAt(septets[i]));
      } else if (++i < septets.length) {
        text.append(EXTENSION.getOrDefault((int) septets[i], ' ').charValue());
      }
    }
    return text.toString();
  }

  /** Packs septets behind {@code skip} bits that are left zero for a user data header. */
  static byte[] pack(byte[] septets, int skip) {
    byte[] octets = new byte[(skip + 7 * septets.length + 7) / 8];
    int bit = skip;
    for (byte septet : septets) {
      for (int i = 0; i < 7; i++, bit++) {
        octets[bit / 8] |= (byte) (((septet >> i) & 1) << (bit % 8));
      }
    }
    return octets;
  }

  /** The {@code count} septets that follow {@code skip} bits. */
  static byte[] unpack(byte[] octets, int count, int skip) {
    byte[] septets = new byte[count];
    int bit = skip;
    for (int s = 0; s < count; s++) {
      for (int i = 0; i < 7; i++, bit++) {
        septets[s] |= (byte) (((octets[bit / 8] >> (bit % 8)) & 1) << i);
      }
    }
    return septets;
  }
}

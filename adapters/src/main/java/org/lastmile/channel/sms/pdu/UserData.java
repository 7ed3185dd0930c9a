package org.lastmile.channel.sms.pdu;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** TP-UD of a DELIVER: header and words, by the data coding scheme (3GPP TS 23.038, 4). */
record UserData(Concat concat, String text) {
  private static final int UDHI = 0x40;

  /** Lengths that disagree with the octets that came are cut to what is there. */
  static UserData read(int coding, int length, byte[] octets, int firstOctet) {
    int header = 0;
    Concat concat = Concat.NONE;
    if ((firstOctet & UDHI) != 0 && octets.length > 0) {
      header = Math.min(octets.length, 1 + (octets[0] & 0xFF));
      concat = Concat.in(Arrays.copyOfRange(octets, 1, header));
    }
    int group = coding >> 4;
    int alphabet =
        switch (group) {
          case 0xC, 0xD -> 0;
          case 0xE -> 2;
          case 0xF -> (coding >> 2) & 1;
          default -> group < 8 ? (coding >> 2) & 3 : 0;
        };
    if (alphabet == 0) {
      int headerSeptets = (header * 8 + 6) / 7;
      byte[] septets =
          Gsm7.unpack(
              Arrays.copyOfRange(octets, header, octets.length),
              headerSeptets * 7 - header * 8,
              length - headerSeptets);
      return new UserData(concat, Gsm7.decode(septets));
    }
    byte[] body =
        Arrays.copyOfRange(octets, header, Math.max(header, Math.min(octets.length, length)));
    return new UserData(
        concat, alphabet == 2 ? utf16(body) : new String(body, StandardCharsets.ISO_8859_1));
  }

  /** Unit by unit: a sender may have cut a surrogate pair, which heals when parts are joined. */
  private static String utf16(byte[] body) {
    StringBuilder text = new StringBuilder(body.length / 2);
    for (int i = 0; i + 1 < body.length; i += 2) {
      text.append((char) (((body[i] & 0xFF) << 8) | (body[i + 1] & 0xFF)));
    }
    return text.toString();
  }
}

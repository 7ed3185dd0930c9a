package org.lastmile.channel.sms.pdu;

import java.io.ByteArrayOutputStream;

/** TP-OA, TP-DA, TP-RA: a number in swapped half octets, or letters in septets. */
final class Address {
  private static final String DIGITS = "0123456789*#abc";
  private static final int INTERNATIONAL = 0x91;
  private static final int UNKNOWN = 0x81;

  private Address() {}

  /**
   * @param number up to 20 of {@code 0-9*#abc}, with a leading {@code +} when international
   */
  static byte[] encode(String number) {
    boolean international = number.startsWith("+");
    String digits = international ? number.substring(1) : number;
    if (digits.isEmpty() || digits.length() > 20 || !digits.matches("[0-9*#abc]+")) {
      throw new IllegalArgumentException(
          "a number of " + digits.length() + " characters is not 1 to 20 of 0-9*#abc");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(digits.length());
    out.write(international ? INTERNATIONAL : UNKNOWN);
    for (int i = 0; i < digits.length(); i += 2) {
      int low = DIGITS.indexOf(digits.charAt(i));
      int high = i + 1 < digits.length() ? DIGITS.indexOf(digits.charAt(i + 1)) : 0xF;
      out.write((high << 4) | low);
    }
    return out.toByteArray();
  }

  /** Reads length, type and number; letters come out as they are. */
  static String read(Octets in) throws MalformedPdu {
    int length = in.octet("address length");
    int type = in.octet("address type");
    byte[] body = in.octets((length + 1) / 2, "address");
    if ((type & 0x70) == 0x50) {
      return Gsm7.decode(Gsm7.unpack(body, 0, length * 4 / 7));
    }
    StringBuilder number = new StringBuilder((type & 0x70) == 0x10 ? "+" : "");
    for (int i = 0; i < length; i++) {
      int half = (i % 2 == 0 ? body[i / 2] : body[i / 2] >> 4) & 0xF;
      if (half < DIGITS.length()) {
        number.append(DIGITS.charAt(half));
      }
    }
    return number.toString();
  }
}

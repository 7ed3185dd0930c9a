package org.lastmile.channel.sms.pdu;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * TP-UD of a DELIVER: header and words, by the data coding scheme (3GPP TS 23.038, 4). Of the
 * header only the place in a long message counts; ports, indications and national alphabets (0x24,
 * 0x25) are passed over, so that text in such an alphabet comes out in the default one's
 * characters.
 */
record UserData(Concat concat, String text) {
  /** Behind words that end before their length says so: "1" of "1人被困" must never answer. */
  static final String CUT_SHORT = "[不完整 incomplete]";

  private static final int UDHI = 0x40;

  private enum Coding {
    SEPTETS,
    UTF16,
    OCTETS,
    COMPRESSED
  }

  /**
   * @param length TP-UDL: septets or octets, header included
   * @param octets what came behind it; more than the length says is padding
   * @throws MalformedPdu when the header is longer than all there is
   */
  static UserData read(int dataCoding, int length, byte[] octets, int firstOctet)
      throws MalformedPdu {
    int header = (firstOctet & UDHI) == 0 ? 0 : headerLength(octets);
    Concat concat = Concat.in(Arrays.copyOfRange(octets, Math.min(1, header), header));
    Coding coding = coding(dataCoding);
    if (coding == Coding.SEPTETS) {
      int headerSeptets = (header * 8 + 6) / 7;
      int wanted = length - headerSeptets;
      byte[] septets =
          Gsm7.unpack(
              Arrays.copyOfRange(octets, header, octets.length),
              headerSeptets * 7 - header * 8,
              wanted);
      return new UserData(concat, whole(Gsm7.decode(septets), septets.length >= wanted));
    }
    byte[] body =
        Arrays.copyOfRange(octets, header, Math.max(header, Math.min(octets.length, length)));
    boolean whole = octets.length >= length;
    return switch (coding) {
      case UTF16 -> new UserData(concat, whole(utf16(body), whole && body.length % 2 == 0));
      case OCTETS -> new UserData(concat, whole(latin(body), whole));
      default -> new UserData(concat, whole(noWords(body), whole));
    };
  }

  private static int headerLength(byte[] octets) throws MalformedPdu {
    int length = octets.length == 0 ? 0 : 1 + (octets[0] & 0xFF);
    if (octets.length == 0 || length > octets.length) {
      throw new MalformedPdu(
          "user-data header of %d octets in %d".formatted(length, octets.length));
    }
    return length;
  }

  /** What TS 23.038 reserves is read as the default alphabet, as it asks. */
  private static Coding coding(int dataCoding) {
    int group = dataCoding >> 4;
    boolean general = group < 8; // 00xx, and 01xx, which may be deleted once read
    if (general && (dataCoding & 0x20) != 0) {
      return Coding.COMPRESSED;
    }
    int alphabet =
        switch (group) {
          case 0xE -> 2; // a waiting indication with words in UCS2
          case 0xF -> (dataCoding >> 2) & 1;
          default -> general ? (dataCoding >> 2) & 3 : 0;
        };
    return switch (alphabet) {
      case 1 -> Coding.OCTETS;
      case 2 -> Coding.UTF16;
      default -> Coding.SEPTETS;
    };
  }

  private static String whole(String text, boolean whole) {
    return whole ? text : text + CUT_SHORT;
  }

  /** Eight-bit data is words in Latin-1 when all of it can be printed: some phones write so. */
  private static String latin(byte[] body) {
    String text = new String(body, StandardCharsets.ISO_8859_1);
    boolean words =
        text.chars().allMatch(c -> c == '\n' || c == '\r' || !Character.isISOControl(c));
    return words ? text : noWords(body);
  }

  private static String noWords(byte[] body) {
    return "[非文字 not words] " + HexFormat.of().withUpperCase().formatHex(body);
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

package org.lastmile.simulators.modem;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** TP-UD: a header that may say "part 2 of 3", and the text behind it. */
record UserData(Submit.Alphabet alphabet, String text, Optional<Submit.Part> part) {
  private static final int MAX_OCTETS = 140;
  private static final int CONCATENATED_8 = 0x00;
  private static final int CONCATENATED_16 = 0x08;

  static UserData parse(int dcs, int length, byte[] data, boolean hasHeader) throws BadPdu {
    Submit.Alphabet alphabet = alphabet(dcs);
    int octets = alphabet == Submit.Alphabet.GSM7 ? (length * 7 + 7) / 8 : length;
    if (data.length != octets) {
      throw new BadPdu(
          "TP-UDL " + length + " needs " + octets + " octets of user data, not " + data.length);
    }
    if (octets > MAX_OCTETS) {
      throw new BadPdu("user data of " + octets + " octets is longer than " + MAX_OCTETS);
    }
    int header = hasHeader ? headerLength(data) : 0;
    Optional<Submit.Part> part = part(Arrays.copyOfRange(data, Math.min(1, header), header));
    byte[] body = Arrays.copyOfRange(data, header, data.length);
    return switch (alphabet) {
      case GSM7 -> {
        int fill = (header * 8 + 6) / 7;
        if (fill > length) {
          throw new BadPdu("TP-UDL is shorter than the user data header");
        }
        yield new UserData(alphabet, Gsm7.decode(Gsm7.unpack(data, length - fill, fill * 7)), part);
      }
      case OCTETS -> new UserData(alphabet, HexFormat.of().formatHex(body), part);
      case UCS2 -> {
        if (body.length % 2 != 0) {
          throw new BadPdu("an odd number of UCS2 octets");
        }
        yield new UserData(alphabet, Submit.ucs2(body), part);
      }
    };
  }

  /** TS 23.038, 4. */
  private static Submit.Alphabet alphabet(int dcs) throws BadPdu {
    int group = dcs >> 4;
    int code =
        switch (group) {
          case 0xC, 0xD -> 0;
          case 0xE -> 2;
          case 0xF -> (dcs >> 2) & 1;
          default -> group < 8 ? (dcs >> 2) & 3 : 3;
        };
    if ((group & 0xE) == 2 || group == 6 || group == 7) {
      throw new BadPdu("TP-DCS " + dcs + ": no handset reads compressed text");
    }
    return switch (code) {
      case 0 -> Submit.Alphabet.GSM7;
      case 1 -> Submit.Alphabet.OCTETS;
      case 2 -> Submit.Alphabet.UCS2;
      default -> throw new BadPdu("TP-DCS " + dcs + " is reserved");
    };
  }

  private static int headerLength(byte[] data) throws BadPdu {
    if (data.length == 0 || (data[0] & 0xFF) + 1 > data.length) {
      throw new BadPdu("TP-UDHI is set but the header is missing or too long");
    }
    return (data[0] & 0xFF) + 1;
  }

  private static Optional<Submit.Part> part(byte[] elements) throws BadPdu {
    Octets in = new Octets(elements);
    Optional<Submit.Part> part = Optional.empty();
    while (in.rest().length > 0) {
      int id = in.one("information element");
      byte[] value = in.take(in.one("information element"), "information element");
      if (id == CONCATENATED_8 && value.length == 3) {
        part = Optional.of(part(8, value[0] & 0xFF, value[1], value[2]));
      } else if (id == CONCATENATED_16 && value.length == 4) {
        int reference = ((value[0] & 0xFF) << 8) | (value[1] & 0xFF);
        part = Optional.of(part(16, reference, value[2], value[3]));
      }
    }
    return part;
  }

  private static Submit.Part part(int bits, int reference, byte total, byte number) throws BadPdu {
    Submit.Part part = new Submit.Part(bits, reference, total & 0xFF, number & 0xFF);
    if (part.number() < 1 || part.number() > part.total()) {
      throw new BadPdu("part " + part.number() + " of " + part.total());
    }
    return part;
  }
}

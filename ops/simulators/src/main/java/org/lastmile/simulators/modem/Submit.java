package org.lastmile.simulators.modem;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * One SMS-SUBMIT as a client handed it to a modem (TS 23.040, 9.2.2.2), strictly read.
 *
 * @param reference TP-MR as the client wrote it; the modem counts its own
 * @param to TP-DA, with a + when its type is international
 * @param rejectDuplicates TP-RD
 * @param reportWanted TP-SRR
 * @param until end of validity (TP-VP), empty when the client gave none
 * @param flash class 0: shown at once
 * @param alphabet how the text is coded
 * @param text of this part; 8-bit data as hexadecimal
 * @param part its place in a long message, empty when it stands alone
 */
public record Submit(
    int reference,
    String to,
    boolean rejectDuplicates,
    boolean reportWanted,
    Optional<Instant> until,
    boolean flash,
    Alphabet alphabet,
    String text,
    Optional<Part> part) {

  /** Coding of the user data. */
  public enum Alphabet {
    GSM7,
    OCTETS,
    UCS2
  }

  /** Concatenation header: reference of {@code bits} bits, number of parts, this one from 1. */
  public record Part(int bits, int reference, int total, int number) {}

  /**
   * Reads what stood between the prompt and Ctrl-Z.
   *
   * @param hex centre address and TPDU
   * @param length octets of the TPDU as AT+CMGS named them
   * @param now start of a relative validity
   */
  public static Submit parse(String hex, int length, Instant now) throws BadPdu {
    byte[] octets;
    try {
      octets = HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException e) {
      throw new BadPdu("not hexadecimal: " + e.getMessage());
    }
    Octets whole = new Octets(octets);
    whole.take(whole.one("length of the centre's address"), "centre's address");
    byte[] tpdu = whole.rest();
    if (tpdu.length != length) {
      throw new BadPdu("AT+CMGS said " + length + " octets, the TPDU has " + tpdu.length);
    }
    return parse(new Octets(tpdu), now);
  }

  private static Submit parse(Octets in, Instant now) throws BadPdu {
    int first = in.one("first octet");
    if ((first & 0x03) != 0x01) {
      throw new BadPdu("not an SMS-SUBMIT: first octet " + first);
    }
    int reference = in.one("TP-MR");
    String to = in.address("TP-DA");
    if (to.isEmpty() || to.equals("+")) {
      throw new BadPdu("TP-DA is empty");
    }
    in.one("TP-PID");
    int dcs = in.one("TP-DCS");
    Optional<Instant> until =
        switch ((first >> 3) & 0x03) {
          case 0 -> Optional.empty();
          case 2 -> Optional.of(now.plus(relative(in.one("TP-VP"))));
          case 3 -> Optional.of(in.timestamp("TP-VP"));
          default -> Optional.of(now.plus(enhanced(in.take(7, "TP-VP"))));
        };
    UserData data = UserData.parse(dcs, in.one("TP-UDL"), in.rest(), (first & 0x40) != 0);
    return new Submit(
        reference,
        to,
        (first & 0x04) != 0,
        (first & 0x20) != 0,
        until,
        isFlash(dcs),
        data.alphabet(),
        data.text(),
        data.part());
  }

  /** TS 23.040, 9.2.3.12.1. */
  private static Duration relative(int vp) {
    if (vp <= 143) {
      return Duration.ofMinutes(5L * (vp + 1));
    }
    if (vp <= 167) {
      return Duration.ofHours(12).plusMinutes(30L * (vp - 143));
    }
    return vp <= 196 ? Duration.ofDays(vp - 166) : Duration.ofDays(7L * (vp - 192));
  }

  /** TS 23.040, 9.2.3.12.3. */
  private static Duration enhanced(byte[] vp) throws BadPdu {
    int value = vp[1] & 0xFF;
    return switch (vp[0] & 0x07) {
      case 1 -> relative(value);
      case 2 -> Duration.ofSeconds(value);
      case 3 ->
          Duration.ofHours(digits(vp[1])).plusMinutes(digits(vp[2])).plusSeconds(digits(vp[3]));
      default -> throw new BadPdu("TP-VP has an unknown enhanced form");
    };
  }

  private static int digits(byte swapped) {
    return (swapped & 0x0F) * 10 + ((swapped >> 4) & 0x0F);
  }

  /** Class 0 in the general group (0001 00cc) or in the data coding / class group (1111 xx00). */
  private static boolean isFlash(int dcs) {
    boolean general = (dcs & 0xC0) == 0 && (dcs & 0x10) != 0;
    boolean classGroup = (dcs & 0xF0) == 0xF0;
    return (general || classGroup) && (dcs & 0x03) == 0;
  }

  /** What a phone would show of UCS2 octets; a lone surrogate stays as it is. */
  static String ucs2(byte[] octets) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i + 1 < octets.length; i += 2) {
      text.append((char) (((octets[i] & 0xFF) << 8) | (octets[i + 1] & 0xFF)));
    }
    return text.toString();
  }

  /** UCS2 octets of a text. */
  static byte[] ucs2(String text) {
    return text.getBytes(StandardCharsets.UTF_16BE);
  }
}

package org.lastmile.simulators.modem;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * One TPDU on its way to a modem: an SMS-DELIVER or an SMS-STATUS-REPORT.
 *
 * @param report whether it is a status report
 * @param hex an empty centre address and the TPDU
 * @param length octets of the TPDU
 */
public record Downlink(boolean report, String hex, int length) {
  private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);

  /** An inbound text, split into parts where it is long; {@code reference} marks them as one. */
  public static List<Downlink> deliver(String from, String text, int reference, Instant at) {
    boolean gsm7 = Gsm7.encode(text).isPresent();
    List<String> parts = split(text, gsm7);
    List<Downlink> pdus = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      byte[] header =
          parts.size() == 1
              ? new byte[0]
              : new byte[] {5, 0, 3, (byte) reference, (byte) parts.size(), (byte) (i + 1)};
      pdus.add(deliver(from, parts.get(i), gsm7, header, at));
    }
    return pdus;
  }

  private static Downlink deliver(
      String from, String text, boolean gsm7, byte[] header, Instant at) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x04 | (header.length > 0 ? 0x40 : 0));
    address(out, from);
    out.write(0);
    out.write(gsm7 ? 0x00 : 0x08);
    timestamp(out, at);
    if (gsm7) {
      byte[] septets = Gsm7.encode(text).orElseThrow();
      int fill = (header.length * 8 + 6) / 7;
      byte[] packed = Gsm7.pack(septets, fill * 7);
      System.arraycopy(header, 0, packed, 0, header.length);
      out.write(fill + septets.length);
      out.writeBytes(packed);
    } else {
      byte[] body = Submit.ucs2(text);
      out.write(header.length + body.length);
      out.writeBytes(header);
      out.writeBytes(body);
    }
    return of(false, out);
  }

  /** TS 23.040, 9.2.2.3; {@code status} is TP-ST. */
  public static Downlink report(int reference, String to, Instant sent, Instant done, int status) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x06);
    out.write(reference);
    address(out, to);
    timestamp(out, sent);
    timestamp(out, done);
    out.write(status);
    return of(true, out);
  }

  private static Downlink of(boolean report, ByteArrayOutputStream tpdu) {
    String hex = HexFormat.of().withUpperCase().formatHex(tpdu.toByteArray());
    return new Downlink(report, "00" + hex, tpdu.size());
  }

  private static void address(ByteArrayOutputStream out, String number) {
    String digits = number.startsWith("+") ? number.substring(1) : number;
    out.write(digits.length());
    out.write(number.startsWith("+") ? 0x91 : 0x81);
    for (int i = 0; i < digits.length(); i += 2) {
      int low = Character.digit(digits.charAt(i), 10);
      int high = i + 1 < digits.length() ? Character.digit(digits.charAt(i + 1), 10) : 15;
      out.write((high << 4) | low);
    }
  }

  private static void timestamp(ByteArrayOutputStream out, Instant instant) {
    OffsetDateTime at = instant.atOffset(BEIJING);
    int quarters = BEIJING.getTotalSeconds() / 900;
    for (int value :
        new int[] {
          at.getYear() % 100,
          at.getMonthValue(),
          at.getDayOfMonth(),
          at.getHour(),
          at.getMinute(),
          at.getSecond(),
          quarters
        }) {
      out.write(((value % 10) << 4) | (value / 10));
    }
  }

  /** 160 septets or 70 UCS2 characters alone, 153 or 67 in a part; no pair is cut. */
  private static List<String> split(String text, boolean gsm7) {
    int alone = gsm7 ? 160 : 70;
    int inPart = gsm7 ? 153 : 67;
    int whole = text.codePoints().map(c -> width(c, gsm7)).sum();
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    int used = 0;
    for (int c : text.codePoints().toArray()) {
      if (whole > alone && used + width(c, gsm7) > inPart) {
        parts.add(part.toString());
        part.setLength(0);
        used = 0;
      }
      part.appendCodePoint(c);
      used += width(c, gsm7);
    }
    parts.add(part.toString());
    return parts;
  }

  private static int width(int codePoint, boolean gsm7) {
    return gsm7
        ? Gsm7.encode(Character.toString(codePoint)).orElseThrow().length
        : Character.charCount(codePoint);
  }
}

package org.lastmile.channel.sms.pdu;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** Octets read from front to back; running out of them is named, never an index error. */
final class Octets {
  private final byte[] all;
  private int at;

  private Octets(byte[] all) {
    this.all = all;
  }

  static Octets ofHex(String hex) throws MalformedPdu {
    try {
      return new Octets(HexFormat.of().parseHex(hex.strip()));
    } catch (IllegalArgumentException e) {
      throw new MalformedPdu("not hexadecimal, " + hex.length() + " characters");
    }
  }

  int octet(String what) throws MalformedPdu {
    return octets(1, what)[0] & 0xFF;
  }

  byte[] octets(int count, String what) throws MalformedPdu {
    if (at + count > all.length) {
      throw new MalformedPdu(
          "ends inside the %s: octet %d of %d".formatted(what, at + count, all.length));
    }
    at += count;
    return Arrays.copyOfRange(all, at - count, at);
  }

  byte[] rest() {
    byte[] rest = Arrays.copyOfRange(all, at, all.length);
    at = all.length;
    return rest;
  }

  /** Seven octets of service-centre time; empty when they are no date, which centres do send. */
  Optional<Instant> time(String what) throws MalformedPdu {
    byte[] t = octets(7, what);
    int zone = (t[6] & 0x07) * 10 + ((t[6] >> 4) & 0xF);
    int quarters = (t[6] & 0x08) != 0 ? -zone : zone;
    try {
      LocalDateTime local =
          LocalDateTime.of(2000 + two(t[0]), two(t[1]), two(t[2]), two(t[3]), two(t[4]), two(t[5]));
      return Optional.of(local.toInstant(ZoneOffset.ofTotalSeconds(quarters * 15 * 60)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static int two(byte swapped) {
    return (swapped & 0xF) * 10 + ((swapped >> 4) & 0xF);
  }
}

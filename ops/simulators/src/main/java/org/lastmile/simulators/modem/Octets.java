package org.lastmile.simulators.modem;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/** Reads a PDU from its start; every read past the end is a {@link BadPdu} that names the field. */
final class Octets {
  private static final String DIGITS = "0123456789*#abc";

  private final byte[] data;
  private int position;

  Octets(byte[] data) {
    this.data = data;
  }

  int one(String field) throws BadPdu {
    return take(1, field)[0] & 0xFF;
  }

  byte[] take(int count, String field) throws BadPdu {
    if (position + count > data.length) {
      throw new BadPdu("ends inside " + field);
    }
    position += count;
    return Arrays.copyOfRange(data, position - count, position);
  }

  byte[] rest() {
    return Arrays.copyOfRange(data, position, data.length);
  }

  /** TP-DA, TP-RA: length in digits, type of address, semi-octets; international ones get a +. */
  String address(String field) throws BadPdu {
    int digits = one(field);
    int type = one(field);
    byte[] octets = take((digits + 1) / 2, field);
    if ((type & 0x70) == 0x50) {
      return Gsm7.decode(Gsm7.unpack(octets, digits * 4 / 7, 0));
    }
    StringBuilder number = new StringBuilder((type & 0x70) == 0x10 ? "+" : "");
    for (int i = 0; i < digits; i++) {
      int digit = i % 2 == 0 ? octets[i / 2] & 0x0F : (octets[i / 2] >> 4) & 0x0F;
      if (digit == 15) {
        throw new BadPdu(field + " has fewer digits than its length says");
      }
      number.append(DIGITS.charAt(digit));
    }
    return number.toString();
  }

  /** Seven octets of swapped decimal digits, the last one the zone in quarters of an hour. */
  Instant timestamp(String field) throws BadPdu {
    byte[] octets = take(7, field);
    int[] value = new int[7];
    for (int i = 0; i < 7; i++) {
      int low = i == 6 ? octets[i] & 0x07 : octets[i] & 0x0F;
      value[i] = low * 10 + ((octets[i] >> 4) & 0x0F);
    }
    int quarters = (octets[6] & 0x08) == 0 ? value[6] : -value[6];
    try {
      return OffsetDateTime.of(
              LocalDateTime.of(2000 + value[0], value[1], value[2], value[3], value[4], value[5]),
              ZoneOffset.ofTotalSeconds(quarters * 900))
          .toInstant();
    } catch (java.time.DateTimeException e) {
      throw new BadPdu(field + " is no time: " + e.getMessage());
    }
  }
}

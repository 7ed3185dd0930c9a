package org.lastmile.channel.sms.pdu;

import java.time.Duration;

/** The relative validity period TP-VP (3GPP TS 23.040, 9.2.3.12.1). */
public final class Validity {
  private Validity() {}

  /**
   * The longest period that does not pass {@code remaining}; 0 (five minutes) when even that is too
   * long, because the wire can't say less.
   */
  public static int roundedDown(Duration remaining) {
    long minutes = remaining.toMinutes();
    if (minutes < 12 * 60 + 30) {
      return (int) Math.min(143, Math.max(0, minutes / 5 - 1));
    }
    if (minutes < 2 * 24 * 60) {
      return (int) Math.min(167, 143 + (minutes - 12 * 60) / 30);
    }
    if (minutes < 5 * 7 * 24 * 60) {
      return (int) Math.min(196, 166 + minutes / (24 * 60));
    }
    return (int) Math.min(255, 192 + minutes / (7 * 24 * 60));
  }

  /** What a value means. */
  public static Duration period(int value) {
    if (value <= 143) {
      return Duration.ofMinutes(5L * (value + 1));
    }
    if (value <= 167) {
      return Duration.ofHours(12).plusMinutes(30L * (value - 143));
    }
    return value <= 196 ? Duration.ofDays(value - 166) : Duration.ofDays(7L * (value - 192));
  }
}

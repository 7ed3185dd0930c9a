package org.lastmile.registry;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates as ledgers write them. */
final class Dates {
  private static final Pattern YMD =
      Pattern.compile(
          "(\\d{4})\\s*[-/.年]\\s*(\\d{1,2})(?:\\s*[-/.月]\\s*(\\d{1,2}))?\\s*[日月]?(?:[ T].*)?");
  private static final Pattern COMPACT = Pattern.compile("(\\d{4})(\\d{2})(\\d{2})");

  /** Spreadsheets count days from here (their 1900 system, its leap-year error included). */
  private static final LocalDate DAY_ZERO = LocalDate.of(1899, 12, 30);

  private static final Pattern SERIAL = Pattern.compile("(\\d{5})(\\.\\d+)?");

  private Dates() {}

  /**
   * 2026-04-20, 2026/4/20, 2026.4.20, 2026年4月20日, 20260420, 2026年4月 (its first day), or the day
   * number a spreadsheet keeps; empty when it is none of these.
   */
  static Optional<LocalDate> of(String cell) {
    String text = Cells.narrow(cell);
    Matcher serial = SERIAL.matcher(text);
    if (serial.matches()) {
      return Optional.of(DAY_ZERO.plusDays(Long.parseLong(serial.group(1))));
    }
    for (Pattern pattern : new Pattern[] {COMPACT, YMD}) {
      Matcher date = pattern.matcher(text);
      if (date.matches()) {
        try {
          String day = date.group(3);
          return Optional.of(
              LocalDate.of(
                  Integer.parseInt(date.group(1)),
                  Integer.parseInt(date.group(2)),
                  day == null ? 1 : Integer.parseInt(day)));
        } catch (DateTimeException noSuchDay) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}

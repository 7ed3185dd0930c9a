package org.lastmile.cap;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the times that CAP and the national form write. CAP wants {@code
 * 2026-07-05T02:15:00+08:00}; the rest is taken with a notice. A time without a zone is local time
 * of the place that reads it.
 */
final class Times {

  private static final Pattern CAP =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[-+]\\d\\d:\\d\\d");
  private static final Pattern NATIONAL =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d[-+]\\d\\d:\\d\\d");
  private static final Pattern LOOSE =
      Pattern.compile(
          "(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})[Tt ] ?(\\d{1,2}):(\\d{2})(?::(\\d{2}))?"
              + "(?:[.,]\\d{1,9})? ?([Zz]|[-+]\\d{1,2}:?(?:\\d{2})?)?");
  private static final Pattern DIGITS =
      Pattern.compile("(\\d{4})(\\d{2})(\\d{2})(\\d{2})(\\d{2})(\\d{2})()");

  private final ZoneId zone;
  private final Findings findings;

  Times(ZoneId zone, Findings findings) {
    this.zone = zone;
    this.findings = findings;
  }

  /** Seconds precision; null when it is no time at all (nothing is reported then). */
  Instant parse(Node at) {
    String said = at.text();
    Matcher part = LOOSE.matcher(said);
    if (!part.matches()) {
      part = DIGITS.matcher(said);
      if (!part.matches()) {
        return null;
      }
    }
    Instant instant;
    try {
      instant = instant(part);
    } catch (DateTimeException e) {
      return null; // 31 February, 25 o'clock: the caller says so with the place
    }
    String written = part.group(7);
    if (written == null || written.isEmpty()) {
      findings.notice(at, "time without a zone, taken as " + zone);
    } else if (!CAP.matcher(said).matches() && !NATIONAL.matcher(said).matches()) {
      findings.notice(at, "time not written as 2026-07-05T02:15:00+08:00 wants it");
    }
    return instant;
  }

  private Instant instant(Matcher part) {
    int hour = number(part, 4);
    LocalDateTime local =
        LocalDateTime.of(
                number(part, 1),
                number(part, 2),
                number(part, 3),
                hour == 24 ? 0 : hour,
                number(part, 5),
                part.group(6) == null ? 0 : number(part, 6))
            .plusDays(hour == 24 ? 1 : 0);
    String written = part.group(7);
    if (written == null || written.isEmpty()) {
      return local.atZone(zone).toInstant();
    }
    return local.toInstant(offset(written));
  }

  private static ZoneOffset offset(String written) {
    if (written.equalsIgnoreCase("Z")) {
      return ZoneOffset.UTC;
    }
    String digits = written.substring(1).replace(":", "");
    boolean hoursOnly = digits.length() <= 2;
    int hours = Integer.parseInt(hoursOnly ? digits : digits.substring(0, digits.length() - 2));
    int minutes = hoursOnly ? 0 : Integer.parseInt(digits.substring(digits.length() - 2));
    int sign = written.charAt(0) == '-' ? -1 : 1;
    return ZoneOffset.ofHoursMinutes(sign * hours, sign * minutes);
  }

  private static int number(Matcher part, int group) {
    return Integer.parseInt(part.group(group));
  }
}

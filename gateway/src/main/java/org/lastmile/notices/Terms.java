package org.lastmile.notices;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When and how much one department may speak. It stands with its token.
 *
 * @param from start, and {@code to} end, of the local time in which it may sound
 * @param firstDay first, and {@code lastDay} last, day of the week
 * @param perDay notices that begin on one day
 * @param secondsPerDay of speaking on one day, every repeat counted, as estimated
 * @param devices most loudspeakers of one notice
 * @param characters longest text
 */
public record Terms(
    LocalTime from,
    LocalTime to,
    DayOfWeek firstDay,
    DayOfWeek lastDay,
    int perDay,
    int secondsPerDay,
    int devices,
    int characters) {

  /** Daytime, and no more than a village bears. */
  public static final Terms USUAL =
      new Terms(
          LocalTime.of(8, 0),
          LocalTime.of(20, 0),
          DayOfWeek.MONDAY,
          DayOfWeek.SUNDAY,
          20,
          1_800,
          500,
          300);

  private static final Pattern HOURS =
      Pattern.compile("([01]\\d|2[0-3]):([0-5]\\d)-([01]\\d|2[0-3]):([0-5]\\d)");
  private static final Pattern DAYS = Pattern.compile("([1-7])-([1-7])");

  /** With hours as {@code 08:00-20:00}; throws {@link IllegalArgumentException} saying what. */
  public Terms hours(String text) {
    Matcher m = HOURS.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not hours such as 08:00-20:00");
    }
    LocalTime begin = LocalTime.parse(m.group(1) + ":" + m.group(2));
    LocalTime end = LocalTime.parse(m.group(3) + ":" + m.group(4));
    if (!begin.isBefore(end)) {
      throw new IllegalArgumentException("'" + text + "' does not end after it begins");
    }
    return new Terms(begin, end, firstDay, lastDay, perDay, secondsPerDay, devices, characters);
  }

  /** With days of the week as {@code 1-5}; throws {@link IllegalArgumentException} saying what. */
  public Terms days(String text) {
    Matcher m = DAYS.matcher(text);
    if (!m.matches() || m.group(1).compareTo(m.group(2)) > 0) {
      throw new IllegalArgumentException("'" + text + "' is not days of the week such as 1-5");
    }
    DayOfWeek first = DayOfWeek.of(Integer.parseInt(m.group(1)));
    DayOfWeek last = DayOfWeek.of(Integer.parseInt(m.group(2)));
    return new Terms(from, to, first, last, perDay, secondsPerDay, devices, characters);
  }

  /** It may sound at that moment. */
  boolean allow(ZonedDateTime at) {
    return !at.toLocalTime().isBefore(from)
        && at.toLocalTime().isBefore(to)
        && at.getDayOfWeek().compareTo(firstDay) >= 0
        && at.getDayOfWeek().compareTo(lastDay) <= 0;
  }

  /** As people write it. */
  String window() {
    String days =
        firstDay == DayOfWeek.MONDAY && lastDay == DayOfWeek.SUNDAY
            ? ""
            : " on days " + firstDay.getValue() + "-" + lastDay.getValue();
    return from + "-" + to + days;
  }
}

package org.lastmile.notices;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether a department may say a notice, and what it has used up of its days. */
final class Quota {
  private static final Duration AHEAD = Duration.ofDays(8);

  private final ZoneId zone;
  private final Map<String, Day> days = new HashMap<>();

  /** What one department has used up on one day. */
  private record Day(int notices, int seconds) {
    static final Day EMPTY = new Day(0, 0);
  }

  Quota(ZoneId zone) {
    this.zone = zone;
  }

  void clear() {
    days.clear();
  }

  void count(Notice notice) {
    days.merge(
        key(notice),
        new Day(1, notice.seconds()),
        (a, b) -> new Day(a.notices() + b.notices(), a.seconds() + b.seconds()));
  }

  /** It was not kept after all. */
  void giveBack(Notice notice) {
    days.computeIfPresent(
        key(notice), (k, d) -> new Day(d.notices() - 1, d.seconds() - notice.seconds()));
  }

  /** An hour, but no longer than the department may speak on that day. */
  Instant usualEnd(Instant from, Terms terms) {
    Instant hour = from.plus(Duration.ofHours(1));
    Instant end = from.atZone(zone).with(terms.to()).toInstant();
    return end.isAfter(from) && end.isBefore(hour) ? end : hour;
  }

  /** Everything that stands against it, by field. */
  Map<String, List<String>> problems(Notice notice, Terms terms, Instant now) {
    Map<String, List<String>> problems = new LinkedHashMap<>();
    int characters = notice.text().codePointCount(0, notice.text().length());
    if (characters > terms.characters()) {
      note(
          problems, "text", characters + " characters, this account may say " + terms.characters());
    }
    int devices = notice.devices().size();
    if (devices > terms.devices()) {
      note(problems, "targets", devices + " loudspeakers, this account may use " + terms.devices());
    }
    times(problems, notice, terms, now);
    LocalDate day = notice.from().atZone(zone).toLocalDate();
    Day used = days.getOrDefault(key(notice), Day.EMPTY);
    if (used.notices() >= terms.perDay()) {
      note(
          problems,
          "from",
          "all %d notices that are allowed on %s are used up".formatted(terms.perDay(), day));
    }
    if (used.seconds() + notice.seconds() > terms.secondsPerDay()) {
      note(
          problems,
          "repeats",
          "would make %d s of speaking on %s, %d are allowed"
              .formatted(used.seconds() + notice.seconds(), day, terms.secondsPerDay()));
    }
    return problems;
  }

  private void times(Map<String, List<String>> problems, Notice notice, Terms terms, Instant now) {
    ZonedDateTime from = notice.from().atZone(zone);
    ZonedDateTime last = notice.until().atZone(zone).minusNanos(1);
    if (!notice.until().isAfter(notice.from())) {
      note(problems, "until", "is not after from");
      return;
    }
    if (!notice.until().isAfter(now)) {
      note(problems, "until", "has passed");
    }
    if (notice.from().isAfter(now.plus(AHEAD))) {
      note(problems, "from", "is more than " + AHEAD.toDays() + " days ahead");
    }
    if (!terms.allow(from)
        || !terms.allow(last)
        || !from.toLocalDate().equals(last.toLocalDate())) {
      note(
          problems,
          "from",
          "%s to %s is not within the hours of one day in which this account may speak, %s"
              .formatted(
                  from.toLocalDateTime(),
                  notice.until().atZone(zone).toLocalDateTime(),
                  terms.window()));
    }
    if (notice.until().isBefore(notice.from().plusSeconds(notice.seconds()))) {
      note(
          problems,
          "until",
          "leaves less than the " + notice.seconds() + " s that the text takes with its repeats");
    }
  }

  private static void note(Map<String, List<String>> problems, String field, String what) {
    problems.computeIfAbsent(field, f -> new ArrayList<>()).add(what);
  }

  private String key(Notice notice) {
    return notice.from().atZone(zone).toLocalDate() + " " + notice.department();
  }
}

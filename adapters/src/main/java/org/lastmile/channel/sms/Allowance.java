package org.lastmile.channel.sms;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import org.lastmile.channel.Message;

/**
 * What one SIM may still send: carriers suspend consumer SIMs that send too much within an hour or
 * a day. Parts are counted in buckets of five minutes, and a bucket counts until all of it is older
 * than the window, so that the count is never too low.
 */
final class Allowance {
  private static final Duration BUCKET = Duration.ofMinutes(5);

  /** Buckets that may hold a part of the last hour, the running one included. */
  private static final int HOUR = 13;

  private static final int DAY = 289;

  /** May a letter go out by this SIM? */
  enum Grant {
    WITHIN,
    /** Only by exceeding the budget, which carriers may answer by suspending the SIM. */
    EXCEEDS,
    REFUSED
  }

  /** How far the budget is used up, in order of badness. */
  enum Level {
    FREE,
    /** Ordinary messages may soon go out no more. */
    LOW,
    /** Only lifts and the ladder, and what may exceed a budget, go out. */
    RESERVE,
    /** Only what may exceed a budget goes out. */
    SPENT,
    EXCEEDED
  }

  /** Parts that may still go out; negative when the budget is exceeded. */
  record Left(int hour, int day) {}

  private final SmsConfig.Budget budget;
  private final NavigableMap<Long, Integer> buckets = new TreeMap<>();

  Allowance(SmsConfig.Budget budget) {
    this.budget = budget;
  }

  /** One part has left, or may have. */
  synchronized void spend(Instant now) {
    buckets.merge(bucket(now), 1, Integer::sum);
    forget(now);
  }

  synchronized Grant grant(Set<Message.Mark> marks, int parts, Instant now) {
    boolean over = marks.contains(Message.Mark.OVER_BUDGET);
    boolean reserve = over || marks.contains(Message.Mark.RESERVE);
    if (fits(parts, reserve ? 0 : budget.reserve(), now)) {
      return Grant.WITHIN;
    }
    return over ? Grant.EXCEEDS : Grant.REFUSED;
  }

  /** How long until the same letter fits when nothing else is sent; zero when it may go now. */
  synchronized Duration until(Set<Message.Mark> marks, int parts, Instant now) {
    if (grant(marks, parts, now) != Grant.REFUSED) {
      return Duration.ZERO;
    }
    int reserve = marks.contains(Message.Mark.RESERVE) ? 0 : budget.reserve();
    Instant hour = free(parts, reserve, budget.perHour(), HOUR, now);
    Instant day = free(parts, reserve, budget.perDay(), DAY, now);
    return Duration.between(now, hour.isAfter(day) ? hour : day);
  }

  /** When enough buckets have left the window. */
  private Instant free(int parts, int reserve, int limit, int window, Instant now) {
    int most = limit - kept(limit, reserve);
    int tooMany = used(window, now) + Math.min(parts, most) - most;
    Instant then = now;
    if (limit > 0) {
      for (Map.Entry<Long, Integer> bucket : counted(window, now).entrySet()) {
        if (tooMany <= 0) {
          break;
        }
        tooMany -= bucket.getValue();
        then = start(bucket.getKey() + window);
      }
    }
    return then;
  }

  synchronized Left left(Instant now) {
    return new Left(
        budget.perHour() - used(HOUR, now), // of no meaning where there is no such limit
        budget.perDay() - used(DAY, now));
  }

  synchronized Level level(Instant now) {
    Left left = left(now);
    if ((budget.perHour() > 0 && left.hour() < 0) || (budget.perDay() > 0 && left.day() < 0)) {
      return Level.EXCEEDED;
    }
    if (!fits(1, 0, now)) {
      return Level.SPENT;
    }
    if (!fits(1, budget.reserve(), now)) {
      return Level.RESERVE;
    }
    boolean soon =
        nearlyOut(budget.perHour(), left.hour()) || nearlyOut(budget.perDay(), left.day());
    return soon ? Level.LOW : Level.FREE;
  }

  /** A tenth of the limit is left for ordinary messages. */
  private boolean nearlyOut(int limit, int left) {
    return limit > 0 && (left - kept(limit, budget.reserve())) * 10 <= limit;
  }

  /** A letter longer than a whole limit goes out when nothing else is counted. */
  private boolean fits(int parts, int reserve, Instant now) {
    return fits(parts, reserve, budget.perHour(), HOUR, now)
        && fits(parts, reserve, budget.perDay(), DAY, now);
  }

  private boolean fits(int parts, int reserve, int limit, int window, Instant now) {
    int most = limit - kept(limit, reserve);
    return limit == 0 || used(window, now) + Math.min(parts, most) <= most;
  }

  private static int kept(int limit, int reserve) {
    return limit * reserve / 100;
  }

  private int used(int window, Instant now) {
    return counted(window, now).values().stream().mapToInt(Integer::intValue).sum();
  }

  private NavigableMap<Long, Integer> counted(int window, Instant now) {
    return buckets.tailMap(bucket(now) - window + 1, true);
  }

  private void forget(Instant now) {
    buckets.headMap(bucket(now) - DAY, true).clear();
    buckets.tailMap(bucket(now) + DAY, true).clear(); // from a clock that was far ahead
  }

  /** For the memory: what was counted, by bucket. */
  synchronized String line() {
    return buckets.entrySet().stream()
        .map(e -> e.getKey() + ":" + e.getValue())
        .collect(Collectors.joining(" "));
  }

  /** Takes in what was kept before, here or by another process; the higher count of each holds. */
  void merge(String line) {
    combine(line, Math::max);
  }

  /** Takes in what a process before this one has kept, and this one has not counted. */
  void add(String line) {
    combine(line, Integer::sum);
  }

  private synchronized void combine(String line, BinaryOperator<Integer> counts) {
    if (line.isEmpty()) {
      return;
    }
    for (String entry : line.split(" ", -1)) {
      String[] f = entry.split(":", 2);
      buckets.merge(Long.valueOf(f[0]), Integer.valueOf(f[1]), counts);
    }
  }

  private static long bucket(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), BUCKET.toSeconds());
  }

  private static Instant start(long bucket) {
    return Instant.ofEpochSecond(bucket * BUCKET.toSeconds());
  }
}

package org.lastmile.channel.wechat;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How often one receiver may be written to. The platform drops what is above its limits without a
 * word, so that we must not get there. Kept by this process alone.
 */
final class Pace {
  private final Clock clock;
  private final List<Rate> rates;
  private final long longest;
  private final int most;
  private final Map<String, Deque<Long>> sent = new LinkedHashMap<>(16, 0.75f, true);

  /** At most so many in any such time. */
  record Rate(int most, Duration in) {}

  Pace(Clock clock, Rate... rates) {
    this.clock = clock;
    this.rates = List.of(rates);
    this.longest = this.rates.stream().mapToLong(r -> r.in().toMillis()).max().orElse(0);
    this.most = this.rates.stream().mapToInt(Rate::most).max().orElse(0);
  }

  /** Counts one more message; or, counting nothing, says how long to wait. */
  synchronized Optional<Duration> take(String receiver) {
    long now = clock.millis();
    Deque<Long> times = sent.computeIfAbsent(receiver, r -> new ArrayDeque<>(2));
    while (!times.isEmpty() && (times.size() > most || times.getLast() <= now - longest)) {
      times.removeLast();
    }
    long wait = 0;
    for (Rate rate : rates) {
      long end = now - rate.in().toMillis();
      if (times.size() >= rate.most()) {
        long binding = times.stream().skip(rate.most() - 1L).findFirst().orElseThrow();
        wait = Math.max(wait, binding - end);
      }
    }
    if (wait > 0) {
      return Optional.of(Duration.ofMillis(wait));
    }
    times.addFirst(now);
    forgetOld(now);
    return Optional.empty();
  }

  private void forgetOld(long now) {
    Iterator<Deque<Long>> eldest = sent.values().iterator();
    while (eldest.hasNext()) {
      Deque<Long> times = eldest.next();
      if (!times.isEmpty() && times.getFirst() > now - longest) {
        return;
      }
      eldest.remove();
    }
  }
}

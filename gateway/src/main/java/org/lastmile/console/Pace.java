package org.lastmile.console;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How often one account may ask for a thing: a program that runs wild is told to wait. */
final class Pace {
  private static final int MOST = 60;
  private static final Duration WITHIN = Duration.ofMinutes(1);
  private static final int REMEMBERED = 1_000;

  private final InstantSource clock;
  private final Map<String, Since> counts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Since> eldest) {
          return size() > REMEMBERED;
        }
      };

  private record Since(Instant begin, int count) {}

  Pace(InstantSource clock) {
    this.clock = clock;
  }

  /** Counts a request; throws 429 when there were too many. */
  synchronized void take(String who) {
    Instant now = clock.instant();
    Since since = counts.get(who);
    if (since == null || !now.isBefore(since.begin().plus(WITHIN))) {
      since = new Since(now, 0);
    }
    if (since.count() >= MOST) {
      long wait = Math.max(1, Duration.between(now, since.begin().plus(WITHIN)).toSeconds());
      throw new Problem(
          429,
          "Too many requests",
          "this account may ask " + MOST + " times a minute; nothing was done",
          List.of(),
          Map.of("Retry-After", Long.toString(wait)));
    }
    counts.put(who, new Since(since.begin(), since.count() + 1));
  }
}

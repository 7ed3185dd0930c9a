package org.lastmile.channel.loudspeaker;

import java.time.Duration;

/** How often one device changed lately: coming and going all the time is a condition of its own. */
final class Flaps {
  /** More changes than that within {@link #WINDOW} are flapping. */
  static final int MOST = 8;

  static final Duration WINDOW = Duration.ofMinutes(10);

  /** It is over when nothing has changed for that long. */
  static final Duration CALM = Duration.ofMinutes(5);

  private final long[] changes = new long[MOST + 1];
  private int count;

  void add(long now) {
    changes[count++ % changes.length] = now;
  }

  boolean tooMany(long now) {
    return count > MOST && now - changes[count % changes.length] <= WINDOW.toNanos();
  }

  boolean isCalm(long now) {
    return sinceLast(now) > CALM.toNanos();
  }

  /** Nothing in it counts any more. */
  boolean isOver(long now) {
    return sinceLast(now) > WINDOW.toNanos();
  }

  private long sinceLast(long now) {
    return now - changes[(count - 1) % changes.length];
  }
}

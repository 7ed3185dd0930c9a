package org.lastmile.simulators.wechat;

import java.time.Duration;
import java.time.InstantSource;

/** Counts within the current minute, hour or day of China's clock; with the next one at zero. */
final class Window {
  private static final long CHINA = Duration.ofHours(8).toSeconds();

  private final InstantSource clock;
  private final long length;
  private long current;
  private long used;

  Window(InstantSource clock, Duration length) {
    this.clock = clock;
    this.length = length.toSeconds();
  }

  synchronized long used() {
    long now = Math.floorDiv(clock.instant().getEpochSecond() + CHINA, length);
    if (now != current) {
      current = now;
      used = 0;
    }
    return used;
  }

  synchronized void add(long count) {
    used = used() + count;
  }
}

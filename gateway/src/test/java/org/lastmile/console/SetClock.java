package org.lastmile.console;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands until the test moves it. */
final class SetClock implements InstantSource {
  private volatile Instant now = Instant.parse("2026-07-03T18:00:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }
}

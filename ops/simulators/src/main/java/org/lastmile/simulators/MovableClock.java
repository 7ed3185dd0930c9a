package org.lastmile.simulators;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that runs with another one, ahead of it by as much as it was moved. */
public final class MovableClock implements InstantSource {
  private final InstantSource base;
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

  /** Runs with the machine's clock. */
  public MovableClock() {
    this(InstantSource.system());
  }

  public MovableClock(InstantSource base) {
    this.base = base;
  }

  /** Moves it on by so much, in one step. */
  public void move(Duration by) {
    ahead.accumulateAndGet(by, Duration::plus);
  }

  @Override
  public Instant instant() {
    return base.instant().plus(ahead.get());
  }
}

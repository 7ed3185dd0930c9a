package org.lastmile.story;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The real time, set forward by the test: the clock on the wall, or what is measured, or both. */
final class MovedTime extends Clock {
  private volatile Duration wall = Duration.ZERO;
  private volatile Duration measured = Duration.ZERO;

  /** The clock on the wall alone. */
  void setForward(Duration by) {
    wall = wall.plus(by);
  }

  /** Time passes for everything that measures it, and on the wall. */
  void pass(Duration time) {
    measured = measured.plus(time);
    setForward(time);
  }

  long nanos() {
    return System.nanoTime() + measured.toNanos();
  }

  @Override
  public Instant instant() {
    return Clock.systemUTC().instant().plus(wall);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("the gateway has its zone from its configuration");
  }
}

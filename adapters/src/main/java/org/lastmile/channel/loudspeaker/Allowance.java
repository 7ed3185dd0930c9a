package org.lastmile.channel.loudspeaker;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much each device may say: a thousand messages at once, fifty a second for long. A device that
 * behaves says three per command and two a minute; one that floods must not keep others waiting.
 */
final class Allowance {
  static final String WORDS = "more than 50 messages a second for long";

  private static final long NANOS_EACH = 20_000_000;
  private static final long BURST = 1000 * NANOS_EACH;
  private static final int MOST = 200_000;

  /** Until when what a device said is paid for. */
  private final ConcurrentHashMap<String, AtomicLong> paid = new ConcurrentHashMap<>();

  /** Whether one more message of that device is within what it may say. */
  boolean takes(String device, long now) {
    if (paid.size() > MOST) {
      // More ids than any site has devices: somebody makes them up, and all begin anew.
      paid.clear();
    }
    AtomicLong until = paid.computeIfAbsent(device, d -> new AtomicLong(now));
    long next = until.updateAndGet(u -> Math.max(u - now, 0) > BURST ? u : later(u, now));
    return next - now <= BURST;
  }

  private static long later(long until, long now) {
    return (until - now < 0 ? now : until) + NANOS_EACH;
  }
}

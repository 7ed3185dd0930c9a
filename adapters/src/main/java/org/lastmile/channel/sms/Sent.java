package org.lastmile.channel.sms;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** How many parts one modem has sent: in all, and in the last minute. */
final class Sent {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final Deque<Long> recent = new ArrayDeque<>();
  private long total;

  synchronized void add(int parts) {
    total += parts;
    for (int i = 0; i < parts; i++) {
      recent.add(System.nanoTime());
    }
    forget();
  }

  synchronized long total() {
    return total;
  }

  synchronized int lastMinute() {
    forget();
    return recent.size();
  }

  private void forget() {
    long oldest = System.nanoTime() - MINUTE;
    while (!recent.isEmpty() && recent.peek() - oldest < 0) {
      recent.remove();
    }
  }
}

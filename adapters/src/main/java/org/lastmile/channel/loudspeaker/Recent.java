package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.lastmile.channel.Message;

/**
 * The last commands that nobody has answered, for devices that refuse one for a reason that can be
 * mended at once. What is answered or older is not: whoever brings a device an old command must not
 * get a fresh one out of us.
 */
final class Recent {
  private static final int MOST = 20_000;
  private static final int TIMES = 3;
  private static final long LONG_AGO = Duration.ofMinutes(2).toNanos();

  private final LongSupplier nanos;

  private final Map<String, Kept> byAttempt =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
          return size() > MOST;
        }
      };

  Recent(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** One command, and how often it may still be sent again. */
  record Kept(Message message, long since, int left) {
    /** It was sent again before. */
    boolean isStubborn() {
      return left < TIMES;
    }
  }

  synchronized void add(Message message) {
    byAttempt.put(message.attempt(), new Kept(message, nanos.getAsLong(), TIMES));
  }

  /** The same command, written otherwise from now on; it is sent again no oftener for that. */
  synchronized void rewrite(Message message) {
    byAttempt.computeIfPresent(
        message.attempt(), (attempt, kept) -> new Kept(message, kept.since(), kept.left()));
  }

  synchronized void answered(String attempt) {
    byAttempt.remove(attempt);
  }

  /** Empty when it is not remembered, is old, or was sent again often enough. */
  synchronized Optional<Kept> take(String attempt) {
    Kept kept = byAttempt.get(attempt);
    if (kept == null || kept.left() == 0 || nanos.getAsLong() - kept.since() > LONG_AGO) {
      byAttempt.remove(attempt);
      return Optional.empty();
    }
    byAttempt.put(attempt, new Kept(kept.message(), kept.since(), kept.left() - 1));
    return Optional.of(kept);
  }
}

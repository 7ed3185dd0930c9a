package org.lastmile.channel.loudspeaker;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.lastmile.channel.Message;

/** The last commands, for devices that refuse one for a reason that can be mended at once. */
final class Recent {
  private static final int MOST = 20_000;
  private static final int TIMES = 3;

  /** One command, and how often it may still be sent again. */
  record Kept(Message message, int left) {
    /** It was sent again before. */
    boolean isStubborn() {
      return left < TIMES;
    }
  }

  private final Map<String, Kept> byAttempt =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
          return size() > MOST;
        }
      };

  synchronized void add(Message message) {
    byAttempt.put(message.attempt(), new Kept(message, TIMES));
  }

  /** Empty when it is not remembered, or was sent again often enough. */
  synchronized Optional<Kept> take(String attempt) {
    Kept kept = byAttempt.get(attempt);
    if (kept == null || kept.left() == 0) {
      return Optional.empty();
    }
    byAttempt.put(attempt, new Kept(kept.message(), kept.left() - 1));
    return Optional.of(kept);
  }
}

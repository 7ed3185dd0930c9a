package org.lastmile.channel;

import java.time.Duration;
import java.util.Optional;

/**
 * What a channel must remember across restarts (references of sent parts, a command sequence, a
 * shared token), kept by the gateway on its store. Calls block until the store has kept the value
 * durably: never call from an event loop. Keys are the channel's own; channels never see each
 * other's.
 */
public interface Memory {

  /** For values that are kept until removed. */
  Duration FOR_EVER = Duration.ZERO;

  Optional<String> get(String key);

  /** Keeps a value for that long; {@link #FOR_EVER} = until removed. */
  void put(String key, String value, Duration keep);

  /** Keeps a value, then looks for another: as the two calls would, where the store can in one. */
  default Optional<String> putAndGet(String key, String value, Duration keep, String another) {
    put(key, value, keep);
    return get(another);
  }

  /** Keeps the value only if the key has none; true when this call kept it. */
  boolean claim(String key, String value, Duration keep);

  void remove(String key);

  /** Adds to a counter that starts at 0 and returns the sum; no two callers get the same sum. */
  long add(String counter, long amount);

  /** The store can't be reached now; nothing was kept. */
  class Away extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Away(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Another gateway on the same store keeps what comes in; this one only waits for its turn. */
  final class Standby extends Away {
    private static final long serialVersionUID = 1;

    public Standby(String message, Throwable cause) {
      super(message, cause);
    }
  }
}

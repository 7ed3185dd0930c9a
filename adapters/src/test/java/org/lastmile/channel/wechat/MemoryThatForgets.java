package org.lastmile.channel.wechat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.lastmile.channel.Memory;

/** A {@link Memory} that keeps what it is given as long as it was told, and can be away. */
final class MemoryThatForgets implements Memory {
  private final Clock clock;
  private final Map<String, Kept> kept = new HashMap<>();
  private final Map<String, Long> counters = new HashMap<>();
  private boolean away;

  MemoryThatForgets(Clock clock) {
    this.clock = clock;
  }

  private record Kept(String value, Instant until) {}

  synchronized void away(boolean isAway) {
    away = isAway;
  }

  /** Every value and key that is kept, to look for what must not be there. */
  synchronized String everything() {
    return kept.toString();
  }

  @Override
  public synchronized Optional<String> get(String key) {
    reach();
    kept.values().removeIf(k -> !clock.instant().isBefore(k.until()));
    return Optional.ofNullable(kept.get(key)).map(Kept::value);
  }

  @Override
  public synchronized void put(String key, String value, Duration keep) {
    reach();
    kept.put(key, new Kept(value, keep.isZero() ? Instant.MAX : clock.instant().plus(keep)));
  }

  @Override
  public synchronized boolean claim(String key, String value, Duration keep) {
    if (get(key).isPresent()) {
      return false;
    }
    put(key, value, keep);
    return true;
  }

  @Override
  public synchronized void remove(String key) {
    reach();
    kept.remove(key);
  }

  @Override
  public synchronized long add(String counter, long amount) {
    reach();
    return counters.merge(counter, amount, Long::sum);
  }

  private void reach() {
    if (away) {
      throw new Away("the store is away", null);
    }
  }
}

package org.lastmile.channel;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A {@link Memory} for tests: forgets nothing while the test holds it, whatever {@code keep}. */
public final class MemoryInHeap implements Memory {
  private final Map<String, String> values = new ConcurrentHashMap<>();
  private final Map<String, Long> counters = new ConcurrentHashMap<>();

  @Override
  public Optional<String> get(String key) {
    return Optional.ofNullable(values.get(key));
  }

  @Override
  public void put(String key, String value, Duration keep) {
    values.put(key, value);
  }

  @Override
  public boolean claim(String key, String value, Duration keep) {
    return values.putIfAbsent(key, value) == null;
  }

  @Override
  public void remove(String key) {
    values.remove(key);
  }

  @Override
  public long add(String counter, long amount) {
    return counters.merge(counter, amount, Long::sum);
  }
}

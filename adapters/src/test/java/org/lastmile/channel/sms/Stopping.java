package org.lastmile.channel.sms;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.lastmile.channel.Memory;
import org.lastmile.channel.MemoryInHeap;

/** A memory as a killed process leaves it: from one moment on nothing is written any more. */
final class Stopping implements Memory {
  private final MemoryInHeap kept = new MemoryInHeap();
  private final Set<String> keys = ConcurrentHashMap.newKeySet();
  private boolean stopped;

  /** What the next process finds. */
  synchronized void stops() {
    stopped = true;
  }

  Memory kept() {
    return kept;
  }

  /** Whether a key that begins so was written. */
  boolean holds(String start) {
    return keys.stream().anyMatch(key -> key.startsWith(start));
  }

  @Override
  public Optional<String> get(String key) {
    return kept.get(key);
  }

  @Override
  public synchronized void put(String key, String value, Duration keep) {
    if (!stopped) {
      kept.put(key, value, keep);
      keys.add(key);
    }
  }

  @Override
  public synchronized boolean claim(String key, String value, Duration keep) {
    return !stopped && kept.claim(key, value, keep);
  }

  @Override
  public synchronized void remove(String key) {
    if (!stopped) {
      kept.remove(key);
    }
  }

  @Override
  public synchronized long add(String counter, long amount) {
    return stopped ? 0 : kept.add(counter, amount);
  }
}

package org.lastmile.channel.sms;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.lastmile.channel.Memory;
import org.lastmile.channel.MemoryInHeap;

/** A memory whose store goes away and comes back as a test says. */
final class Leaving implements Memory {
  /** How often something was wanted of it while it was away. */
  final AtomicInteger missed = new AtomicInteger();

  private final MemoryInHeap kept = new MemoryInHeap();
  private volatile boolean away;
  private volatile String last = "";

  Leaving leaves() {
    away = true;
    return this;
  }

  void returns() {
    away = false;
  }

  /** The value that was written last. */
  String last() {
    return last;
  }

  private Memory there() {
    if (away) {
      missed.incrementAndGet();
      throw new Away("away", null);
    }
    return kept;
  }

  @Override
  public Optional<String> get(String key) {
    return there().get(key);
  }

  @Override
  public void put(String key, String value, Duration keep) {
    there().put(key, value, keep);
    last = value;
  }

  @Override
  public boolean claim(String key, String value, Duration keep) {
    return there().claim(key, value, keep);
  }

  @Override
  public void remove(String key) {
    there().remove(key);
  }

  @Override
  public long add(String counter, long amount) {
    return there().add(counter, amount);
  }
}

package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.lastmile.channel.Memory;

/** Writes down which threads asked the store: event loops and client callbacks never may. */
record WatchedMemory(Memory memory, Set<String> threads) implements Memory {

  @Override
  public Optional<String> get(String key) {
    note();
    return memory.get(key);
  }

  @Override
  public void put(String key, String value, Duration keep) {
    note();
    memory.put(key, value, keep);
  }

  @Override
  public boolean claim(String key, String value, Duration keep) {
    note();
    return memory.claim(key, value, keep);
  }

  @Override
  public void remove(String key) {
    note();
    memory.remove(key);
  }

  @Override
  public long add(String counter, long amount) {
    note();
    return memory.add(counter, amount);
  }

  private void note() {
    threads.add(Thread.currentThread().getName());
  }
}

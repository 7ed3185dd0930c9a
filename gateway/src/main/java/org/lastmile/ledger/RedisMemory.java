package org.lastmile.ledger;

import java.time.Duration;
import java.util.Optional;
import org.lastmile.channel.Memory;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.SetParams;

/** A {@link Memory} in the store. What is kept for a time goes by the server's clock. */
final class RedisMemory implements Memory {
  private final Together together;
  private final String values;
  private final String counters;

  RedisMemory(Together together, String values, String counters) {
    this.together = together;
    this.values = values;
    this.counters = counters;
  }

  @Override
  public Optional<String> get(String key) {
    String at = values + key;
    return Optional.ofNullable(together.call(redis -> redis.get(at), redis -> redis.get(at)));
  }

  @Override
  public void put(String key, String value, Duration keep) {
    set(key, value, keeping(keep));
  }

  @Override
  public Optional<String> putAndGet(String key, String value, Duration keep, String another) {
    String at = values + key;
    SetParams how = keeping(keep);
    return Optional.ofNullable(
        together.call(
            redis -> {
              redis.set(at, value, how);
              return redis.get(values + another);
            },
            redis -> {
              Response<String> kept = redis.set(at, value, how);
              Response<String> found = redis.get(values + another);
              return () -> {
                kept.get(); // a refusal of it is one of both
                return found.get();
              };
            }));
  }

  @Override
  public boolean claim(String key, String value, Duration keep) {
    return set(key, value, keeping(keep).nx()) != null;
  }

  private String set(String key, String value, SetParams how) {
    String at = values + key;
    return together.call(redis -> redis.set(at, value, how), redis -> redis.set(at, value, how));
  }

  @Override
  public void remove(String key) {
    String at = values + key;
    together.call(redis -> redis.del(at), redis -> redis.del(at));
  }

  @Override
  public long add(String counter, long amount) {
    String at = counters + counter;
    return together.call(redis -> redis.incrBy(at, amount), redis -> redis.incrBy(at, amount));
  }

  private static SetParams keeping(Duration keep) {
    if (keep.isNegative()) {
      throw new IllegalArgumentException("can't keep a value for less than no time: " + keep);
    }
    return keep.isZero() ? new SetParams() : new SetParams().px(Math.max(1, keep.toMillis()));
  }
}

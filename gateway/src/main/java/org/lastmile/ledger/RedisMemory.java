package org.lastmile.ledger;

import java.time.Duration;
import java.util.Optional;
import org.lastmile.channel.Memory;
import redis.clients.jedis.params.SetParams;

/** A {@link Memory} in the store. What is kept for a time goes by the server's clock. */
final class RedisMemory implements Memory {
  private final RedisLink link;
  private final String values;
  private final String counters;

  RedisMemory(RedisLink link, String values, String counters) {
    this.link = link;
    this.values = values;
    this.counters = counters;
  }

  @Override
  public Optional<String> get(String key) {
    return Optional.ofNullable(link.call(redis -> redis.get(values + key)));
  }

  @Override
  public void put(String key, String value, Duration keep) {
    link.call(redis -> redis.set(values + key, value, keeping(keep)));
  }

  @Override
  public boolean claim(String key, String value, Duration keep) {
    return link.call(redis -> redis.set(values + key, value, keeping(keep).nx())) != null;
  }

  @Override
  public void remove(String key) {
    link.call(redis -> redis.del(values + key));
  }

  @Override
  public long add(String counter, long amount) {
    return link.call(redis -> redis.incrBy(counters + counter, amount));
  }

  private static SetParams keeping(Duration keep) {
    if (keep.isNegative()) {
      throw new IllegalArgumentException("can't keep a value for less than no time: " + keep);
    }
    return keep.isZero() ? new SetParams() : new SetParams().px(Math.max(1, keep.toMillis()));
  }
}

package org.lastmile.ledger;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.Backing;

/** On the Redis that LastMile carries: runs everywhere. */
class EmbeddedRedisLedgerTest extends RedisLedgerCases {
  @TempDir static Path folder;
  private static EmbeddedRedis redis;

  @BeforeAll
  static void start() {
    redis = EmbeddedRedis.start(folder, Optional.empty());
    Backing.note(
        EmbeddedRedisLedgerTest.class,
        "redis-server " + redis.version() + " (carried by LastMile)");
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @Override
  RedisAddress address() {
    return redis.address();
  }

  @Override
  void kill() {
    ProcessHandle.of(redis.pid()).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Override
  void revive() {
    // it does so itself
  }
}

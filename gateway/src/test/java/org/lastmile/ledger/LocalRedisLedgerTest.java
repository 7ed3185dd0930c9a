package org.lastmile.ledger;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.Backing;

/** On the redis-server that this machine has installed. */
class LocalRedisLedgerTest extends RedisLedgerCases {
  @TempDir static Path folder;
  private static RedisProcess redis;

  @BeforeAll
  static void start() {
    Optional<Path> binary = RedisBinary.onPath();
    assumeTrue(
        binary.isPresent(),
        "no redis-server on PATH: the same tests run on the one that LastMile carries");
    redis = RedisProcess.start(binary.orElseThrow(), folder);
    Backing.note(
        LocalRedisLedgerTest.class,
        "redis-server " + RedisBinary.at(binary.orElseThrow()).version() + " (local)");
  }

  @AfterAll
  static void stop() {
    if (redis != null) {
      redis.close();
    }
  }

  @Override
  RedisAddress address() {
    return redis.address();
  }

  @Override
  void kill() {
    redis.kill();
  }

  @Override
  void revive() {
    redis.start();
  }
}

package org.lastmile.ledger;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** On the redis-server that this machine has installed. */
class LocalRedisLedgerTest extends RedisLedgerCases {
  @TempDir static Path folder;
  private static RedisProcess redis;

  @BeforeAll
  static void start() {
    Optional<Path> binary =
        Arrays.stream(System.getenv("PATH").split(":"))
            .map(place -> Path.of(place, "redis-server"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(
        binary.isPresent(),
        "no redis-server on PATH: the same tests run on the one that LastMile carries");
    redis = RedisProcess.start(binary.orElseThrow(), folder);
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
}

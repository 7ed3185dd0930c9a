package org.lastmile.ledger;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.Backing;
import redis.clients.jedis.Jedis;

/** On a Redis cluster, which refuses a script whose keys do not belong together. */
class ClusterRedisLedgerTest implements LedgerContract {
  private static final AtomicInteger STORES = new AtomicInteger();

  @TempDir static Path folder;
  private static RedisProcess redis;

  @BeforeAll
  static void start() {
    RedisBinary binary = RedisBinary.carried(folder);
    redis = RedisProcess.start(binary.path(), folder, "--cluster-enabled", "yes");
    try (Jedis node = new Jedis("127.0.0.1", redis.port())) {
      node.clusterAddSlots(IntStream.range(0, 16_384).toArray());
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> node.clusterInfo().contains("cluster_state:ok"));
    }
    Backing.note(
        ClusterRedisLedgerTest.class,
        "redis cluster " + binary.version() + " (carried by LastMile)");
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @Override
  public Rig rig() {
    return new RedisLedgerCases.Desks(
        RedisAddress.parse("redis-cluster://127.0.0.1:" + redis.port()),
        "test-" + STORES.incrementAndGet());
  }
}

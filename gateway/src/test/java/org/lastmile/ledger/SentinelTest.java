package org.lastmile.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.lastmile.ledger.Samples.NOON;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.Backing;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Warning;
import redis.clients.jedis.Jedis;

/** Two servers and a sentinel that moves the writes to the second when the first is killed. */
class SentinelTest {
  @TempDir Path folder;

  @Test
  @Timeout(120)
  void the_ledger_follows_the_master() throws IOException {
    RedisBinary carried = RedisBinary.carried(folder);
    Path binary = carried.path();
    Backing.note(
        SentinelTest.class, "redis sentinel " + carried.version() + " (carried by LastMile)");
    Warning warning = Samples.warning(1);
    Plan plan = Samples.plan(warning, 100);
    try (RedisProcess first = RedisProcess.start(binary, home("first"));
        RedisProcess second =
            RedisProcess.start(
                binary, home("second"), "--replicaof", "127.0.0.1", "" + first.port())) {
      int port = RedisProcess.freePort();
      Process sentinel = sentinel(binary, port, first.port());
      try (Ledger ledger =
          new RedisLedger(
              RedisAddress.parse("redis-sentinel://127.0.0.1:" + port + "#town"), "town")) {
        await()
            .atMost(Duration.ofSeconds(30))
            .ignoreExceptions()
            .until(() -> replicasKnownTo(port) == 1);
        Ledger.Lease lease = ledger.claim("a", NOON, Duration.ofSeconds(10)).orElseThrow();
        ledger.open(lease, warning, plan, List.of());
        try (Jedis master = new Jedis("127.0.0.1", first.port())) {
          await().until(() -> master.waitReplicas(1, 1_000) == 1);
        }

        first.kill();
        await()
            .atMost(Duration.ofSeconds(60))
            .ignoreExceptions()
            .untilAsserted(
                () -> ledger.append(lease, 1, Map.of(warning.id(), Samples.life(1, NOON))));
        Ledger.Entry entry = ledger.read(warning.id()).orElseThrow();
        assertThat(entry.plan()).isEqualTo(plan);
        assertThat(entry.events()).isEqualTo(Samples.life(1, NOON));
        try (Jedis promoted = new Jedis("127.0.0.1", second.port())) {
          assertThat(promoted.info("replication")).contains("role:master");
        }
      } finally {
        sentinel.destroyForcibly();
      }
    }
  }

  private Path home(String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }

  private Process sentinel(Path binary, int port, int master) throws IOException {
    Path config = folder.resolve("sentinel.conf");
    Files.writeString(
        config,
        """
        bind 127.0.0.1
        port %d
        dir "%s"
        sentinel monitor town 127.0.0.1 %d 1
        sentinel down-after-milliseconds town 500
        sentinel failover-timeout town 5000
        """
            .formatted(port, folder, master));
    return new ProcessBuilder(binary.toString(), config.toString(), "--sentinel")
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("sentinel.log").toFile())
        .start();
  }

  private static int replicasKnownTo(int sentinelPort) {
    try (Jedis sentinel = new Jedis("127.0.0.1", sentinelPort)) {
      return sentinel.sentinelReplicas("town").size();
    }
  }
}

package org.lastmile.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.Memory;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;

@Timeout(120)
class EmbeddedRedisTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  private EmbeddedRedis start() {
    return EmbeddedRedis.start(folder, Optional.empty());
  }

  private static void put(EmbeddedRedis redis, String value) {
    try (UnifiedJedis client = redis.address().connect()) {
      client.set("k", value);
    }
  }

  private static String get(EmbeddedRedis redis) {
    try (UnifiedJedis client = redis.address().connect()) {
      return client.get("k");
    }
  }

  @Test
  void what_was_kept_is_there_after_a_stop() {
    try (EmbeddedRedis redis = start()) {
      put(redis, "kept");
    }
    try (EmbeddedRedis redis = start()) {
      assertThat(get(redis)).isEqualTo("kept");
      assertThat(redis.trouble()).isEmpty();
    }
  }

  @Test
  void nobody_gets_in_without_the_password_which_only_the_owner_can_read() throws IOException {
    try (EmbeddedRedis redis = start()) {
      int port = redis.address().hosts().iterator().next().getPort();
      try (UnifiedJedis stranger = RedisAddress.parse("redis://127.0.0.1:" + port).connect()) {
        assertThatThrownBy(() -> stranger.get("k"))
            .isInstanceOf(JedisDataException.class)
            .hasMessageContaining("NOAUTH");
      }
      try (UnifiedJedis client = redis.address().connect()) {
        assertThat(client.configGet("bind")).containsEntry("bind", "127.0.0.1");
        assertThat(client.configGet("appendfsync")).containsEntry("appendfsync", "always");
        assertThat(client.configGet("maxmemory-policy"))
            .containsEntry("maxmemory-policy", "noeviction");
      }
      for (String secret : new String[] {"password", "redis.conf"}) {
        assertThat(Files.getPosixFilePermissions(folder.resolve(secret)))
            .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      }
      assertThat(redis.address().toString()).doesNotContain(redis.address().password());
    }
  }

  @Test
  void a_second_gateway_on_the_same_folder_is_refused() {
    try (EmbeddedRedis redis = start()) {
      assertThatThrownBy(this::start)
          .isInstanceOf(EmbeddedRedis.Refused.class)
          .hasMessageContaining("another LastMile uses the data folder " + folder);
      put(redis, "first goes on");
    }
  }

  @Test
  void a_killed_gateway_leaves_a_server_that_the_next_one_takes_up() throws Exception {
    Process gateway =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Gateway.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    long pid = 0;
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(gateway.getInputStream(), StandardCharsets.UTF_8))) {
      while (pid == 0) {
        String line = said.readLine();
        assertThat(line).as("the gateway ended").isNotNull();
        pid = line.startsWith("server ") ? Long.parseLong(line.substring(7)) : 0;
      }
      assertThatThrownBy(this::start).hasMessageContaining("another LastMile uses");
    } finally {
      gateway.destroyForcibly().waitFor();
    }
    assertThat(ProcessHandle.of(pid)).isPresent();
    try (EmbeddedRedis redis = start()) {
      long orphan = pid;
      assertThat(redis.pid()).isEqualTo(orphan);
      put(redis, "kept");
      // It is ours as if we had started it: supervised, and ended with us.
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      await().atMost(PATIENCE).until(() -> redis.pid() != orphan);
      await().atMost(PATIENCE).ignoreExceptions().until(() -> get(redis).equals("kept"));
    }
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      assertThat(all.flatMap(p -> p.info().commandLine().stream()))
          .noneMatch(line -> line.contains(folder.toString()) && line.contains("redis.conf"));
    }
  }

  @Test
  void a_killed_server_is_started_again_on_its_port_with_its_data() {
    try (EmbeddedRedis redis = start()) {
      put(redis, "kept");
      RedisAddress address = redis.address();
      for (int i = 0; i < 3; i++) {
        long pid = redis.pid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        await()
            .atMost(PATIENCE)
            .ignoreExceptions()
            .until(() -> redis.pid() != pid && get(redis).equals("kept"));
        await().atMost(PATIENCE).until(() -> redis.trouble().isEmpty());
        assertThat(redis.address()).isEqualTo(address);
      }
    }
  }

  @Test
  void while_its_port_is_taken_it_says_so_and_it_comes_back() throws IOException {
    try (EmbeddedRedis redis = start()) {
      put(redis, "kept");
      int port = redis.address().hosts().iterator().next().getPort();
      ProcessHandle server = ProcessHandle.of(redis.pid()).orElseThrow();
      server.destroyForcibly();
      server.onExit().join();
      try (ServerSocket thief = new ServerSocket()) {
        thief.setReuseAddress(true);
        thief.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        await().atMost(PATIENCE).until(() -> redis.trouble().contains("Address already in use"));
      }
      await().atMost(PATIENCE).ignoreExceptions().until(() -> get(redis).equals("kept"));
    }
  }

  @Test
  void an_older_server_is_refused_before_it_can_start_empty() throws IOException {
    try (EmbeddedRedis redis = start()) {
      put(redis, "kept");
    }
    Path store = folder.resolve("store.properties");
    String before = Files.readString(store);
    Files.writeString(store, before.replaceAll("server=.*", "server=99.1.0"));
    assertThatThrownBy(this::start)
        .isInstanceOf(EmbeddedRedis.Refused.class)
        .hasMessageContaining("was written by Redis 99.1.0")
        .hasMessageContaining("install redis-server 99.1.0 or newer");
    Files.writeString(store, before);
    try (EmbeddedRedis redis = start()) {
      assertThat(get(redis)).isEqualTo("kept");
    }
  }

  @Test
  void data_goes_on_when_the_machine_gets_a_newer_server_and_not_back() {
    Optional<Path> installed = RedisBinary.onPath();
    assumeTrue(installed.isPresent(), "no redis-server on PATH to move on to");
    try (EmbeddedRedis redis = start()) {
      put(redis, "kept");
    }
    try (EmbeddedRedis redis = EmbeddedRedis.start(folder, installed)) {
      assertThat(get(redis)).isEqualTo("kept");
      put(redis, "kept again");
    }
    assertThatThrownBy(this::start)
        .isInstanceOf(EmbeddedRedis.Refused.class)
        .hasMessageContaining("would start empty");
    try (EmbeddedRedis redis = EmbeddedRedis.start(folder, installed)) {
      assertThat(get(redis)).isEqualTo("kept again");
    }
  }

  @Test
  void data_that_went_missing_is_noticed() throws IOException {
    start().close();
    Files.delete(folder.resolve("appendonly.aof"));
    assertThatThrownBy(this::start)
        .isInstanceOf(EmbeddedRedis.Refused.class)
        .hasMessageContaining("is not what LastMile left there");
    assertThatThrownBy(this::start).hasMessageContaining("is not what LastMile left there");
  }

  @Test
  void data_of_somebody_else_is_not_touched() throws IOException {
    Files.writeString(folder.resolve("dump.rdb"), "precious");
    assertThatThrownBy(this::start)
        .isInstanceOf(EmbeddedRedis.Refused.class)
        .hasMessageContaining("dump.rdb");
  }

  @Test
  void a_folder_that_cannot_be_used_is_named_with_the_way_out() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> EmbeddedRedis.start(file.resolve("data")))
        .isInstanceOf(EmbeddedRedis.Refused.class)
        .hasMessageContaining(file.resolve("data").toString())
        .hasMessageContaining("store.data");
  }

  @Test
  void a_program_that_is_no_server_is_named() {
    assertThatThrownBy(() -> EmbeddedRedis.start(folder, Optional.of(Path.of("/bin/true"))))
        .isInstanceOf(EmbeddedRedis.Refused.class)
        .hasMessageContaining("/bin/true is not a Redis server");
  }

  @Test
  void a_damaged_store_is_refused_in_the_servers_own_words() throws IOException {
    try (EmbeddedRedis redis = start()) {
      put(redis, "kept");
    }
    byte[] data = Files.readAllBytes(folder.resolve("appendonly.aof"));
    data[5] = 'X';
    Files.write(folder.resolve("appendonly.aof"), data);
    assertThatThrownBy(this::start)
        .isInstanceOf(EmbeddedRedis.Refused.class)
        .hasMessageContaining("does not start")
        .hasMessageContaining("Bad file format");
  }

  @Test
  void a_full_disk_is_named_and_nothing_acknowledged_is_lost() throws Exception {
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", folder.toString()) == 0,
        "needs the right to mount a small disk");
    try {
      Path ballast = folder.resolve("ballast");
      Files.write(ballast, new byte[16_000_000]);
      try (EmbeddedRedis redis = start();
          Ledger ledger = new RedisLedger(redis.address(), "town")) {
        Memory memory = ledger.memory("sms");
        String value = "x".repeat(100_000);
        int kept = 0;
        try {
          for (; kept < 1_000; kept++) {
            memory.put("k" + kept, value, Memory.FOR_EVER);
          }
        } catch (Memory.Away e) {
          assertThat(e).hasMessageContaining("does not answer");
        }
        assertThat(kept).isBetween(1, 999);
        await().atMost(PATIENCE).until(() -> redis.trouble().contains("is full: make room"));

        Files.delete(ballast);
        await().atMost(PATIENCE).until(() -> redis.trouble().isEmpty());
        await().atMost(PATIENCE).ignoreExceptions().until(() -> memory.get("k0").isPresent());
        for (int i = 0; i < kept; i++) {
          assertThat(memory.get("k" + i)).contains(value);
        }
        memory.put("after", value, Memory.FOR_EVER);
      }
    } finally {
      assertThat(run("umount", folder.toString())).isZero();
    }
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
  }
}

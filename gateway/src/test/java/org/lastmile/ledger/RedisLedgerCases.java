package org.lastmile.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.lastmile.ledger.Samples.NOON;
import static org.lastmile.ledger.Samples.plan;
import static org.lastmile.ledger.Samples.warning;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.lastmile.channel.Memory;
import org.lastmile.warning.Event;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Warning;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.args.ClientPauseMode;

/** The contract and what holds on Redis besides, on whatever server {@link #address()} names. */
@Timeout(180)
abstract class RedisLedgerCases implements LedgerContract {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final AtomicInteger STORES = new AtomicInteger();

  abstract RedisAddress address();

  /** kill -9 of the server. */
  abstract void kill();

  /** Starts it again on the same data and port. */
  abstract void revive();

  @Override
  public Rig rig() {
    return new Desks(address(), "test-" + STORES.incrementAndGet());
  }

  /** Two gateways of one jurisdiction. */
  record Desks(Ledger ledger, Ledger standby) implements LedgerContract.Rig {
    Desks(RedisAddress address, String jurisdiction) {
      this(new RedisLedger(address, jurisdiction), new RedisLedger(address, jurisdiction));
    }

    @Override
    public void close() {
      ledger.close();
      standby.close();
    }
  }

  @Test
  void a_restarted_gateway_takes_its_own_desk_back_under_a_new_epoch() {
    String town = "test-" + STORES.incrementAndGet();
    try (Ledger before = new RedisLedger(address(), town);
        Ledger after = new RedisLedger(address(), town)) {
      Ledger.Lease lost = before.claim("a", NOON, TERM).orElseThrow();
      Ledger.Lease mine = after.claim("a", NOON.plusSeconds(1), TERM).orElseThrow();
      assertThat(mine.epoch()).isGreaterThan(lost.epoch());
      Warning warning = warning(1);
      assertThatThrownBy(() -> before.open(lost, warning, null, List.of()))
          .isInstanceOf(Ledger.Fenced.class);
      after.open(mine, warning, null, List.of());
    }
  }

  @Test
  void jurisdictions_share_a_store_without_seeing_each_other() {
    try (Rig one = rig();
        Rig other = rig()) {
      Ledger.Lease lease = one.ledger().claim("a", NOON, TERM).orElseThrow();
      one.ledger().open(lease, warning(1), null, List.of());
      assertThat(other.ledger().claim("b", NOON, TERM)).isPresent();
      assertThat(other.ledger().open()).isEmpty();
    }
  }

  @Test
  void chunks_of_a_plan_that_was_never_committed_are_unseen_and_dropped() {
    String town = "test-" + STORES.incrementAndGet();
    String keys = "lastmile:{" + town + "}:";
    Warning warning = warning(1);
    try (UnifiedJedis redis = address().connect();
        Ledger ledger = new RedisLedger(address(), town)) {
      redis.hset(keys + "draft:" + warning.id(), "0", "half a plan");
      redis.hset(keys + "draft:" + warning.id(), "77", "more of it");
      redis.sadd(keys + "drafts", warning.id(), "w2");
      redis.hset(keys + "draft:w2", "0", "of a warning that never came back");
      assertThat(ledger.read(warning.id())).isEmpty();

      Ledger.Lease lease = ledger.claim("a", NOON, TERM).orElseThrow();
      assertThat(redis.keys(keys + "draft*")).isEmpty();

      redis.hset(keys + "draft:" + warning.id(), "77", "of a try a moment ago");
      ledger.open(lease, warning, plan(warning, 25), List.of());
      assertThat(ledger.read(warning.id()).orElseThrow().plan()).isEqualTo(plan(warning, 25));
      assertThat(redis.keys(keys + "draft*")).isEmpty();
    }
  }

  @Test
  void a_newer_program_migrates_and_an_older_one_then_refuses() {
    String town = "test-" + STORES.incrementAndGet();
    AtomicInteger crashes = new AtomicInteger(1);
    Format two =
        new Format(
            List.of(
                (redis, prefix) -> {
                  if (crashes.getAndDecrement() > 0) {
                    throw new IllegalStateException("crashed in the middle");
                  }
                  redis.set(prefix + "migrated", "yes");
                }));
    Warning warning = warning(1);
    try (Ledger old = new RedisLedger(address(), town);
        RedisLedger next = new RedisLedger(address(), town, two);
        Ledger oldAgain = new RedisLedger(address(), town)) {
      Ledger.Lease lease = old.claim("a", NOON, TERM).orElseThrow();
      old.open(lease, warning, plan(warning, 25), List.of());
      old.giveBack(lease);

      assertThatThrownBy(() -> next.claim("b", NOON, TERM)).hasMessage("crashed in the middle");
      assertThatThrownBy(() -> oldAgain.claim("c", NOON.plusSeconds(60), TERM))
          .isInstanceOf(Ledger.Newer.class)
          .hasMessageContaining("format 2")
          .hasMessageContaining("knows format 1");
      assertThatThrownBy(() -> oldAgain.read(warning.id())).isInstanceOf(Ledger.Newer.class);
      assertThatThrownBy(oldAgain::open).isInstanceOf(Ledger.Newer.class);

      Ledger.Lease mine = next.claim("b", NOON.plusSeconds(1), TERM).orElseThrow();
      assertThat(next.memory("x").get("k")).isEmpty();
      assertThat(next.read(warning.id()).orElseThrow().plan()).isEqualTo(plan(warning, 25));
      next.append(mine, 1, Map.of(warning.id(), Samples.life(1, NOON)));
      try (UnifiedJedis redis = address().connect()) {
        assertThat(redis.get("lastmile:{" + town + "}:migrated")).isEqualTo("yes");
      }
    }
  }

  @Test
  void no_acknowledged_batch_is_lost_or_doubled_when_the_server_is_killed() throws Exception {
    Warning warning = warning(1);
    Random random = new Random(11);
    try (Rig rig = rig()) {
      Ledger.Lease lease = rig.ledger().claim("a", NOON, TERM).orElseThrow();
      rig.ledger().open(lease, warning, null, List.of());
      AtomicInteger acknowledged = new AtomicInteger();
      AtomicInteger away = new AtomicInteger();
      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                while (!enough.get()) {
                  int batch = acknowledged.get() + 1;
                  insist(() -> rig.ledger().append(lease, batch, numbered(warning, batch)), away);
                  acknowledged.set(batch);
                }
              });
      for (int i = 0; i < 5; i++) {
        int killAt = acknowledged.get() + 20 + random.nextInt(200);
        await().atMost(PATIENCE).until(() -> acknowledged.get() >= killAt || writer.isDone());
        kill();
        revive();
      }
      int last = acknowledged.get();
      await().atMost(PATIENCE).until(() -> acknowledged.get() > last + 20 || writer.isDone());
      enough.set(true);
      writer.get(30, TimeUnit.SECONDS);

      assertThat(away).hasPositiveValue();
      List<Integer> kept = new ArrayList<>();
      insist(
          () ->
              rig.ledger().read(warning.id()).orElseThrow().events().stream()
                  .map(Event::attempt)
                  .forEach(kept::add),
          away);
      assertThat(kept).isEqualTo(IntStream.rangeClosed(1, acknowledged.get()).boxed().toList());
    }
  }

  @Test
  void a_plan_is_whole_or_unseen_when_the_server_is_killed_while_it_is_written() throws Exception {
    Random random = new Random(12);
    try (Rig rig = rig()) {
      AtomicReference<Ledger.Lease> lease = new AtomicReference<>();
      AtomicInteger away = new AtomicInteger();
      insist(() -> lease.set(rig.ledger().claim("a", NOON, TERM).orElseThrow()), away);
      for (int i = 0; i < 4; i++) {
        Warning warning = warning(i);
        Plan plan = plan(warning, 30_000);
        int killAt = 1 + random.nextInt(6);
        CompletableFuture<Void> writer =
            CompletableFuture.runAsync(
                () -> insist(() -> rig.ledger().open(lease.get(), warning, plan, List.of()), away));
        try (UnifiedJedis redis = address().connect()) {
          String draft = ((RedisLedger) rig.ledger()).prefix() + "draft:" + warning.id();
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(1))
              .until(() -> redis.hlen(draft) >= killAt || writer.isDone());
        }
        kill();
        revive();
        insist(
            () ->
                rig.standby()
                    .read(warning.id())
                    .ifPresent(entry -> assertThat(entry.plan()).isEqualTo(plan)),
            away);
        writer.get(60, TimeUnit.SECONDS);
        assertThat(rig.standby().read(warning.id()).orElseThrow().plan()).isEqualTo(plan);
      }
    }
  }

  @Test
  void a_server_that_takes_no_writes_is_away_and_says_why() {
    String town = "test-" + STORES.incrementAndGet();
    try (Jedis redis = operator();
        Ledger ledger = new RedisLedger(address(), town)) {
      Ledger.Lease lease = ledger.claim("a", NOON, TERM).orElseThrow();
      Warning warning = warning(1);
      ledger.open(lease, warning, null, List.of());
      redis.configSet("maxmemory", "1");
      try {
        assertThatThrownBy(() -> ledger.append(lease, 1, numbered(warning, 1)))
            .isInstanceOf(Memory.Away.class)
            .hasMessageContaining("has no memory left");
        assertThatThrownBy(() -> ledger.memory("sms").put("k", "v", Memory.FOR_EVER))
            .isInstanceOf(Memory.Away.class);
        assertThatThrownBy(ledger::ping).isInstanceOf(Memory.Away.class);
        assertThat(ledger.read(warning.id())).isPresent();
      } finally {
        redis.configSet("maxmemory", "0");
      }
      ledger.append(lease, 1, numbered(warning, 1));
      assertThat(ledger.read(warning.id()).orElseThrow().events()).hasSize(1);

      // A replica that was a master a moment ago, as after a failover.
      redis.configSet("replica-read-only", "yes");
      redis.replicaof("127.0.0.1", 1);
      try {
        assertThatThrownBy(() -> ledger.append(lease, 2, numbered(warning, 2)))
            .isInstanceOf(Memory.Away.class)
            .hasMessageContaining("is a replica");
      } finally {
        redis.replicaofNoOne();
      }
      ledger.append(lease, 2, numbered(warning, 2));
    }
  }

  @Test
  void a_server_that_hangs_is_away_within_seconds() {
    try (Jedis redis = operator();
        Rig rig = rig()) {
      rig.ledger().ping();
      redis.clientPause(7_000, ClientPauseMode.ALL);
      assertThatThrownBy(() -> rig.ledger().ping())
          .isInstanceOf(Memory.Away.class)
          .hasMessageContaining("does not answer");
      insist(() -> rig.ledger().ping(), new AtomicInteger());
    }
  }

  @Test
  void a_server_that_answers_before_it_writes_is_doubted() {
    try (Jedis redis = operator();
        RedisLedger ledger = new RedisLedger(address(), "town")) {
      assertThat(ledger.durability()).isEmpty();
      redis.configSet("appendfsync", "everysec");
      try {
        assertThat(ledger.durability()).contains("appendfsync is everysec");
      } finally {
        redis.configSet("appendfsync", "always");
      }
    }
  }

  @Test
  void a_server_that_forgot_our_scripts_gets_them_again() {
    try (Jedis redis = operator();
        Rig rig = rig()) {
      assertThat(rig.ledger().claim("a", NOON, TERM)).isPresent();
      redis.scriptFlush();
      assertThat(rig.ledger().claim("a", NOON.plusSeconds(1), TERM)).isPresent();
    }
  }

  /** Somebody with redis-cli. */
  private Jedis operator() {
    return new Jedis(
        address().hosts().iterator().next(),
        DefaultJedisClientConfig.builder().resp2().password(address().password()).build());
  }

  private static Map<String, List<Event>> numbered(Warning warning, int number) {
    return Map.of(warning.id(), List.of(Event.ofPoint(NOON, Event.Type.MOVED, 1, number, "已转移")));
  }

  /** Repeats the same call while the store is away, as every caller of a ledger does. */
  private static void insist(Runnable call, AtomicInteger away) {
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              try {
                call.run();
                return true;
              } catch (Memory.Away e) {
                away.incrementAndGet();
                return false;
              }
            });
  }
}

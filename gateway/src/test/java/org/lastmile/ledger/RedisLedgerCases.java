package org.lastmile.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.lastmile.ledger.Samples.NOON;
import static org.lastmile.ledger.Samples.plan;
import static org.lastmile.ledger.Samples.warning;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.lastmile.warning.Warning;
import redis.clients.jedis.RedisClient;

/** The contract and what holds on Redis besides, on whatever server {@link #address()} names. */
abstract class RedisLedgerCases implements LedgerContract {
  private static final AtomicInteger STORES = new AtomicInteger();

  abstract RedisAddress address();

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
    int port = address().hosts().iterator().next().getPort();
    try (RedisClient redis = RedisClient.create("127.0.0.1", port);
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
      next.append(mine, 1, java.util.Map.of(warning.id(), Samples.life(1, NOON)));
      int port = address().hosts().iterator().next().getPort();
      try (RedisClient redis = RedisClient.create("127.0.0.1", port)) {
        assertThat(redis.get("lastmile:{" + town + "}:migrated")).isEqualTo("yes");
      }
    }
  }
}

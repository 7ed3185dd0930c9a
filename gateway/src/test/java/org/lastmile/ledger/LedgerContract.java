package org.lastmile.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.lastmile.ledger.Samples.NOON;
import static org.lastmile.ledger.Samples.plan;
import static org.lastmile.ledger.Samples.warning;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Memory;
import org.lastmile.warning.Event;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Warning;

/** What must hold for every ledger, whatever it keeps things on. */
interface LedgerContract {
  Duration TERM = Duration.ofSeconds(10);

  /** A ledger on a store that is empty at first. */
  interface Rig extends AutoCloseable {
    Ledger ledger();

    /** The same store as another gateway sees it. */
    Ledger standby();

    @Override
    void close();
  }

  Rig rig() throws Exception;

  // --- the lease

  @Test
  default void one_owner_at_a_time_holds_the_desk() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease first = rig.ledger().claim("a", NOON, TERM).orElseThrow();
      assertThat(rig.standby().claim("b", NOON.plusSeconds(9), TERM)).isEmpty();
      Ledger.Lease second = rig.standby().claim("b", NOON.plusSeconds(10), TERM).orElseThrow();
      assertThat(second.owner()).isEqualTo("b");
      assertThat(second.epoch()).isGreaterThan(first.epoch());
      assertThat(rig.ledger().claim("a", NOON.plusSeconds(11), TERM)).isEmpty();
    }
  }

  @Test
  default void renewing_in_time_keeps_the_epoch_and_renewing_late_does_not() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease first = rig.ledger().claim("a", NOON, TERM).orElseThrow();
      assertThat(rig.ledger().claim("a", NOON.plusSeconds(9), TERM)).contains(first);
      assertThat(rig.standby().claim("b", NOON.plusSeconds(18), TERM)).isEmpty();
      Ledger.Lease late = rig.ledger().claim("a", NOON.plusSeconds(19), TERM).orElseThrow();
      assertThat(late.epoch()).isGreaterThan(first.epoch());
    }
  }

  @Test
  default void a_desk_given_back_is_free_at_once() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease first = rig.ledger().claim("a", NOON, TERM).orElseThrow();
      rig.ledger().giveBack(first);
      assertThat(rig.standby().claim("b", NOON.plusMillis(1), TERM)).isPresent();
    }
  }

  @Test
  default void who_lost_the_desk_can_write_nothing_more() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease lost = rig.ledger().claim("a", NOON, TERM).orElseThrow();
      Warning kept = warning(1);
      rig.ledger().open(lost, kept, plan(kept, 20), released());
      Ledger.Lease newest = rig.standby().claim("b", NOON.plusSeconds(10), TERM).orElseThrow();
      Ledger.Entry before = rig.standby().read(kept.id()).orElseThrow();

      Ledger old = rig.ledger();
      Warning other = warning(2);
      Map<String, List<Event>> events = Map.of(kept.id(), released());
      assertThatThrownBy(() -> old.open(lost, other, plan(other, 20), released()))
          .isInstanceOf(Ledger.Fenced.class)
          .hasMessageContaining("b decides since epoch " + newest.epoch());
      assertThatThrownBy(() -> old.open(lost, other, null, released()))
          .isInstanceOf(Ledger.Fenced.class);
      assertThatThrownBy(() -> old.append(lost, 1, events)).isInstanceOf(Ledger.Fenced.class);
      assertThatThrownBy(() -> old.close(lost, kept.id())).isInstanceOf(Ledger.Fenced.class);
      old.giveBack(lost);

      assertThat(rig.standby().open()).containsExactly(kept.id());
      assertThat(rig.standby().read(kept.id())).contains(before);
      assertThat(rig.standby().read(other.id())).isEmpty();
      rig.standby().append(newest, 1, events);
    }
  }

  // --- warnings and plans

  @Test
  default void an_opened_warning_is_read_back_whole() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease lease = lease(rig);
      Warning warning = warning(1);
      Plan plan = plan(warning, 25);
      rig.ledger().open(lease, warning, plan, released());
      assertThat(rig.standby().read(warning.id()))
          .contains(new Ledger.Entry(warning, plan, released()));
      assertThat(rig.standby().open()).containsExactly(warning.id());
      assertThat(rig.standby().read("w99999999999999")).isEmpty();
    }
  }

  @Test
  default void a_plan_of_many_chunks_is_read_back_in_order() throws Exception {
    try (Rig rig = rig()) {
      Warning warning = warning(1);
      Plan plan = plan(warning, 60_001);
      rig.ledger().open(lease(rig), warning, plan, released());
      assertThat(rig.standby().read(warning.id()).orElseThrow().plan()).isEqualTo(plan);
    }
  }

  @Test
  default void opening_again_changes_nothing() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease lease = lease(rig);
      Warning warning = warning(1);
      rig.ledger().open(lease, warning, plan(warning, 25), released());
      Ledger.Entry before = rig.ledger().read(warning.id()).orElseThrow();
      rig.ledger().open(lease, warning, plan(warning, 25), released());
      rig.ledger().open(lease, warning, null, released());
      rig.ledger().open(lease, warning, Plan.empty(warning.id()), released());
      assertThat(rig.ledger().read(warning.id())).contains(before);
    }
  }

  @Test
  default void a_held_warning_gets_its_plan_later() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease lease = lease(rig);
      Warning warning = warning(1);
      List<Event> held = List.of(Event.of(NOON, Event.Type.HELD, "颜色与等级不符"));
      rig.ledger().open(lease, warning, null, held);
      rig.ledger().open(lease, warning, null, held);
      assertThat(rig.ledger().read(warning.id()))
          .contains(new Ledger.Entry(warning, Plan.empty(warning.id()), held));

      Plan plan = plan(warning, 25);
      rig.ledger().open(lease, warning, plan, released());
      rig.ledger().open(lease, warning, plan, released());
      assertThat(rig.ledger().read(warning.id()))
          .contains(
              new Ledger.Entry(
                  warning, plan, Stream.concat(held.stream(), released().stream()).toList()));
      assertThat(rig.ledger().open()).containsExactly(warning.id());
    }
  }

  @Test
  default void another_plan_for_the_same_warning_is_refused() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease lease = lease(rig);
      Warning warning = warning(1);
      rig.ledger().open(lease, warning, plan(warning, 25), released());
      assertThatThrownBy(() -> rig.ledger().open(lease, warning, plan(warning, 26), released()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(warning.id());
      assertThat(rig.ledger().read(warning.id()).orElseThrow().plan()).isEqualTo(plan(warning, 25));
    }
  }

  @Test
  default void warnings_are_listed_open_oldest_first_and_closed_newest_first() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease lease = lease(rig);
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Warning warning = warning(i);
        ids.add(warning.id());
        rig.ledger().open(lease, warning, null, released());
      }
      assertThat(rig.ledger().open()).isEqualTo(ids);
      rig.ledger().close(lease, ids.get(3));
      rig.ledger().close(lease, ids.get(0));
      rig.ledger().close(lease, ids.get(3));
      assertThat(rig.ledger().open()).containsExactly(ids.get(1), ids.get(2), ids.get(4));
      assertThat(rig.ledger().closed(10)).containsExactly(ids.get(0), ids.get(3));
      assertThat(rig.ledger().closed(1)).containsExactly(ids.get(0));
      assertThat(rig.ledger().closed(0)).isEmpty();
      assertThat(rig.ledger().read(ids.get(3))).isPresent();
      assertThatThrownBy(() -> rig.ledger().close(lease, "w99999999999999"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  // --- events

  @Test
  default void events_are_added_to_many_warnings_or_to_none() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease lease = lease(rig);
      Warning one = warning(1);
      Warning two = warning(2);
      rig.ledger().open(lease, one, plan(one, 10), released());
      rig.ledger().open(lease, two, null, List.of());
      List<Event> life = Samples.life(3, NOON);
      rig.ledger().append(lease, 1, Map.of(one.id(), life, two.id(), released()));
      assertThat(events(rig, one))
          .isEqualTo(Stream.concat(released().stream(), life.stream()).toList());
      assertThat(events(rig, two)).isEqualTo(released());

      Map<String, List<Event>> withStranger =
          Map.of(one.id(), life, "w99999999999999", released(), two.id(), released());
      assertThatThrownBy(() -> rig.ledger().append(lease, 2, withStranger))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("w99999999999999");
      assertThat(events(rig, one)).hasSize(5);
      assertThat(events(rig, two)).isEqualTo(released());
      rig.ledger().append(lease, 2, Map.of(two.id(), life));
      assertThat(events(rig, two)).hasSize(5);
    }
  }

  @Test
  default void a_batch_repeated_is_kept_once() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease lease = lease(rig);
      Warning warning = warning(1);
      rig.ledger().open(lease, warning, null, List.of());
      for (int batch = 1; batch <= 70; batch++) {
        rig.ledger().append(lease, batch, word(warning, batch));
        rig.ledger().append(lease, batch, word(warning, batch));
      }
      rig.ledger().append(lease, 40, word(warning, 40));
      assertThat(events(rig, warning))
          .extracting(Event::attempt)
          .hasSize(70)
          .doesNotHaveDuplicates();
      assertThatThrownBy(() -> rig.ledger().append(lease, 70, word(warning, 1)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> rig.ledger().append(lease, 0, word(warning, 1)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(events(rig, warning)).hasSize(70);
    }
  }

  @Test
  default void a_batch_that_was_skipped_can_still_come() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease lease = lease(rig);
      Warning warning = warning(1);
      rig.ledger().open(lease, warning, null, List.of());
      rig.ledger().append(lease, 2, word(warning, 2));
      rig.ledger().append(lease, 1, word(warning, 1));
      rig.ledger().append(lease, 2, word(warning, 2));
      assertThat(events(rig, warning)).extracting(Event::attempt).containsExactly(2, 1);
    }
  }

  @Test
  default void batches_are_counted_anew_in_every_epoch() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease lease = lease(rig);
      Warning warning = warning(1);
      rig.ledger().open(lease, warning, null, List.of());
      rig.ledger().append(lease, 1, word(warning, 1));
      Ledger.Lease next = rig.standby().claim("b", NOON.plusSeconds(20), TERM).orElseThrow();
      rig.standby().append(next, 1, word(warning, 2));
      assertThat(events(rig, warning)).extracting(Event::attempt).containsExactly(1, 2);
    }
  }

  @Test
  default void a_late_event_of_a_closed_warning_is_kept() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease lease = lease(rig);
      Warning warning = warning(1);
      rig.ledger().open(lease, warning, null, List.of());
      rig.ledger().close(lease, warning.id());
      rig.ledger().append(lease, 1, word(warning, 1));
      assertThat(events(rig, warning)).hasSize(1);
      assertThat(rig.ledger().open()).isEmpty();
    }
  }

  @Test
  default void times_are_kept_to_the_millisecond() throws Exception {
    try (Rig rig = rig()) {
      Ledger.Lease lease = lease(rig);
      Warning warning = warning(1);
      rig.ledger()
          .open(
              lease,
              warning,
              null,
              List.of(Event.of(NOON.plusNanos(999_999), Event.Type.ACCEPTED, "")));
      assertThat(events(rig, warning)).extracting(Event::at).containsExactly(NOON);
    }
  }

  // --- memories

  @Test
  default void a_memory_keeps_until_removed_and_rooms_are_apart() throws Exception {
    try (Rig rig = rig()) {
      Memory sms = rig.ledger().memory("sms");
      assertThat(sms.get("k")).isEmpty();
      sms.put("k", "值", Memory.FOR_EVER);
      assertThat(rig.standby().memory("sms").get("k")).contains("值");
      assertThat(rig.ledger().memory("wechat").get("k")).isEmpty();
      sms.put("k", "2", Memory.FOR_EVER);
      assertThat(sms.get("k")).contains("2");
      sms.remove("k");
      assertThat(sms.get("k")).isEmpty();
    }
  }

  @Test
  default void what_is_kept_for_a_time_is_forgotten_after_it() throws Exception {
    try (Rig rig = rig()) {
      Memory memory = rig.ledger().memory("sms");
      memory.put("long", "x", Duration.ofHours(1));
      memory.put("short", "x", Duration.ofMillis(1));
      await().until(() -> memory.get("short").isEmpty());
      assertThat(memory.get("long")).contains("x");
      assertThat(memory.claim("long", "y", Duration.ofMillis(1))).isFalse();
      assertThat(memory.claim("short", "y", Duration.ofMillis(1))).isTrue();
      await().until(() -> memory.claim("short", "z", Duration.ofHours(1)));
      assertThat(memory.get("short")).contains("z");
    }
  }

  @Test
  default void no_two_callers_claim_the_same_key_or_get_the_same_sum() throws Exception {
    try (Rig rig = rig()) {
      ExecutorService callers = Executors.newFixedThreadPool(8);
      try {
        List<Callable<List<Long>>> tasks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          Memory memory = (i % 2 == 0 ? rig.ledger() : rig.standby()).memory("speakers");
          String name = "caller" + i;
          tasks.add(
              () -> {
                List<Long> sums = new ArrayList<>();
                sums.add(memory.claim("one", name, Memory.FOR_EVER) ? -1L : 0L);
                for (int n = 0; n < 50; n++) {
                  sums.add(memory.add("sequence", 1));
                }
                return sums;
              });
        }
        Set<Long> sums = new TreeSet<>();
        int claims = 0;
        for (Future<List<Long>> task : callers.invokeAll(tasks)) {
          claims += task.get().get(0) == -1L ? 1 : 0;
          sums.addAll(task.get().subList(1, 51));
        }
        assertThat(claims).isOne();
        assertThat(sums).hasSize(400).contains(1L, 400L);
      } finally {
        callers.shutdownNow();
      }
    }
  }

  @Test
  default void everybody_who_asks_at_one_time_gets_their_own_answer() throws Exception {
    try (Rig rig = rig()) {
      ExecutorService callers = Executors.newFixedThreadPool(20);
      try {
        Memory memory = rig.ledger().memory("wechat");
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          String name = "caller" + i;
          tasks.add(
              () -> {
                for (int n = 0; n < 25; n++) {
                  memory.put(name, name + n, Duration.ofHours(1));
                  assertThat(memory.claim(name, "another", Duration.ofHours(1))).isFalse();
                  assertThat(memory.get(name)).contains(name + n);
                  assertThat(memory.putAndGet(name + "'", "x", Duration.ofHours(1), name))
                      .contains(name + n);
                  assertThat(memory.get(name + "'")).contains("x");
                  memory.remove(name);
                  assertThat(memory.get(name)).isEmpty();
                }
                return null;
              });
        }
        for (Future<Void> task : callers.invokeAll(tasks)) {
          task.get();
        }
      } finally {
        callers.shutdownNow();
      }
    }
  }

  @Test
  default void who_is_interrupted_still_gets_an_answer_and_stays_interrupted() throws Exception {
    try (Rig rig = rig()) {
      Memory memory = rig.ledger().memory("wechat");
      Thread.currentThread().interrupt();
      memory.put("k", "v", Duration.ofHours(1));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(memory.get("k")).contains("v");
    }
  }

  private static Ledger.Lease lease(Rig rig) {
    return rig.ledger().claim("a", NOON, TERM).orElseThrow();
  }

  private static List<Event> released() {
    Instant at = NOON.plusMillis(5);
    return List.of(Event.of(at, Event.Type.RELEASED, "李主任"));
  }

  private static Map<String, List<Event>> word(Warning warning, int number) {
    return Map.of(warning.id(), List.of(Event.ofPoint(NOON, Event.Type.MOVED, 2, number, "已转移")));
  }

  private static List<Event> events(Rig rig, Warning warning) {
    return rig.ledger().read(warning.id()).orElseThrow().events();
  }
}

package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Memory;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Signal;
import org.lastmile.channel.sms.pdu.Concat;
import org.lastmile.channel.sms.pdu.Incoming;

/** What becomes of a long message whose parts do not all come. */
class InboxTest {
  private static final String PHONE = "13800000001";
  private static final String OURS = "13900000000";
  private static final Instant WRITTEN = Instant.parse("2026-07-01T02:03:04Z");

  private final Hours clock = new Hours();
  private final Shop memory = new Shop();
  private final List<Signal.Inbound> heard = new ArrayList<>();
  private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
  private CompletableFuture<Void> answer = CompletableFuture.completedFuture(null);
  private int acknowledged;
  private Inbox inbox = inbox();

  private Inbox inbox() {
    return new Inbox(
        memory,
        clock,
        new Offers(
            signal -> {
              heard.add((Signal.Inbound) signal);
              return answer;
            },
            executor,
            Duration.ofMillis(10)));
  }

  @AfterEach
  void ends() {
    executor.shutdownNow();
  }

  @Test
  void after_five_minutes_what_is_there_is_handed_on_with_an_ellipsis_for_the_rest() {
    part(1, "桥断了，");
    part(3, "请派车。");
    clock.passes(Duration.ofMinutes(4));
    inbox.sweep();
    assertThat(heard).isEmpty();
    clock.passes(Duration.ofMinutes(2));
    inbox.sweep();
    inbox.sweep();
    assertThat(heard).extracting(Signal.Inbound::text).containsExactly("桥断了，…请派车。");
  }

  @Test
  void half_a_long_message_outlives_a_restart() {
    part(1, "桥断了，");
    assertThat(acknowledged).isEqualTo(1); // its modem has deleted it

    inbox = inbox();
    clock.passes(Duration.ofMinutes(6));
    inbox.sweep();

    assertThat(heard).extracting(Signal.Inbound::text).containsExactly("桥断了，……");
    assertThat(heard.get(0).from()).isEqualTo(PHONE);
    assertThat(heard.get(0).to()).isEqualTo(OURS);
    assertThat(heard.get(0).written()).isEqualTo(WRITTEN);
  }

  @Test
  void it_becomes_whole_when_the_rest_comes_after_the_restart() {
    part(1, "桥断了，");
    inbox = inbox();
    part(2, "两人被困，");
    inbox = inbox();
    part(3, "请派车。");
    inbox = inbox();
    clock.passes(Duration.ofMinutes(6));
    inbox.sweep();
    // Named open in memory until the next sweep: said again under the id that the desk knows.
    assertThat(heard).extracting(Signal.Inbound::text).containsOnly("桥断了，两人被困，请派车。");
    assertThat(heard).extracting(Signal.Inbound::id).containsOnly(heard.get(0).id());
  }

  @Test
  void what_is_handed_on_and_not_kept_yet_outlives_a_restart_too() {
    part(1, "桥断了，");
    clock.passes(Duration.ofMinutes(6));
    answer = new CompletableFuture<>();
    inbox.sweep();
    inbox.sweep();
    assertThat(heard).hasSize(1);

    inbox = inbox();
    answer = CompletableFuture.completedFuture(null);
    inbox.sweep();
    assertThat(heard).hasSize(2);

    inbox.sweep();
    inbox = inbox();
    inbox.sweep();
    assertThat(heard).hasSize(2); // kept at last, and forgotten here
  }

  @Test
  void a_part_is_not_acknowledged_before_its_set_is_known_to_be_open() {
    memory.closed = "in-open";
    assertThatThrownBy(() -> part(1, "桥断了，")).isInstanceOf(Memory.Away.class);
    assertThat(acknowledged).isZero();
    memory.closed = "";
    part(1, "桥断了，");
    assertThat(acknowledged).isEqualTo(1);
  }

  @Test
  void it_was_written_when_its_first_part_was_whichever_came_first() {
    for (int number : new int[] {2, 3, 1}) {
      Instant sent = WRITTEN.plusSeconds(number);
      inbox.deliver(
          OURS,
          new Incoming.Deliver(PHONE, Optional.of(sent), new Concat(7, 3, number), "x"),
          () -> acknowledged++);
    }
    assertThat(heard).extracting(Signal.Inbound::written).containsExactly(WRITTEN.plusSeconds(1));
  }

  @Test
  void the_same_message_read_again_from_its_store_has_the_same_id() {
    for (int i = 0; i < 2; i++) {
      inbox.deliver(
          OURS,
          new Incoming.Deliver(PHONE, Optional.of(WRITTEN), Concat.NONE, "1"),
          () -> acknowledged++);
      clock.passes(Duration.ofHours(1));
    }
    assertThat(heard).extracting(Signal.Inbound::written).containsExactly(WRITTEN, WRITTEN);
    assertThat(heard.get(0).id()).isEqualTo(heard.get(1).id());
  }

  @Test
  void a_phone_of_another_country_is_named_as_ledgers_name_it() {
    for (String number : new String[] {"+85291234567", "+86" + PHONE, "10086"}) {
      inbox.deliver(
          OURS, new Incoming.Deliver(number, Optional.empty(), Concat.NONE, "1"), () -> {});
    }
    assertThat(heard)
        .extracting(Signal.Inbound::from)
        .containsExactly("+85291234567", PHONE, "10086");
  }

  private void part(int number, String text) {
    inbox.deliver(
        OURS,
        new Incoming.Deliver(PHONE, Optional.of(WRITTEN), new Concat(7, 3, number), text),
        () -> acknowledged++);
  }

  /** A clock that goes only when told. */
  private static final class Hours extends Clock {
    private Instant now = Instant.parse("2026-07-01T02:03:05Z");

    void passes(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /** Keeps everything but one key, while that is said. */
  private static final class Shop implements Memory {
    private final MemoryInHeap all = new MemoryInHeap();
    private String closed = "";

    @Override
    public Optional<String> get(String key) {
      return all.get(key);
    }

    @Override
    public void put(String key, String value, Duration keep) {
      if (key.equals(closed)) {
        throw new Away("closed", null);
      }
      all.put(key, value, keep);
    }

    @Override
    public boolean claim(String key, String value, Duration keep) {
      return all.claim(key, value, keep);
    }

    @Override
    public void remove(String key) {
      all.remove(key);
    }

    @Override
    public long add(String counter, long amount) {
      return all.add(counter, amount);
    }
  }
}

package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.sms.pdu.Incoming;
import org.lastmile.channel.sms.pdu.Words;

/** Whose part a report speaks of, and what the reports of all parts say of their message. */
class ReceiptsTest {
  private static final String PHONE = "13800000001";
  private final Instant now = Instant.now();
  private static final int DELIVERED = 0x00;
  private static final int STILL_TRYING = 0x20;
  private static final int EXPIRED = 0x46;
  private static final int FAILED = 0x43;

  private final Leaving memory = new Leaving();
  private final List<Signal.Confirmation> said = new ArrayList<>();
  private final List<Integer> acknowledged = new ArrayList<>();
  private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
  private Receipts receipts = receipts();

  private Receipts receipts() {
    return new Receipts(
        memory,
        Clock.systemUTC(),
        new Offers(
            signal -> {
              said.add((Signal.Confirmation) signal);
              return CompletableFuture.completedFuture(null);
            },
            executor,
            Duration.ofMillis(10)),
        false);
  }

  @AfterEach
  void ends() {
    executor.shutdownNow();
  }

  @Test
  void a_message_is_delivered_when_all_of_its_parts_are_in_whatever_order() {
    sent("a1", 3, 7, 8, 9);
    report(9, DELIVERED);
    report(7, STILL_TRYING);
    report(7, DELIVERED);
    report(9, DELIVERED); // once more: the centre did not hear the acknowledgement
    report(8, DELIVERED);
    assertThat(said)
        .extracting(Signal.Confirmation::evidence)
        .containsExactly(Evidence.RECEIVED, Evidence.RECEIVED, Evidence.DELIVERED);
    assertThat(said.get(0).why()).isEqualTo("1 of 3 parts have arrived");
    assertThat(said.get(1).why()).isEqualTo("2 of 3 parts have arrived");
    assertThat(acknowledged).hasSize(5);
  }

  @Test
  void what_becomes_of_an_earlier_part_says_nothing_of_a_message_that_may_not_have_left_whole() {
    sent("a1", 3, 7, 8); // and then its modem was gone
    report(7, DELIVERED);
    report(8, STILL_TRYING);
    report(8, DELIVERED);
    assertThat(said).isEmpty();
    assertThat(acknowledged).hasSize(3);
    sent("a2", 3, 20, 21, 22);
    report(22, STILL_TRYING);
    assertThat(said)
        .extracting(Signal.Confirmation::attempt, Signal.Confirmation::evidence)
        .containsExactly(tuple("a2", Evidence.RECEIVED));
    assertThat(said.get(0).why()).startsWith("ST 20");
  }

  @Test
  void one_part_that_failed_or_expired_fails_the_message_however_many_arrived() {
    sent("a1", 3, 7, 8, 9);
    report(7, DELIVERED);
    report(8, EXPIRED);
    report(9, DELIVERED);
    assertThat(said)
        .extracting(Signal.Confirmation::evidence)
        .containsExactly(Evidence.EXPIRED, Evidence.RECEIVED);
    sent("a2", 2, 20, 21);
    report(20, FAILED);
    assertThat(said.get(2).attempt()).isEqualTo("a2");
    assertThat(said.get(2).evidence()).isEqualTo(Evidence.FAILED);
  }

  @Test
  void the_same_reference_to_the_same_person_is_told_apart_by_the_centres_time() {
    receipts.sent("m", 7, letter("a1", 1), 0, 1, now.minusSeconds(600));
    receipts.sent("m", 7, letter("a2", 1), 0, 1, now);
    receipts.report("m", new Incoming.Report(7, PHONE, time(-598), DELIVERED), () -> {});
    assertThat(said).extracting(Signal.Confirmation::attempt).containsExactly("a1");
  }

  @Test
  void a_centre_whose_clock_is_wrong_ends_no_earlier_try_twice() {
    receipts.sent("m", 7, letter("a1", 1), 0, 1, now.minusSeconds(600));
    receipts.report("m", new Incoming.Report(7, PHONE, time(-4_200), DELIVERED), () -> {});
    receipts.sent("m", 7, letter("a2", 1), 0, 1, now);
    receipts.report("m", new Incoming.Report(7, PHONE, time(-3_600), DELIVERED), () -> {});
    receipts.report("m", new Incoming.Report(7, PHONE, time(-4_200), DELIVERED), () -> {});
    assertThat(said).extracting(Signal.Confirmation::attempt).containsExactly("a1", "a2", "a1");
  }

  @Test
  void a_part_that_was_about_to_leave_when_the_process_died_is_known_by_its_report() {
    Clerk clerk = new Clerk(Duration.ofMillis(10));
    Intents before = new Intents(memory, clerk, receipts);
    before.begin("m");
    before.about("m", letter("a1", 1), now);
    // Killed here: nothing was noted. What follows is another process with the same store.
    receipts = receipts();
    Intents after = new Intents(memory, clerk, receipts);
    after.begin("m");
    clerk.close();
    report(200, DELIVERED);
    assertThat(said).extracting(Signal.Confirmation::attempt).containsExactly("a1");
    assertThat(said.get(0).evidence()).isEqualTo(Evidence.DELIVERED);
    after.sweep();
    assertThat(memory.get("about/m")).isEmpty();
  }

  @Test
  void what_was_noted_is_not_about_to_leave_after_a_restart() {
    Clerk clerk = new Clerk(Duration.ofMillis(10));
    Intents before = new Intents(memory, clerk, receipts);
    before.begin("m");
    String line = before.about("m", letter("a1", 1), now);
    receipts.sent("m", 7, letter("a1", 1), 0, 1, now);
    before.settled("m", line);
    before.sweep();
    receipts = receipts();
    new Intents(memory, clerk, receipts).begin("m");
    clerk.close();
    report(200, DELIVERED);
    assertThat(said).isEmpty();
    report(7, DELIVERED);
    assertThat(said).hasSize(1);
  }

  @Test
  void reports_that_came_early_wait_for_the_store_one_by_one() {
    report(7, DELIVERED); // all three overtook the answers that name their references
    report(8, DELIVERED);
    report(9, DELIVERED);
    memory.leaves();
    for (int i = 1; i <= 3; i++) {
      int part = i;
      Letter letter = letter("a1", 3);
      assertThatThrownBy(() -> receipts.sent("m", 6 + part, letter, 0, part, now))
          .isInstanceOf(Memory.Away.class);
    }
    assertThat(acknowledged).isEmpty();
    memory.returns();
    sent("a1", 3, 7, 8, 9); // as the clerk does it again
    assertThat(acknowledged).containsExactlyInAnyOrder(7, 8, 9);
    assertThat(said)
        .extracting(Signal.Confirmation::evidence)
        .endsWith(Evidence.DELIVERED)
        .containsOnlyOnce(Evidence.DELIVERED);
  }

  @Test
  void the_report_of_an_earlier_part_is_acknowledged_only_when_it_is_kept() {
    sent("a1", 3, 7, 8, 9);
    report(7, DELIVERED);
    memory.leaves();
    assertThatThrownBy(() -> report(8, DELIVERED)).isInstanceOf(Memory.Away.class);
    assertThat(acknowledged).containsExactly(7);
    memory.returns();
    report(8, DELIVERED);
    receipts = receipts(); // another process
    report(9, DELIVERED);
    assertThat(said).extracting(Signal.Confirmation::evidence).containsExactly(Evidence.DELIVERED);
  }

  private void sent(String attempt, int total, int... references) {
    for (int i = 0; i < references.length; i++) {
      receipts.sent("m", references[i], letter(attempt, total), 0, i + 1, now);
    }
  }

  private static Letter letter(String attempt, int parts) {
    return new Letter(
        Bench.message(attempt, PHONE, "x".repeat(parts == 1 ? 10 : parts * 150)),
        Phone.read(PHONE).orElseThrow(),
        Words.of("x".repeat(parts == 1 ? 10 : parts * 150)),
        false,
        0);
  }

  private void report(int reference, int status) {
    receipts.report(
        "m",
        new Incoming.Report(reference, "+86" + PHONE, time(0), status),
        () -> acknowledged.add(reference));
  }

  private Optional<Instant> time(int seconds) {
    return Optional.of(now.plusSeconds(seconds));
  }
}

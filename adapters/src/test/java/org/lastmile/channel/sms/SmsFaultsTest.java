package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.lastmile.channel.sms.Bench.PATIENCE;
import static org.lastmile.channel.sms.Bench.message;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.sms.pdu.Words;
import org.lastmile.simulators.modem.Fault;

/** What goes wrong with modems, one thing at a time, and what the sender hears of it. */
class SmsFaultsTest {
  private static final String PHONE = "13800000001";

  @TempDir Path folder;

  @Test
  void a_transient_error_says_when_to_try_again() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).next(1, Fault.refuse(42));
      assertThat(bench.send(message("a1", PHONE, "hello")))
          .isInstanceOfSatisfying(
              Outcome.Retry.class,
              retry -> {
                assertThat(retry.why()).startsWith("CMS 42: congestion");
                assertThat(retry.after()).isPositive();
              });
      assertThat(bench.send(message("a2", PHONE, "hello"))).isInstanceOf(Outcome.Accepted.class);
    }
  }

  @Test
  void a_network_out_of_order_is_left_alone_for_longer() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).next(1, Fault.refuse(38));
      assertThat(bench.send(message("a1", PHONE, "hello")))
          .isInstanceOfSatisfying(
              Outcome.Retry.class,
              retry -> assertThat(retry.after()).isGreaterThan(Duration.ofSeconds(30)));
    }
  }

  @Test
  void an_error_that_may_hide_a_sent_message_is_unknown_and_the_report_decides() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).next(1, Fault.acceptThenRefuse(500));
      assertThat(bench.send(message("a1", PHONE, "hello"))).isInstanceOf(Outcome.Unknown.class);
      confirmed(bench, "a1", Evidence.DELIVERED);
      assertThat(bench.smsc.statistics().messages()).isEqualTo(1);
    }
  }

  @Test
  void a_plain_error_after_the_message_left_is_unknown() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).next(1, Fault.error());
      assertThat(bench.send(message("a1", PHONE, "hello"))).isInstanceOf(Outcome.Unknown.class);
      assertThat(bench.send(message("a2", PHONE, "again"))).isInstanceOf(Outcome.Accepted.class);
    }
  }

  @Test
  void a_lost_answer_is_unknown_at_first_and_never_sent_again() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).next(1, Fault.lostAnswer());
      assertThat(bench.send(message("a1", PHONE, "hello"))).isInstanceOf(Outcome.Unknown.class);
      confirmed(bench, "a1", Evidence.DELIVERED);
      assertThat(bench.send(message("a2", PHONE, "next"))).isInstanceOf(Outcome.Accepted.class);
      bench.smsc.phone(PHONE).expect("next", PATIENCE);
      assertThat(bench.smsc.statistics().duplicates()).isZero();
    }
  }

  @Test
  void a_report_that_overtakes_a_lost_answer_proves_that_the_message_was_taken() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.smsc.phone("13800000002").off();
      assertThat(bench.send(message("a0", "13800000002", "first")))
          .isInstanceOf(Outcome.Accepted.class);
      bench.modem(0).next(1, Fault.lostAnswer());
      assertThat(bench.send(message("a1", PHONE, "second"))).isInstanceOf(Outcome.Accepted.class);
      confirmed(bench, "a1", Evidence.DELIVERED);
    }
  }

  @Test
  void a_report_may_come_before_the_answer_it_belongs_to() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.smsc.transit(Duration.ZERO);
      bench.modem(0).next(1, Fault.lateAnswer(Duration.ofSeconds(1)));
      assertThat(bench.send(message("a1", PHONE, "hello"))).isInstanceOf(Outcome.Accepted.class);
      confirmed(bench, "a1", Evidence.DELIVERED);
    }
  }

  @Test
  void a_missing_prompt_means_that_nothing_left_and_the_message_goes_out_once() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).next(1, Fault.noPrompt());
      assertThat(bench.send(message("a1", PHONE, "hello"))).isInstanceOf(Outcome.Accepted.class);
      bench.smsc.phone(PHONE).expect("hello", PATIENCE);
      assertThat(bench.smsc.statistics().parts()).isEqualTo(1);
    }
  }

  @Test
  void a_message_is_to_blame_when_it_alone_is_refused() {
    Phone phone = Phone.read(PHONE).orElseThrow();
    Message message = message("a1", PHONE, "hello");
    Letter alone = new Letter(message, phone, Words.of("hello", ""), false, 0);
    Letter amongOthers = new Letter(message, phone, Words.of("hello", ""), false, 1);
    for (int refusal = 1; refusal <= 3; refusal++) {
      assertThat(alone.refusedAsItIs(7)).as("nothing left but this").isFalse();
      assertThat(amongOthers.refusedAsItIs(7 + refusal)).isEqualTo(refusal == 3);
    }
  }

  @Test
  void a_message_that_a_lone_modem_refuses_is_tried_again_later_for_it_may_be_the_modem()
      throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).next(3, Fault.refuse(302));
      assertThat(bench.send(message("a1", PHONE, "hello")))
          .isInstanceOfSatisfying(
              Outcome.Retry.class, r -> assertThat(r.why()).startsWith("CMS 302: operation"));
      acceptedAtLast(bench, "b");
      assertThat(recovery(bench)).isEmpty();
    }
  }

  @Test
  void a_modem_that_refuses_one_message_after_the_other_is_restarted() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).next(100, Fault.refuse(304));
      for (int i = 0; i < 3; i++) {
        CompletionStage<Outcome> unused = bench.channel.send(message("a" + i, PHONE, "nr " + i));
      }
      await().atMost(PATIENCE).until(() -> recovery(bench).startsWith("restarted at "));
    }
  }

  private static String recovery(Bench bench) {
    return bench.channel.check().parts().get(0).facts().get("recovery");
  }

  @Test
  void noise_chatter_and_split_answers_change_nothing() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      int n = 0;
      for (Fault fault : List.of(Fault.noise(), Fault.chatter(), Fault.split())) {
        bench.modem(0).next(1, fault);
        String attempt = "a" + n++;
        assertThat(bench.send(message(attempt, PHONE, attempt)))
            .as(fault.kind().name())
            .isInstanceOf(Outcome.Accepted.class);
        confirmed(bench, attempt, Evidence.DELIVERED);
      }
    }
  }

  @Test
  void a_reset_in_the_middle_is_unknown_and_the_modem_is_set_up_again() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).next(1, Fault.reset(Duration.ofSeconds(1)));
      assertThat(bench.send(message("a1", PHONE, "hello"))).isInstanceOf(Outcome.Unknown.class);
      acceptedAtLast(bench, "b");
    }
  }

  @Test
  void a_modem_that_restarts_while_idle_is_set_up_again_before_the_next_message() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).restart(Duration.ZERO);
      acceptedAtLast(bench, "b");
      assertThat(bench.smsc.statistics().parts()).isEqualTo(1);
    }
  }

  @Test
  void an_unplugged_modem_is_seen_and_comes_back() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).unplug();
      await().atMost(PATIENCE).until(() -> bench.channel.check().state() == Health.State.DOWN);
      assertThat(bench.channel.check().why()).contains("modem0").contains("plug");
      assertThat(bench.channel.room()).isZero();
      assertThat(bench.send(message("a1", PHONE, "hello"))).isInstanceOf(Outcome.LaneDown.class);
      bench.modem(0).plug();
      acceptedAtLast(bench, "b");
      assertThat(states(bench))
          .containsSubsequence(Signal.State.ONLINE, Signal.State.OFFLINE, Signal.State.ONLINE);
    }
  }

  @Test
  void an_unplug_in_the_middle_of_a_message_is_unknown() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).next(1, Fault.unplug(Duration.ofMillis(500)));
      assertThat(bench.send(message("a1", PHONE, "hello"))).isInstanceOf(Outcome.Unknown.class);
      acceptedAtLast(bench, "b");
    }
  }

  @Test
  void a_long_message_that_lost_its_modem_midway_arrives_whole_by_another() throws Exception {
    try (Bench bench =
        Bench.with(folder, 2, s -> s.withNetworkDelay(Duration.ofMillis(300))).ready()) {
      String text = "上坝滑坡点请立即转移到村小学。".repeat(14);
      CompletableFuture<Outcome> outcome =
          bench.channel.send(message("a1", PHONE, text)).toCompletableFuture();
      await().atMost(PATIENCE).until(() -> submits(bench, 0) + submits(bench, 1) == 2);
      bench.modem(submits(bench, 0) == 2 ? 0 : 1).unplug();
      assertThat(outcome).succeedsWithin(PATIENCE).isInstanceOf(Outcome.Accepted.class);
      bench.smsc.phone(PHONE).expect(sms -> sms.text().equals(text), PATIENCE);
      confirmed(bench, "a1", Evidence.DELIVERED);
      assertThat(bench.smsc.statistics().messages()).isEqualTo(1);
    }
  }

  @Test
  void a_part_with_an_unknown_end_is_sent_again_while_its_message_can_not_be_whole()
      throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      String text = "上坝滑坡点请立即转移到村小学。".repeat(14);
      bench.modem(0).next(1, Fault.acceptThenRefuse(500));
      assertThat(bench.send(message("a1", PHONE, text))).isInstanceOf(Outcome.Accepted.class);
      bench.smsc.phone(PHONE).expect(sms -> sms.text().equals(text), PATIENCE);
      assertThat(bench.smsc.statistics().duplicateParts()).isEqualTo(1);
      assertThat(bench.smsc.statistics().messages()).isEqualTo(1);
    }
  }

  static Stream<Arguments> breaks() {
    return Stream.of(2, 3)
        .flatMap(
            part ->
                Stream.of(Fault.reset(Duration.ofMillis(500)), Fault.unplug(Duration.ofMillis(500)))
                    .map(fault -> Arguments.of(fault.kind(), fault, part)));
  }

  @ParameterizedTest(name = "{0} at part {2}")
  @MethodSource("breaks")
  void a_message_that_did_not_leave_whole_is_not_confirmed_by_the_parts_that_arrived(
      Fault.Kind what, Fault fault, int part) throws Exception {
    try (Bench bench =
        Bench.with(folder, 1, s -> s.withNetworkDelay(Duration.ofMillis(100))).ready()) {
      bench.modem(0).next(part - 1, Fault.none());
      bench.modem(0).next(1, fault);
      Outcome outcome = bench.send(message("a1", PHONE, "上坝滑坡点请立即转移到村小学。".repeat(12)));
      acceptedAtLast(bench, "b");
      // Its report comes behind those of the parts that had left.
      await()
          .atMost(PATIENCE)
          .until(() -> bench.heard.confirmations().stream().anyMatch(c -> delivered(c, "b")));
      // Where it went out whole at last, it has arrived whole.
      assertThat(bench.heard.confirmations())
          .filteredOn(c -> c.attempt().equals("a1"))
          .extracting(Signal.Confirmation::evidence)
          .isEqualTo(outcome instanceof Outcome.Accepted ? List.of(Evidence.DELIVERED) : List.of());
    }
  }

  private static boolean delivered(Signal.Confirmation c, String attempts) {
    return c.attempt().startsWith(attempts) && c.evidence() == Evidence.DELIVERED;
  }

  @Test
  void a_modem_that_falls_silent_is_noticed_and_another_carries_on() throws Exception {
    try (Bench bench = Bench.with(folder, 2).ready()) {
      bench.modem(0).silence(Duration.ofMinutes(5));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> bench.channel.check().state() == Health.State.DEGRADED);
      for (int i = 0; i < 4; i++) {
        assertThat(bench.send(message("a" + i, PHONE, "hello " + i)))
            .isInstanceOf(Outcome.Accepted.class);
      }
    }
  }

  @Test
  void an_answer_that_came_while_the_modem_had_stopped_reporting_is_read_from_its_store()
      throws Exception {
    try (Bench bench =
        Bench.with(folder, 1, m -> m.withAcknowledgeWithin(Duration.ofMillis(200)))) {
      List<String> answers = new CopyOnWriteArrayList<>();
      bench.channel.listen(
          signal -> {
            if (signal instanceof Signal.Inbound in) {
              answers.add(in.text());
              return CompletableFuture.completedFuture(null);
            }
            // A receipt that is not kept is not acknowledged, and then a modem stops reporting.
            return signal instanceof Signal.Confirmation
                ? new CompletableFuture<>()
                : CompletableFuture.completedFuture(null);
          });
      await().atMost(PATIENCE).until(() -> bench.channel.room() > 0);
      bench.send(message("a1", PHONE, "hello"));
      await().atMost(PATIENCE).until(() -> bench.modem(0).statistics().unacknowledged() > 0);

      bench.smsc.phone(PHONE).replies("收到");

      await().atMost(PATIENCE).until(() -> answers.contains("收到"));
    }
  }

  @Test
  void a_modem_that_lost_a_message_in_a_short_silence_is_not_waited_for_all_its_time()
      throws Exception {
    Timing endless = Bench.QUICK.withAnswer(Duration.ofHours(1));
    try (Bench bench = Bench.with(folder, 1, endless).ready()) {
      assertThat(bench.send(message("a1", PHONE, "first"))).isInstanceOf(Outcome.Accepted.class);
      bench.modem(0).next(1, Fault.silence(Duration.ofMillis(500)));
      assertThat(bench.send(message("a2", PHONE, "second"))).isInstanceOf(Outcome.Unknown.class);
      assertThat(bench.send(message("a3", PHONE, "third"))).isInstanceOf(Outcome.Accepted.class);
    }
  }

  @Test
  void closing_says_unknown_of_what_is_being_sent_and_lane_down_of_what_waits() throws Exception {
    try (Bench bench =
        Bench.with(folder, 1, s -> s.withNetworkDelay(Duration.ofSeconds(20))).ready()) {
      CompletableFuture<Outcome> first =
          bench.channel.send(message("a1", PHONE, "one")).toCompletableFuture();
      CompletableFuture<Outcome> second =
          bench.channel.send(message("a2", PHONE, "two")).toCompletableFuture();
      await().atMost(PATIENCE).until(() -> bench.modem(0).statistics().submits() == 1);
      bench.channel.close();
      assertThat(first).isCompletedWithValueMatching(Outcome.Unknown.class::isInstance);
      assertThat(second).isCompletedWithValueMatching(Outcome.LaneDown.class::isInstance);
    }
  }

  private static long submits(Bench bench, int modem) {
    return bench.modem(modem).statistics().submits();
  }

  private static void acceptedAtLast(Bench bench, String attempts) {
    int[] n = {0};
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(bench.send(message(attempts + n[0]++, PHONE, "later " + n[0])))
                    .isInstanceOf(Outcome.Accepted.class));
  }

  private static List<Signal.State> states(Bench bench) {
    return bench.heard.all().stream()
        .filter(Signal.Presence.class::isInstance)
        .map(s -> ((Signal.Presence) s).state())
        .toList();
  }

  private static void confirmed(Bench bench, String attempt, Evidence evidence) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(bench.heard.confirmations())
                    .anyMatch(c -> c.attempt().equals(attempt) && c.evidence() == evidence));
  }
}

package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.lastmile.channel.sms.Bench.PATIENCE;
import static org.lastmile.channel.sms.Bench.message;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Speech;
import org.lastmile.simulators.modem.Fault;
import org.lastmile.simulators.modem.ModemSettings;
import org.lastmile.simulators.modem.Sms;
import org.lastmile.simulators.modem.VirtualModem;

/** What several modems do together: budgets, order, and handing over. */
class SmsPoolTest {
  private static final String PHONE = "13800000001";

  @TempDir Path folder;

  @Test
  void a_spent_budget_sends_ordinary_messages_back_and_keeps_the_reserve() throws Exception {
    try (Bench bench =
        Bench.with(folder, 2).again(new SmsConfig.Budget(5, 0, 20), Bench.QUICK).ready()) {
      for (int i = 0; i < 8; i++) {
        assertThat(bench.send(message("a" + i, PHONE, "ordinary " + i)))
            .isInstanceOf(Outcome.Accepted.class);
      }
      assertThat(bench.send(message("late", PHONE, "ordinary")))
          .isInstanceOfSatisfying(
              Outcome.Retry.class,
              retry -> {
                // Not the hour that it takes: another card may come.
                assertThat(retry.after()).isEqualTo(Duration.ofMinutes(5));
                assertThat(retry.why()).startsWith("budget:");
              });
      for (int i = 0; i < 2; i++) {
        assertThat(bench.send(message("lift" + i, PHONE, "lift " + i, Message.Mark.RESERVE)))
            .isInstanceOf(Outcome.Accepted.class);
      }
      assertThat(bench.send(message("lift2", PHONE, "lift", Message.Mark.RESERVE)))
          .isInstanceOf(Outcome.Retry.class);
      assertThat(bench.smsc.statistics().partsBySim().values()).containsOnly(5L);
    }
  }

  @Test
  void what_a_modem_that_is_away_could_send_is_put_off_for_moments_only() throws Exception {
    try (Bench bench =
        Bench.with(folder, 2).again(new SmsConfig.Budget(1, 0, 0), Bench.QUICK).ready()) {
      bench.send(message("a1", PHONE, "ordinary"));
      String spent = bench.smsc.statistics().partsBySim().keySet().iterator().next();
      VirtualModem other = bench.modem(0).number().equals(spent) ? bench.modem(1) : bench.modem(0);
      other.unplug();
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  bench.channel.check().parts().stream()
                      .anyMatch(p -> p.state() == Health.State.DOWN));
      assertThat(bench.send(message("a2", PHONE, "ordinary")))
          .isInstanceOfSatisfying(
              Outcome.Retry.class,
              retry -> assertThat(retry.after()).isLessThanOrEqualTo(Duration.ofSeconds(30)));
      other.plug();
      await().atMost(PATIENCE).until(() -> bench.channel.room() == 4);
      assertThat(bench.send(message("a3", PHONE, "ordinary"))).isInstanceOf(Outcome.Accepted.class);
    }
  }

  @Test
  void a_red_warning_exceeds_a_spent_budget_with_an_alarm_in_both_languages() throws Exception {
    try (Bench bench =
        Bench.with(folder, 1).again(new SmsConfig.Budget(2, 10, 0), Bench.QUICK).ready()) {
      for (int i = 0; i < 3; i++) {
        assertThat(bench.send(message("a" + i, PHONE, "red " + i, Message.Mark.OVER_BUDGET)))
            .isInstanceOf(Outcome.Accepted.class);
      }
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(presences(bench))
                      .anySatisfy(
                          p -> {
                            assertThat(p.state()).isEqualTo(Signal.State.DEGRADED);
                            assertThat(p.why()).contains("exceed").contains("-1 of 2 parts");
                            assertThat(p.facts())
                                .containsEntry("trouble", "BUDGET_EXCEEDED")
                                .containsEntry("hourLeft", "0")
                                .containsEntry("dayLeft", "7");
                            assertThat(p.facts().get("whyZh")).contains("已超出");
                          }));
      assertThat(bench.channel.check().state()).isEqualTo(Health.State.DEGRADED);
    }
  }

  @Test
  void a_sim_keeps_its_count_in_another_modem_and_after_a_restart() throws Exception {
    SmsConfig.Budget budget = new SmsConfig.Budget(4, 0, 0);
    ModemSettings sim = ModemSettings.ofNumber("13900000007");
    try (Bench bench = Bench.with(folder, 0)) {
      bench.modems.add(new VirtualModem(folder.resolve("one"), sim, bench.smsc));
      bench.again(budget, Bench.QUICK).ready();
      for (int i = 0; i < 3; i++) {
        bench.send(message("a" + i, PHONE, "hello " + i));
      }
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(bench.channel.check().parts().get(0).facts())
                      .containsEntry("hourLeft", "1")
                      .containsEntry("sentPerMinute", "3"));
      bench.channel.close();
      bench.modems.remove(0).close();
      VirtualModem other =
          new VirtualModem(folder.resolve("other"), sim.withImei("867000012345678"), bench.smsc);
      bench.modems.add(other);
      bench.again(budget, Bench.QUICK).ready();
      assertThat(bench.channel.check().parts().get(0).facts()).containsEntry("hourLeft", "1");
    }
  }

  @Test
  void a_budget_is_not_exceeded_while_another_sim_has_room_in_its_own() throws Exception {
    try (Bench bench =
        Bench.with(folder, 2).again(new SmsConfig.Budget(3, 0, 0), Bench.QUICK).ready()) {
      for (int i = 0; i < 6; i++) {
        bench.send(message("a" + i, PHONE, "red " + i, Message.Mark.OVER_BUDGET));
      }
      assertThat(bench.smsc.statistics().partsBySim().values()).containsOnly(3L);
    }
  }

  @Test
  void a_modem_whose_network_fails_takes_nothing_from_one_that_works() throws Exception {
    try (Bench bench =
        Bench.with(folder, 2, s -> s.withNetworkDelay(Duration.ofMillis(100))).ready()) {
      bench.modem(0).next(50, Fault.refuse(38));
      List<CompletableFuture<Outcome>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(send(bench, message("a" + i, "1380000010" + i, "move")));
      }
      assertThat(all)
          .allSatisfy(
              o -> assertThat(o).succeedsWithin(PATIENCE).isInstanceOf(Outcome.Accepted.class));
      assertThat(bench.modem(0).statistics().submits()).isLessThanOrEqualTo(1);
      assertThat(bench.channel.check().state()).isEqualTo(Health.State.UP);
    }
  }

  @Test
  void a_number_that_every_sim_is_refused_for_costs_no_modem() throws Exception {
    try (Bench bench = Bench.with(folder, 2).ready()) {
      bench.smsc.phone("13800000404").refused(21);
      assertThat(bench.send(message("bad", "13800000404", "move")))
          .isInstanceOf(Outcome.Retry.class);
      for (int i = 0; i < 4; i++) {
        assertThat(bench.send(message("a" + i, "1380000010" + i, "move")))
            .isInstanceOf(Outcome.Accepted.class);
      }
      assertThat(bench.channel.check().state()).isEqualTo(Health.State.UP);
    }
  }

  @Test
  void a_sim_that_is_refused_for_several_numbers_rests_and_still_hears() throws Exception {
    try (Bench bench = Bench.with(folder, 1).ready()) {
      bench.modem(0).next(50, Fault.refuse(8));
      assertThat(bench.send(message("a1", PHONE, "move"))).isInstanceOf(Outcome.Retry.class);
      assertThat(bench.send(message("a2", "13800000002", "move")))
          .isInstanceOf(Outcome.LaneDown.class);
      assertThat(bench.channel.check().parts().get(0).facts())
          .containsEntry("trouble", "SIM_REFUSED")
          .containsEntry("state", "DOWN");
      bench.smsc.phone(PHONE).sends(bench.modem(0).number(), "1");
      await()
          .atMost(PATIENCE)
          .until(() -> bench.heard.all().stream().anyMatch(Signal.Inbound.class::isInstance));
      assertThat(bench.channel.check().parts().get(0).facts())
          .containsEntry("trouble", "SIM_REFUSED");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"c-a1", "w1"})
  void what_a_lift_ends_does_not_follow_it(String contentOrWarning) throws Exception {
    try (Bench bench =
        Bench.with(folder, 1, s -> s.withNetworkDelay(Duration.ofMillis(300))).ready()) {
      CompletableFuture<Outcome> first = send(bench, message("a0", "13800000009", "first"));
      await().atMost(PATIENCE).until(() -> bench.modem(0).statistics().submits() == 1);
      CompletableFuture<Outcome> warning = send(bench, message("a1", PHONE, "run"));
      CompletableFuture<Outcome> lift =
          send(bench, lift("a2", PHONE, "it is over", contentOrWarning));
      assertThat(warning).succeedsWithin(PATIENCE).isInstanceOf(Outcome.Permanent.class);
      assertThat(lift).succeedsWithin(PATIENCE).isInstanceOf(Outcome.Accepted.class);
      assertThat(first).isCompletedWithValueMatching(Outcome.Accepted.class::isInstance);
      bench.smsc.phone(PHONE).expect("it is over", PATIENCE);
      assertThat(bench.smsc.phone(PHONE).inbox())
          .extracting(Sms::text)
          .containsExactly("it is over");
    }
  }

  @Test
  void a_long_warning_under_way_ends_between_its_parts_when_it_is_lifted() throws Exception {
    try (Bench bench =
        Bench.with(folder, 2, s -> s.withNetworkDelay(Duration.ofMillis(200))).ready()) {
      CompletableFuture<Outcome> warning =
          send(bench, message("a1", PHONE, "上坝滑坡点请立即转移到村小学。".repeat(40)));
      await().atMost(PATIENCE).until(() -> bench.smsc.statistics().parts() >= 1);
      CompletableFuture<Outcome> lift = send(bench, lift("a2", PHONE, "解除", "c-a1"));
      assertThat(warning).succeedsWithin(PATIENCE).isInstanceOf(Outcome.Permanent.class);
      assertThat(lift).succeedsWithin(PATIENCE).isInstanceOf(Outcome.Accepted.class);
      assertThat(bench.smsc.statistics().parts()).isLessThan(8);
      bench.smsc.phone(PHONE).expect("解除", PATIENCE);
    }
  }

  @Test
  void a_modem_that_falls_silent_in_mid_message_hands_all_of_its_work_over_within_5_s()
      throws Exception {
    try (Bench bench = Bench.with(folder, 2).again(SmsConfig.Budget.NONE, Timing.USUAL).ready()) {
      String text = "上坝滑坡点请立即转移到村小学。".repeat(14);
      bench.modem(0).next(1, Fault.noPrompt());
      bench.modem(0).silence(Duration.ofMinutes(5));
      List<CompletableFuture<Outcome>> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        all.add(send(bench, message("a" + i, "1380000001" + i, text)));
      }
      await()
          .atMost(Duration.ofSeconds(5))
          .untilAsserted(
              () ->
                  assertThat(all)
                      .allSatisfy(
                          o ->
                              assertThat(o)
                                  .isCompletedWithValueMatching(
                                      Outcome.Accepted.class::isInstance)));
      assertThat(bench.smsc.statistics().duplicates()).isZero();
    }
  }

  @Test
  void without_any_modem_left_what_waits_hears_lane_down_at_once() throws Exception {
    try (Bench bench =
        Bench.with(folder, 2, s -> s.withNetworkDelay(Duration.ofSeconds(1))).ready()) {
      List<CompletableFuture<Outcome>> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        all.add(send(bench, message("a" + i, "1380000001" + i, "hello")));
      }
      await()
          .atMost(PATIENCE)
          .until(() -> bench.modems.stream().allMatch(m -> m.statistics().submits() == 1));
      bench.modems.forEach(VirtualModem::unplug);
      for (CompletableFuture<Outcome> outcome : all) {
        assertThat(outcome).succeedsWithin(Duration.ofSeconds(5));
      }
      assertThat(
              all.stream().map(CompletableFuture::join).filter(Outcome.LaneDown.class::isInstance))
          .hasSize(4);
    }
  }

  @Test
  void a_message_whose_answer_died_with_the_gateway_is_confirmed_by_its_report() throws Exception {
    Stopping store = new Stopping();
    try (Bench bench =
        Bench.with(folder, 1, s -> s.withNetworkDelay(Duration.ofMillis(500))).on(store).ready()) {
      String text = "上坝滑坡点请立即转移到村小学。".repeat(12);
      bench.smsc.phone(PHONE).off();
      CompletableFuture<Outcome> lost = send(bench, message("a1", PHONE, text));
      await().atMost(PATIENCE).until(() -> bench.modem(0).statistics().submits() == 3);
      await().atMost(PATIENCE).until(() -> store.holds("about/"));
      store.stops();
      bench.on(store.kept()).ready();
      assertThat(lost).isCompletedWithValueMatching(Outcome.Unknown.class::isInstance);
      bench.smsc.phone(PHONE).on();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(bench.heard.confirmations())
                      .anyMatch(
                          c ->
                              c.attempt().equals("a1")
                                  && c.evidence() == Signal.Evidence.DELIVERED));
      assertThat(bench.smsc.statistics().messages()).isEqualTo(1);
    }
  }

  @Test
  void parts_are_joined_by_a_reference_of_8_bits_that_counts_for_each_person_or_of_16()
      throws Exception {
    String text = "上坝滑坡点请立即转移到村小学。".repeat(9);
    for (int bits : List.of(8, 16)) {
      String phone = "138000000" + bits;
      try (Bench bench = Bench.with(folder, 1)) {
        bench.channel.close();
        SmsConfig config =
            new SmsConfig(
                List.of(SmsConfig.Port.of(bench.modem(0).link().toString())),
                SmsConfig.Budget.NONE,
                bits,
                SmsConfig.USUAL_LOCKS);
        bench.channel = new SmsChannel(config, bench.memory, Clock.systemUTC(), Bench.QUICK);
        bench.ready();
        bench.send(message("a1", phone, text + "1"));
        bench.send(message("a2", phone, text + "2"));
        bench.send(message("a3", "13800000099", text + "3"));
        bench.smsc.phone("13800000099").expect("3", PATIENCE);
        await().atMost(PATIENCE).until(() -> bench.smsc.phone(phone).inbox().size() == 2);
        assertThat(bench.smsc.phone(phone).inbox())
            .extracting(Sms::text)
            .containsExactly(text + "1", text + "2");
        assertThat(bench.smsc.phone(phone).inbox().get(0).parts())
            .allSatisfy(part -> assertThat(part.part().orElseThrow().bits()).isEqualTo(bits));
      }
    }
  }

  private static CompletableFuture<Outcome> send(Bench bench, Message message) {
    return bench.channel.send(message).toCompletableFuture();
  }

  private static Message lift(String attempt, String address, String text, String ended) {
    Instant now = Instant.now();
    Content content =
        new Content(
            "c-" + attempt,
            Content.Kind.LIFT,
            "w2",
            text,
            Map.of(),
            Speech.PLAIN,
            now,
            now.plus(Duration.ofHours(1)),
            0,
            false,
            List.of(),
            List.of(ended));
    return new Message(attempt, address, content, Map.of(), Set.of(Message.Mark.RESERVE));
  }

  private static List<Signal.Presence> presences(Bench bench) {
    return bench.heard.all().stream()
        .filter(Signal.Presence.class::isInstance)
        .map(Signal.Presence.class::cast)
        .toList();
  }
}

package org.lastmile.channel.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.wechat.WeChatConfig.OfficialAccount.Via;
import org.lastmile.simulators.MovableClock;
import org.lastmile.simulators.wechat.AccountSettings;
import org.lastmile.simulators.wechat.Follower;
import org.lastmile.simulators.wechat.WeChatFault;
import org.lastmile.simulators.wechat.WeChatMessage;
import org.lastmile.simulators.wechat.WeChatSandbox;

/** The story of a message, its receipt and its answer, on a platform that keeps its own rules. */
class WeChatSandboxTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private final MovableClock time = new MovableClock();
  private final Clock clock = time.withZone(ZoneOffset.UTC);
  private final MemoryThatForgets memory = new MemoryThatForgets(clock);
  private final Queue<Signal> signals = new ConcurrentLinkedQueue<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Via via = Via.TEMPLATE;
  private CallbackServer callbacks;
  private WeChatSandbox sandbox;
  private WeChatChannel channel;
  private Follower wang;

  @BeforeEach
  void open() throws Exception {
    start(AccountSettings.Mode.ENCRYPTED, settings -> settings);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : open) {
      part.close();
    }
  }

  private void start(AccountSettings.Mode mode, UnaryOperator<AccountSettings> change)
      throws Exception {
    close();
    open.clear();
    callbacks = new CallbackServer();
    AccountSettings settings =
        change.apply(
            AccountSettings.plain()
                .withCallbackSecrets("callback-token", Desk.AES_KEY)
                .withCallback(callbacks.url(), mode)
                .withTimes(Duration.ofMillis(20), Duration.ofMillis(100)));
    sandbox = new WeChatSandbox(settings, 0, time);
    wang = sandbox.account().follower(Desk.OPENID);
    channel = process(settings);
    channel.listen(
        signal -> {
          signals.add(signal);
          return CompletableFuture.completedFuture(null);
        });
    callbacks.handsTo(channel.callback());
    open.addAll(List.of(channel, sandbox, callbacks));
  }

  private WeChatChannel process(AccountSettings settings) {
    return process(settings, settings.secret(), memory);
  }

  private WeChatChannel process(AccountSettings settings, String secret, MemoryThatForgets store) {
    boolean plain = settings.mode() == AccountSettings.Mode.PLAIN;
    WeChatConfig.OfficialAccount account =
        new WeChatConfig.OfficialAccount(
            sandbox.baseUrl(),
            settings.appId(),
            secret,
            AccountSettings.WARNING_TEMPLATE,
            settings.callbackToken(),
            plain ? "" : settings.aesKey(),
            "",
            null,
            via,
            WeChatConfig.OfficialAccount.USUAL_RESERVE);
    return new WeChatChannel(new WeChatConfig(account, Desk.QUICK), store, clock, new Random(1));
  }

  @ParameterizedTest
  @EnumSource(AccountSettings.Mode.class)
  void whoever_writes_is_answered_in_the_chat_in_every_mode(AccountSettings.Mode mode)
      throws Exception {
    start(mode, settings -> settings);
    Message answer = Desk.notice("notice-1-1.1", "请回复 34 或 56", "https://w/a/1");
    channel.listen(
        signal -> {
          if (signal instanceof Signal.Inbound) {
            channel.send(answer);
          }
          return CompletableFuture.completedFuture(null);
        });
    sandbox.account().repeatCallbacks(1);
    wang.sends("1");
    assertThat(wang.expect("请回复 34 或 56", SOON).text()).isEqualTo("请回复 34 或 56\nhttps://w/a/1");
    await().atMost(SOON).until(() -> sandbox.account().statistics().callbacksTaken() == 2);
    assertThat(wang.inbox()).hasSize(1);
    assertThat(sandbox.account().statistics().sends()).isZero();
  }

  private Outcome send(String attempt) throws Exception {
    return send(channel, message(attempt, Desk.OPENID));
  }

  private static Outcome send(WeChatChannel over, Message message) throws Exception {
    return over.send(message).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static Message message(String attempt, String openid) {
    Message sample = Desk.message(attempt, Content.Kind.WARN, false, Map.of());
    return new Message(attempt, openid, sample.content(), Map.of(), Set.of());
  }

  private void confirmed(String attempt, Evidence evidence) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(confirmations())
                    .anyMatch(c -> c.attempt().equals(attempt) && c.evidence() == evidence));
  }

  private List<Signal.Confirmation> confirmations() {
    return signals.stream()
        .filter(Signal.Confirmation.class::isInstance)
        .map(Signal.Confirmation.class::cast)
        .toList();
  }

  private List<Signal.Inbound> inbound() {
    return signals.stream()
        .filter(Signal.Inbound.class::isInstance)
        .map(Signal.Inbound.class::cast)
        .toList();
  }

  @ParameterizedTest
  @EnumSource(AccountSettings.Mode.class)
  void a_warning_arrives_is_delivered_and_answered_in_every_callback_mode(AccountSettings.Mode mode)
      throws Exception {
    start(mode, settings -> settings);
    wang.answers("收到", Duration.ofMillis(20));
    assertThat(send("w1.1.1")).isInstanceOf(Outcome.Accepted.class);
    WeChatMessage seen = wang.expect("上坝滑坡点", SOON);
    assertThat(seen.fields()).containsEntry("thing1", "暴雨").containsEntry("phrase2", "红色");
    assertThat(seen.url()).isEqualTo("http://localhost/w/1");
    confirmed("w1.1.1", Evidence.DELIVERED);
    await().atMost(SOON).until(() -> inbound().size() == 1);
    assertThat(inbound().get(0).from()).isEqualTo(Desk.OPENID);
    assertThat(inbound().get(0).to()).isEqualTo(AccountSettings.plain().originalId());
    assertThat(inbound().get(0).text()).isEqualTo("收到");
  }

  @Test
  void a_subscriber_agrees_gets_the_warning_and_its_receipt_without_a_number_in_the_answer()
      throws Exception {
    via = Via.SUBSCRIPTION;
    start(AccountSettings.Mode.ENCRYPTED, settings -> settings);
    assertThat(((Outcome.Permanent) send("w1.0.1")).why()).startsWith("43101: ");
    wang.accepts(AccountSettings.WARNING_TEMPLATE);
    await().atMost(SOON).until(() -> bindings().contains(Signal.Change.ACCEPTED));
    assertThat(((Outcome.Accepted) send("w1.1.1")).references()).isEmpty();
    wang.expect("上坝滑坡点", SOON);
    confirmed("w1.1.1", Evidence.DELIVERED);
    wang.blocks();
    assertThat(send("w1.2.1")).isInstanceOf(Outcome.Accepted.class);
    confirmed("w1.2.1", Evidence.FAILED);
    wang.withdraws(AccountSettings.WARNING_TEMPLATE);
    await().atMost(SOON).until(() -> bindings().contains(Signal.Change.REFUSED));
    assertThat(send("w1.3.1")).isInstanceOf(Outcome.Permanent.class);
  }

  private List<Signal.Change> bindings() {
    return signals.stream()
        .filter(Signal.Binding.class::isInstance)
        .map(s -> ((Signal.Binding) s).change())
        .toList();
  }

  @Test
  void the_platform_accepts_our_callback_address() throws Exception {
    assertThat(sandbox.account().verifyCallback()).isTrue();
  }

  @Test
  void somebody_who_blocks_the_account_is_a_failed_confirmation() throws Exception {
    wang.blocks();
    assertThat(send("w1.1.1")).isInstanceOf(Outcome.Accepted.class);
    confirmed("w1.1.1", Evidence.FAILED);
    assertThat(confirmations().get(0).why()).isEqualTo("failed:user block");
  }

  @Test
  void code_43004_after_somebody_left_who_is_counted() throws Exception {
    wang.unfollows();
    assertThat(((Outcome.Permanent) send("w1.1.1")).why()).startsWith("43004: ");
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(channel.check().parts().get(0).facts())
                    .containsEntry("unfollowed", "1"));
  }

  @Test
  void code_40003_for_an_openid_that_nobody_has() throws Exception {
    assertThat(((Outcome.Permanent) send(channel, message("w1.1.1", "oNOBODY"))).why())
        .startsWith("40003: ");
  }

  @Test
  void code_40001_after_another_program_made_our_token_worthless() throws Exception {
    assertThat(send("w1.1.1")).isInstanceOf(Outcome.Accepted.class);
    sandbox.account().revokeTokens();
    assertThat(send("w1.2.1")).isInstanceOf(Outcome.Accepted.class);
    assertThat(sandbox.account().statistics().errcodes()).containsKey(40001);
    assertThat(sandbox.account().statistics().tokenRequests()).isEqualTo(2);
  }

  @Test
  void code_42001_when_our_clock_let_a_token_live_too_long() throws Exception {
    assertThat(send("w1.1.1")).isInstanceOf(Outcome.Accepted.class);
    String stored = memory.get("token").orElseThrow();
    time.move(Duration.ofHours(3));
    String tooLong = "\"until\":" + clock.instant().plusSeconds(3600).toEpochMilli();
    memory.put("token", stored.replaceAll("\"until\":\\d+", tooLong), Duration.ofHours(1));
    assertThat(send("w1.2.1")).isInstanceOf(Outcome.Accepted.class);
    assertThat(sandbox.account().statistics().errcodes()).containsKey(42001);
  }

  @Test
  void a_token_that_dies_in_the_middle_of_a_batch_costs_one_refresh_and_no_message()
      throws Exception {
    List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      if (i == 50) {
        assertThat(outcomes.get(0).toCompletableFuture().get(30, TimeUnit.SECONDS))
            .isInstanceOf(Outcome.Accepted.class);
        sandbox.account().revokeTokens();
      }
      String openid = "oPERSON" + i;
      sandbox.account().follower(openid);
      outcomes.add(channel.send(message("w1." + i + ".1", openid)));
    }
    for (CompletionStage<Outcome> outcome : outcomes) {
      assertThat(outcome.toCompletableFuture().get(30, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Accepted.class);
    }
    assertThat(sandbox.account().statistics().tokenRequests()).isEqualTo(2);
  }

  @Test
  void code_45009_when_the_day_is_used_up_and_new_room_the_next_day() throws Exception {
    start(AccountSettings.Mode.ENCRYPTED, s -> s.withLimits(Duration.ofHours(2), 2));
    // Who can act may have the last of the day: what ends it is the platform's own word.
    assertThat(send(channel, acting("w1.1.1"))).isInstanceOf(Outcome.Accepted.class);
    assertThat(send(channel, acting("w1.2.1"))).isInstanceOf(Outcome.Accepted.class);
    assertThat(((Outcome.LaneDown) send(channel, acting("w1.3.1"))).why()).startsWith("45009: ");
    assertThat(channel.room()).isZero();
    time.move(Duration.ofDays(1));
    assertThat(send("w1.3.2")).isInstanceOf(Outcome.Accepted.class);
  }

  private static Message acting(String attempt) {
    Message plain = message(attempt, Desk.OPENID);
    return new Message(attempt, Desk.OPENID, plain.content(), Map.of(), Set.of(Message.Mark.ACTS));
  }

  @Test
  void code_40164_from_an_address_that_is_not_allowed() throws Exception {
    start(AccountSettings.Mode.ENCRYPTED, s -> s.withAllowedAddresses(Set.of("203.0.113.9")));
    assertThat(((Outcome.LaneDown) send("w1.1.1")).why()).contains("40164: ");
    assertThat(channel.check().state()).isEqualTo(Health.State.DOWN);
  }

  @Test
  void code_40125_with_a_wrong_secret() throws Exception {
    MemoryThatForgets own = new MemoryThatForgets(clock);
    try (WeChatChannel wrong = process(sandbox.account().settings(), "wrong", own)) {
      Outcome outcome = send(wrong, message("w1.1.1", Desk.OPENID));
      assertThat(((Outcome.LaneDown) outcome).why()).contains("40125: ");
    }
  }

  @Test
  void code_43116_stops_the_template_and_the_next_message_does_not_even_leave() throws Exception {
    sandbox.account().next(1, WeChatFault.errcode(43116));
    assertThat(((Outcome.LaneDown) send("w1.1.1")).why()).startsWith("43116: ");
    assertThat(send("w1.2.1")).isInstanceOf(Outcome.LaneDown.class);
    assertThat(sandbox.account().statistics().errcodes()).containsEntry(43116, 1L);
    assertThat(sandbox.account().statistics().sends())
        .as("calls that were not told to fail")
        .isZero();
    assertThat(channel.check().state()).isEqualTo(Health.State.DOWN);
  }

  @Test
  void code_43101_is_permanent_for_that_message_alone() throws Exception {
    sandbox.account().next(1, WeChatFault.errcode(43101));
    assertThat(((Outcome.Permanent) send("w1.1.1")).why()).startsWith("43101: ");
    assertThat(send("w1.2.1")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void code_47003_is_permanent_and_shown() throws Exception {
    sandbox.account().next(1, WeChatFault.errcode(47003));
    assertThat(((Outcome.Permanent) send("w1.1.1")).why()).startsWith("47003: ");
    assertThat(channel.check().state()).isEqualTo(Health.State.DEGRADED);
  }

  @Test
  void code_40037_is_permanent_and_shown() throws Exception {
    sandbox.account().next(1, WeChatFault.errcode(40037));
    assertThat(((Outcome.Permanent) send("w1.1.1")).why()).startsWith("40037: ");
    assertThat(channel.check().why()).contains("template-id");
  }

  @Test
  void code_minus_1_is_repeated_and_arrives_once() throws Exception {
    sandbox.account().next(3, WeChatFault.errcode(-1));
    assertThat(send("w1.1.1")).isInstanceOf(Outcome.Accepted.class);
    confirmed("w1.1.1", Evidence.DELIVERED);
    assertThat(wang.inbox()).hasSize(1);
  }

  @Test
  void code_45011_pauses_the_lane_to_the_next_minute() throws Exception {
    sandbox.account().next(1, WeChatFault.errcode(45011));
    assertThat(((Outcome.Retry) send("w1.1.1")).after())
        .isBetween(Duration.ZERO, Duration.ofMinutes(1));
    assertThat(channel.room()).isZero();
    time.move(Duration.ofMinutes(1));
    assertThat(send("w1.1.2")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void code_40014_renews_the_token_once_and_sends_again() throws Exception {
    assertThat(send("w1.1.1")).isInstanceOf(Outcome.Accepted.class);
    memory.put("token", "{\"token\":\"NOBODYS\",\"until\":4000000000000}", Duration.ofHours(1));
    try (WeChatChannel restarted = process(sandbox.account().settings())) {
      assertThat(send(restarted, message("w1.2.1", Desk.OPENID)))
          .isInstanceOf(Outcome.Accepted.class);
    }
    assertThat(sandbox.account().statistics().errcodes()).containsKey(40014);
  }

  @Test
  void code_40252_is_pending_and_its_late_receipt_counts() throws Exception {
    sandbox.account().next(1, WeChatFault.errcode(40252));
    assertThat(send("w1.1.1")).isInstanceOf(Outcome.Pending.class);
    sandbox.account().releaseReviewed();
    confirmed("w1.1.1", Evidence.DELIVERED);
  }

  @Test
  void an_answer_lost_after_the_send_is_unknown_and_its_receipt_is_the_evidence() throws Exception {
    sandbox.account().next(1, WeChatFault.dropAfter());
    assertThat(send("w1.1.1")).isInstanceOf(Outcome.Unknown.class);
    confirmed("w1.1.1", Evidence.DELIVERED);
  }

  @Test
  void a_repeat_of_an_unknown_send_reaches_the_person_once() throws Exception {
    sandbox.account().next(1, WeChatFault.dropAfter());
    assertThat(send("w1.1.1")).isInstanceOf(Outcome.Unknown.class);
    assertThat(send("w1.1.2")).isInstanceOf(Outcome.Accepted.class);
    await().atMost(SOON).until(() -> confirmations().size() == 1);
    assertThat(sandbox.account().statistics().repeats()).isEqualTo(1);
    assertThat(wang.inbox()).hasSize(1);
  }

  @Test
  void a_connection_dropped_before_the_send_is_unknown_and_its_repeat_arrives() throws Exception {
    sandbox.account().next(1, WeChatFault.dropBefore());
    assertThat(send("w1.1.1")).isInstanceOf(Outcome.Unknown.class);
    assertThat(send("w1.1.2")).isInstanceOf(Outcome.Accepted.class);
    confirmed("w1.1.2", Evidence.DELIVERED);
    assertThat(wang.inbox()).hasSize(1);
  }

  @Test
  void an_outage_is_lane_down_and_over_by_itself() throws Exception {
    sandbox.breaks(503);
    assertThat(send("w1.1.1")).isInstanceOf(Outcome.LaneDown.class);
    assertThat(channel.check().state()).isEqualTo(Health.State.DOWN);
    sandbox.recovers();
    time.move(Duration.ofSeconds(5));
    assertThat(send("w1.1.2")).isInstanceOf(Outcome.Accepted.class);
    assertThat(channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void a_storm_of_500_risks_one_message_and_loses_none() throws Exception {
    assertThat(send("w1.0.1")).isInstanceOf(Outcome.Accepted.class);
    sandbox.breaks(500);
    assertThat(send("w1.1.1")).isInstanceOf(Outcome.Unknown.class);
    for (int i = 2; i < 6; i++) {
      assertThat(send("w1." + i + ".1")).isInstanceOf(Outcome.LaneDown.class);
      time.move(Duration.ofSeconds(5));
    }
    sandbox.recovers();
    for (int i = 1; i < 6; i++) {
      assertThat(send("w1." + i + ".2")).isInstanceOf(Outcome.Accepted.class);
    }
    await().until(() -> wang.inbox().size() == 6);
  }

  @Test
  void receipts_without_a_number_still_find_their_message() throws Exception {
    sandbox.account().receiptsWithoutNumber(true);
    assertThat(send("w1.1.1")).isInstanceOf(Outcome.Accepted.class);
    confirmed("w1.1.1", Evidence.DELIVERED);
  }

  @Test
  void callbacks_twice_reversed_and_forged_lose_nothing_and_double_nothing() throws Exception {
    sandbox.account().repeatCallbacks(3);
    for (int i = 0; i < 3; i++) {
      wang.sends("twice " + i);
    }
    sandbox.account().reverseCallbacks(3);
    for (int i = 0; i < 3; i++) {
      wang.sends("reversed " + i);
    }
    await().atMost(SOON).until(() -> inbound().size() >= 6);
    sandbox.account().forgeCallbacks(1);
    wang.sends("forged");
    await().atMost(SOON).until(() -> sandbox.account().statistics().callbacksGivenUp() == 1);
    wang.sends("last");
    await().atMost(SOON).until(() -> inbound().stream().anyMatch(i -> i.text().equals("last")));
    assertThat(inbound())
        .extracting(Signal.Inbound::text)
        .containsExactlyInAnyOrder(
            "twice 0", "twice 1", "twice 2", "reversed 0", "reversed 1", "reversed 2", "last");
  }

  @Test
  void two_processes_send_five_hundred_messages_with_one_token_and_lose_no_receipt()
      throws Exception {
    WeChatChannel other = process(sandbox.account().settings());
    open.add(0, other);
    other.listen(
        signal -> {
          signals.add(signal);
          return CompletableFuture.completedFuture(null);
        });
    List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
    List<String> attempts = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      String openid = "oPERSON" + i;
      sandbox.account().follower(openid);
      WeChatChannel over = i % 2 == 0 ? channel : other;
      await().pollDelay(Duration.ZERO).atMost(SOON).until(() -> over.room() > 0);
      attempts.add("w1." + i + ".1");
      outcomes.add(over.send(message("w1." + i + ".1", openid)));
    }
    for (CompletionStage<Outcome> outcome : outcomes) {
      assertThat(outcome.toCompletableFuture().get(30, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Accepted.class);
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(confirmations())
                    .extracting(Signal.Confirmation::attempt)
                    .containsAll(attempts));
    assertThat(sandbox.account().statistics().tokenRequests()).isEqualTo(1);
  }
}

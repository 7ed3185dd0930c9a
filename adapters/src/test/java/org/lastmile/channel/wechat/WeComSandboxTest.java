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
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message.Mark;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.wechat.WeComChannel.Lookup;
import org.lastmile.simulators.MovableClock;
import org.lastmile.simulators.wechat.AccountSettings;
import org.lastmile.simulators.wechat.Endpoint;
import org.lastmile.simulators.wechat.Member;
import org.lastmile.simulators.wechat.WeChatFault;
import org.lastmile.simulators.wechat.WeChatSandbox;
import org.lastmile.simulators.wechat.WeComMessage;
import org.lastmile.simulators.wechat.WeComSettings;

/** The story of a card, its click and its turning, on a WeCom that keeps its own rules. */
class WeComSandboxTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private final MovableClock time = new MovableClock();
  private final Clock clock = time.withZone(ZoneOffset.UTC);
  private final MemoryThatForgets memory = new MemoryThatForgets(clock);
  private final Queue<Signal> signals = new ConcurrentLinkedQueue<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Duration moment = Duration.ofMillis(5);
  private CallbackServer callbacks;
  private WeChatSandbox sandbox;
  private WeComChannel channel;
  private Member wang;

  @BeforeEach
  void open() throws Exception {
    start(settings -> settings);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : open) {
      part.close();
    }
  }

  private void start(UnaryOperator<WeComSettings> change) throws Exception {
    close();
    open.clear();
    callbacks = new CallbackServer();
    WeComSettings settings =
        change.apply(
            WeComSettings.plain()
                .withCallback(callbacks.url())
                .withTimes(Duration.ofMillis(20), Duration.ofMillis(100)));
    sandbox = new WeChatSandbox(AccountSettings.plain(), settings, 0, time);
    wang = sandbox.wecom().member("Wang");
    memory.remove("token"); // another sandbox's, which may look the same
    channel = process(settings.secret(), memory);
    channel.listen(
        signal -> {
          signals.add(signal);
          return CompletableFuture.completedFuture(null);
        });
    await()
        .atMost(SOON)
        .until(
            () ->
                !channel.check().parts().get(0).facts().get("application").equals("not asked yet"));
    callbacks.handsTo(channel.callback());
    open.addAll(List.of(channel, sandbox, callbacks));
  }

  private WeComChannel process(String secret, MemoryThatForgets store) {
    WeComSettings settings = sandbox.wecom().settings();
    WeComConfig config =
        new WeComConfig(
            sandbox.baseUrl(),
            settings.corpId(),
            settings.agentId(),
            secret,
            settings.callbackToken(),
            settings.aesKey(),
            "",
            Map.of("village", settings.robotKey()),
            Desk.QUICK);
    return new WeComChannel(config, store, clock, new Random(1), moment);
  }

  private Outcome send(String attempt, String userid, Mark... marks) throws Exception {
    return WeComDesk.outcome(channel.send(WeComDesk.warning(attempt, userid, marks)));
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

  private Map<Integer, Long> errcodes() {
    return sandbox.wecom().statistics().errcodes();
  }

  // --- the story

  @Test
  void a_warning_arrives_as_a_card_is_clicked_confirmed_and_turns() throws Exception {
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    WeComMessage card = wang.expect("暴雨红色预警", SOON);
    assertThat(card.text()).contains("上坝滑坡点").contains("立即转移到村小学");
    assertThat(card.url()).isEqualTo("http://localhost/w/1");
    wang.clicks(card, "ACK");
    await().atMost(SOON).until(() -> confirmations().size() == 1);
    assertThat(confirmations().get(0).attempt()).isEqualTo("w1.1.1");
    assertThat(confirmations().get(0).evidence()).isEqualTo(Evidence.ACKNOWLEDGED);
    await().atMost(SOON).until(() -> wang.inbox().get(0).replacedBy().equals("已确认"));
    assertThat(sandbox.wecom().statistics().callbacks().badAnswers()).isZero();
  }

  @Test
  void somebody_who_cannot_go_declines_by_the_other_button() throws Exception {
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    wang.clicks(wang.expect("暴雨", SOON), "NO");
    await().atMost(SOON).until(() -> confirmations().size() == 1);
    assertThat(confirmations().get(0).evidence()).isEqualTo(Evidence.DECLINED);
  }

  @Test
  void words_come_in_and_the_platform_accepts_our_address() throws Exception {
    assertThat(sandbox.wecom().verifyCallback()).isTrue();
    wang.sends("收到");
    await().atMost(SOON).until(() -> inbound().size() == 1);
    assertThat(inbound().get(0).from()).isEqualTo("wang");
    assertThat(inbound().get(0).text()).isEqualTo("收到");
  }

  @Test
  void the_card_turns_when_the_person_answered_by_sms() throws Exception {
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    wang.expect("暴雨", SOON);
    channel.answered("w1.1.1");
    await().atMost(SOON).until(() -> wang.inbox().get(0).replacedBy().equals("已确认"));
  }

  @Test
  void a_stop_takes_the_card_back() throws Exception {
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    wang.expect("暴雨", SOON);
    assertThat(
            WeComDesk.outcome(
                channel.send(
                    WeComDesk.message("w2.1.1", "wang", Content.Kind.STOP, "c-9", Set.of()))))
        .isInstanceOf(Outcome.Accepted.class);
    await().atMost(SOON).until(() -> wang.inbox().get(0).recalled());
  }

  @Test
  void a_robot_speaks_in_its_group() throws Exception {
    assertThat(send("w1.1.1", "robot:village")).isInstanceOf(Outcome.Accepted.class);
    assertThat(sandbox.wecom().robotMessages())
        .singleElement()
        .satisfies(m -> assertThat(m.text()).contains("暴雨红色预警"));
  }

  @Test
  void staff_are_found_by_their_numbers() throws Exception {
    wang.mobile("13800000001");
    assertThat(find("13800000001")).isEqualTo(new Lookup.Found("Wang"));
    assertThat(find("13800000002")).isEqualTo(new Lookup.Nobody());
    assertThat(errcodes()).containsEntry(46004, 1L);
  }

  private Lookup find(String mobile) throws Exception {
    return channel.find(mobile).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  // --- many

  @Test
  void ten_thousand_people_are_ten_requests_and_those_unknown_or_unlicensed_are_named()
      throws Exception {
    moment = Duration.ofSeconds(2);
    start(settings -> settings);
    List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      Member member = sandbox.wecom().member("Person" + i);
      if (i % 1000 == 7) {
        member.leaves();
      } else if (i % 1000 == 8) {
        member.unlicensed();
      }
      outcomes.add(channel.send(WeComDesk.warning("w1." + i + ".1", "Person" + i)));
    }
    for (int i = 0; i < 10_000; i++) {
      Outcome outcome = WeComDesk.outcome(outcomes.get(i));
      if (i % 1000 == 7) {
        assertThat(((Outcome.Permanent) outcome).why()).startsWith("invaliduser: ");
      } else if (i % 1000 == 8) {
        assertThat(((Outcome.Permanent) outcome).why()).startsWith("unlicenseduser: ");
      } else {
        assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
      }
    }
    // Ten, or a few more where this machine hands them in more slowly than they are collected.
    assertThat(sandbox.wecom().statistics().sends()).isBetween(10L, 20L);
    assertThat(sandbox.wecom().statistics().recipients()).isEqualTo(9980);
    assertThat(sandbox.wecom().statistics().tokenRequests()).isEqualTo(1);
  }

  @Test
  void a_person_gets_every_message_because_we_are_never_faster_than_thirty_a_minute()
      throws Exception {
    int taken = 0;
    for (int i = 0; i < 40; i++) {
      taken += send("w1." + i + ".1", "wang") instanceof Outcome.Accepted ? 1 : 0;
    }
    assertThat(taken).isEqualTo(30);
    time.move(Duration.ofSeconds(65));
    for (int i = 30; i < 40; i++) {
      assertThat(send("w1." + i + ".2", "wang")).isInstanceOf(Outcome.Accepted.class);
    }
    await().atMost(SOON).until(() -> wang.inbox().size() == 40);
    assertThat(sandbox.wecom().statistics().dropped()).isZero();
  }

  // --- what nobody knows

  @Test
  void code_42014_when_an_answer_was_lost_the_repeat_reaches_nobody_twice() throws Exception {
    sandbox.wecom().next(1, WeChatFault.dropAfter());
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Unknown.class);
    assertThat(send("w1.1.2", "wang", Mark.POSSIBLE_DUPLICATE))
        .isInstanceOf(Outcome.Accepted.class);
    assertThat(errcodes()).containsEntry(42014, 1L);
    wang.clicks(wang.expect("暴雨", SOON), "ACK");
    await().atMost(SOON).until(() -> confirmations().size() == 1);
    assertThat(confirmations().get(0).attempt()).isEqualTo("w1.1.2");
    assertThat(wang.inbox()).hasSize(1);
  }

  @Test
  void a_request_dropped_before_it_was_done_is_unknown_and_its_repeat_arrives() throws Exception {
    sandbox.wecom().next(1, WeChatFault.dropBefore());
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Unknown.class);
    assertThat(send("w1.1.2", "wang", Mark.POSSIBLE_DUPLICATE))
        .isInstanceOf(Outcome.Accepted.class);
    wang.expect("暴雨", SOON);
    assertThat(wang.inbox()).hasSize(1);
  }

  @Test
  void a_text_whose_answer_was_lost_is_known_by_its_content_and_arrives_once() throws Exception {
    sandbox.wecom().next(1, WeChatFault.dropAfter());
    assertThat(notice("w1.1.1")).isInstanceOf(Outcome.Unknown.class);
    assertThat(notice("w1.1.2")).isInstanceOf(Outcome.Accepted.class);
    assertThat(sandbox.wecom().statistics().repeats()).isEqualTo(1);
    wang.expect("暴雨", SOON);
    assertThat(wang.inbox()).hasSize(1);
  }

  private Outcome notice(String attempt) throws Exception {
    return WeComDesk.outcome(
        channel.send(WeComDesk.message(attempt, "wang", Content.Kind.NOTICE, "c-n", Set.of())));
  }

  @Test
  void half_an_answer_is_unknown_and_its_repeat_reaches_nobody_twice() throws Exception {
    sandbox.wecom().next(1, WeChatFault.malformed());
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Unknown.class);
    assertThat(send("w1.1.2", "wang")).isInstanceOf(Outcome.Accepted.class);
    wang.expect("暴雨", SOON);
    assertThat(wang.inbox()).hasSize(1);
  }

  @Test
  void a_web_page_an_outage_and_a_stall_pass_and_lose_nothing() throws Exception {
    sandbox.wecom().next(1, WeChatFault.html());
    assertThat(((Outcome.LaneDown) send("w1.1.1", "wang")).why()).contains("proxy");
    sandbox.breaks(503);
    for (int i = 0; i < 5; i++) {
      assertThat(send("w1.1." + (2 + i), "wang")).isInstanceOf(Outcome.LaneDown.class);
    }
    assertThat(channel.check().state()).isEqualTo(Health.State.DOWN);
    sandbox.recovers();
    sandbox.wecom().next(1, WeChatFault.stall(Duration.ofMinutes(1)));
    assertThat(send("w1.1.8", "wang")).isInstanceOf(Outcome.Unknown.class);
    assertThat(send("w1.1.9", "wang")).isInstanceOf(Outcome.Accepted.class);
    assertThat(channel.check().state()).isEqualTo(Health.State.UP);
    wang.expect("暴雨", SOON);
    assertThat(wang.inbox()).hasSize(1);
  }

  // --- every code of the table

  @Test
  void code_minus_1_is_repeated_and_arrives_once() throws Exception {
    sandbox.wecom().next(3, WeChatFault.errcode(-1));
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    assertThat(errcodes()).containsEntry(-1, 3L);
    wang.expect("暴雨", SOON);
    assertThat(wang.inbox()).hasSize(1);
  }

  @Test
  void code_40014_when_the_token_dies_early_costs_one_refresh() throws Exception {
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    sandbox.wecom().revokeTokens();
    assertThat(send("w1.2.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    assertThat(errcodes()).containsEntry(40014, 1L);
    assertThat(sandbox.wecom().statistics().tokenRequests()).isEqualTo(2);
  }

  @Test
  void code_42001_when_our_clock_let_a_token_live_too_long() throws Exception {
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    String stored = memory.get("token").orElseThrow();
    time.move(Duration.ofHours(3));
    String tooLong = "\"until\":" + clock.instant().plusSeconds(3600).toEpochMilli();
    memory.put("token", stored.replaceAll("\"until\":\\d+", tooLong), Duration.ofHours(1));
    assertThat(send("w1.2.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    assertThat(errcodes()).containsEntry(42001, 1L);
    assertThat(sandbox.wecom().statistics().tokenRequests()).isEqualTo(2);
  }

  @Test
  void code_40001_of_a_call_renews_the_token() throws Exception {
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    sandbox.wecom().next(1, WeChatFault.errcode(40001));
    sandbox.wecom().revokeTokens();
    assertThat(send("w1.2.1", "wang")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void code_40001_with_a_wrong_secret_is_lane_down_and_says_so() throws Exception {
    try (WeComChannel wrong = process("wrong", new MemoryThatForgets(clock))) {
      Outcome outcome = WeComDesk.outcome(wrong.send(WeComDesk.warning("w1.1.1", "wang")));
      assertThat(((Outcome.LaneDown) outcome).why()).contains("40001: ").contains("check secret");
      assertThat(wrong.check().state()).isEqualTo(Health.State.DOWN);
    }
  }

  @Test
  void code_60020_from_an_address_that_is_not_allowed() throws Exception {
    start(s -> s.withAllowedAddresses(Set.of("203.0.113.9")));
    assertThat(((Outcome.LaneDown) send("w1.1.1", "wang")).why()).startsWith("60020: ");
    assertThat(send("w1.2.1", "wang")).isInstanceOf(Outcome.LaneDown.class);
    assertThat(errcodes()).containsEntry(60020, 1L);
    assertThat(channel.check().state()).isEqualTo(Health.State.DOWN);
  }

  @Test
  void code_45009_when_calls_are_too_frequent_and_room_a_minute_later() throws Exception {
    start(s -> s.withLimits(new WeComSettings.Limits(1000, 3, 1000)));
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    assertThat(send("w1.2.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    assertThat(((Outcome.Retry) send("w1.3.1", "wang")).after())
        .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
    assertThat(channel.room()).isZero();
    time.move(Duration.ofSeconds(61));
    assertThat(send("w1.3.2", "wang")).isInstanceOf(Outcome.Accepted.class);
    await().atMost(SOON).until(() -> wang.inbox().size() == 3);
  }

  @Test
  void code_45033_lowers_parallelism_until_the_platform_is_content() throws Exception {
    sandbox.wecom().next(1, WeChatFault.errcode(45033));
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Retry.class);
    assertThat(channel.check().parts().get(0).facts()).containsEntry("requests at one time", "25");
    assertThat(send("w1.1.2", "wang")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void code_81013_for_somebody_who_is_not_there() throws Exception {
    assertThat(((Outcome.Permanent) send("w1.1.1", "nobody")).why()).startsWith("81013: ");
    assertThat(send("w1.2.1", "wang")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void code_82001_is_permanent_for_the_request() throws Exception {
    sandbox.wecom().next(1, WeChatFault.errcode(82001));
    assertThat(((Outcome.Permanent) send("w1.1.1", "wang")).why()).startsWith("82001: ");
  }

  @Test
  void code_45009_of_too_many_unknown_numbers_stops_looking_up_and_nothing_else() throws Exception {
    start(s -> s.withLimits(new WeComSettings.Limits(5, 1000, 1000)));
    assertThat(find("13800000001")).isEqualTo(new Lookup.Nobody());
    assertThat(find("13800000002")).isInstanceOf(Lookup.NotNow.class);
    assertThat(find("13800000003")).isInstanceOf(Lookup.NotNow.class);
    assertThat(errcodes()).containsEntry(45009, 1L);
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
  }

  // --- callbacks in every way

  @Test
  void callbacks_twice_reversed_forged_foreign_and_replayed_lose_nothing_and_double_nothing()
      throws Exception {
    sandbox.wecom().repeatCallbacks(2);
    wang.sends("twice 0");
    wang.sends("twice 1");
    sandbox.wecom().reverseCallbacks(2);
    wang.sends("reversed 0");
    wang.sends("reversed 1");
    await().atMost(SOON).until(() -> inbound().size() == 4);
    sandbox.wecom().forgeCallbacks(1);
    wang.sends("forged");
    sandbox.wecom().foreignCallbacks(1);
    wang.sends("foreign");
    await().atMost(SOON).until(() -> sandbox.wecom().statistics().callbacks().givenUp() == 2);
    wang.sends("last");
    await().atMost(SOON).until(() -> inbound().size() == 5);
    sandbox.wecom().replayCallback();
    await().atMost(SOON).until(() -> sandbox.wecom().statistics().callbacks().posted() >= 10);
    assertThat(inbound())
        .extracting(Signal.Inbound::text)
        .containsExactlyInAnyOrder("twice 0", "twice 1", "reversed 0", "reversed 1", "last");
  }

  @Test
  void a_click_whose_callback_comes_twice_is_one_confirmation() throws Exception {
    sandbox.wecom().repeatCallbacks(1);
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    wang.clicks(wang.expect("暴雨", SOON), "ACK");
    await().atMost(SOON).until(() -> wang.inbox().get(0).replacedBy().equals("已确认"));
    await().atMost(SOON).until(() -> sandbox.wecom().statistics().callbacks().posted() == 2);
    assertThat(confirmations()).hasSize(1);
  }

  @Test
  void a_card_that_can_not_be_turned_does_no_harm() throws Exception {
    assertThat(send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    sandbox.wecom().next(Endpoint.UPDATE_CARD, 1, WeChatFault.httpStatus(502));
    channel.answered("w1.1.1");
    assertThat(send("w1.2.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    wang.clicks(wang.expect("暴雨", SOON), "ACK");
    await().atMost(SOON).until(() -> confirmations().size() == 1);
  }
}

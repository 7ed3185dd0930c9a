package org.lastmile.channel.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.lastmile.channel.wechat.ScriptedPlatform.CARD;
import static org.lastmile.channel.wechat.ScriptedPlatform.RECALL;
import static org.lastmile.channel.wechat.ScriptedPlatform.ROBOT;
import static org.lastmile.channel.wechat.ScriptedPlatform.USERID;
import static org.lastmile.channel.wechat.ScriptedPlatform.WECOM_SEND;
import static org.lastmile.channel.wechat.ScriptedPlatform.WECOM_TOKEN;
import static org.lastmile.channel.wechat.ScriptedPlatform.errcode;
import static org.lastmile.channel.wechat.ScriptedPlatform.json;
import static org.lastmile.channel.wechat.ScriptedPlatform.reset;
import static org.lastmile.channel.wechat.ScriptedPlatform.stall;
import static org.lastmile.channel.wechat.ScriptedPlatform.status;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Message.Mark;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.wechat.WeComChannel.Lookup;
import org.slf4j.LoggerFactory;

/** What goes out to WeCom, and what is known afterwards of each person. */
class WeComChannelTest {
  private WeComDesk desk;

  @BeforeEach
  void open() throws Exception {
    desk = new WeComDesk();
  }

  @AfterEach
  void close() {
    desk.close();
  }

  private void collecting() throws Exception {
    desk.close();
    desk = WeComDesk.collecting();
  }

  private List<JsonNode> sent() {
    return desk.platform.calls(WECOM_SEND);
  }

  private static String task(JsonNode body) {
    return body.path("template_card").path("task_id").asText();
  }

  private static Set<String> everybody(JsonNode body) {
    return Set.of(body.path("touser").asText().split("\\|", -1));
  }

  private List<CompletionStage<Outcome>> sendTo(int people) {
    List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < people; i++) {
      outcomes.add(desk.channel.send(WeComDesk.warning("w1." + i + ".1", "user" + i)));
    }
    return outcomes;
  }

  // --- what it looks like

  @Test
  void a_warning_is_a_card_with_two_buttons_and_a_task_of_its_own() throws Exception {
    assertThat(desk.send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    JsonNode body = sent().get(0);
    assertThat(body.path("touser").asText()).isEqualTo("wang");
    assertThat(body.path("msgtype").asText()).isEqualTo("template_card");
    assertThat(body.path("agentid").asLong()).isEqualTo(WeComDesk.AGENT_ID);
    assertThat(body.path("enable_duplicate_check").asInt()).isEqualTo(1);
    assertThat(body.path("duplicate_check_interval").asInt()).isEqualTo(1800);
    JsonNode card = body.path("template_card");
    assertThat(card.path("card_type").asText()).isEqualTo("button_interaction");
    assertThat(card.path("main_title").path("title").asText()).isEqualTo("暴雨红色预警");
    assertThat(card.path("main_title").path("desc").asText()).isEqualTo("上坝滑坡点");
    assertThat(card.path("sub_title_text").asText()).contains("立即转移到村小学");
    assertThat(card.path("card_action").path("url").asText()).isEqualTo("http://localhost/w/1");
    assertThat(card.path("button_list")).hasSize(2);
    assertThat(card.path("button_list").get(0).path("text").asText()).isEqualTo("已收到");
    assertThat(card.path("button_list").get(1).path("text").asText()).isEqualTo("去不了");
    assertThat(task(body)).matches("[A-Za-z0-9_@-]{1,128}");
  }

  @Test
  void a_lift_is_a_text_card_and_a_notice_plain_words_within_their_bytes() throws Exception {
    outcome("w1.1.1", "wang", Content.Kind.LIFT);
    outcome("w1.2.1", "wang", Content.Kind.NOTICE);
    assertThat(sent())
        .extracting(b -> b.path("msgtype").asText())
        .containsExactly("textcard", "text");
    JsonNode card = sent().get(0).path("textcard");
    assertThat(card.path("title").asText()).startsWith("【解除】暴雨红色");
    assertThat(card.path("url").asText()).isEqualTo("http://localhost/w/1");
    assertThat(sent().get(1).path("text").path("content").asText())
        .contains("立即转移")
        .endsWith("http://localhost/w/1");
    assertThat(sent()).allMatch(b -> b.path("template_card").isMissingNode());
  }

  private Outcome outcome(String attempt, String userid, Content.Kind kind) throws Exception {
    return WeComDesk.outcome(
        desk.channel.send(WeComDesk.message(attempt, userid, kind, "c-" + kind, Set.of())));
  }

  @Test
  void a_text_is_cut_between_characters_and_never_longer_than_the_platform_takes() {
    for (int most = 3; most < 40; most++) {
      String cut = WeComFace.bytes("暴雨红色预警🌧立即转移ab", most);
      assertThat(cut.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(most);
      assertThat(cut).doesNotContain("\ufffd");
    }
  }

  // --- a thousand in one request

  @Test
  void people_who_get_the_same_are_one_request_of_at_most_a_thousand() throws Exception {
    collecting();
    for (CompletionStage<Outcome> outcome : sendTo(2500)) {
      assertThat(WeComDesk.outcome(outcome)).isInstanceOf(Outcome.Accepted.class);
    }
    // Three, or a few more where this machine hands them in more slowly than they are collected.
    assertThat(sent()).hasSizeBetween(3, 10);
    Set<String> reached = new HashSet<>();
    int named = 0;
    for (JsonNode body : sent()) {
      assertThat(everybody(body)).hasSizeLessThanOrEqualTo(1000);
      reached.addAll(everybody(body));
      named += everybody(body).size();
    }
    assertThat(reached).hasSize(2500);
    assertThat(named).as("nobody twice").isEqualTo(2500);
    assertThat(sent().stream().map(WeComChannelTest::task).distinct()).hasSameSizeAs(sent());
    assertThat(desk.platform.calls(WECOM_TOKEN)).hasSize(1);
  }

  @Test
  void the_same_person_is_named_once_in_a_request() throws Exception {
    collecting();
    CompletionStage<Outcome> first = desk.channel.send(WeComDesk.warning("w1.1.1", "wang"));
    CompletionStage<Outcome> second = desk.channel.send(WeComDesk.warning("w1.2.1", "WANG"));
    assertThat(WeComDesk.outcome(first)).isInstanceOf(Outcome.Accepted.class);
    assertThat(WeComDesk.outcome(second)).isInstanceOf(Outcome.Accepted.class);
    assertThat(sent()).hasSize(2);
  }

  @Test
  void whoever_the_platform_names_as_invalid_or_unlicensed_fails_and_the_others_do_not()
      throws Exception {
    collecting();
    desk.platform.next(
        WECOM_SEND,
        json(
            "{\"errcode\":0,\"errmsg\":\"ok\",\"invaliduser\":\"user1|user2\",\"invalidparty\":\"\","
                + "\"unlicenseduser\":\"user3\",\"msgid\":\"m1\",\"response_code\":\"rc\"}"));
    List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      outcomes.add(desk.channel.send(WeComDesk.warning("w1." + i + ".1", "User" + i)));
    }
    assertThat(WeComDesk.outcome(outcomes.get(0))).isInstanceOf(Outcome.Accepted.class);
    assertThat(((Outcome.Permanent) WeComDesk.outcome(outcomes.get(1))).why())
        .startsWith("invaliduser: ");
    assertThat(WeComDesk.outcome(outcomes.get(2))).isInstanceOf(Outcome.Permanent.class);
    assertThat(((Outcome.Permanent) WeComDesk.outcome(outcomes.get(3))).why())
        .startsWith("unlicenseduser: ");
    assertThat(WeComDesk.outcome(outcomes.get(4))).isInstanceOf(Outcome.Accepted.class);
    assertThat(sent()).hasSize(1);
    assertThat(desk.signals(Signal.Binding.class))
        .extracting(Signal.Binding::address)
        .as("dead as the ledger writes them; a licence can be bought")
        .containsExactlyInAnyOrder("User1", "User2");
    assertThat(desk.channel.check().parts().get(0).facts())
        .containsEntry("invalid userids", "2")
        .containsEntry("without licence", "1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"@all", "a|b", "", "王", "-x", "a b"})
  void what_is_no_userid_is_never_sent(String address) throws Exception {
    assertThat(desk.send("w1.1.1", address)).isInstanceOf(Outcome.Permanent.class);
    assertThat(sent()).isEmpty();
  }

  @Test
  void a_message_past_its_play_by_time_is_not_sent() throws Exception {
    desk.clock.move(Duration.ofDays(60));
    assertThat(desk.send("w1.1.1", "wang")).isInstanceOf(Outcome.Permanent.class);
    assertThat(sent()).isEmpty();
  }

  // --- not faster than a person may be written to

  @Test
  void the_thirty_first_message_to_a_person_within_a_minute_waits_and_is_not_dropped()
      throws Exception {
    for (int i = 0; i < 30; i++) {
      assertThat(desk.send("w1." + i + ".1", i % 2 == 0 ? "wang" : "Wang"))
          .isInstanceOf(Outcome.Accepted.class);
    }
    Outcome.Retry retry = (Outcome.Retry) desk.send("w1.30.1", "wang");
    assertThat(retry.after()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(65));
    assertThat(sent()).hasSize(30);
    assertThat(desk.send("w1.31.1", "li")).as("others go on").isInstanceOf(Outcome.Accepted.class);
    desk.clock.move(retry.after());
    assertThat(desk.send("w1.30.2", "wang")).isInstanceOf(Outcome.Accepted.class);
  }

  // --- what nobody knows

  @Test
  void a_repeat_of_an_unknown_request_names_the_same_people_under_the_same_task() throws Exception {
    collecting();
    desk.platform.next(WECOM_SEND, reset());
    List<CompletionStage<Outcome>> outcomes = sendTo(3);
    for (CompletionStage<Outcome> outcome : outcomes) {
      assertThat(WeComDesk.outcome(outcome)).isInstanceOf(Outcome.Unknown.class);
    }
    assertThat(sent()).hasSize(1);
    desk.platform.next(WECOM_SEND, errcode(42014));
    Outcome again =
        WeComDesk.outcome(
            desk.channel.send(WeComDesk.warning("w1.1.2", "user1", Mark.POSSIBLE_DUPLICATE)));
    assertThat(again).isInstanceOf(Outcome.Accepted.class);
    assertThat(task(sent().get(1))).isEqualTo(task(sent().get(0)));
    assertThat(everybody(sent().get(1))).isEqualTo(everybody(sent().get(0)));
  }

  @Test
  void a_repeat_by_another_process_finds_the_first_try_in_the_store() throws Exception {
    desk.platform.next(WECOM_SEND, reset());
    assertThat(desk.send("w1.1.1", "wang")).isInstanceOf(Outcome.Unknown.class);
    try (WeComChannel other = desk.process(Desk.QUICK)) {
      desk.platform.next(WECOM_SEND, errcode(42014));
      assertThat(
              WeComDesk.outcome(
                  other.send(WeComDesk.warning("w1.1.2", "wang", Mark.POSSIBLE_DUPLICATE))))
          .isInstanceOf(Outcome.Accepted.class);
    }
    assertThat(task(sent().get(1))).isEqualTo(task(sent().get(0)));
  }

  @Test
  void after_the_dedupe_window_an_unknown_request_is_not_repeated() throws Exception {
    desk.platform.next(WECOM_SEND, reset());
    assertThat(desk.send("w1.1.1", "wang")).isInstanceOf(Outcome.Unknown.class);
    desk.clock.move(Duration.ofMinutes(30));
    assertThat(((Outcome.Unknown) desk.send("w1.1.2", "wang")).why()).contains("not repeated");
    assertThat(sent()).hasSize(1);
  }

  @Test
  void a_refused_repeat_of_an_unknown_request_is_still_a_repeat_next_time() throws Exception {
    desk.platform.next(WECOM_SEND, reset(), errcode(45009));
    assertThat(desk.send("w1.1.1", "wang")).isInstanceOf(Outcome.Unknown.class);
    assertThat(desk.send("w1.1.2", "wang")).isInstanceOf(Outcome.Retry.class);
    desk.clock.move(Duration.ofMinutes(1));
    assertThat(desk.send("w1.1.3", "wang")).isInstanceOf(Outcome.Accepted.class);
    assertThat(sent().stream().map(WeComChannelTest::task).distinct()).hasSize(1);
  }

  @Test
  void a_repeat_with_the_store_away_waits_for_evidence() throws Exception {
    desk.memory.away(true);
    assertThat(
            WeComDesk.outcome(
                desk.channel.send(WeComDesk.warning("w1.1.2", "wang", Mark.POSSIBLE_DUPLICATE))))
        .isInstanceOf(Outcome.Unknown.class);
    assertThat(sent()).isEmpty();
  }

  @Test
  void with_the_store_away_a_first_try_still_goes_out() throws Exception {
    desk.memory.away(true);
    assertThat(desk.send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
  }

  // --- the wire

  @Test
  void a_server_that_takes_nothing_is_lane_down_and_its_repeat_keeps_the_task() throws Exception {
    desk.platform.next(WECOM_SEND, status(503, Map.of(), "<html>Unavailable</html>"));
    assertThat(((Outcome.LaneDown) desk.send("w1.1.1", "wang")).why()).startsWith("HTTP 503");
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DOWN);
    assertThat(desk.send("w1.1.2", "wang")).isInstanceOf(Outcome.Accepted.class);
    assertThat(task(sent().get(1))).isEqualTo(task(sent().get(0)));
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void a_server_error_is_unknown_and_repeated_under_the_same_task_for_30_minutes_only()
      throws Exception {
    desk.platform.next(
        WECOM_SEND,
        status(502, Map.of(), ""),
        status(500, Map.of(), ""),
        status(504, Map.of(), ""));
    for (int i = 1; i <= 3; i++) {
      assertThat(desk.send("w1.1." + i, "wang")).isInstanceOf(Outcome.Unknown.class);
      assertThat(desk.send("w1.2." + i, "zhao")).isInstanceOf(Outcome.LaneDown.class);
      desk.clock.move(Duration.ofSeconds(5));
    }
    assertThat(sent()).extracting(WeComChannelTest::task).containsOnly(task(sent().get(0)));
    desk.clock.move(Duration.ofMinutes(30));
    assertThat(((Outcome.Unknown) desk.send("w1.1.4", "wang")).why()).contains("not repeated");
    assertThat(sent()).hasSize(3);
  }

  @Test
  void after_a_long_outage_a_message_that_did_not_get_through_is_sent_anew() throws Exception {
    desk.platform.next(WECOM_SEND, status(503, Map.of(), ""));
    assertThat(desk.send("w1.1.1", "wang")).isInstanceOf(Outcome.LaneDown.class);
    desk.clock.move(Duration.ofHours(1));
    assertThat(desk.send("w1.1.2", "wang")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void a_stall_broken_json_and_half_an_answer_are_unknown() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    WeChatConfig.Limits impatient =
        new WeChatConfig.Limits(
            4,
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            Duration.ofMillis(1),
            Duration.ofSeconds(2),
            Duration.ofMinutes(5));
    try (WeComDesk quick = new WeComDesk(impatient, Duration.ofMillis(5))) {
      quick.platform.next(
          WECOM_SEND, stall(over), json("{\"errcode\":0,"), json("[]"), json("{}"), json(""));
      for (int i = 0; i < 5; i++) {
        assertThat(quick.send("w1." + i + ".1", "user" + i)).isInstanceOf(Outcome.Unknown.class);
      }
    }
    over.countDown();
  }

  @Test
  void a_web_page_instead_of_json_is_lane_down_and_names_the_likely_cause() throws Exception {
    desk.platform.next(WECOM_SEND, status(200, Map.of(), "<html><form>sign in</form></html>"));
    assertThat(((Outcome.LaneDown) desk.send("w1.1.1", "wang")).why()).contains("proxy");
  }

  @Test
  void too_many_calls_pause_the_lane_as_long_as_the_answer_asks() throws Exception {
    desk.platform.next(WECOM_SEND, status(429, Map.of("Retry-After", "17"), ""));
    assertThat(((Outcome.Retry) desk.send("w1.1.1", "wang")).after())
        .isEqualTo(Duration.ofSeconds(17));
    assertThat(desk.channel.room()).isZero();
  }

  @Test
  void a_token_that_dies_early_in_the_middle_of_a_batch_costs_one_refresh_and_no_message()
      throws Exception {
    assertThat(desk.send("w0.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    desk.platform.usualToken("TOKEN-2");
    desk.platform.next(WECOM_SEND, errcode(40014));
    for (CompletionStage<Outcome> outcome : sendTo(1500)) {
      assertThat(WeComDesk.outcome(outcome)).isInstanceOf(Outcome.Accepted.class);
    }
    assertThat(desk.platform.calls(WECOM_TOKEN)).hasSize(2);
  }

  @Test
  void the_token_is_fetched_once_for_an_expiry_by_all_processes() throws Exception {
    try (WeComChannel other = desk.process(Desk.QUICK)) {
      for (int hours = 1; hours <= 3; hours++) {
        for (int i = 0; i < 5; i++) {
          WeComChannel by = i % 2 == 0 ? desk.channel : other;
          String attempt = "w" + hours + "." + i + ".1";
          assertThat(WeComDesk.outcome(by.send(WeComDesk.warning(attempt, "user" + i))))
              .isInstanceOf(Outcome.Accepted.class);
        }
        assertThat(desk.platform.calls(WECOM_TOKEN)).hasSize(hours);
        desk.clock.move(Duration.ofMinutes(121));
      }
    }
    assertThat(desk.platform.queries(WECOM_TOKEN))
        .containsOnly("corpid=" + WeComDesk.CORP_ID + "&corpsecret=corp-secret");
  }

  // --- cards that need not ask any longer

  @Test
  void the_card_of_a_person_who_answered_elsewhere_turns() throws Exception {
    desk.platform.next(
        WECOM_SEND, json("{\"errcode\":0,\"msgid\":\"m1\",\"response_code\":\"code-1\"}"));
    assertThat(desk.send("w1.1.1", "Wang")).isInstanceOf(Outcome.Accepted.class);
    desk.channel.answered("w1.1.3");
    await().until(() -> desk.platform.calls(CARD).size() == 1);
    JsonNode body = desk.platform.calls(CARD).get(0);
    assertThat(body.path("userids")).hasSize(1);
    assertThat(body.path("userids").get(0).asText()).isEqualTo("Wang");
    assertThat(body.path("agentid").asLong()).isEqualTo(WeComDesk.AGENT_ID);
    assertThat(body.path("response_code").asText()).isEqualTo("code-1");
    assertThat(body.path("button").path("replace_name").asText()).isEqualTo("已确认");
    desk.channel.answered("w1.1.1");
    desk.channel.answered("w9.9.9");
    await()
        .untilAsserted(
            () ->
                assertThat(desk.channel.check().parts().get(0).facts())
                    .containsEntry("cards turned", "1"));
    assertThat(desk.platform.calls(CARD)).as("each code once").hasSize(1);
  }

  @Test
  void the_cards_of_one_request_turn_together_when_the_last_has_answered() throws Exception {
    collecting();
    for (CompletionStage<Outcome> outcome : sendTo(3)) {
      assertThat(WeComDesk.outcome(outcome)).isInstanceOf(Outcome.Accepted.class);
    }
    assertThat(sent()).hasSize(1);
    desk.channel.answered("w1.0.1");
    desk.channel.answered("w1.1.1");
    assertThat(desk.platform.calls(CARD)).isEmpty();
    desk.channel.answered("w1.2.1");
    await().until(() -> desk.platform.calls(CARD).size() == 1);
    assertThat(desk.platform.calls(CARD).get(0).path("userids")).hasSize(3);
  }

  @Test
  void a_stop_takes_back_what_was_sent_once_for_all_within_a_day() throws Exception {
    collecting();
    for (CompletionStage<Outcome> outcome : sendTo(3)) {
      WeComDesk.outcome(outcome);
    }
    assertThat(stop("w2.0.1", "user0")).isInstanceOf(Outcome.Accepted.class);
    assertThat(stop("w2.1.1", "user1")).isInstanceOf(Outcome.Accepted.class);
    assertThat(stop("w2.9.1", "stranger")).isInstanceOf(Outcome.Permanent.class);
    assertThat(desk.platform.calls(RECALL))
        .singleElement()
        .satisfies(body -> assertThat(body.path("msgid").asText()).startsWith("m"));
  }

  @Test
  void after_a_day_nothing_can_be_taken_back() throws Exception {
    assertThat(desk.send("w1.0.1", "user0")).isInstanceOf(Outcome.Accepted.class);
    desk.clock.move(Duration.ofHours(24));
    assertThat(stop("w2.0.1", "user0")).isInstanceOf(Outcome.Permanent.class);
    assertThat(desk.platform.calls(RECALL)).isEmpty();
  }

  @Test
  void a_lift_takes_a_request_back_once_everybody_who_got_it_was_told() throws Exception {
    collecting();
    for (CompletionStage<Outcome> outcome : sendTo(3)) {
      WeComDesk.outcome(outcome);
    }
    assertThat(desk.send("w9.9.1", "stranger")).isInstanceOf(Outcome.Accepted.class);
    lift("user0");
    lift("user1");
    assertThat(desk.platform.calls(RECALL)).as("user2 has nothing else yet").isEmpty();
    lift("user2");
    await().until(() -> desk.platform.calls(RECALL).size() == 1);
    await().until(() -> desk.channel.check().parts().get(0).facts().get("taken back").equals("3"));
    lift("user2");
    assertThat(desk.platform.calls(RECALL)).hasSize(1);
  }

  @Test
  void what_an_update_replaces_is_taken_back_but_not_where_it_was_refused() throws Exception {
    assertThat(desk.send("w1.0.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    desk.platform.next(WECOM_SEND, errcode(82001));
    Message update = follows(Content.Kind.UPDATE, "w2.0.1", "wang");
    assertThat(WeComDesk.outcome(desk.channel.send(update))).isInstanceOf(Outcome.Permanent.class);
    assertThat(desk.platform.calls(RECALL)).isEmpty();
    Message again = follows(Content.Kind.UPDATE, "w2.0.2", "wang");
    assertThat(WeComDesk.outcome(desk.channel.send(again))).isInstanceOf(Outcome.Accepted.class);
    await().until(() -> desk.platform.calls(RECALL).size() == 1);
  }

  private void lift(String userid) throws Exception {
    String attempt = "w2." + userid + "." + desk.platform.calls(WECOM_SEND).size();
    assertThat(WeComDesk.outcome(desk.channel.send(follows(Content.Kind.LIFT, attempt, userid))))
        .isInstanceOf(Outcome.Accepted.class);
  }

  /** Words of another warning, in the place of w1's. */
  private static Message follows(Content.Kind kind, String attempt, String userid) {
    Message usual = WeComDesk.message(attempt, userid, kind, "c-2", Set.of());
    Content c = usual.content();
    return new Message(
        attempt,
        userid,
        new Content(
            c.id(),
            kind,
            "w2",
            c.text(),
            c.fields(),
            c.speech(),
            c.issued(),
            c.playBy(),
            0,
            false,
            List.of(),
            List.of("w1")),
        Map.of(),
        Set.of());
  }

  private Outcome stop(String attempt, String userid) throws Exception {
    return WeComDesk.outcome(
        desk.channel.send(
            WeComDesk.message(attempt, userid, Content.Kind.STOP, "c-stop", Set.of())));
  }

  // --- group robots

  @Test
  void a_robot_says_the_words_in_its_group_at_most_twenty_times_a_minute() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(desk.send("w1." + i + ".1", "robot:village")).isInstanceOf(Outcome.Accepted.class);
    }
    assertThat(desk.send("w1.20.1", "robot:village")).isInstanceOf(Outcome.Retry.class);
    assertThat(desk.platform.calls(ROBOT)).hasSize(20);
    assertThat(desk.platform.queries(ROBOT)).containsOnly("key=robot-key");
    JsonNode body = desk.platform.calls(ROBOT).get(0);
    assertThat(body.path("msgtype").asText()).isEqualTo("text");
    assertThat(body.path("text").path("content").asText()).contains("暴雨红色预警");
    assertThat(desk.send("w1.21.1", "robot:other")).isInstanceOf(Outcome.Permanent.class);
  }

  @Test
  void a_robots_trouble_is_its_own_and_its_unknown_words_are_not_repeated() throws Exception {
    desk.platform.next(
        ROBOT,
        errcode(93000),
        errcode(45009),
        status(503, Map.of(), ""),
        reset(),
        json("{\"errcode\":0,\"errmsg\":\"ok\"}"));
    assertThat(((Outcome.Permanent) desk.send("w1.1.1", "robot:village")).why())
        .startsWith("93000: ")
        .doesNotContain("robot-key");
    assertThat(desk.send("w1.2.1", "robot:village")).isInstanceOf(Outcome.Retry.class);
    assertThat(desk.send("w1.3.1", "robot:village")).isInstanceOf(Outcome.Retry.class);
    assertThat(desk.send("w1.4.1", "robot:village")).isInstanceOf(Outcome.Unknown.class);
    assertThat(
            WeComDesk.outcome(
                desk.channel.send(
                    WeComDesk.warning("w1.4.2", "robot:village", Mark.POSSIBLE_DUPLICATE))))
        .isInstanceOf(Outcome.Unknown.class);
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
    assertThat(desk.platform.calls(ROBOT)).hasSize(4);
  }

  // --- who has that number

  private Lookup find(String mobile) throws Exception {
    return desk.channel.find(mobile).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void a_mobile_number_is_asked_for_once_and_a_miss_as_well() throws Exception {
    desk.platform.next(
        USERID, json("{\"errcode\":0,\"errmsg\":\"ok\",\"userid\":\"wang\"}"), errcode(46004));
    assertThat(find("+86 138 0000 0001")).isEqualTo(new Lookup.Found("wang"));
    assertThat(find("13800000001")).isEqualTo(new Lookup.Found("wang"));
    assertThat(find("13800000002")).isEqualTo(new Lookup.Nobody());
    assertThat(find("13800000002")).isEqualTo(new Lookup.Nobody());
    assertThat(find("no number")).isEqualTo(new Lookup.Nobody());
    assertThat(desk.platform.calls(USERID))
        .extracting(body -> body.path("mobile").asText())
        .containsExactly("13800000001", "13800000002");
    assertThat(desk.memory.everything()).doesNotContain("13800000001");
  }

  @Test
  void a_userid_that_the_platform_calls_dead_is_asked_for_again() throws Exception {
    desk.platform.next(
        USERID,
        json("{\"errcode\":0,\"userid\":\"Wang\"}"),
        json("{\"errcode\":0,\"userid\":\"wang2\"}"),
        json("{\"errcode\":0,\"userid\":\"wang3\"}"));
    assertThat(find("13800000001")).isEqualTo(new Lookup.Found("Wang"));
    desk.platform.next(WECOM_SEND, errcode(60111));
    assertThat(((Outcome.Permanent) desk.send("w1.1.1", "wang")).why()).startsWith("60111: ");
    assertThat(desk.signals(Signal.Binding.class))
        .extracting(Signal.Binding::change)
        .containsExactly(Signal.Change.DEAD);
    assertThat(find("13800000001")).isEqualTo(new Lookup.Found("wang2"));
    assertThat(find("13800000001")).isEqualTo(new Lookup.Found("wang2"));
    desk.platform.next(
        WECOM_SEND, json("{\"errcode\":81013,\"errmsg\":\"x\",\"invaliduser\":\"wang2\"}"));
    assertThat(desk.send("w1.2.1", "wang2")).isInstanceOf(Outcome.Permanent.class);
    assertThat(find("13800000001")).isEqualTo(new Lookup.Found("wang3"));
  }

  @Test
  void code_45009_for_a_mobile_number_stops_looking_up_and_nothing_else() throws Exception {
    desk.platform.next(USERID, errcode(45009));
    assertThat(find("13800000001")).isInstanceOf(Lookup.NotNow.class);
    assertThat(find("13800000002")).isInstanceOf(Lookup.NotNow.class);
    assertThat(desk.platform.calls(USERID)).hasSize(1);
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
    assertThat(desk.send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    desk.clock.move(Duration.ofHours(1));
    desk.platform.next(USERID, json("{\"errcode\":0,\"userid\":\"wang\"}"));
    assertThat(find("13800000001")).isEqualTo(new Lookup.Found("wang"));
  }

  @Test
  void after_fifty_misses_no_more_numbers_are_asked_for_that_day() throws Exception {
    for (int i = 0; i < 50; i++) {
      desk.platform.next(USERID, errcode(46004));
      assertThat(find("139000000" + (10 + i))).isEqualTo(new Lookup.Nobody());
    }
    assertThat(find("13800000001")).isInstanceOf(Lookup.NotNow.class);
    assertThat(desk.platform.calls(USERID)).hasSize(50);
  }

  // --- open and closed

  @Test
  void what_is_under_way_at_the_end_is_unknown_and_what_waits_did_not_leave() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    desk.platform.next(WECOM_SEND, stall(over));
    CompletionStage<Outcome> underway = desk.channel.send(WeComDesk.warning("w1.1.1", "wang"));
    await().until(() -> sent().size() == 1);
    CompletionStage<Outcome> waiting = desk.channel.send(WeComDesk.warning("w1.2.1", "li"));
    desk.channel.close();
    assertThat(WeComDesk.outcome(underway)).isInstanceOf(Outcome.Unknown.class);
    assertThat(WeComDesk.outcome(waiting)).isInstanceOf(Outcome.LaneDown.class);
    assertThat(desk.send("w1.3.1", "zhao")).isInstanceOf(Outcome.LaneDown.class);
    assertThat(desk.channel.room()).isZero();
    over.countDown();
  }

  @Test
  void every_problem_of_the_configuration_is_named_with_its_path_and_no_secret_is_shown() {
    WeComConfig wrong =
        new WeComConfig(
            URI.create("ftp://x"), "", 0, null, " ", "short", "", Map.of("a b", ""), Desk.QUICK);
    assertThat(wrong.problems())
        .anyMatch(p -> p.startsWith("wecom.base-url: "))
        .anyMatch(p -> p.startsWith("wecom.corp-id: "))
        .anyMatch(p -> p.startsWith("wecom.agent-id: "))
        .anyMatch(p -> p.startsWith("wecom.secret: "))
        .anyMatch(p -> p.startsWith("wecom.callback-token: "))
        .anyMatch(p -> p.startsWith("wecom.aes-key: "))
        .anyMatch(p -> p.startsWith("wecom.robots.a b: a name"))
        .anyMatch(p -> p.startsWith("wecom.robots.a b: is missing"));
    assertThatThrownBy(() -> new WeComChannel(wrong, desk.memory, desk.clock, new Random(1)))
        .hasMessageContaining("wecom.corp-id");
    WeComConfig right = WeComDesk.config(URI.create("https://qyapi.weixin.qq.com"), Desk.QUICK);
    assertThat(right.problems()).isEmpty();
    assertThat(right.toString())
        .doesNotContain("corp-secret", "robot-key", "callback-token", Desk.AES_KEY);
  }

  @Test
  void logs_and_reasons_hold_no_userid_no_token_and_no_secret() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("org.lastmile.channel.wechat");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    Level before = logger.getLevel();
    logger.setLevel(Level.TRACE);
    logger.addAppender(lines);
    try {
      desk.platform.next(
          WECOM_SEND,
          json("{\"errcode\":40058,\"errmsg\":\"invalid touser zhangsan1 hint\"}"),
          json("{\"errcode\":0,\"invaliduser\":\"zhangsan1\",\"msgid\":\"m\"}"),
          errcode(81013),
          reset());
      desk.platform.next(USERID, errcode(45009));
      List<String> said = new ArrayList<>();
      for (int i = 1; i < 5; i++) {
        said.add(desk.send("w1." + i + ".1", "zhangsan1").toString());
      }
      said.add(find("13800000001").toString());
      said.add(desk.send("w1.5.1", "robot:village").toString());
      said.add(desk.channel.check().toString());
      lines.list.forEach(line -> said.add(line.getFormattedMessage()));
      assertThat(said)
          .hasSizeGreaterThan(10)
          .noneMatch(line -> line.contains("zhangsan1"))
          .noneMatch(line -> line.contains("13800000001"))
          .noneMatch(line -> line.contains("TOKEN-1"))
          .noneMatch(line -> line.contains("corp-secret"))
          .noneMatch(line -> line.contains("robot-key"));
      assertThat(desk.memory.everything()).doesNotContain("corp-secret", "13800000001");
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(before);
    }
  }

  @Test
  void a_message_of_another_kind_that_is_unknown_is_repeated_word_for_word() throws Exception {
    desk.platform.next(WECOM_SEND, reset());
    assertThat(outcome("w1.1.1", "wang", Content.Kind.NOTICE)).isInstanceOf(Outcome.Unknown.class);
    assertThat(outcome("w1.1.2", "wang", Content.Kind.NOTICE)).isInstanceOf(Outcome.Accepted.class);
    assertThat(sent().get(1)).isEqualTo(sent().get(0));
  }

  @Test
  void a_message_is_shared_by_its_content_and_not_by_chance() throws Exception {
    collecting();
    Message one = WeComDesk.message("w1.1.1", "wang", Content.Kind.WARN, "c-1", Set.of());
    Message other = WeComDesk.message("w2.1.1", "li", Content.Kind.WARN, "c-2", Set.of());
    CompletionStage<Outcome> first = desk.channel.send(one);
    CompletionStage<Outcome> second = desk.channel.send(other);
    WeComDesk.outcome(first);
    WeComDesk.outcome(second);
    assertThat(sent()).hasSize(2);
  }
}

package org.lastmile.channel.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.lastmile.channel.wechat.ScriptedPlatform.AGENT;
import static org.lastmile.channel.wechat.ScriptedPlatform.WECOM_SEND;
import static org.lastmile.channel.wechat.ScriptedPlatform.WECOM_TOKEN;
import static org.lastmile.channel.wechat.ScriptedPlatform.errcode;
import static org.lastmile.channel.wechat.ScriptedPlatform.json;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Health;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;

/** Every row of WeCom's error table, each under its code. */
class WeComErrorCodeTest {
  private WeComDesk desk;

  @BeforeEach
  void open() throws Exception {
    desk = new WeComDesk();
  }

  @AfterEach
  void close() {
    desk.close();
  }

  @Test
  void code_0_is_accepted_with_the_platforms_reference() throws Exception {
    desk.platform.next(
        WECOM_SEND,
        json("{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":\"m7\",\"response_code\":\"r\"}"));
    assertThat(((Outcome.Accepted) desk.send("w1.1.1", "wang")).references()).containsExactly("m7");
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void code_minus_1_is_repeated_three_times_with_the_same_task_id() throws Exception {
    desk.platform.next(WECOM_SEND, errcode(-1), errcode(-1), errcode(-1));
    assertThat(desk.send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.platform.calls(WECOM_SEND))
        .extracting(body -> body.path("template_card").path("task_id").asText())
        .hasSize(4)
        .allMatch(id -> id.matches("[A-Za-z0-9_@-]{1,128}"))
        .containsOnly(
            desk.platform.calls(WECOM_SEND).get(0).path("template_card").path("task_id").asText());
  }

  @Test
  void code_minus_1_for_the_fourth_time_is_handed_back_for_later() throws Exception {
    desk.platform.next(WECOM_SEND, errcode(-1), errcode(-1), errcode(-1), errcode(-1));
    assertThat(((Outcome.Retry) desk.send("w1.1.1", "wang")).why()).startsWith("-1: ");
  }

  @Test
  void code_45009_backs_off_for_sixty_seconds() throws Exception {
    desk.platform.next(WECOM_SEND, errcode(45009));
    Outcome.Retry retry = (Outcome.Retry) desk.send("w1.1.1", "wang");
    assertThat(retry.after()).isEqualTo(Duration.ofSeconds(60));
    assertThat(desk.channel.room()).isZero();
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DEGRADED);
    assertThat(desk.send("w1.2.1", "li")).isInstanceOf(Outcome.Retry.class);
    assertThat(desk.platform.calls(WECOM_SEND)).hasSize(1);
    desk.clock.move(Duration.ofSeconds(60));
    assertThat(desk.channel.room()).isPositive();
    assertThat(desk.send("w1.1.2", "wang")).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void code_45033_lowers_parallelism_and_later_raises_it_again() throws Exception {
    desk.platform.next(WECOM_SEND, errcode(45033));
    assertThat(((Outcome.Retry) desk.send("w1.1.1", "wang")).why()).startsWith("45033: ");
    assertThat(facts()).isEqualTo("25");
    assertThat(desk.send("w1.1.2", "wang")).isInstanceOf(Outcome.Accepted.class);
    assertThat(facts()).isEqualTo("25");
    desk.clock.move(Duration.ofMinutes(1));
    assertThat(desk.send("w1.2.1", "li")).isInstanceOf(Outcome.Accepted.class);
    assertThat(facts()).isEqualTo("26");
  }

  private String facts() {
    return desk.channel.check().parts().get(0).facts().get("requests at one time");
  }

  @Test
  void a_wrong_agent_id_or_address_shows_before_the_first_message() throws Exception {
    await().until(() -> desk.platform.queries(AGENT).size() == 1);
    for (int code : new int[] {40056, 301002, 60020}) {
      desk.platform.next(AGENT, errcode(code));
      try (WeComChannel another = desk.process(Desk.QUICK)) {
        await().until(() -> another.check().state() == Health.State.DOWN);
        assertThat(another.check().why()).contains(code + ": ");
      }
    }
    try (WeComChannel another = desk.process(Desk.QUICK)) {
      await()
          .until(() -> "answers".equals(another.check().parts().get(0).facts().get("application")));
      assertThat(another.check().state()).isEqualTo(Health.State.UP);
    }
  }

  @Test
  void code_81013_is_permanent_for_everybody_in_the_request() throws Exception {
    desk.platform.next(WECOM_SEND, errcode(81013));
    assertThat(((Outcome.Permanent) desk.send("w1.1.1", "nobody")).why()).startsWith("81013: ");
    assertThat(desk.signals(Signal.Binding.class))
        .as("one without a licence is refused under the same code")
        .isEmpty();
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
    assertThat(desk.send("w1.2.1", "wang")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void code_81013_marks_an_address_dead_that_the_answer_names_as_invalid() throws Exception {
    desk.platform.next(
        WECOM_SEND, json("{\"errcode\":81013,\"errmsg\":\"x\",\"invaliduser\":\"nobody\"}"));
    assertThat(desk.send("w1.1.1", "Nobody")).isInstanceOf(Outcome.Permanent.class);
    assertThat(desk.signals(Signal.Binding.class))
        .singleElement()
        .satisfies(
            b -> {
              assertThat(b.address()).isEqualTo("Nobody");
              assertThat(b.change()).isEqualTo(Signal.Change.DEAD);
            });
  }

  @Test
  void code_82001_is_permanent_for_everybody_in_the_request() throws Exception {
    desk.platform.next(WECOM_SEND, errcode(82001));
    assertThat(((Outcome.Permanent) desk.send("w1.1.1", "wang")).why()).startsWith("82001: ");
    assertThat(desk.platform.calls(WECOM_SEND)).hasSize(1);
  }

  @Test
  void code_42014_is_treated_as_already_sent() throws Exception {
    desk.platform.next(WECOM_SEND, ScriptedPlatform.reset(), errcode(42014));
    assertThat(desk.send("w1.1.1", "wang")).isInstanceOf(Outcome.Unknown.class);
    assertThat(desk.send("w1.1.2", "wang")).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.platform.calls(WECOM_SEND))
        .extracting(body -> body.path("template_card").path("task_id").asText())
        .hasSize(2)
        .containsOnly(
            desk.platform.calls(WECOM_SEND).get(0).path("template_card").path("task_id").asText());
  }

  @Test
  void code_40001_renews_the_token_once_and_sends_again() throws Exception {
    renewsOnce(40001);
  }

  @Test
  void code_40014_renews_the_token_once_and_sends_again() throws Exception {
    renewsOnce(40014);
  }

  @Test
  void code_42001_renews_the_token_once_and_sends_again() throws Exception {
    renewsOnce(42001);
  }

  private void renewsOnce(int code) throws Exception {
    assertThat(desk.send("w1.0.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    desk.platform.usualToken("TOKEN-2");
    desk.platform.next(WECOM_SEND, errcode(code));
    assertThat(desk.send("w1.1.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.platform.tokensUsed()).containsExactly("TOKEN-1", "TOKEN-1", "TOKEN-2");
    assertThat(desk.platform.calls(WECOM_TOKEN)).hasSize(2);
  }

  @Test
  void code_42001_for_the_token_that_the_platform_gives_again_is_lane_down() throws Exception {
    desk.platform.next(WECOM_SEND, errcode(42001));
    assertThat(((Outcome.LaneDown) desk.send("w1.1.1", "wang")).why())
        .contains("refuses the token that it gives");
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DOWN);
  }

  @Test
  void code_40001_at_the_token_says_that_the_secret_is_wrong() throws Exception {
    assertThat(desk.send("w1.0.1", "wang")).isInstanceOf(Outcome.Accepted.class);
    desk.clock.move(Duration.ofHours(3));
    desk.platform.next(WECOM_TOKEN, errcode(40001));
    assertThat(((Outcome.LaneDown) desk.send("w1.1.1", "wang")).why()).contains("check secret");
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DOWN);
    assertThat(desk.channel.check().why()).doesNotContain("corp-secret");
  }

  @Test
  void code_60020_is_a_fault_of_configuration_and_is_not_repeated() throws Exception {
    desk.platform.next(
        WECOM_SEND,
        json("{\"errcode\":60020,\"errmsg\":\"not allow to access from your ip 203.0.113.9\"}"));
    assertThat(((Outcome.LaneDown) desk.send("w1.1.1", "wang")).why()).startsWith("60020: ");
    assertThat(desk.send("w1.2.1", "li")).isInstanceOf(Outcome.LaneDown.class);
    assertThat(desk.platform.calls(WECOM_SEND)).hasSize(1);
    assertThat(desk.channel.room()).isZero();
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DOWN);
    assertThat(desk.channel.check().why()).contains("203.0.113.9").contains("可信IP");
  }

  @Test
  void code_40013_says_that_the_corp_id_is_wrong() throws Exception {
    desk.platform.next(WECOM_SEND, errcode(40013));
    assertThat(((Outcome.LaneDown) desk.send("w1.1.1", "wang")).why()).contains("check corp-id");
  }

  @Test
  void code_40056_says_that_the_agent_id_is_wrong() throws Exception {
    desk.platform.next(WECOM_SEND, errcode(40056));
    assertThat(((Outcome.LaneDown) desk.send("w1.1.1", "wang")).why()).contains("check agent-id");
  }

  @Test
  void code_40058_is_permanent_and_shown() throws Exception {
    desk.platform.next(WECOM_SEND, errcode(40058));
    assertThat(((Outcome.Permanent) desk.send("w1.1.1", "wang")).why()).startsWith("40058: ");
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DEGRADED);
  }

  @Test
  void an_unknown_code_is_permanent_and_shown_so_that_the_ladder_moves_on() throws Exception {
    desk.platform.next(WECOM_SEND, errcode(99999));
    assertThat(((Outcome.Permanent) desk.send("w1.1.1", "wang")).why()).startsWith("99999: ");
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DEGRADED);
  }
}

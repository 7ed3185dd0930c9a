package org.lastmile.channel.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.channel.wechat.ScriptedPlatform.errcode;
import static org.lastmile.channel.wechat.ScriptedPlatform.json;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Health;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;

/** Every row of the error table, each under its code. */
class ErrorCodeTest {
  private Desk desk;

  @BeforeEach
  void open() throws Exception {
    desk = new Desk();
  }

  @AfterEach
  void close() {
    desk.close();
  }

  @Test
  void code_0_is_accepted_with_the_platforms_reference() throws Exception {
    desk.platform.nextSend(json("{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":3500000000000000001}"));
    Outcome outcome = desk.send("w1-1.1");
    assertThat(((Outcome.Accepted) outcome).references()).containsExactly("3500000000000000001");
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void code_40252_is_pending_and_leaves_the_lane_open() throws Exception {
    desk.platform.nextSend(errcode(40252));
    assertThat(((Outcome.Pending) desk.send("w1-1.1")).why()).startsWith("40252: held");
    assertThat(desk.platform.sent()).hasSize(1);
    assertThat(desk.send("w1-2.1")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void code_43116_stops_the_template_for_good_and_shows_it() throws Exception {
    desk.platform.nextSend(errcode(43116));
    assertThat(((Outcome.LaneDown) desk.send("w1-1.1")).why()).startsWith("43116: the template");
    desk.clock.move(Duration.ofDays(3));
    assertThat(desk.send("w1-2.1")).isInstanceOf(Outcome.LaneDown.class);
    assertThat(desk.platform.sent()).as("nothing is sent with a banned template").hasSize(1);
    assertThat(desk.channel.room()).isZero();
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DOWN);
    assertThat(desk.channel.check().why()).contains("43116").contains("appeal");
  }

  @Test
  void code_43004_is_permanent_and_marks_that_persons_binding_dead() throws Exception {
    desk.listening();
    permanentForOnePerson(43004);
    deadBinding();
  }

  @Test
  void code_40003_is_permanent_and_marks_that_persons_binding_dead() throws Exception {
    desk.listening();
    permanentForOnePerson(40003);
    deadBinding();
  }

  private void deadBinding() {
    assertThat(desk.signals)
        .filteredOn(Signal.Binding.class::isInstance)
        .singleElement()
        .isInstanceOfSatisfying(
            Signal.Binding.class,
            b -> {
              assertThat(b.address()).isEqualTo(Desk.OPENID);
              assertThat(b.change()).isEqualTo(Signal.Change.DEAD);
            });
  }

  @Test
  void code_43101_is_permanent_for_that_message_alone() throws Exception {
    permanentForOnePerson(43101);
  }

  private void permanentForOnePerson(int code) throws Exception {
    desk.platform.nextSend(errcode(code));
    assertThat(((Outcome.Permanent) desk.send("w1-1.1")).why()).startsWith(code + ": ");
    assertThat(desk.platform.sent()).hasSize(1);
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
    assertThat(desk.send("w1-2.1")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void code_47003_is_permanent_and_shown_with_the_field_it_names() throws Exception {
    desk.platform.nextSend(
        json("{\"errcode\":47003,\"errmsg\":\"argument invalid! data.thing1.value invalid\"}"));
    assertThat(((Outcome.Permanent) desk.send("w1-1.1")).why()).startsWith("47003: ");
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DEGRADED);
    assertThat(desk.channel.check().why()).contains("data.thing1.value");
  }

  @Test
  void code_40037_is_permanent_and_shown_until_a_message_is_taken() throws Exception {
    desk.platform.nextSend(errcode(40037));
    assertThat(((Outcome.Permanent) desk.send("w1-1.1")).why()).startsWith("40037: ");
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DEGRADED);
    assertThat(desk.channel.check().why()).contains("template-id");
    assertThat(desk.send("w1-2.1")).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void code_minus_1_is_repeated_three_times_with_the_same_client_msg_id() throws Exception {
    desk.platform.nextSend(errcode(-1), errcode(-1), errcode(-1));
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.platform.sent()).hasSize(4);
    assertThat(desk.platform.sent())
        .allMatch(body -> body.path("client_msg_id").asText().equals("w1-1"));
  }

  @Test
  void code_minus_1_for_the_fourth_time_is_handed_back_for_later() throws Exception {
    desk.platform.nextSend(errcode(-1), errcode(-1), errcode(-1), errcode(-1));
    Outcome.Retry retry = (Outcome.Retry) desk.send("w1-1.1");
    assertThat(retry.why()).startsWith("-1: ");
    assertThat(retry.after()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(15));
    assertThat(desk.platform.sent()).hasSize(4);
  }

  @Test
  void code_45011_pauses_the_lane_to_the_next_minute() throws Exception {
    desk.platform.nextSend(errcode(45011));
    Outcome.Retry retry = (Outcome.Retry) desk.send("w1-1.1");
    assertThat(retry.after()).isEqualTo(Duration.ofSeconds(40));
    assertThat(desk.channel.room()).isZero();
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DEGRADED);
    assertThat(desk.send("w1-2.1")).isInstanceOf(Outcome.Retry.class);
    assertThat(desk.platform.sent()).hasSize(1);
    desk.clock.move(Duration.ofSeconds(40));
    assertThat(desk.channel.room()).isPositive();
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
    assertThat(desk.send("w1-1.2")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void code_45009_pauses_the_lane_until_midnight_in_beijing() throws Exception {
    desk.platform.nextSend(errcode(45009));
    assertThat(((Outcome.LaneDown) desk.send("w1-1.1")).why()).startsWith("45009: ");
    assertThat(desk.channel.room()).isZero();
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DEGRADED);
    assertThat(desk.channel.check().why()).contains("quota").contains("until 11-23 00:00:00");
    desk.clock.move(Duration.ofHours(12).plusMinutes(29));
    assertThat(desk.channel.room()).isZero();
    desk.clock.move(Duration.ofMinutes(1));
    assertThat(desk.channel.room()).isPositive();
    assertThat(desk.send("w1-1.2")).isInstanceOf(Outcome.Accepted.class);
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
    assertThat(desk.send("w1-0.1")).isInstanceOf(Outcome.Accepted.class);
    desk.platform.usualToken("TOKEN-2");
    desk.platform.nextSend(errcode(code));
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.platform.tokensUsed()).containsExactly("TOKEN-1", "TOKEN-1", "TOKEN-2");
    assertThat(desk.platform.tokenAsks()).hasSize(2);
  }

  @Test
  void code_40001_for_a_fresh_token_as_well_is_not_tried_a_third_time() throws Exception {
    desk.platform.nextToken(json("{\"access_token\":\"A\",\"expires_in\":7200}"));
    desk.platform.nextSend(errcode(40001), errcode(40001));
    assertThat(((Outcome.LaneDown) desk.send("w1-1.1")).why()).startsWith("40001: ");
    assertThat(desk.platform.sent()).hasSize(2);
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DOWN);
  }

  @Test
  void code_40164_is_a_fault_of_configuration_with_the_address_in_its_words() throws Exception {
    desk.platform.nextSend(
        json("{\"errcode\":40164,\"errmsg\":\"invalid ip 203.0.113.9, not in whitelist\"}"));
    assertThat(((Outcome.LaneDown) desk.send("w1-1.1")).why()).startsWith("40164: ");
    assertThat(desk.send("w1-2.1")).isInstanceOf(Outcome.LaneDown.class);
    assertThat(desk.platform.sent()).as("not repeated").hasSize(1);
    assertThat(desk.channel.room()).isZero();
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DOWN);
    assertThat(desk.channel.check().why()).contains("203.0.113.9").contains("allow-list");
    desk.clock.move(Duration.ofMinutes(1));
    assertThat(desk.send("w1-3.1")).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void code_40164_at_the_token_says_the_same() throws Exception {
    desk.platform.nextToken(errcode(40164));
    assertThat(((Outcome.LaneDown) desk.send("w1-1.1")).why()).contains("40164: ");
    assertThat(desk.channel.check().why()).contains("allow-list");
  }

  @Test
  void code_40013_says_that_the_app_id_is_wrong() throws Exception {
    desk.platform.nextToken(errcode(40013));
    assertThat(((Outcome.LaneDown) desk.send("w1-1.1")).why()).contains("check app-id");
  }

  @Test
  void code_40125_says_that_the_secret_is_wrong_and_is_not_asked_again_and_again()
      throws Exception {
    desk.platform.nextToken(errcode(40125));
    for (int i = 0; i < 20; i++) {
      assertThat(((Outcome.LaneDown) desk.send("w1-" + i + ".1")).why()).contains("check secret");
    }
    assertThat(desk.platform.tokenAsks()).hasSize(1);
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DOWN);
  }

  @Test
  void code_40243_says_that_the_secret_is_frozen() throws Exception {
    desk.platform.nextToken(errcode(40243));
    assertThat(((Outcome.LaneDown) desk.send("w1-1.1")).why()).contains("frozen");
  }

  @Test
  void code_48001_says_that_the_account_lacks_the_permission() throws Exception {
    desk.platform.nextSend(errcode(48001));
    assertThat(((Outcome.LaneDown) desk.send("w1-1.1")).why()).startsWith("48001: ");
  }

  @Test
  void an_unknown_code_is_permanent_and_shown_so_that_the_ladder_moves_on() throws Exception {
    desk.platform.nextSend(errcode(99999));
    assertThat(((Outcome.Permanent) desk.send("w1-1.1")).why()).startsWith("99999: ");
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DEGRADED);
  }
}

package org.lastmile.channel.wechat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.channel.wechat.ScriptedPlatform.json;
import static org.lastmile.channel.wechat.ScriptedPlatform.reset;
import static org.lastmile.channel.wechat.ScriptedPlatform.stall;
import static org.lastmile.channel.wechat.ScriptedPlatform.status;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;

/** What is known, and what is not, when the way to the platform fails. */
class WireFaultsTest {
  private Desk desk;

  @BeforeEach
  void open() throws Exception {
    WeChatConfig.Limits impatient =
        new WeChatConfig.Limits(
            4,
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            Duration.ofMillis(1),
            Duration.ofSeconds(2),
            Duration.ofMinutes(5));
    desk = new Desk(impatient);
  }

  @AfterEach
  void close() {
    desk.close();
  }

  @Test
  void a_stall_after_the_request_was_written_is_unknown() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    desk.platform.nextSend(stall(over));
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Unknown.class);
    assertThat(desk.platform.sent()).hasSize(1);
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DEGRADED);
    over.countDown();
  }

  @Test
  void a_stall_in_the_middle_of_the_answer_is_unknown() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    desk.platform.nextSend(
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write("{\"errcode\":0".getBytes(UTF_8));
          exchange.getResponseBody().flush();
          stall(over).play(exchange);
        });
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Unknown.class);
    over.countDown();
  }

  @Test
  void a_connection_that_breaks_after_the_request_was_written_is_unknown() throws Exception {
    desk.platform.nextSend(reset());
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void a_repeat_of_an_unknown_send_carries_the_same_client_msg_id_for_ten_minutes_only()
      throws Exception {
    desk.platform.nextSend(reset(), reset());
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Unknown.class);
    desk.clock.move(Duration.ofMinutes(5));
    assertThat(desk.send("w1-1.2")).isInstanceOf(Outcome.Unknown.class);
    desk.clock.move(Duration.ofMinutes(5));
    Outcome late = desk.send("w1-1.3");
    assertThat(((Outcome.Unknown) late).why()).contains("not repeated");
    assertThat(desk.platform.sent())
        .extracting(body -> body.path("client_msg_id").asText())
        .containsExactly("w1-1", "w1-1");
  }

  @Test
  void a_refused_connection_is_lane_down() throws Exception {
    int nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = free.getLocalPort();
    }
    assertThat(sendTo("http://localhost:" + nobody)).isInstanceOf(Outcome.LaneDown.class);
  }

  @Test
  void a_name_that_no_server_has_is_lane_down() throws Exception {
    assertThat(sendTo("http://nobody.invalid")).isInstanceOf(Outcome.LaneDown.class);
  }

  private Outcome sendTo(String url) throws IOException, Exception {
    WeChatConfig config = new WeChatConfig(Desk.account(URI.create(url), ""), Desk.QUICK);
    try (WeChatChannel channel =
        new WeChatChannel(config, desk.memory, desk.clock, new Random(1))) {
      return channel
          .send(Desk.message("w1-1.1", Content.Kind.WARN, false, Map.of()))
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_server_that_takes_nothing_is_lane_down_and_over_when_the_next_message_is_taken()
      throws Exception {
    desk.platform.nextSend(status(503, Map.of(), "<html>Unavailable</html>"));
    assertThat(((Outcome.LaneDown) desk.send("w1-1.1")).why()).startsWith("HTTP 503");
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DOWN);
    assertThat(desk.send("w1-1.2")).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void a_server_error_after_the_request_was_written_is_unknown_and_not_repeated_late()
      throws Exception {
    for (int code : List.of(500, 502, 504)) {
      desk.platform.nextSend(status(code, Map.of(), "<html>Bad Gateway</html>"));
      String delivery = "w1-" + code;
      assertThat(((Outcome.Unknown) desk.send(delivery + ".1")).why()).startsWith("HTTP " + code);
      desk.clock.move(Duration.ofMinutes(10));
      assertThat(desk.send(delivery + ".2")).isInstanceOf(Outcome.Unknown.class);
    }
    assertThat(desk.platform.sent()).hasSize(3);
  }

  @Test
  void while_servers_fail_no_message_is_risked_until_the_platform_answers_again() throws Exception {
    desk.listening();
    desk.platform.nextSend(status(500, Map.of(), ""));
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Unknown.class);
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DOWN);
    assertThat(desk.channel.room()).isZero();
    assertThat(desk.send("w1-2.1")).isInstanceOf(Outcome.LaneDown.class);
    desk.platform.next(ScriptedPlatform.TOKEN, status(502, Map.of(), ""));
    desk.clock.move(Duration.ofSeconds(5));
    assertThat(((Outcome.LaneDown) desk.send("w1-2.2")).why()).startsWith("HTTP 502");
    assertThat(desk.platform.sent()).hasSize(1);
    desk.clock.move(Duration.ofSeconds(5));
    assertThat(desk.send("w1-2.3")).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.send("w1-1.2")).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void a_possible_repeat_is_not_sent_while_nobody_knows_when_the_first_was() throws Exception {
    Message first = Desk.message("w1-1.1", Content.Kind.WARN, false, Map.of());
    desk.memory.away(true);
    Message again =
        new Message(
            "w1-1.2",
            first.address(),
            first.content(),
            Map.of(),
            Set.of(Message.Mark.POSSIBLE_DUPLICATE));
    assertThat(((Outcome.Unknown) desk.send(again)).why()).contains("not repeated");
    assertThat(desk.platform.sent()).isEmpty();
    assertThat(desk.send(first)).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void too_many_calls_pause_the_lane_as_long_as_the_answer_asks() throws Exception {
    desk.platform.nextSend(status(429, Map.of("Retry-After", "17"), ""));
    Outcome.Retry retry = (Outcome.Retry) desk.send("w1-1.1");
    assertThat(retry.after()).isEqualTo(Duration.ofSeconds(17));
    assertThat(desk.channel.room()).isZero();
    desk.clock.move(Duration.ofSeconds(17));
    assertThat(desk.channel.room()).isPositive();
    assertThat(desk.send("w1-1.2")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void a_web_page_instead_of_json_is_lane_down_and_names_the_likely_cause() throws Exception {
    desk.platform.nextSend(
        status(200, Map.of("Content-Type", "text/html"), "<html><form>sign in</form></html>"));
    assertThat(((Outcome.LaneDown) desk.send("w1-1.1")).why()).contains("proxy");
  }

  @Test
  void json_that_breaks_off_is_unknown() throws Exception {
    desk.platform.nextSend(json("{\"errcode\":0,\"msg"), json(""), json("[]"), json("{}"));
    for (int i = 0; i < 4; i++) {
      assertThat(desk.send("w1-" + i + ".1")).isInstanceOf(Outcome.Unknown.class);
    }
  }

  @Test
  void an_endless_answer_is_cut_off_and_unknown() throws Exception {
    desk.platform.nextSend(json("{\"errcode\":0,\"errmsg\":\"" + "x".repeat(100_000) + "\"}"));
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Unknown.class);
  }
}

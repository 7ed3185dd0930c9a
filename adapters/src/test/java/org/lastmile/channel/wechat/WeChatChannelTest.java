package org.lastmile.channel.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.lastmile.channel.wechat.ScriptedPlatform.errcode;
import static org.lastmile.channel.wechat.ScriptedPlatform.stall;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.slf4j.LoggerFactory;

/**
 * The channel's own manners: what it writes, how much it takes, what it tells and what it hides.
 */
class WeChatChannelTest {
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
  void writes_the_template_its_fields_and_the_persons_own_link() throws Exception {
    desk.send(
        Desk.message(
            "w1-1.1", Content.Kind.WARN, false, Map.of(Field.LINK, "http://localhost/w/1?p=7")));
    JsonNode body = desk.platform.sent().get(0);
    assertThat(body.path("touser").asText()).isEqualTo(Desk.OPENID);
    assertThat(body.path("template_id").asText()).isEqualTo("TPL");
    assertThat(body.path("client_msg_id").asText()).isEqualTo("w1-1");
    assertThat(body.path("url").asText()).isEqualTo("http://localhost/w/1?p=7");
    assertThat(body.at("/data/phrase2/value").asText()).isEqualTo("红色");
    assertThat(body.at("/data/thing5/value").asText()).isEqualTo("立即转移到村小学");
  }

  @Test
  void a_client_msg_id_is_never_longer_than_the_platform_takes() throws Exception {
    String warning = "w".repeat(50);
    desk.platform.nextSend(ScriptedPlatform.status(503, Map.of(), ""));
    desk.send(warning + ".17.1");
    desk.send(warning + ".17.2");
    desk.send(warning + ".18.1");
    List<String> ids =
        desk.platform.sent().stream().map(b -> b.path("client_msg_id").asText()).toList();
    assertThat(ids).allMatch(id -> id.length() == 32);
    assertThat(ids.get(0)).isEqualTo(ids.get(1)).isNotEqualTo(ids.get(2));
  }

  @Test
  void sends_nothing_for_a_stop_or_past_its_play_by_time() throws Exception {
    assertThat(desk.send(Desk.message("w1-1.1", Content.Kind.STOP, false, Map.of())))
        .isInstanceOf(Outcome.Permanent.class);
    desk.clock.move(Duration.ofDays(60));
    assertThat(((Outcome.Permanent) desk.send("w1-2.1")).why()).contains("too late");
    assertThat(desk.platform.sent()).isEmpty();
  }

  @Test
  void never_has_more_sends_under_way_than_allowed_and_loses_none() throws Exception {
    List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      outcomes.add(
          desk.channel.send(Desk.message("w1-" + i + ".1", Content.Kind.WARN, false, Map.of())));
    }
    for (CompletionStage<Outcome> outcome : outcomes) {
      assertThat(outcome.toCompletableFuture().get(30, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Accepted.class);
    }
    assertThat(desk.platform.mostUnderway()).isBetween(2, 50);
    assertThat(desk.platform.tokenAsks()).hasSize(1);
    assertThat(desk.channel.room()).isEqualTo(100);
  }

  @Test
  void what_has_no_room_is_handed_back() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      desk.platform.nextSend(stall(over));
      outcomes.add(
          desk.channel.send(Desk.message("w1-" + i + ".1", Content.Kind.WARN, false, Map.of())));
    }
    assertThat(desk.channel.room()).isZero();
    assertThat(desk.send("w1-100.1")).isInstanceOf(Outcome.Retry.class);
    over.countDown();
    for (CompletionStage<Outcome> outcome : outcomes) {
      outcome.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
    assertThat(desk.channel.room()).isEqualTo(100);
  }

  @Test
  void closing_leaves_what_is_under_way_unknown_and_what_waits_unsent() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    WeChatConfig.Limits oneAtATime =
        new WeChatConfig.Limits(
            1,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofMillis(1),
            Duration.ofSeconds(2),
            Duration.ofMinutes(5));
    try (Desk slow = new Desk(oneAtATime)) {
      slow.platform.nextSend(stall(over));
      CompletionStage<Outcome> first =
          slow.channel.send(Desk.message("w1-1.1", Content.Kind.WARN, false, Map.of()));
      await().until(() -> slow.platform.sent().size() == 1);
      CompletionStage<Outcome> second =
          slow.channel.send(Desk.message("w1-2.1", Content.Kind.WARN, false, Map.of()));
      slow.channel.close();
      assertThat(first.toCompletableFuture().get(30, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Unknown.class);
      assertThat(second.toCompletableFuture().get(30, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.LaneDown.class);
      assertThat(slow.channel.room()).isZero();
      over.countDown();
    }
  }

  @Test
  void fetches_the_token_when_it_starts_to_listen_so_that_a_wrong_secret_shows_early()
      throws Exception {
    desk.platform.nextToken(errcode(40125));
    desk.listening();
    await()
        .untilAsserted(
            () -> {
              assertThat(desk.channel.check().state()).isEqualTo(Health.State.DOWN);
              assertThat(desk.channel.check().why()).contains("secret");
            });
  }

  @Test
  void tells_once_that_the_lane_went_down_and_came_back() throws Exception {
    desk.listening();
    desk.platform.nextSend(errcode(40164));
    desk.send("w1-1.1");
    desk.send("w1-2.1");
    desk.clock.move(Duration.ofMinutes(2));
    desk.send("w1-3.1");
    await().until(() -> presences().size() == 2);
    assertThat(presences())
        .extracting(Signal.Presence::state)
        .containsExactly(Signal.State.OFFLINE, Signal.State.ONLINE);
    assertThat(presences().get(0).why()).contains("40164");
  }

  @Test
  void shows_token_and_quota_and_warns_when_the_quota_is_nearly_gone() throws Exception {
    desk.platform.quota(
        "{\"errcode\":0,\"errmsg\":\"ok\",\"quota\":{\"daily_limit\":1000,\"used\":950,\"remain\":50}}");
    desk.listening();
    await()
        .untilAsserted(
            () -> {
              assertThat(facts()).containsEntry("quota", "50 of 1000 left at 11-22 11:30:20");
              assertThat(facts()).containsEntry("token", "until 11-22 13:30:20");
            });
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DEGRADED);
    assertThat(desk.channel.check().why())
        .contains("only 50 of today's quota of 1000", "the last 10 % go to red warnings");
    await().until(() -> presences().size() == 1);
    assertThat(presences().get(0).state()).isEqualTo(Signal.State.DEGRADED);
    assertThat(desk.channel.room())
        .as("the desk's order decides who gets what is left")
        .isEqualTo(50);
    assertThat(desk.send("w1-1.1", Message.Mark.ACTS)).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.channel.room()).isEqualTo(49);
  }

  @Test
  void a_quota_that_is_gone_by_our_count_leaves_the_last_word_to_the_platform() throws Exception {
    desk.platform.quota(
        "{\"errcode\":0,\"errmsg\":\"ok\",\"quota\":{\"daily_limit\":1000,\"used\":1000,\"remain\":0}}");
    desk.listening();
    await().until(() -> facts().getOrDefault("quota", "").startsWith("0 of"));
    assertThat(desk.channel.room()).isEqualTo(1);
    assertThat(desk.send("w1-1.1", Message.Mark.ACTS)).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void the_last_tenth_of_the_quota_goes_to_red_warnings_and_to_who_can_act() throws Exception {
    desk.platform.quota(
        "{\"errcode\":0,\"errmsg\":\"ok\",\"quota\":{\"daily_limit\":1000,\"used\":900,\"remain\":100}}");
    desk.listening();
    await().until(() -> facts().getOrDefault("quota", "").startsWith("100 of"));
    Outcome.Retry later = (Outcome.Retry) desk.send("w1-1.1");
    assertThat(later.why()).contains("quota").contains("people who can act");
    assertThat(desk.clock.instant().plus(later.after())).isEqualTo("2026-11-22T16:00:00Z");
    assertThat(desk.send(Desk.message("n-1.1", Content.Kind.NOTICE, false, Map.of())))
        .isInstanceOf(Outcome.Permanent.class);
    assertThat(desk.platform.sent()).isEmpty();
    assertThat(desk.send("w1-2.1", Message.Mark.ACTS)).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.send("w1-3.1", Message.Mark.RESERVE)).isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.send("w1-4.1", Message.Mark.OVER_BUDGET)).isInstanceOf(Outcome.Accepted.class);
    Message drill = Desk.message("w2-1.1", Content.Kind.WARN, true, Map.of());
    assertThat(
            desk.send(
                new Message(
                    "w2-1.1",
                    drill.address(),
                    drill.content(),
                    Map.of(),
                    Set.of(Message.Mark.ACTS, Message.Mark.RESERVE))))
        .as("a drill spends nothing that a warning may need")
        .isInstanceOf(Outcome.Retry.class);
    desk.clock.move(later.after());
    assertThat(desk.send("w1-1.2")).as("a new day").isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void logs_and_reasons_hold_no_openid_no_token_and_no_secret() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("org.lastmile.channel.wechat");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    Level before = logger.getLevel();
    logger.setLevel(Level.TRACE);
    logger.addAppender(lines);
    try {
      desk.listening();
      List<String> whys = new ArrayList<>();
      for (int code : new int[] {43004, 47003, 40252, 99999, 45011}) {
        desk.platform.nextSend(
            ScriptedPlatform.json(
                "{\"errcode\":" + code + ",\"errmsg\":\"bad " + Desk.OPENID + " here\"}"));
        whys.add(desk.send("w1-" + code + ".1").toString());
      }
      desk.clock.move(Duration.ofMinutes(2));
      desk.platform.nextSend(ScriptedPlatform.reset());
      whys.add(desk.send("w1-7.1").toString());
      whys.add(desk.channel.check().toString());
      List<String> said =
          new ArrayList<>(lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
      assertThat(said).anyMatch(line -> line.contains("oA…jklm"));
      said.addAll(whys);
      assertThat(said)
          .noneMatch(line -> line.contains(Desk.OPENID))
          .noneMatch(line -> line.contains("TOKEN-1"))
          .noneMatch(line -> line.contains("app-secret"))
          .noneMatch(line -> line.contains("access_token"));
      assertThat(desk.memory.everything())
          .as("keys and values of the store")
          .doesNotContain(Desk.OPENID)
          .doesNotContain("app-secret");
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(before);
    }
  }

  private List<Signal.Presence> presences() {
    return desk.signals.stream()
        .filter(Signal.Presence.class::isInstance)
        .map(Signal.Presence.class::cast)
        .toList();
  }

  private Map<String, String> facts() {
    return desk.channel.check().parts().get(0).facts();
  }
}

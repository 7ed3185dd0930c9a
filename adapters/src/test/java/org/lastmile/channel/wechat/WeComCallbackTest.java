package org.lastmile.channel.wechat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.lastmile.channel.wechat.ScriptedPlatform.CARD;
import static org.lastmile.channel.wechat.ScriptedPlatform.WECOM_SEND;
import static org.lastmile.channel.wechat.ScriptedPlatform.reset;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import me.chanjar.weixin.common.util.crypto.SHA1;
import me.chanjar.weixin.common.util.crypto.WxCryptUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Field;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.wechat.WeChatCallback.Reply;

/**
 * What WeCom posts, signed and encrypted by another hand (WxJava), which also reads our replies.
 */
class WeComCallbackTest {
  private static final WxCryptUtil CURRENT =
      new WxCryptUtil("callback-token", Desk.AES_KEY, WeComDesk.CORP_ID);
  private static final WxCryptUtil PREVIOUS =
      new WxCryptUtil("callback-token", Desk.OLD_AES_KEY, WeComDesk.CORP_ID);
  private static final WxCryptUtil FOREIGN =
      new WxCryptUtil("callback-token", Desk.AES_KEY, "wwffffffffffffffff");
  private static final AtomicInteger NONCES = new AtomicInteger(1_320_562_132);

  private WeComDesk desk;

  @BeforeEach
  void open() throws Exception {
    desk = new WeComDesk();
  }

  @AfterEach
  void close() {
    desk.close();
  }

  private Map<String, String> signed(String token, long offset, String sealed) {
    Map<String, String> query = new HashMap<>();
    String timestamp = Long.toString(desk.clock.instant().getEpochSecond() + offset);
    String nonce = Integer.toString(NONCES.incrementAndGet());
    query.put("timestamp", timestamp);
    query.put("nonce", nonce);
    query.put("msg_signature", SHA1.gen(token, timestamp, nonce, sealed));
    return query;
  }

  private Reply post(String inner) throws Exception {
    return post(CURRENT, 0, inner);
  }

  private Reply post(WxCryptUtil by, long offset, String inner) throws Exception {
    String sealed = by.encrypt("0123456789abcdef", inner);
    return receive(signed("callback-token", offset, sealed), envelope(sealed));
  }

  private Reply receive(Map<String, String> query, String body) throws Exception {
    return later(query, body).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private CompletionStage<Reply> later(Map<String, String> query, String body) {
    return desk.channel.callback().receive(query, body.getBytes(UTF_8));
  }

  private static String envelope(String sealed) {
    return "<xml><ToUserName><![CDATA["
        + WeComDesk.CORP_ID
        + "]]></ToUserName><Encrypt><![CDATA["
        + sealed
        + "]]></Encrypt><AgentID><![CDATA[1000002]]></AgentID></xml>";
  }

  private static String from(String userid, String type, String rest) {
    return "<xml><ToUserName><![CDATA["
        + WeComDesk.CORP_ID
        + "]]></ToUserName><FromUserName><![CDATA["
        + userid
        + "]]></FromUserName><CreateTime>1763782220</CreateTime><MsgType><![CDATA["
        + type
        + "]]></MsgType>"
        + rest
        + "<AgentID>1000002</AgentID></xml>";
  }

  private static String text(String userid, String msgId, String words) {
    return from(
        userid, "text", "<Content><![CDATA[" + words + "]]></Content><MsgId>" + msgId + "</MsgId>");
  }

  private static String click(String userid, String key, String task) {
    return from(
        userid,
        "event",
        "<Event><![CDATA[template_card_event]]></Event><EventKey><![CDATA["
            + key
            + "]]></EventKey><TaskId><![CDATA["
            + task
            + "]]></TaskId><CardType><![CDATA[button_interaction]]></CardType>"
            + "<ResponseCode><![CDATA[rc]]></ResponseCode>");
  }

  private String task() {
    return desk.platform.calls(WECOM_SEND).get(0).path("template_card").path("task_id").asText();
  }

  // --- clicks

  @Test
  void a_click_confirms_the_very_try_and_its_card_says_so() throws Exception {
    desk.close();
    desk = WeComDesk.collecting();
    List<CompletionStage<Outcome>> outcomes =
        List.of(
            desk.channel.send(WeComDesk.warning("w1.1.1", "Wang")),
            desk.channel.send(WeComDesk.warning("w1.2.1", "li")));
    for (CompletionStage<Outcome> outcome : outcomes) {
      assertThat(WeComDesk.outcome(outcome)).isInstanceOf(Outcome.Accepted.class);
    }
    Reply reply = post(click("wang", "ACK", task()));
    assertThat(desk.signals(Signal.Confirmation.class))
        .singleElement()
        .satisfies(
            c -> {
              assertThat(c.attempt()).isEqualTo("w1.1.1");
              assertThat(c.evidence()).isEqualTo(Evidence.ACKNOWLEDGED);
              assertThat(c.facts()).containsEntry("task", task());
            });
    assertThat(reply.status()).isEqualTo(200);
    String turned = opened(reply);
    assertThat(turned)
        .contains("<MsgType><![CDATA[update_button]]></MsgType>")
        .contains("<Button><ReplaceName><![CDATA[已确认]]></ReplaceName></Button>")
        .contains("<ToUserName><![CDATA[wang]]></ToUserName>")
        .contains("<FromUserName><![CDATA[" + WeComDesk.CORP_ID + "]]></FromUserName>");
  }

  /** As the platform reads our reply: signature first, then what is inside. */
  private static String opened(Reply reply) throws Exception {
    Map<String, String> outer = CallbackXml.read(reply.body().getBytes(UTF_8));
    assertThat(outer.get("MsgSignature"))
        .isEqualTo(
            SHA1.gen(
                "callback-token",
                outer.get("TimeStamp"),
                outer.get("Nonce"),
                outer.get("Encrypt")));
    return CURRENT.decrypt(outer.get("Encrypt"));
  }

  @Test
  void a_click_on_the_other_button_declines() throws Exception {
    desk.send("w1.1.1", "wang");
    assertThat(opened(post(click("wang", "NO", task())))).contains("去不了");
    assertThat(desk.signals(Signal.Confirmation.class))
        .extracting(Signal.Confirmation::evidence)
        .containsExactly(Evidence.DECLINED);
  }

  @Test
  void a_card_that_asks_for_each_point_is_not_confirmed_by_one_button() throws Exception {
    Message one = WeComDesk.warning("w1.1.1", "wang");
    WeComDesk.outcome(
        desk.channel.send(
            new Message(one.attempt(), "wang", one.content(), Map.of(Field.EACH, "5"), Set.of())));
    assertThat(opened(post(click("wang", "ACK", task())))).contains("[请逐处答复]");
    assertThat(desk.platform.calls(CARD)).isEmpty();
    desk.channel.answered("w1.1.1");
    await().until(() -> desk.platform.calls(CARD).size() == 1);
    assertThat(desk.signals(Signal.Confirmation.class))
        .extracting(Signal.Confirmation::evidence)
        .containsExactly(Evidence.ACKNOWLEDGED);
  }

  @Test
  void a_click_brought_again_is_one_confirmation_and_turns_the_card_again() throws Exception {
    desk.send("w1.1.1", "wang");
    String first = opened(post(click("wang", "ACK", task())));
    String second = opened(post(click("wang", "ACK", task())));
    assertThat(second).isEqualTo(first);
    assertThat(desk.signals(Signal.Confirmation.class)).hasSize(1);
  }

  @Test
  void a_click_after_a_restart_still_finds_its_try() throws Exception {
    desk.send("w1.1.1", "wang");
    String sealed = CURRENT.encrypt("0123456789abcdef", click("wang", "ACK", task()));
    try (WeComChannel restarted = desk.process(Desk.QUICK)) {
      restarted
          .callback()
          .receive(signed("callback-token", 0, sealed), envelope(sealed).getBytes(UTF_8))
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
    }
    assertThat(desk.signals(Signal.Confirmation.class))
        .extracting(Signal.Confirmation::attempt)
        .containsExactly("w1.1.1");
  }

  @Test
  void a_click_proves_that_a_request_whose_answer_was_lost_had_arrived() throws Exception {
    desk.platform.next(WECOM_SEND, reset());
    assertThat(desk.send("w1.1.1", "wang")).isInstanceOf(Outcome.Unknown.class);
    post(click("wang", "ACK", task()));
    assertThat(desk.signals(Signal.Confirmation.class)).hasSize(1);
  }

  @Test
  void a_click_on_a_card_that_nobody_remembers_counts_as_the_same_words() throws Exception {
    desk.send("w1.1.1", "wang");
    assertThat(post(click("wang", "ACK", "somebody-elses-1")).body())
        .as("it does not say 已确认, because nobody knows what was confirmed")
        .isEmpty();
    assertThat(post(click("stranger", "NO", task())).body()).isEmpty();
    assertThat(desk.signals(Signal.Confirmation.class)).isEmpty();
    assertThat(desk.signals(Signal.Inbound.class))
        .extracting(i -> i.from() + ":" + i.text())
        .containsExactly("wang:收到", "stranger:去不了");
  }

  @Test
  void the_last_click_of_a_request_turns_the_cards_of_those_who_answered_elsewhere()
      throws Exception {
    desk.close();
    desk = WeComDesk.collecting();
    List<CompletionStage<Outcome>> outcomes =
        List.of(
            desk.channel.send(WeComDesk.warning("w1.1.1", "wang")),
            desk.channel.send(WeComDesk.warning("w1.2.1", "li")));
    for (CompletionStage<Outcome> outcome : outcomes) {
      WeComDesk.outcome(outcome);
    }
    desk.channel.answered("w1.2.1");
    post(click("wang", "ACK", task()));
    await().until(() -> desk.platform.calls(CARD).size() == 1);
    assertThat(desk.platform.calls(CARD).get(0).path("userids").toString()).isEqualTo("[\"li\"]");
  }

  // --- words, and who comes and goes

  @Test
  void a_text_is_the_persons_words_and_is_answered_with_nothing() throws Exception {
    assertThat(post(text("wang", "24", "收到")))
        .isEqualTo(new Reply(200, "", "text/plain; charset=utf-8"));
    assertThat(desk.signals(Signal.Inbound.class))
        .containsExactly(
            new Signal.Inbound("24", "wang", WeComDesk.CORP_ID, "收到", desk.clock.instant()));
  }

  @Test
  void a_menu_click_speaks_its_key_and_members_come_and_go() throws Exception {
    post(from("wang", "event", "<Event>click</Event><EventKey>1</EventKey>"));
    post(from("wang", "event", "<Event>subscribe</Event>"));
    post(from("wang", "event", "<Event>unsubscribe</Event>"));
    post(from("wang", "event", "<Event>enter_agent</Event>"));
    assertThat(desk.signals(Signal.Inbound.class))
        .extracting(Signal.Inbound::text)
        .containsExactly("1");
    assertThat(desk.signals(Signal.Binding.class))
        .extracting(Signal.Binding::change)
        .containsExactly(Signal.Change.FOLLOWED, Signal.Change.UNFOLLOWED);
    assertThat(desk.channel.check().parts().get(0).facts())
        .containsEntry("callbacks nobody reads", "1");
  }

  @Test
  void a_userid_with_capitals_speaks_comes_and_goes_as_its_address_is_written() throws Exception {
    post(text("ZhangSan", "24", "收到"));
    post(from("ZhangSan", "event", "<Event>click</Event><EventKey>1</EventKey>"));
    post(click("ZhangSan", "NO", "somebody-elses-1"));
    post(from("ZhangSan", "event", "<Event>subscribe</Event>"));
    post(from("ZhangSan", "event", "<Event>unsubscribe</Event>"));
    assertThat(desk.signals(Signal.Inbound.class))
        .hasSize(3)
        .extracting(Signal.Inbound::from)
        .containsOnly("zhangsan");
    assertThat(desk.signals(Signal.Binding.class))
        .hasSize(2)
        .extracting(Signal.Binding::address)
        .containsOnly("zhangsan");
  }

  // --- kept, then answered

  @Test
  void a_click_that_is_not_kept_is_answered_with_500_and_comes_again() throws Exception {
    desk.send("w1.1.1", "wang");
    List<Signal> kept = new ArrayList<>();
    AtomicInteger refusals = new AtomicInteger();
    desk.channel.listen(
        signal -> {
          if (signal instanceof Signal.Confirmation && refusals.getAndIncrement() == 0) {
            return CompletableFuture.failedFuture(new IllegalStateException("store is away"));
          }
          kept.add(signal);
          return CompletableFuture.completedFuture(null);
        });
    assertThat(post(click("wang", "ACK", task())).status()).isEqualTo(500);
    assertThat(post(click("wang", "ACK", task())).status()).isEqualTo(200);
    assertThat(kept).hasOnlyElementsOfType(Signal.Confirmation.class).hasSize(1);
  }

  @Test
  void with_the_store_away_nothing_is_acknowledged() throws Exception {
    desk.memory.away(true);
    assertThat(post(text("wang", "24", "收到")).status()).isEqualTo(500);
    desk.memory.away(false);
    assertThat(post(text("wang", "24", "收到")).status()).isEqualTo(200);
    assertThat(desk.signals(Signal.Inbound.class)).hasSize(1);
  }

  @Test
  void a_flood_is_turned_away_with_503_and_what_was_let_in_is_kept() throws Exception {
    desk.close();
    desk = new WeComDesk(Desk.PATIENT, Duration.ofMillis(5));
    CompletableFuture<Void> disk = new CompletableFuture<>();
    desk.channel.listen(signal -> disk);
    List<CompletionStage<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      String sealed = CURRENT.encrypt("0123456789abcdef", text("wang", "" + i, "1"));
      replies.add(later(signed("callback-token", 0, sealed), envelope(sealed)));
    }
    disk.complete(null);
    Set<Integer> statuses = new TreeSet<>();
    for (CompletionStage<Reply> reply : replies) {
      statuses.add(reply.toCompletableFuture().get(30, TimeUnit.SECONDS).status());
    }
    assertThat(statuses).containsExactly(200, 503);
    assertThat(post(text("wang", "9999", "1")).status()).isEqualTo(200);
  }

  // --- who may speak

  @Test
  void the_address_check_answers_what_is_inside_and_only_to_the_platform() {
    String sealed = CURRENT.encrypt("0123456789abcdef", "8123475901234567890");
    Map<String, String> query = signed("callback-token", 0, sealed);
    query.put("echostr", sealed);
    assertThat(desk.channel.callback().verify(query))
        .isEqualTo(new Reply(200, "8123475901234567890", "text/plain; charset=utf-8"));
    Map<String, String> forged = signed("another-token", 0, sealed);
    forged.put("echostr", sealed);
    assertThat(desk.channel.callback().verify(forged).status()).isEqualTo(403);
    String foreign = FOREIGN.encrypt("0123456789abcdef", "8123475901234567890");
    Map<String, String> misdirected = signed("callback-token", 0, foreign);
    misdirected.put("echostr", foreign);
    assertThat(desk.channel.callback().verify(misdirected).status()).isEqualTo(403);
    assertThat(desk.channel.callback().verify(Map.of()).status()).isEqualTo(403);
  }

  @Test
  void the_previous_key_is_read_while_keys_are_changed() throws Exception {
    assertThat(post(PREVIOUS, 0, text("wang", "24", "收到")).status()).isEqualTo(200);
    assertThat(desk.signals(Signal.Inbound.class)).hasSize(1);
  }

  @Test
  void a_right_signature_with_a_foreign_receiver_is_refused_and_shown() throws Exception {
    assertThat(post(FOREIGN, 0, text("wang", "24", "收到")).status()).isEqualTo(403);
    assertThat(desk.channel.check().why()).contains("receiver id");
    assertThat(desk.signals(Signal.Inbound.class)).isEmpty();
  }

  @Test
  void a_wrong_signature_is_refused_and_shown_only_while_no_right_one_ever_came() throws Exception {
    String sealed = CURRENT.encrypt("0123456789abcdef", text("wang", "24", "收到"));
    assertThat(receive(signed("another-token", 0, sealed), envelope(sealed)).status())
        .isEqualTo(403);
    assertThat(receive(Map.of(), envelope(sealed)).status()).isEqualTo(403);
    assertThat(desk.channel.check().why()).contains("callback-token");
    assertThat(desk.signals(Signal.Inbound.class)).isEmpty();
    post(text("wang", "25", "收到"));
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void a_callback_ten_minutes_off_is_refused_and_asks_about_the_clock() throws Exception {
    assertThat(post(CURRENT, -600, text("wang", "24", "1")).status()).isEqualTo(403);
    assertThat(post(CURRENT, 600, text("wang", "24", "1")).status()).isEqualTo(403);
    assertThat(desk.channel.check().why()).contains("clock");
    assertThat(desk.signals(Signal.Inbound.class)).isEmpty();
  }

  @Test
  void a_replay_within_the_window_says_nothing_new() throws Exception {
    String sealed = CURRENT.encrypt("0123456789abcdef", text("wang", "24", "1"));
    Map<String, String> query = signed("callback-token", 0, sealed);
    for (int i = 0; i < 5; i++) {
      assertThat(receive(query, envelope(sealed)).status()).isEqualTo(200);
    }
    assertThat(desk.signals(Signal.Inbound.class)).hasSize(1);
  }

  @Test
  void xml_that_could_do_harm_is_refused_outside_and_inside() throws Exception {
    String xxe = "<!DOCTYPE xml [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><xml>&e;</xml>";
    String deep = "<xml>" + "<a>".repeat(1000);
    for (String bad : List.of(xxe, deep, "no xml")) {
      assertThat(receive(signed("callback-token", 0, "x"), bad).status()).isEqualTo(400);
      assertThat(post(bad).status()).isEqualTo(400);
    }
    assertThat(
            receive(signed("callback-token", 0, "x"), "x".repeat(WeChatCallback.LARGEST_BODY + 1))
                .status())
        .isEqualTo(413);
    assertThat(desk.signals(Signal.Inbound.class)).isEmpty();
  }
}

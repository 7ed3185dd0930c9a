package org.lastmile.channel.wechat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.lastmile.channel.wechat.ScriptedPlatform.errcode;
import static org.lastmile.channel.wechat.ScriptedPlatform.reset;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import me.chanjar.weixin.common.util.crypto.SHA1;
import me.chanjar.weixin.common.util.crypto.WxCryptUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Health;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.Sink;
import org.lastmile.channel.wechat.WeChatCallback.Reply;

/** What the platform posts, signed and encrypted by another hand (WxJava). */
class WeChatCallbackTest {
  private static final String OTHER_OPENID = "oOTHER1234567890abcdefghijkl";
  private static final AtomicInteger NONCES = new AtomicInteger(1_320_562_132);
  private Desk desk;

  @BeforeEach
  void open() throws Exception {
    desk = new Desk().listening();
  }

  @AfterEach
  void close() {
    desk.close();
  }

  private Map<String, String> signed() {
    return signed("callback-token", Long.toString(desk.clock.instant().getEpochSecond()));
  }

  private static Map<String, String> signed(String token, String timestamp) {
    Map<String, String> query = new HashMap<>();
    query.put("timestamp", timestamp);
    String nonce = Integer.toString(NONCES.incrementAndGet());
    query.put("nonce", nonce);
    query.put("signature", SHA1.gen(token, timestamp, nonce));
    return query;
  }

  private Reply post(String body) throws Exception {
    return post(desk.channel, signed(), body);
  }

  private static Reply post(WeChatChannel channel, Map<String, String> query, String body)
      throws Exception {
    return channel
        .callback()
        .receive(query, body.getBytes(UTF_8))
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  private static String receipt(String msgid, String status) {
    return receipt(Desk.OPENID, msgid, status);
  }

  private static String receipt(String openid, String msgid, String status) {
    return "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA["
        + openid
        + "]]></FromUserName><CreateTime>1763782220</CreateTime><MsgType><![CDATA[event]]></MsgType>"
        + "<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>"
        + msgid
        + "</MsgID><Status><![CDATA["
        + status
        + "]]></Status></xml>";
  }

  private static String text(String msgId, String words) {
    return "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA["
        + Desk.OPENID
        + "]]></FromUserName><CreateTime>1763782220</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        + "<Content><![CDATA["
        + words
        + "]]></Content><MsgId>"
        + msgId
        + "</MsgId></xml>";
  }

  private String sendAccepted(String attempt) throws Exception {
    return ((Outcome.Accepted) desk.send(attempt)).references().get(0);
  }

  // --- receipts

  @Test
  void a_success_receipt_confirms_delivery_under_the_attempt_id() throws Exception {
    String msgid = sendAccepted("w1-1.1");
    assertThat(post(receipt(msgid, "success")))
        .isEqualTo(new Reply(200, "success", "text/plain; charset=utf-8"));
    assertThat(desk.confirmations()).hasSize(1);
    Signal.Confirmation told = desk.confirmations().get(0);
    assertThat(told.attempt()).isEqualTo("w1-1.1");
    assertThat(told.evidence()).isEqualTo(Evidence.DELIVERED);
    assertThat(told.at()).isEqualTo(desk.clock.instant());
    assertThat(told.facts()).containsEntry("msgid", msgid);
  }

  @Test
  void every_failed_status_confirms_failure_with_the_platforms_words() throws Exception {
    String[] words = {
      "failed:user block", "failed: system failed", "failed:freq limit", "failed:whatever comes"
    };
    for (int i = 0; i < words.length; i++) {
      post(receipt(sendAccepted("w1-" + i + ".1"), words[i]));
      Signal.Confirmation told = desk.confirmations().get(i);
      assertThat(told.attempt()).isEqualTo("w1-" + i + ".1");
      assertThat(told.evidence()).isEqualTo(Evidence.FAILED);
      assertThat(told.why()).isEqualTo(words[i]);
    }
  }

  @Test
  void a_status_that_nobody_knows_is_neither_delivered_nor_failed() throws Exception {
    String msgid = sendAccepted("w1-1.1");
    assertThat(post(receipt(msgid, "perhaps")).status()).isEqualTo(200);
    assertThat(desk.confirmations()).isEmpty();
    assertThat(facts()).containsEntry("callbacks nobody reads", "1");
  }

  @Test
  void after_a_failed_receipt_another_try_has_a_client_msg_id_of_its_own() throws Exception {
    post(receipt(sendAccepted("w1-1.1"), "failed: system failed"));
    sendAccepted("w1-1.2");
    assertThat(desk.platform.sent())
        .extracting(body -> body.path("client_msg_id").asText())
        .containsExactly("w1-1", "w1-1.2");
  }

  @Test
  void a_receipt_before_the_sends_answer_is_kept_and_replayed() throws Exception {
    CountDownLatch receiptTaken = new CountDownLatch(1);
    desk.platform.nextSend(
        exchange -> {
          try {
            assertThat(post(receipt("777", "success")).body()).isEqualTo("success");
          } catch (Exception e) {
            throw new AssertionError(e);
          } finally {
            receiptTaken.countDown();
          }
          ScriptedPlatform.json("{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":777}").play(exchange);
        });
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Accepted.class);
    await()
        .untilAsserted(
            () ->
                assertThat(desk.confirmations())
                    .anyMatch(
                        c -> c.attempt().equals("w1-1.1") && c.evidence() == Evidence.DELIVERED));
    assertThat(receiptTaken.getCount()).isZero();
  }

  @Test
  void a_parked_receipt_that_is_not_kept_is_replayed_again() throws Exception {
    List<Signal> kept = new ArrayList<>();
    AtomicInteger refusals = new AtomicInteger();
    desk.channel.listen(
        signal ->
            signal instanceof Signal.Confirmation && refusals.incrementAndGet() == 1
                ? CompletableFuture.failedFuture(new IllegalStateException("store is away"))
                : keepIn(kept).accept(signal));
    assertThat(post(receipt("1001", "success")).body()).isEqualTo("success");
    assertThat(sendAccepted("w1-1.1")).isEqualTo("1001");
    await()
        .untilAsserted(
            () -> {
              assertThat(kept).hasSize(1);
              assertThat(desk.memory.get("parked/1001")).isEmpty();
            });
    assertThat(refusals).hasValue(2);
  }

  @Test
  void a_receipt_survives_a_restart_between_send_and_receipt() throws Exception {
    String msgid = sendAccepted("w1-1.1");
    WeChatConfig config = new WeChatConfig(Desk.account(desk.platform.url(), ""), Desk.QUICK);
    List<Signal> heard = new ArrayList<>();
    try (WeChatChannel restarted =
        new WeChatChannel(config, desk.memory, desk.clock, new Random(1))) {
      restarted.listen(keepIn(heard));
      post(restarted, signed(), receipt(msgid, "success"));
    }
    assertThat(heard)
        .singleElement()
        .isInstanceOfSatisfying(
            Signal.Confirmation.class, c -> assertThat(c.attempt()).isEqualTo("w1-1.1"));
  }

  @Test
  void a_foreign_receipt_is_taken_and_counted() throws Exception {
    assertThat(post(receipt("424242", "success")).body()).isEqualTo("success");
    assertThat(desk.confirmations()).isEmpty();
    assertThat(facts()).containsEntry("foreign receipts", "1");
  }

  @Test
  void a_receipt_is_the_evidence_for_a_send_whose_answer_was_lost() throws Exception {
    desk.platform.nextSend(reset());
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Unknown.class);
    post(receipt("31337", "success"));
    assertThat(desk.confirmations())
        .extracting(Signal.Confirmation::attempt)
        .containsExactly("w1-1.1");
  }

  @Test
  void a_receipt_that_came_while_the_lost_answer_was_waited_for_is_evidence_too() throws Exception {
    desk.platform.nextSend(
        exchange -> {
          try {
            assertThat(post(receipt("31337", "success")).body()).isEqualTo("success");
          } catch (Exception e) {
            throw new AssertionError(e);
          }
          exchange.close();
        });
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Unknown.class);
    await()
        .untilAsserted(
            () -> {
              assertThat(desk.confirmations())
                  .extracting(Signal.Confirmation::attempt)
                  .containsExactly("w1-1.1");
              assertThat(desk.memory.get("parked/31337")).isEmpty();
            });
    post(receipt("31338", "success"));
    assertThat(desk.confirmations()).as("it is settled: no other receipt means it").hasSize(1);
  }

  @Test
  void a_receipt_from_before_the_send_is_no_evidence_for_it() throws Exception {
    post(receipt("31337", "success"));
    desk.clock.move(Duration.ofSeconds(1));
    desk.platform.nextSend(reset());
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Unknown.class);
    post(receipt(OTHER_OPENID, "31338", "success"));
    assertThat(desk.confirmations()).isEmpty();
  }

  @Test
  void a_receipt_for_somebody_else_says_nothing_of_a_lost_send() throws Exception {
    desk.platform.nextSend(reset());
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Unknown.class);
    post(receipt(OTHER_OPENID, "31337", "success"));
    assertThat(desk.confirmations()).isEmpty();
  }

  @Test
  void a_receipt_is_the_evidence_for_a_message_that_was_held() throws Exception {
    desk.platform.nextSend(errcode(40252));
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.Pending.class);
    post(receipt("31337", "success"));
    assertThat(desk.confirmations())
        .extracting(Signal.Confirmation::attempt)
        .containsExactly("w1-1.1");
  }

  @Test
  void a_receipt_without_an_id_is_about_the_only_message_that_waits_for_one() throws Exception {
    sendAccepted("w1-1.1");
    post(receipt("0", "success"));
    assertThat(desk.confirmations())
        .extracting(Signal.Confirmation::attempt)
        .containsExactly("w1-1.1");
  }

  @Test
  void a_receipt_without_an_id_confirms_nothing_when_several_messages_wait() throws Exception {
    sendAccepted("w1-1.1");
    sendAccepted("w1-2.1");
    assertThat(post(receipt("0", "success")).status()).isEqualTo(200);
    assertThat(desk.confirmations()).isEmpty();
    assertThat(facts()).containsEntry("foreign receipts", "1");
  }

  // --- people's words

  @Test
  void a_text_is_the_persons_words() throws Exception {
    assertThat(post(text("24", "收到")).body()).isEqualTo("success");
    assertThat(inbound())
        .containsExactly(new Signal.Inbound("24", Desk.OPENID, "gh_1", "收到", desk.clock.instant()));
  }

  @Test
  void a_menu_click_speaks_the_words_of_its_key_and_recognised_speech_its_text() throws Exception {
    post(event("CLICK", "<EventKey>1</EventKey>"));
    post(
        "<xml><FromUserName>"
            + Desk.OPENID
            + "</FromUserName><MsgType>voice</MsgType><Recognition>我们都撤了</Recognition>"
            + "<MsgId>25</MsgId></xml>");
    assertThat(inbound()).extracting(Signal.Inbound::text).containsExactly("1", "我们都撤了");
  }

  @Test
  void somebody_who_leaves_and_what_nobody_reads_are_counted() throws Exception {
    assertThat(post(event("unsubscribe", "")).body()).isEqualTo("success");
    assertThat(post(event("LOCATION", "<Latitude>30.1</Latitude>")).body()).isEqualTo("success");
    assertThat(facts()).containsEntry("unfollowed", "1");
    assertThat(facts()).containsEntry("callbacks nobody reads", "1");
  }

  @Test
  void followers_who_come_and_go_are_told_to_whoever_keeps_bindings() throws Exception {
    post(event("subscribe", "<EventKey>qrscene_village-7</EventKey>"));
    post(event("SCAN", "<EventKey>village-8</EventKey>"));
    post(event("unsubscribe", ""));
    assertThat(bindings())
        .extracting(b -> b.change() + " " + b.facts().getOrDefault("scene", ""))
        .containsExactly("FOLLOWED village-7", "FOLLOWED village-8", "UNFOLLOWED ");
    assertThat(bindings()).allMatch(b -> b.address().equals(Desk.OPENID));
  }

  @Test
  void agreement_and_refusal_are_told_template_by_template() throws Exception {
    post(
        event(
            "subscribe_msg_popup_event",
            "<SubscribeMsgPopupEvent>"
                + list("TPL-1", "accept")
                + list("TPL-2", "reject")
                + "</SubscribeMsgPopupEvent>"));
    post(
        event(
            "subscribe_msg_change_event",
            "<SubscribeMsgChangeEvent>" + list("TPL-1", "reject") + "</SubscribeMsgChangeEvent>"));
    assertThat(bindings())
        .extracting(b -> b.change() + " " + b.facts().get("template"))
        .containsExactly("ACCEPTED TPL-1", "REFUSED TPL-2", "REFUSED TPL-1");
  }

  private static String list(String template, String status) {
    return "<List><TemplateId>"
        + template
        + "</TemplateId><SubscribeStatusString>"
        + status
        + "</SubscribeStatusString><PopupScene>2</PopupScene></List>";
  }

  @Test
  void a_binding_that_is_not_kept_is_brought_again() throws Exception {
    List<Signal> kept = new ArrayList<>();
    AtomicInteger refusals = new AtomicInteger();
    desk.channel.listen(
        signal ->
            signal instanceof Signal.Binding && refusals.incrementAndGet() == 1
                ? CompletableFuture.failedFuture(new IllegalStateException("store is away"))
                : keepIn(kept).accept(signal));
    assertThat(post(event("unsubscribe", "")).status()).isEqualTo(500);
    assertThat(post(event("unsubscribe", "")).body()).isEqualTo("success");
    assertThat(kept).hasOnlyElementsOfType(Signal.Binding.class).hasSize(1);
  }

  @Test
  void the_receipt_of_a_subscription_message_counts_like_any_other() throws Exception {
    String good = sendAccepted("w1-1.1");
    String bad = sendAccepted("w1-2.1");
    post(event("subscribe_msg_sent_event", sent(good, "0", "success")));
    post(event("subscribe_msg_sent_event", sent(bad, "43101", "user refuse")));
    assertThat(desk.confirmations())
        .extracting(c -> c.attempt() + " " + c.evidence() + " " + c.why())
        .containsExactly("w1-1.1 DELIVERED success", "w1-2.1 FAILED failed: 43101 user refuse");
  }

  private static String sent(String msgid, String code, String words) {
    return "<SubscribeMsgSentEvent><List><TemplateId>TPL</TemplateId><MsgID>"
        + msgid
        + "</MsgID><ErrorCode>"
        + code
        + "</ErrorCode><ErrorStatus>"
        + words
        + "</ErrorStatus></List></SubscribeMsgSentEvent>";
  }

  private List<Signal.Binding> bindings() {
    return desk.signals.stream()
        .filter(Signal.Binding.class::isInstance)
        .map(Signal.Binding.class::cast)
        .toList();
  }

  private static String event(String event, String more) {
    return "<xml><ToUserName>gh_1</ToUserName><FromUserName>"
        + Desk.OPENID
        + "</FromUserName><CreateTime>1763782220</CreateTime><MsgType>event</MsgType><Event>"
        + event
        + "</Event>"
        + more
        + "</xml>";
  }

  // --- kept, then answered

  @Test
  void success_is_answered_only_when_the_signal_is_kept_and_it_comes_once() throws Exception {
    List<Signal> kept = new ArrayList<>();
    AtomicInteger calls = new AtomicInteger();
    desk.channel.listen(
        signal ->
            signal instanceof Signal.Inbound && calls.incrementAndGet() == 1
                ? CompletableFuture.failedFuture(new IllegalStateException("store is away"))
                : keepIn(kept).accept(signal));
    assertThat(post(text("24", "收到")).status()).isEqualTo(500);
    assertThat(post(text("24", "收到")).body()).isEqualTo("success");
    assertThat(post(text("24", "收到")).body()).isEqualTo("success");
    assertThat(kept).hasSize(1);
  }

  @Test
  void a_signal_that_is_not_kept_in_time_is_answered_with_500() throws Exception {
    try (Desk impatient =
        new Desk(
            new WeChatConfig.Limits(
                1,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofMillis(1),
                Duration.ofMillis(100),
                Duration.ofMinutes(5)))) {
      impatient.channel.listen(signal -> new CompletableFuture<>());
      assertThat(post(impatient.channel, signed(), text("24", "收到")).status()).isEqualTo(500);
    }
  }

  @Test
  void with_the_store_away_nothing_is_acknowledged() throws Exception {
    String msgid = sendAccepted("w1-1.1");
    desk.memory.away(true);
    assertThat(post(receipt(msgid, "success")).status()).isEqualTo(500);
    desk.memory.away(false);
    assertThat(post(receipt(msgid, "success")).status()).isEqualTo(200);
    assertThat(desk.confirmations()).hasSize(1);
  }

  @Test
  void before_anybody_listens_nothing_is_acknowledged() throws Exception {
    try (Desk deaf = new Desk()) {
      assertThat(post(deaf.channel, signed(), text("24", "收到")).status()).isEqualTo(500);
    }
  }

  @Test
  void the_same_callback_many_times_at_once_is_one_signal() throws Exception {
    CompletableFuture<Void> disk = new CompletableFuture<>();
    AtomicInteger signals = new AtomicInteger();
    desk.channel.listen(
        signal -> {
          if (signal instanceof Signal.Inbound) {
            signals.incrementAndGet();
          }
          return disk;
        });
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      replies.add(
          desk.channel
              .callback()
              .receive(signed(), text("24", "收到").getBytes(UTF_8))
              .toCompletableFuture());
    }
    await().until(() -> signals.get() == 1);
    assertThat(replies).noneMatch(CompletableFuture::isDone);
    disk.complete(null);
    for (CompletableFuture<Reply> reply : replies) {
      assertThat(reply.get(30, TimeUnit.SECONDS).body()).isEqualTo("success");
    }
    assertThat(signals).hasValue(1);
  }

  @Test
  void a_flood_is_turned_away_with_503_and_what_was_let_in_is_kept() throws Exception {
    desk.close();
    desk = new Desk(Desk.PATIENT);
    CompletableFuture<Void> disk = new CompletableFuture<>();
    desk.channel.listen(signal -> disk);
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      replies.add(
          desk.channel
              .callback()
              .receive(signed(), text(Integer.toString(i), "1").getBytes(UTF_8))
              .toCompletableFuture());
    }
    assertThat(replies.stream().filter(CompletableFuture::isDone).map(r -> r.join().status()))
        .hasSizeGreaterThanOrEqualTo(500)
        .contains(503);
    disk.complete(null);
    for (CompletableFuture<Reply> reply : replies) {
      assertThat(reply.get(30, TimeUnit.SECONDS).status()).isIn(200, 503);
    }
    assertThat(post(text("9999", "1")).status()).isEqualTo(200);
  }

  // --- who may speak

  @Test
  void the_address_check_echoes_only_to_the_platform() {
    Map<String, String> query = signed();
    query.put("echostr", "8123475");
    assertThat(desk.channel.callback().verify(query))
        .isEqualTo(new Reply(200, "8123475", "text/plain; charset=utf-8"));
    query.put("signature", "0000");
    Reply refused = desk.channel.callback().verify(query);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).doesNotContain("8123475");
    assertThat(desk.channel.callback().verify(Map.of()).status()).isEqualTo(403);
  }

  @Test
  void a_wrong_signature_is_refused_and_shown_only_while_no_right_one_ever_came() throws Exception {
    Map<String, String> forged =
        signed("another-token", Long.toString(desk.clock.instant().getEpochSecond()));
    assertThat(post(desk.channel, forged, text("24", "收到")).status()).isEqualTo(403);
    assertThat(inbound()).isEmpty();
    assertThat(desk.channel.check().why()).contains("callback-token");
    post(text("25", "收到"));
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
    post(desk.channel, forged, text("24", "收到"));
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void a_callback_ten_minutes_off_is_refused_and_asks_about_the_clock() throws Exception {
    for (int off : new int[] {-600, 600}) {
      String then = Long.toString(desk.clock.instant().getEpochSecond() + off);
      assertThat(post(desk.channel, signed("callback-token", then), text("24", "1")).status())
          .isEqualTo(403);
    }
    for (String when : new String[] {"soon", "99999999999999999999"}) {
      assertThat(post(desk.channel, signed("callback-token", when), text("24", "1")).status())
          .isEqualTo(403);
    }
    assertThat(inbound()).isEmpty();
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.DEGRADED);
    assertThat(desk.channel.check().why()).contains("clock");
    desk.clock.move(Duration.ofMinutes(11));
    assertThat(desk.channel.check().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void a_body_that_is_too_large_or_unreadable_is_refused() throws Exception {
    assertThat(post(text("24", "长".repeat(30_000))).status()).isEqualTo(413);
    assertThat(post("<xml>" + "<a>".repeat(5000)).status()).isEqualTo(400);
    assertThat(
            post("<!DOCTYPE xml [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><xml>&e;</xml>")
                .status())
        .isEqualTo(400);
    assertThat(post("").status()).isEqualTo(400);
    assertThat(inbound()).isEmpty();
  }

  @Test
  void a_signature_that_was_seen_carries_no_other_words() throws Exception {
    Map<String, String> query = signed();
    assertThat(post(desk.channel, query, text("24", "收到")).body()).isEqualTo("success");
    assertThat(post(desk.channel, query, text("24", "收到")).body()).isEqualTo("success");
    assertThat(post(desk.channel, query, text("25", "2")).status()).isEqualTo(403);
    assertThat(inbound()).hasSize(1);
  }

  @Test
  void a_signature_that_another_node_has_seen_carries_no_other_words_here() throws Exception {
    Map<String, String> query = signed();
    assertThat(post(desk.channel, query, text("24", "收到")).body()).isEqualTo("success");
    List<Signal> heard = new ArrayList<>();
    WeChatConfig config = WeChatConfig.of(Desk.account(desk.platform.url(), ""));
    try (WeChatChannel other = new WeChatChannel(config, desk.memory, desk.clock, new Random(1))) {
      other.listen(keepIn(heard));
      assertThat(post(other, query, text("25", "2")).status()).isEqualTo(403);
      assertThat(post(other, query, text("24", "收到")).body()).as("a repeat").isEqualTo("success");
    }
    assertThat(heard).isEmpty();
    desk.clock.move(Duration.ofMinutes(11));
    assertThat(desk.memory.everything()).as("no longer than it could be used").isNotEmpty();
    assertThat(desk.memory.get("signed/" + query.get("signature"))).isEmpty();
  }

  // --- encrypted

  private static final WxCryptUtil CURRENT =
      new WxCryptUtil("callback-token", Desk.AES_KEY, "wx0123456789abcdef");
  private static final WxCryptUtil PREVIOUS =
      new WxCryptUtil("callback-token", Desk.OLD_AES_KEY, "wx0123456789abcdef");
  private static final WxCryptUtil FOREIGN =
      new WxCryptUtil("callback-token", Desk.AES_KEY, "wxffffffffffffffff");

  private Reply postSealed(WeChatChannel channel, WxCryptUtil by, String inner, String plainCopy)
      throws Exception {
    String sealed = by.encrypt("0123456789abcdef", inner);
    Map<String, String> query = signed();
    query.put("encrypt_type", "aes");
    query.put(
        "msg_signature",
        SHA1.gen("callback-token", query.get("timestamp"), query.get("nonce"), sealed));
    String body = "<xml>" + plainCopy + "<Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>";
    return post(channel, query, body);
  }

  private WeChatChannel encrypting(List<Signal> heard) {
    WeChatConfig.OfficialAccount account =
        new WeChatConfig.OfficialAccount(
            desk.platform.url(),
            "wx0123456789abcdef",
            "app-secret",
            "TPL",
            "callback-token",
            Desk.AES_KEY,
            Desk.OLD_AES_KEY,
            null);
    WeChatChannel channel =
        new WeChatChannel(
            new WeChatConfig(account, Desk.QUICK), desk.memory, desk.clock, new Random(1));
    channel.listen(keepIn(heard));
    return channel;
  }

  @Test
  void encrypted_callbacks_are_read_with_the_current_and_the_previous_key() throws Exception {
    List<Signal> heard = new ArrayList<>();
    try (WeChatChannel channel = encrypting(heard)) {
      assertThat(postSealed(channel, CURRENT, text("24", "收到"), "").body()).isEqualTo("success");
      assertThat(postSealed(channel, PREVIOUS, text("25", "收到"), "").body()).isEqualTo("success");
    }
    assertThat(heard).hasSize(2);
  }

  @Test
  void in_compatible_mode_only_the_encrypted_part_is_believed() throws Exception {
    List<Signal> heard = new ArrayList<>();
    try (WeChatChannel channel = encrypting(heard)) {
      String forgedCopy = "<MsgType>text</MsgType><Content>2</Content><MsgId>24</MsgId>";
      postSealed(channel, CURRENT, text("24", "收到"), forgedCopy);
    }
    assertThat(heard)
        .singleElement()
        .isInstanceOfSatisfying(
            Signal.Inbound.class, said -> assertThat(said.text()).isEqualTo("收到"));
  }

  @Test
  void with_a_key_configured_plain_foreign_and_badly_signed_callbacks_are_refused()
      throws Exception {
    List<Signal> heard = new ArrayList<>();
    try (WeChatChannel channel = encrypting(heard)) {
      assertThat(post(channel, signed(), text("24", "收到")).status()).isEqualTo(403);
      assertThat(channel.check().why()).contains("not encrypted");
      assertThat(postSealed(channel, FOREIGN, text("24", "收到"), "").status()).isEqualTo(403);
      assertThat(channel.check().why()).contains("receiver id");
      Map<String, String> query = signed();
      query.put("msg_signature", "0000");
      String body =
          "<xml><Encrypt>"
              + CURRENT.encrypt("0123456789abcdef", text("24", "1"))
              + "</Encrypt></xml>";
      assertThat(post(channel, query, body).status()).isEqualTo(403);
      assertThat(postSealed(channel, CURRENT, "<!DOCTYPE xml []><xml/>", "").status())
          .isEqualTo(400);
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void an_encrypted_callback_without_a_key_configured_says_so() throws Exception {
    assertThat(postSealed(desk.channel, CURRENT, text("24", "收到"), "").status()).isEqualTo(403);
    assertThat(desk.channel.check().why()).contains("no aes-key is configured");
  }

  private static Sink keepIn(List<Signal> list) {
    return signal -> {
      if (!(signal instanceof Signal.Presence)) {
        list.add(signal);
      }
      return CompletableFuture.completedFuture(null);
    };
  }

  private List<Signal.Inbound> inbound() {
    return desk.signals.stream()
        .filter(Signal.Inbound.class::isInstance)
        .map(Signal.Inbound.class::cast)
        .toList();
  }

  private Map<String, String> facts() {
    return desk.channel.check().parts().get(0).facts();
  }
}

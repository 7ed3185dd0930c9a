package org.lastmile.channel.wechat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.lastmile.channel.wechat.ScriptedPlatform.errcode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import me.chanjar.weixin.common.util.crypto.SHA1;
import me.chanjar.weixin.common.util.crypto.WxCryptUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Content;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.wechat.WeChatCallback.Reply;

/** Whoever says something is answered in the same breath, with all the words and no template. */
class ChatTest {
  private static final String LIST = "您的答复没有记上。暴雨红色预警收到回34，去不了回234；暴雨橙色预警收到回56，去不了回256。";
  private static final String LINK = "http://localhost/w/1/2-abc";
  private static final AtomicInteger NUMBERS = new AtomicInteger(1_320_562_132);
  private final List<Outcome> outcomes = new ArrayList<>();
  private Desk desk;

  @BeforeEach
  void open() throws Exception {
    desk = new Desk();
    answering(desk.channel, Desk.notice("notice-1-1.1", LIST, LINK, Message.Mark.ANSWER));
  }

  @AfterEach
  void close() {
    desk.close();
  }

  /** As the desk does: the answer is there before the words are said to be kept. */
  private void answering(WeChatChannel channel, Message answer) {
    channel.listen(
        signal -> {
          if (signal instanceof Signal.Inbound || signal instanceof Signal.Binding) {
            desk.signals.add(signal);
            outcomes.add(channel.send(answer).toCompletableFuture().getNow(null));
          }
          return CompletableFuture.completedFuture(null);
        });
  }

  @Test
  void the_answer_to_words_is_the_callbacks_own_with_every_word_and_the_link() throws Exception {
    Reply reply = post(text("24", "1"));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.contentType()).isEqualTo("text/xml; charset=utf-8");
    Map<String, String> said = CallbackXml.read(reply.body().getBytes(UTF_8));
    assertThat(said)
        .containsEntry("ToUserName", Desk.OPENID)
        .containsEntry("FromUserName", "gh_1")
        .containsEntry("MsgType", "text")
        .containsEntry("Content", LIST + "\n" + LINK)
        .containsEntry("CreateTime", Long.toString(desk.clock.instant().getEpochSecond()));
    assertThat(outcomes).containsExactly(new Outcome.Accepted(List.of()));
    assertThat(desk.platform.sent()).isEmpty();
  }

  @Test
  void so_are_those_to_a_menus_click_and_to_a_new_follower() throws Exception {
    assertThat(post(event("CLICK", "<EventKey>收到</EventKey>")).body()).contains(LIST);
    assertThat(post(event("subscribe", "")).body()).contains(LIST);
  }

  @Test
  void with_an_aes_key_it_is_sealed_as_another_hand_opens_it() throws Exception {
    WeChatConfig config =
        new WeChatConfig(Desk.account(desk.platform.url(), Desk.AES_KEY), Desk.QUICK);
    WxCryptUtil platform = new WxCryptUtil("callback-token", Desk.AES_KEY, "wx0123456789abcdef");
    try (WeChatChannel channel =
        new WeChatChannel(config, desk.memory, desk.clock, new Random(1))) {
      answering(channel, Desk.notice("notice-1-1.1", LIST, LINK));
      Map<String, String> query = signed();
      String sealed = platform.encrypt("0123456789abcdef", text("24", "1"));
      query.put(
          "msg_signature",
          SHA1.gen("callback-token", query.get("timestamp"), query.get("nonce"), sealed));
      String body = "<xml><Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>";
      Map<String, String> reply =
          CallbackXml.read(post(channel, query, body).body().getBytes(UTF_8));
      String words =
          platform.decryptContent(
              reply.get("MsgSignature"),
              reply.get("TimeStamp"),
              reply.get("Nonce"),
              reply.get("Encrypt"));
      assertThat(CallbackXml.read(words.getBytes(UTF_8)))
          .containsEntry("Content", LIST + "\n" + LINK);
      assertThat(reply).containsEntry("Nonce", query.get("nonce"));
    }
  }

  @Test
  void what_is_brought_again_gets_the_same_answer_and_is_said_once() throws Exception {
    String first = post(text("24", "1")).body();
    assertThat(post(text("24", "1")).body()).isEqualTo(first);
    assertThat(desk.signals).hasSize(1);
    assertThat(outcomes).hasSize(1);
    assertThat(post(event("LOCATION", "")).body()).isEqualTo("success");
  }

  @Test
  void a_banned_template_and_a_full_channel_keep_nobody_from_an_answer() throws Exception {
    desk.platform.nextSend(errcode(43116));
    assertThat(desk.send("w1-1.1")).isInstanceOf(Outcome.LaneDown.class);
    assertThat(desk.channel.room()).isZero();
    assertThat(post(text("24", "1")).body()).contains(LIST);
  }

  @Test
  void nobody_is_kept_waiting_when_there_is_nothing_to_say() throws Exception {
    desk.channel.listen(signal -> CompletableFuture.completedFuture(null));
    assertThat(
            desk.channel
                .callback()
                .receive(signed(), text("24", "收到").getBytes(UTF_8))
                .toCompletableFuture()
                .get(1, TimeUnit.SECONDS)
                .body())
        .isEqualTo("success");
  }

  @Test
  void an_answer_that_nobody_waits_for_costs_no_template_and_a_notice_does() throws Exception {
    Outcome late = desk.send(Desk.notice("notice-1-2.1", LIST, LINK, Message.Mark.ANSWER));
    assertThat(late)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class, why -> assertThat(why.why()).contains("nobody waits"));
    assertThat(desk.platform.sent()).isEmpty();
    assertThat(desk.send(Desk.notice("notice-1-3.1", LIST, LINK)))
        .isInstanceOf(Outcome.Accepted.class);
    assertThat(desk.platform.sent()).hasSize(1);
  }

  @Test
  void words_that_can_not_be_kept_have_no_answer() throws Exception {
    desk.channel.listen(
        signal -> CompletableFuture.failedFuture(new IllegalStateException("store is away")));
    assertThat(post(text("24", "1")).status()).isEqualTo(500);
    assertThat(desk.send(Desk.notice("notice-1-2.1", LIST, "", Message.Mark.ANSWER)))
        .isInstanceOf(Outcome.Permanent.class);
    answering(desk.channel, Desk.notice("notice-1-3.1", LIST, ""));
    assertThat(post(text("24", "1")).body()).contains(LIST);
  }

  @Test
  void a_warning_never_goes_out_as_an_answer() throws Exception {
    desk.channel.listen(
        signal -> {
          outcomes.add(send(desk.channel, "w1-1.1"));
          return CompletableFuture.completedFuture(null);
        });
    outcomes.clear();
    assertThat(post(text("24", "1")).body()).isEqualTo("success");
    await().until(() -> desk.platform.sent().size() == 1);
  }

  @Test
  void so_many_people_at_once_are_answered_and_no_more() {
    Chats chats = new Chats();
    List<Runnable> open = new ArrayList<>();
    for (int i = 0; i < Chats.MOST; i++) {
      open.add(chats.begin("o" + i, "m" + i));
    }
    open.add(chats.begin("o-late", "m-late"));
    assertThat(chats.answer("o-late", LIST)).isFalse();
    assertThat(chats.answer("o7", LIST)).isTrue();
    assertThat(chats.answer("o7", LIST)).isFalse();
    open.forEach(Runnable::run);
    assertThat(chats.said("m7")).isEqualTo(LIST);
    assertThat(chats.said("m8")).isEmpty();
    assertThat(chats.answer("o8", LIST)).isFalse();
    chats.begin("o-late", "m-late").run();
  }

  @Test
  void of_words_that_are_too_long_whole_sentences_go_and_the_link_stays() {
    String sentence = "这里说明怎么答复这一条预警。";
    String words = PassiveReply.words(Desk.notice("n.1", sentence.repeat(100), LINK));
    assertThat(words.getBytes(UTF_8)).hasSizeBetween(1900, PassiveReply.MOST_BYTES);
    assertThat(words).endsWith("这一条预警…\n" + LINK);
    String inside = "字".repeat(660) + LINK + "再说一些。".repeat(20);
    String cut = PassiveReply.words(Desk.notice("n.1", inside, LINK));
    assertThat(cut.getBytes(UTF_8)).hasSizeLessThanOrEqualTo(PassiveReply.MOST_BYTES);
    assertThat(cut).endsWith("字\n" + LINK).containsOnlyOnce("http");
    assertThat(PassiveReply.words(Desk.notice("n.1", "打开 " + LINK + " 。", LINK)))
        .isEqualTo("打开 " + LINK + " 。");
  }

  private static Outcome send(WeChatChannel channel, String attempt) {
    return channel
        .send(Desk.message(attempt, Content.Kind.WARN, false, Map.of()))
        .toCompletableFuture()
        .getNow(null);
  }

  private Map<String, String> signed() {
    Map<String, String> query = new HashMap<>();
    String at = Long.toString(desk.clock.instant().getEpochSecond());
    String nonce = Integer.toString(NUMBERS.incrementAndGet());
    query.put("timestamp", at);
    query.put("nonce", nonce);
    query.put("signature", SHA1.gen("callback-token", at, nonce));
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

  private static String text(String msgId, String words) {
    return from("text", "<Content>" + words + "</Content><MsgId>" + msgId + "</MsgId>");
  }

  private static String event(String event, String more) {
    return from("event", "<Event>" + event + "</Event>" + more);
  }

  private static String from(String type, String rest) {
    return "<xml><ToUserName>gh_1</ToUserName><FromUserName>"
        + Desk.OPENID
        + "</FromUserName><CreateTime>1763782220</CreateTime><MsgType>"
        + type
        + "</MsgType>"
        + rest
        + "</xml>";
  }
}

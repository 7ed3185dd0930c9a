package org.lastmile.simulators.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.simulators.MovableClock;
import org.lastmile.simulators.wechat.AccountSettings.Mode;

/** Subscribe messages, menus, reviews, bans and quotas of the official account. */
class AccountRulesTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final String SEND = "/cgi-bin/message/template/send";
  private static final String SUBSCRIBE = "/cgi-bin/message/subscribe/bizsend";
  private static final String TEMPLATE = "TPL";

  private final MovableClock clock = new MovableClock();
  private CallbackReceiver receiver;
  private AccountSettings settings;
  private WeChatSandbox sandbox;
  private OfficialAccount account;
  private Follower wang;
  private Caller caller;

  @BeforeEach
  void start() throws IOException {
    receiver = new CallbackReceiver();
    settings =
        AccountSettings.plain()
            .withTemplate(TEMPLATE, List.of("thing1"))
            .withTimes(Duration.ofMillis(5), Duration.ofMillis(50))
            .withCallback(receiver.uri(), Mode.PLAIN);
    restart(settings);
  }

  private void restart(AccountSettings with) {
    if (sandbox != null) {
      sandbox.close();
    }
    sandbox = new WeChatSandbox(with, 0, clock);
    account = sandbox.account();
    wang = account.follower("oWang");
    caller = new Caller(sandbox);
  }

  @AfterEach
  void stop() {
    sandbox.close();
    receiver.close();
  }

  private JsonNode send(String path, String words) throws IOException, InterruptedException {
    String body =
        """
        {"touser":"oWang","template_id":"TPL","url":"https://w/a","page":"pages/a",
         "data":{"thing1":{"value":"%s"}}}""";
    return caller.account(path, body.formatted(words));
  }

  private int errcode(String path) throws IOException, InterruptedException {
    return send(path, "暴雨").path("errcode").asInt();
  }

  private void posted(String... parts) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(receiver.calls).anySatisfy(c -> assertThat(c.body()).contains(parts)));
  }

  @Test
  void aSubscribeMessageNeedsAnAgreementAndUsesItUp43101() throws Exception {
    assertThat(errcode(SUBSCRIBE)).isEqualTo(43101);
    wang.accepts(TEMPLATE, 1);
    posted("subscribe_msg_popup_event", "<SubscribeStatusString><![CDATA[accept]]>", TEMPLATE);
    assertThat(errcode(SUBSCRIBE)).isZero();
    assertThat(wang.expect("暴雨", SOON).url()).isEqualTo("pages/a");
    posted("subscribe_msg_sent_event", "<ErrorCode>0</ErrorCode>");
    assertThat(errcode(SUBSCRIBE)).isEqualTo(43101);
    wang.rejects(TEMPLATE);
    posted("subscribe_msg_popup_event", "<SubscribeStatusString><![CDATA[reject]]>");
    assertThat(errcode(SUBSCRIBE)).isEqualTo(43101);
  }

  @Test
  void aLongTermAgreementLastsUntilItIsWithdrawn() throws Exception {
    wang.accepts(TEMPLATE);
    assertThat(errcode(SUBSCRIBE)).isZero();
    assertThat(errcode(SUBSCRIBE)).isZero();
    assertThat(send(SUBSCRIBE, "字".repeat(21)).path("errcode").asInt()).isEqualTo(47003);
    wang.withdraws(TEMPLATE);
    posted("subscribe_msg_change_event", "<SubscribeStatusString><![CDATA[reject]]>");
    assertThat(errcode(SUBSCRIBE)).isEqualTo(43101);
  }

  @Test
  void anUndeliveredSubscribeMessageSaysSoInItsReceipt() throws Exception {
    wang.accepts(TEMPLATE);
    wang.blocks();
    assertThat(errcode(SUBSCRIBE)).isZero();
    posted("subscribe_msg_sent_event", "<ErrorStatus><![CDATA[failed]]>");
    assertThat(wang.inbox()).isEmpty();
  }

  @Test
  void followingUnfollowingAndTheMenuArePostedAsEvents() {
    wang.unfollows();
    posted("<Event><![CDATA[unsubscribe]]>", "<![CDATA[oWang]]>");
    wang.follows();
    posted("<Event><![CDATA[subscribe]]>");
    account.menu(Map.of("BIND", "绑定手机"));
    wang.touches("BIND");
    posted("<Event><![CDATA[CLICK]]>", "<EventKey><![CDATA[BIND]]>");
  }

  @Test
  void receiptsTellEveryReasonOfFailure() throws Exception {
    wang.unreachable();
    assertThat(errcode(SEND)).isZero();
    posted("<Status><![CDATA[failed: system failed]]>");
    wang.limited();
    assertThat(errcode(SEND)).isZero();
    posted("<Status><![CDATA[failed:freq limit]]>");
    wang.blocks();
    assertThat(errcode(SEND)).isZero();
    posted("<Status><![CDATA[failed:user block]]>");
    wang.reachable();
    assertThat(errcode(SEND)).isZero();
    posted("<Status><![CDATA[success]]>");
    assertThat(wang.inbox()).hasSize(1);
  }

  @Test
  void aHeldTemplateKeepsMessagesThatAreSentLaterOrNever40252() throws Exception {
    account.holds(TEMPLATE);
    assertThat(send(SEND, "held").path("errcode").asInt()).isEqualTo(40252);
    account.releaseReviewed();
    wang.expect("held", SOON);
    posted("TEMPLATESENDJOBFINISH", "success");
    assertThat(send(SEND, "lost").path("errcode").asInt()).isEqualTo(40252);
    account.dropReviewed();
    account.allows(TEMPLATE);
    account.releaseReviewed();
    assertThat(send(SEND, "after").path("errcode").asInt()).isZero();
    wang.expect("after", SOON);
    assertThat(wang.inbox()).extracting(WeChatMessage::text).containsExactly("held", "after");
  }

  @Test
  void aBannedTemplateIsRefused43116() throws Exception {
    account.bans(TEMPLATE);
    assertThat(errcode(SEND)).isEqualTo(43116);
    account.allows(TEMPLATE);
    assertThat(errcode(SEND)).isZero();
  }

  @Test
  void theMinuteQuotaIsOverUntilTheNextMinute45011() throws Exception {
    restart(settings.withMinuteQuota(1));
    clock.move(Duration.ofSeconds(60 - clock.instant().getEpochSecond() % 60));
    assertThat(errcode(SEND)).isZero();
    assertThat(errcode(SEND)).isEqualTo(45011);
    clock.move(Duration.ofMinutes(1));
    assertThat(errcode(SEND)).isZero();
  }

  @Test
  void forcedRefreshesAreTwentyADay() throws Exception {
    String body =
        """
        {"grant_type":"client_credential","appid":"%s","secret":"%s","force_refresh":true}"""
            .formatted(settings.appId(), settings.secret());
    clock.move(Duration.ofHours(24 - (clock.instant().getEpochSecond() / 3600 + 8) % 24));
    for (int i = 0; i < 20; i++) {
      assertThat(caller.post("/cgi-bin/stable_token", body).body()).contains("access_token");
      clock.move(Duration.ofSeconds(30));
    }
    assertThat(caller.post("/cgi-bin/stable_token", body).body()).contains("45009");
    clock.move(Duration.ofDays(1));
    assertThat(caller.post("/cgi-bin/stable_token", body).body()).contains("access_token");
  }

  @Test
  void eachCallbackModeIsWrittenAsItShouldBe() throws Exception {
    restart(settings.withCallback(receiver.uri(), Mode.COMPATIBLE));
    wang.sends("1");
    await().atMost(SOON).until(() -> receiver.calls.size() == 1);
    CallbackReceiver.Call call = receiver.calls.get(0);
    assertThat(call.body()).contains("<Content><![CDATA[1]]></Content>");
    String plain =
        OpenedByHand.open(Xml.text(call.body(), "Encrypt"), settings.aesKey(), settings.appId());
    assertThat(plain).contains("<Content><![CDATA[1]]></Content>");
    assertThat(call.query()).containsKeys("signature", "msg_signature", "openid");
  }

  @Test
  void callbacksForAnotherAccountAreRightlySigned() throws Exception {
    restart(settings.withCallback(receiver.uri(), Mode.ENCRYPTED));
    account.foreignCallbacks(1);
    wang.sends("1");
    await().atMost(SOON).until(() -> receiver.calls.size() == 1);
    CallbackReceiver.Call call = receiver.calls.get(0);
    String cipher = Xml.text(call.body(), "Encrypt");
    assertThat(call.query().get("msg_signature"))
        .isEqualTo(
            CallbackReceiver.sha1(
                settings.callbackToken(),
                call.query().get("timestamp"),
                call.query().get("nonce"),
                cipher));
    assertThatThrownBy(() -> OpenedByHand.open(cipher, settings.aesKey(), settings.appId()))
        .hasMessageContaining("written for not-");
  }

  @Test
  void latencyHoldsAnAnswerWhoseWorkIsDone() throws Exception {
    assertThat(errcode(SEND)).isZero();
    sandbox.latency(Duration.ofHours(1));
    CompletableFuture<HttpResponse<String>> answer = caller.posts(SEND + "?access_token=x", "{}");
    await().atMost(SOON).until(() -> account.statistics().sends() == 2);
    assertThat(answer).isNotDone();
    sandbox.latency(Duration.ZERO);
    assertThat(errcode(SEND)).isZero();
  }
}

package org.lastmile.simulators.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.simulators.MovableClock;

class WeComCallbackTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  private final MovableClock clock = new MovableClock();
  private CallbackReceiver receiver;
  private WeComSettings settings;
  private WeChatSandbox sandbox;
  private WeCom wecom;
  private Member wang;

  @BeforeEach
  void start() throws IOException {
    receiver = new CallbackReceiver();
    receiver.answer = "";
    settings =
        WeComSettings.plain()
            .withTimes(Duration.ofMillis(5), Duration.ofMillis(50))
            .withCallback(receiver.uri());
    sandbox = new WeChatSandbox(AccountSettings.plain(), settings, 0, clock);
    wecom = sandbox.wecom();
    wang = wecom.member("WangGang");
  }

  @AfterEach
  void stop() {
    sandbox.close();
    receiver.close();
  }

  private void sendCard(String taskId) throws Exception {
    String card =
        """
        {"touser":"wanggang","msgtype":"template_card","agentid":1000002,
         "template_card":{"card_type":"button_interaction","main_title":{"title":"暴雨红色预警"},
          "task_id":"%s","button_list":[{"type":0,"text":"已收到","style":1,"key":"ACK"}]}}""";
    assertThat(
            new Caller(sandbox)
                .wecom("/cgi-bin/message/send", card.formatted(taskId))
                .path("errcode")
                .asInt())
        .isZero();
  }

  private static void soon(Callable<Boolean> met) {
    await().atMost(SOON).until(met);
  }

  private String cipherText(int call) {
    return Xml.text(receiver.calls.get(call).body(), "Encrypt");
  }

  private String opened(int call) throws Exception {
    return OpenedByHand.open(cipherText(call), settings.aesKey(), settings.corpId());
  }

  private String signature(int call) {
    CallbackReceiver.Call made = receiver.calls.get(call);
    return CallbackReceiver.sha1(
        settings.callbackToken(),
        made.query().get("timestamp"),
        made.query().get("nonce"),
        cipherText(call));
  }

  private String answer(String xml) {
    String encrypted =
        new CallbackCrypto(settings.aesKey(), settings.corpId(), new Random(5)).encrypt(xml);
    String signed = CallbackReceiver.sha1(settings.callbackToken(), "1", "2", encrypted);
    return "<xml>"
        + Xml.element("Encrypt", encrypted)
        + Xml.element("MsgSignature", signed)
        + "<TimeStamp>1</TimeStamp><Nonce><![CDATA[2]]></Nonce></xml>";
  }

  @Test
  void aClickIsPostedSealedAndThePassiveAnswerTurnsTheCard() throws Exception {
    receiver.answer =
        answer(
            "<xml><MsgType><![CDATA[update_button]]></MsgType>"
                + "<Button><ReplaceName><![CDATA[已确认]]></ReplaceName></Button></xml>");
    sendCard("a42-1");
    wang.expect("暴雨", SOON);
    wang.clicks("ACK");
    soon(() -> wang.inbox().get(0).replacedBy().equals("已确认"));
    assertThat(receiver.calls.get(0).query().get("msg_signature")).isEqualTo(signature(0));
    assertThat(receiver.calls.get(0).body())
        .contains("<AgentID><![CDATA[1000002]]></AgentID>")
        .contains("<ToUserName><![CDATA[" + settings.corpId())
        .doesNotContain("WangGang");
    assertThat(opened(0))
        .contains("<Event><![CDATA[template_card_event]]></Event>")
        .contains("<EventKey><![CDATA[ACK]]></EventKey>")
        .contains("<TaskId><![CDATA[a42-1]]></TaskId>")
        .contains("<FromUserName><![CDATA[WangGang]]></FromUserName>")
        .containsPattern("<ResponseCode><!\\[CDATA\\[.+?]]></ResponseCode>");
    assertThatThrownBy(() -> wang.clicks("ACK")).hasMessageContaining("no card");
  }

  @Test
  void theResponseCodeOfAClickUpdatesTheCardLater() throws Exception {
    wang.clicks("ACK", Duration.ofMillis(10));
    sendCard("a42-1");
    soon(() -> receiver.calls.size() == 1);
    String update =
        """
        {"userids":["wanggang"],"agentid":1000002,"response_code":"%s",
         "button":{"replace_name":"已确认"}}"""
            .formatted(Xml.text(opened(0), "ResponseCode"));
    assertThat(
            new Caller(sandbox)
                .wecom("/cgi-bin/message/update_template_card", update)
                .path("errcode")
                .asInt())
        .isZero();
    assertThat(wang.inbox().get(0).replacedBy()).isEqualTo("已确认");
  }

  @Test
  void wordsArePostedWithANumberAndAPassiveAnswerReachesTheMember() throws Exception {
    receiver.answer =
        answer("<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[请选择]]></Content></xml>");
    wang.answers("收到", Duration.ofMillis(5));
    sendCard("a42-1");
    wang.expect("请选择", SOON);
    assertThat(opened(0))
        .contains("<Content><![CDATA[收到]]></Content>")
        .containsPattern("<MsgId>\\d+</MsgId>");
  }

  @Test
  void aBadlySignedPassiveAnswerIsNotShown() {
    receiver.answer = answer("<xml></xml>").replace("<TimeStamp>1<", "<TimeStamp>9<");
    wang.sends("1");
    soon(() -> wecom.statistics().callbacks().badAnswers() == 1);
    assertThat(wang.inbox()).isEmpty();
  }

  @Test
  void aCallbackThatIsNotTakenComesThreeTimesMore() {
    receiver.status = 500;
    wang.sends("1");
    soon(() -> wecom.statistics().callbacks().givenUp() == 1);
    assertThat(receiver.calls).hasSize(4);
  }

  @Test
  void callbacksComeTwiceReversedForgedForeignAndReplayedOnDemand() throws Exception {
    wecom.repeatCallbacks(1);
    wang.sends("twice");
    soon(() -> receiver.calls.size() == 2);
    wecom.forgeCallbacks(1);
    wang.sends("forged");
    soon(() -> receiver.calls.size() == 3);
    assertThat(receiver.calls.get(2).query().get("msg_signature")).isNotEqualTo(signature(2));
    wecom.foreignCallbacks(1);
    wang.sends("foreign");
    soon(() -> receiver.calls.size() == 4);
    assertThat(receiver.calls.get(3).query().get("msg_signature")).isEqualTo(signature(3));
    assertThatThrownBy(() -> opened(3)).hasMessageContaining("written for not-");
    wecom.replayCallback();
    soon(() -> receiver.calls.size() == 5);
    assertThat(receiver.calls.get(4)).isEqualTo(receiver.calls.get(3));
    wecom.reverseCallbacks(2);
    wang.sends("first");
    assertThat(wecom.statistics().callbacks().posted()).isEqualTo(5);
    wang.sends("second");
    soon(() -> receiver.calls.size() == 7);
  }

  @Test
  void sealsWithTheNewKeyAfterARotation() throws Exception {
    String other = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
    wecom.changeAesKey(other);
    wang.sends("1");
    soon(() -> receiver.calls.size() == 1);
    assertThat(OpenedByHand.open(cipherText(0), other, settings.corpId())).contains("<Content>");
  }

  @Test
  void itsTimestampsFollowTheClock() {
    clock.move(Duration.ofMinutes(10));
    wang.sends("1");
    soon(() -> receiver.calls.size() == 1);
    assertThat(Long.parseLong(receiver.calls.get(0).query().get("timestamp")))
        .isBetween(clock.instant().getEpochSecond() - 10, clock.instant().getEpochSecond());
  }

  @Test
  void theUrlIsVerifiedOnlyWhenItOpensTheEcho() {
    assertThat(wecom.verifyCallback()).isFalse();
    receiver.echo =
        echostr -> {
          try {
            return OpenedByHand.open(echostr, settings.aesKey(), settings.corpId());
          } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
          }
        };
    assertThat(wecom.verifyCallback()).isTrue();
    receiver.close();
    assertThat(wecom.verifyCallback()).isFalse();
  }
}

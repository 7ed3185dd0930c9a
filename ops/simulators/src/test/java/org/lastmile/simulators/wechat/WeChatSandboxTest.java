package org.lastmile.simulators.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.simulators.MovableClock;
import org.lastmile.simulators.wechat.AccountSettings.Mode;

class WeChatSandboxTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final String SEND = "/cgi-bin/message/template/send?access_token=";

  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final MovableClock clock = new MovableClock();
  private AccountSettings settings;
  private CallbackReceiver receiver;
  private WeChatSandbox sandbox;

  @BeforeEach
  void start() throws IOException {
    receiver = new CallbackReceiver();
    settings =
        AccountSettings.plain()
            .withTimes(Duration.ofMillis(5), Duration.ofMillis(50))
            .withCallback(receiver.uri(), Mode.PLAIN);
    restart(settings);
  }

  private void restart(AccountSettings with) {
    if (sandbox != null) {
      sandbox.close();
    }
    sandbox = new WeChatSandbox(with, 0, clock);
    sandbox.account().follower("oWang");
  }

  @AfterEach
  void stop() {
    sandbox.close();
    receiver.close();
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(sandbox.baseUrl().resolve(path))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode api(String path, String body) throws IOException, InterruptedException {
    HttpResponse<String> answer = post(path, body);
    assertThat(answer.statusCode()).isEqualTo(200);
    return json.readTree(answer.body());
  }

  private JsonNode askToken(boolean force) throws IOException, InterruptedException {
    Map<String, Object> body =
        Map.of(
            "grant_type",
            "client_credential",
            "appid",
            settings.appId(),
            "secret",
            settings.secret(),
            "force_refresh",
            force);
    return api("/cgi-bin/stable_token", json.writeValueAsString(body));
  }

  private String token() throws IOException, InterruptedException {
    return askToken(false).path("access_token").asText();
  }

  private static String warning(String openid, String clientId, String thing) {
    return """
        {"touser":"%s","template_id":"TPL-WARNING","url":"https://w/a/42","client_msg_id":"%s",
         "data":{"thing1":{"value":"%s"},"phrase2":{"value":"红色"},"thing3":{"value":"三组滑坡点"},
         "time4":{"value":"2026年11月22日 11:30"},"thing5":{"value":"立即撤离"}}}"""
        .formatted(openid, clientId, thing);
  }

  private int errcode(String body) throws IOException, InterruptedException {
    return api(SEND + token(), body).path("errcode").asInt();
  }

  @Test
  void givesTheSameTokenUntilFiveMinutesBeforeItsEndAndThenTwoThatWork() throws Exception {
    String first = token();
    assertThat(token()).isEqualTo(first);
    clock.move(Duration.ofMinutes(116));
    String second = token();
    assertThat(second).isNotEqualTo(first);
    assertThat(api(SEND + first, warning("oWang", "", "暴雨")).path("errcode").asInt()).isZero();
    clock.move(Duration.ofMinutes(5));
    assertThat(api(SEND + first, warning("oWang", "", "暴雨")).path("errcode").asInt())
        .isEqualTo(42001);
    assertThat(api(SEND + second, warning("oWang", "", "暴雨")).path("errcode").asInt()).isZero();
  }

  @Test
  void refusesUnknownRevokedAndMissingTokensAndWrongSecrets() throws Exception {
    String token = token();
    assertThat(api(SEND + "x", "{}").path("errcode").asInt()).isEqualTo(40014);
    assertThat(api(SEND, "{}").path("errcode").asInt()).isEqualTo(41001);
    sandbox.account().revokeTokens();
    assertThat(api(SEND + token, "{}").path("errcode").asInt()).isEqualTo(40001);
    assertThat(errcode(warning("oWang", "", "暴雨"))).isZero();
    assertThat(
            api("/cgi-bin/stable_token", "{\"grant_type\":\"client_credential\",\"appid\":\"x\"}")
                .path("errcode")
                .asInt())
        .isEqualTo(40013);
    assertThat(askToken(true).has("access_token")).isTrue();
    assertThat(askToken(true).path("errcode").asInt()).isEqualTo(45011);
    clock.move(Duration.ofSeconds(31));
    assertThat(askToken(true).has("access_token")).isTrue();
  }

  @Test
  void bringsATemplateMessageToTheFollowerAndPostsASignedReceipt() throws Exception {
    JsonNode answer = api(SEND + token(), warning("oWang", "a42", "暴雨红色预警"));
    long msgId = answer.path("msgid").asLong();
    assertThat(answer.path("errcode").asInt()).isZero();
    WeChatMessage message = sandbox.account().follower("oWang").expect("暴雨红色预警", SOON);
    assertThat(message.msgId()).isEqualTo(msgId).isGreaterThan(Integer.MAX_VALUE);
    assertThat(message.url()).isEqualTo("https://w/a/42");
    await().atMost(SOON).until(() -> receiver.calls.size() == 1);
    CallbackReceiver.Call call = receiver.calls.get(0);
    assertThat(call.query().get("signature"))
        .isEqualTo(
            CallbackReceiver.sha1(
                "callback-token", call.query().get("timestamp"), call.query().get("nonce")));
    assertThat(call.body())
        .contains("<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event>")
        .contains("<MsgID>" + msgId + "</MsgID>")
        .contains("<Status><![CDATA[success]]></Status>")
        .contains("<FromUserName><![CDATA[oWang]]></FromUserName>");
  }

  @Test
  void sameClientIdWithinTenMinutesIsOneMessage() throws Exception {
    JsonNode first = api(SEND + token(), warning("oWang", "a42-oWang", "暴雨"));
    JsonNode again = api(SEND + token(), warning("oWang", "a42-oWang", "暴雨"));
    assertThat(again).isEqualTo(first);
    clock.move(Duration.ofMinutes(11));
    assertThat(api(SEND + token(), warning("oWang", "a42-oWang", "暴雨"))).isNotEqualTo(first);
    await().atMost(SOON).until(() -> sandbox.account().follower("oWang").inbox().size() == 2);
    assertThat(sandbox.account().statistics().repeats()).isEqualTo(1);
  }

  @Test
  void checksRecipientTemplateAndEveryFieldStrictly() throws Exception {
    assertThat(errcode(warning("oNobody", "", "暴雨"))).isEqualTo(40003);
    assertThat(errcode(warning("oWang", "", "暴雨").replace("TPL-WARNING", "TPL-NONE")))
        .isEqualTo(40037);
    assertThat(errcode(warning("oWang", "", "字".repeat(20)))).isZero();
    JsonNode tooLong = api(SEND + token(), warning("oWang", "", "字".repeat(21)));
    assertThat(tooLong.path("errcode").asInt()).isEqualTo(47003);
    assertThat(tooLong.path("errmsg").asText()).contains("data.thing1.value");
    assertThat(errcode(warning("oWang", "", "暴雨").replace("11:30", "25:30"))).isEqualTo(47003);
    assertThat(errcode(warning("oWang", "", "暴雨").replace("红色", "RED"))).isEqualTo(47003);
    sandbox.account().follower("oWang").unfollows();
    assertThat(errcode(warning("oWang", "", "暴雨"))).isEqualTo(43004);
    assertThat(post(SEND + token(), "{").body()).contains("47001");
  }

  @Test
  void aFollowerWhoBlocksGetsNothingAndTheReceiptSaysSo() throws Exception {
    sandbox.account().follower("oWang").blocks();
    assertThat(errcode(warning("oWang", "", "暴雨"))).isZero();
    await().atMost(SOON).until(() -> receiver.calls.size() == 1);
    assertThat(receiver.calls.get(0).body()).contains("failed:user block");
    assertThat(sandbox.account().follower("oWang").inbox()).isEmpty();
  }

  @Test
  void answersOfFollowersComeAsTextsWithNumbers() throws Exception {
    sandbox.account().follower("oWang").answers("收到", Duration.ofMillis(10));
    assertThat(errcode(warning("oWang", "", "暴雨"))).isZero();
    await().atMost(SOON).until(() -> receiver.calls.size() == 2);
    assertThat(receiver.calls)
        .anySatisfy(
            call ->
                assertThat(call.body())
                    .contains("<Content><![CDATA[收到]]></Content>")
                    .containsPattern("<MsgId>\\d+</MsgId>"));
  }

  @Test
  void aPassiveAnswerReachesTheFollowerOnceAndStandsOnTheirPhone() throws Exception {
    String words = "请回复 31 或 42\nhttps://w/a/42";
    receiver.answer = passive("oWang", words);
    Follower wang = sandbox.account().follower("oWang");
    sandbox.account().repeatCallbacks(1);
    wang.sends("1");
    assertThat(wang.expect("请回复 31 或 42", SOON).text()).isEqualTo(words);
    await().atMost(SOON).until(() -> sandbox.account().statistics().callbacksTaken() == 2);
    assertThat(wang.inbox()).hasSize(1);
    HttpResponse<String> page =
        http.send(
            HttpRequest.newBuilder(sandbox.baseUrl().resolve("/")).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(page.body())
        .contains("<p>请回复 31 或 42\n<a target=_blank rel=noopener href=\"https://w/a/42\">");
  }

  @Test
  void anAnswerToSomebodyElseOrOneThatIsTooLongIsShownToNobody() {
    Follower wang = sandbox.account().follower("oWang");
    List<String> wrong =
        List.of(
            passive("oLi", "请回复"),
            passive("oWang", "长".repeat(683)),
            passive("oWang", "请回复").replace(settings.originalId(), "gh_other"),
            "<xml><Content>请回复</Content></xml>",
            "好的");
    for (int i = 0; i < wrong.size(); i++) {
      receiver.answer = wrong.get(i);
      wang.sends("1");
      int bad = i + 1;
      await()
          .atMost(SOON)
          .until(() -> sandbox.account().statistics().callbacks().badAnswers() == bad);
    }
    assertThat(wang.inbox()).isEmpty();
  }

  @Test
  void anEncryptedAnswerIsOpenedAndItsSignatureChecked() throws Exception {
    settings = settings.withCallback(receiver.uri(), Mode.ENCRYPTED);
    restart(settings);
    Follower wang = sandbox.account().follower("oWang");
    String sealed =
        new CallbackCrypto(settings.aesKey(), settings.appId(), new Random(7))
            .encrypt(passive("oWang", "请回复 31 或 42"));
    String signature = CallbackReceiver.sha1(settings.callbackToken(), "1", "n", sealed);
    String answer =
        "<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature><![CDATA[%s]]></MsgSignature><TimeStamp>1</TimeStamp><Nonce><![CDATA[n]]></Nonce></xml>";
    receiver.answer = answer.formatted(sealed, "0".repeat(40));
    wang.sends("1");
    await().atMost(SOON).until(() -> sandbox.account().statistics().callbacks().badAnswers() == 1);
    assertThat(wang.inbox()).isEmpty();
    receiver.answer = answer.formatted(sealed, signature);
    wang.sends("1");
    wang.expect("请回复 31 或 42", SOON);
  }

  private String passive(String openid, String words) {
    return """
        <xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>\
        <CreateTime>1763782220</CreateTime><MsgType><![CDATA[text]]></MsgType>\
        <Content><![CDATA[%s]]></Content></xml>"""
        .formatted(openid, settings.originalId(), words);
  }

  @Test
  void aCallbackThatIsNotTakenComesThreeTimesMore() throws Exception {
    receiver.status = 500;
    sandbox.account().follower("oWang").sends("1");
    await().atMost(SOON).until(() -> sandbox.account().statistics().callbacksGivenUp() == 1);
    assertThat(receiver.calls).hasSize(4);
    assertThat(receiver.calls.stream().map(CallbackReceiver.Call::body).distinct()).hasSize(1);
    receiver.status = 200;
    sandbox.account().follower("oWang").sends("2");
    await().atMost(SOON).until(() -> sandbox.account().statistics().callbacksTaken() == 1);
  }

  @Test
  void callbacksAreRepeatedReversedAndForgedOnDemand() {
    Follower wang = sandbox.account().follower("oWang");
    sandbox.account().repeatCallbacks(1);
    wang.sends("twice");
    await().atMost(SOON).until(() -> receiver.calls.size() == 2);
    sandbox.account().forgeCallbacks(1);
    wang.sends("forged");
    await().atMost(SOON).until(() -> receiver.calls.size() == 3);
    CallbackReceiver.Call forged = receiver.calls.get(2);
    assertThat(forged.query().get("signature"))
        .isNotEqualTo(
            CallbackReceiver.sha1(
                "callback-token", forged.query().get("timestamp"), forged.query().get("nonce")));
    sandbox.account().reverseCallbacks(2);
    wang.sends("first");
    assertThat(sandbox.account().statistics().callbacksPosted()).isEqualTo(3);
    wang.sends("second");
    await().atMost(SOON).until(() -> receiver.calls.size() == 5);
  }

  @Test
  void encryptedCallbacksCarryOnlyCipherTextWithItsOwnSignature() throws Exception {
    restart(settings.withCallback(receiver.uri(), Mode.ENCRYPTED));
    sandbox.account().follower("oWang").sends("1");
    await().atMost(SOON).until(() -> receiver.calls.size() == 1);
    CallbackReceiver.Call call = receiver.calls.get(0);
    assertThat(call.body()).doesNotContain("oWang").contains("<Encrypt>");
    String encrypted = call.body().replaceAll("(?s).*<Encrypt><!\\[CDATA\\[(.*?)]]>.*", "$1");
    assertThat(call.query().get("msg_signature"))
        .isEqualTo(
            CallbackReceiver.sha1(
                "callback-token",
                call.query().get("timestamp"),
                call.query().get("nonce"),
                encrypted));
    assertThat(OpenedByHand.open(encrypted, settings.aesKey(), settings.appId()))
        .contains("<Content><![CDATA[1]]></Content>");
  }

  @Test
  void verifiesTheCallbackUrl() {
    assertThat(sandbox.account().verifyCallback()).isTrue();
    receiver.status = 403;
    assertThat(sandbox.account().verifyCallback()).isFalse();
  }

  @Test
  void sendingGoesWrongOnDemandAndRecovers() throws Exception {
    String token = token();
    String body = warning("oWang", "c1", "暴雨");
    sandbox.account().next(1, WeChatFault.errcode(-1));
    assertThat(errcode(body)).isEqualTo(-1);
    sandbox.account().next(1, WeChatFault.httpStatus(502));
    assertThat(post(SEND + token, body).statusCode()).isEqualTo(502);
    sandbox.account().next(1, WeChatFault.dropAfter());
    assertThatThrownBy(() -> post(SEND + token, body)).isInstanceOf(IOException.class);
    sandbox.account().follower("oWang").expect("暴雨", SOON);
    sandbox.account().next(1, WeChatFault.delay(Duration.ofMillis(20)));
    assertThat(errcode(body)).isZero();
    assertThat(sandbox.account().statistics().repeats()).isEqualTo(1);
    sandbox.breaks(500);
    assertThat(post(SEND + token, body).statusCode()).isEqualTo(500);
    sandbox.recovers();
    assertThat(errcode(body)).isZero();
  }

  @Test
  void whatIsHeldForReviewIsSentWhenItIsReleased() throws Exception {
    sandbox.account().next(1, WeChatFault.errcode(40252));
    assertThat(errcode(warning("oWang", "", "暴雨"))).isEqualTo(40252);
    assertThat(sandbox.account().follower("oWang").inbox()).isEmpty();
    sandbox.account().releaseReviewed();
    sandbox.account().follower("oWang").expect("暴雨", SOON);
  }

  @Test
  void tellsAndEnforcesTheDailyQuota() throws Exception {
    restart(settings.withLimits(Duration.ofHours(2), 1));
    String quota = "/cgi-bin/openapi/quota/get?access_token=" + token();
    String path = "{\"cgi_path\":\"/cgi-bin/message/template/send\"}";
    assertThat(api(quota, path).path("quota").path("remain").asInt()).isEqualTo(1);
    assertThat(errcode(warning("oWang", "", "暴雨"))).isZero();
    assertThat(errcode(warning("oWang", "", "暴雨"))).isEqualTo(45009);
    assertThat(api(quota, path).path("quota").path("remain").asInt()).isZero();
    clock.move(Duration.ofDays(1));
    assertThat(errcode(warning("oWang", "", "暴雨"))).isZero();
  }

  @Test
  void refusesAddressesThatAreNotOnItsList() throws Exception {
    restart(settings.withAllowedAddresses(Set.of("192.0.2.1")));
    assertThat(askToken(false).path("errcode").asInt()).isEqualTo(40164);
  }

  @Test
  void thePageShowsEveryPhoneAndLetsAPersonAnswer() throws Exception {
    assertThat(errcode(warning("oWang", "", "<b>暴雨"))).isZero();
    sandbox.account().follower("oWang").expect("暴雨", SOON);
    HttpResponse<String> page =
        http.send(
            HttpRequest.newBuilder(sandbox.baseUrl().resolve("/")).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(page.body()).contains("oWang").contains("&lt;b&gt;暴雨").doesNotContain("<b>");
    assertThat(
            post("/sandbox/account/followers/oWang/sends", "text=%E6%94%B6%E5%88%B0&back=/")
                .statusCode())
        .isEqualTo(303);
    await()
        .atMost(SOON)
        .until(() -> receiver.calls.stream().anyMatch(call -> call.body().contains("收到")));
  }
}

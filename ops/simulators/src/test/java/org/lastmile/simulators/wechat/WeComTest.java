package org.lastmile.simulators.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.simulators.MovableClock;

class WeComTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final String SEND = "/cgi-bin/message/send";
  private static final String RECALL = "/cgi-bin/message/recall";
  private static final String UPDATE = "/cgi-bin/message/update_template_card";
  private static final String ROBOT = "/cgi-bin/webhook/send?key=";
  private static final String USERID = "/cgi-bin/user/getuserid";

  private final MovableClock clock = new MovableClock();
  private final WeComSettings settings =
      WeComSettings.plain().withTimes(Duration.ofMillis(5), Duration.ofMillis(50));
  private WeChatSandbox sandbox;
  private WeCom wecom;
  private Caller caller;

  @BeforeEach
  void start() {
    restart(settings);
  }

  private void restart(WeComSettings with) {
    stop();
    sandbox = new WeChatSandbox(AccountSettings.plain(), with, 0, clock);
    wecom = sandbox.wecom();
    caller = new Caller(sandbox);
  }

  @AfterEach
  void stop() {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private static String text(String to, String words, String rest) {
    return """
        {"touser":"%s","msgtype":"text","agentid":1000002,"text":{"content":"%s"}%s}"""
        .formatted(to, words, rest);
  }

  private static String card(String to, String taskId) {
    return """
        {"touser":"%s","msgtype":"template_card","agentid":1000002,
         "template_card":{"card_type":"button_interaction",
          "main_title":{"title":"暴雨红色预警","desc":"三组滑坡点"},"task_id":"%s",
          "button_list":[{"type":0,"text":"已收到","style":1,"key":"ACK"}]}}"""
        .formatted(to, taskId);
  }

  private int errcode(String path, String body) throws IOException, InterruptedException {
    return caller.wecom(path, body).path("errcode").asInt();
  }

  @Test
  void aTokenIsTheSameUntilItsEndAndMayDieEarly() throws Exception {
    wecom.member("u1");
    JsonNode first = caller.wecomToken();
    assertThat(first.path("expires_in").asInt()).isBetween(7190, 7200);
    clock.move(Duration.ofMinutes(119));
    String token = first.path("access_token").asText();
    assertThat(caller.wecomToken().path("access_token").asText()).isEqualTo(token);
    clock.move(Duration.ofMinutes(2));
    assertThat(caller.wecom(token, SEND, text("u1", "a", "")).path("errcode").asInt())
        .isEqualTo(42001);
    String second = caller.wecomToken().path("access_token").asText();
    assertThat(second).isNotEqualTo(token);
    wecom.revokeTokens();
    assertThat(caller.wecom(second, SEND, text("u1", "a", "")).path("errcode").asInt())
        .isEqualTo(40014);
    assertThat(errcode(SEND, text("u1", "a", ""))).isZero();
    assertThat(wecom.statistics().tokensIssued()).isEqualTo(3);
  }

  @Test
  void refusesWrongCorpsSecretsAgentsTokensAndMethods() throws Exception {
    wecom.member("u1");
    String path = "/cgi-bin/gettoken?corpid=";
    assertThat(caller.get(path + "x").body()).contains("40013");
    assertThat(caller.get(path + settings.corpId() + "&corpsecret=x").body()).contains("40001");
    assertThat(caller.post("/cgi-bin/gettoken", "{}").body()).contains("43001");
    assertThat(caller.get(SEND).body()).contains("43002");
    assertThat(caller.post(SEND, "{}").body()).contains("41001");
    assertThat(caller.post(SEND + "?access_token=x", "{").body()).contains("47001");
    assertThat(errcode(SEND, text("u1", "a", "").replace("1000002", "7"))).isEqualTo(40056);
  }

  @Test
  void refusesAddressesThatAreNotOnItsListWith60020() throws Exception {
    restart(settings.withAllowedAddresses(Set.of("192.0.2.1")));
    assertThat(errcode(SEND, text("u1", "a", ""))).isEqualTo(60020);
  }

  @Test
  void namesThoseWhoGetNothingInLowerCaseAndReachesTheOthers() throws Exception {
    wecom.member("ZhangWei");
    wecom.member("Hidden").hidden();
    wecom.member("Left").leaves();
    wecom.member("NoLicence").unlicensed();
    JsonNode answer = caller.wecom(SEND, text("zhangwei|Hidden|Left|Nobody|NoLicence", "转移", ""));
    assertThat(answer.path("errcode").asInt()).isZero();
    assertThat(answer.path("invaliduser").asText()).isEqualTo("hidden|left|nobody");
    assertThat(answer.path("unlicenseduser").asText()).isEqualTo("nolicence");
    assertThat(answer.has("response_code")).isFalse();
    wecom.member("ZhangWei").expect("转移", SOON);
    assertThat(errcode(SEND, text("Hidden|Nobody", "转移", ""))).isEqualTo(81013);
    assertThat(errcode(SEND, text("", "转移", ""))).isEqualTo(82001);
    wecom.member("Hidden").visible();
    assertThat(errcode(SEND, text("hidden", "转移", ""))).isZero();
  }

  @Test
  void takesAThousandRecipientsAndNoMore() throws Exception {
    String thousand =
        IntStream.range(0, 1000)
            .mapToObj(i -> wecom.member("u" + i).userid())
            .collect(Collectors.joining("|"));
    assertThat(errcode(SEND, text(thousand, "转移", ""))).isZero();
    assertThat(errcode(SEND, text(thousand + "|u1000", "转移", ""))).isEqualTo(40032);
    wecom.member("u999").expect("转移", SOON);
    assertThat(wecom.statistics().recipients()).isEqualTo(1000);
  }

  @Test
  void cutsWhatIsTooLongAndRefusesWhatIsMissing() throws Exception {
    Member wang = wecom.member("u1");
    assertThat(errcode(SEND, text("u1", "字".repeat(700), ""))).isZero();
    assertThat(wang.expect("字", SOON).description()).hasSize(682);
    String textcard =
        """
        {"touser":"u1","msgtype":"textcard","agentid":1000002,
         "textcard":{"title":"预警","description":"去村小学","url":"%s"}}""";
    assertThat(errcode(SEND, textcard.formatted("https://w/a"))).isZero();
    assertThat(wang.expect("预警\n去村小学", SOON).url()).isEqualTo("https://w/a");
    assertThat(errcode(SEND, textcard.formatted(""))).isEqualTo(40058);
    assertThat(errcode(SEND, text("u1", "", ""))).isEqualTo(40058);
    assertThat(errcode(SEND, text("u1", "a", "").replace("text", "image"))).isEqualTo(40008);
    assertThat(errcode(SEND, card("u1", "bad task"))).isEqualTo(40058);
    assertThat(errcode(SEND, card("u1", "x".repeat(129)))).isEqualTo(40058);
    assertThat(errcode(SEND, card("u1", "t").replace("ACK", ""))).isEqualTo(40058);
  }

  @Test
  void aTaskIdIsTakenOnceOnly42014() throws Exception {
    wecom.member("u1");
    JsonNode answer = caller.wecom(SEND, card("u1", "a42-1"));
    assertThat(answer.path("response_code").asText()).isNotEmpty();
    assertThat(errcode(SEND, card("u1", "a42-1"))).isEqualTo(42014);
    assertThat(errcode(SEND, card("u1", "a42-2"))).isZero();
  }

  @Test
  void theDuplicateCheckAnswersARepeatAsTheFirstTimeWithinItsInterval() throws Exception {
    String check = ",\"enable_duplicate_check\":1,\"duplicate_check_interval\":600";
    Member wang = wecom.member("u1");
    JsonNode first = caller.wecom(SEND, text("u1", "转移", check));
    assertThat(caller.wecom(SEND, text("u1", "转移", check))).isEqualTo(first);
    clock.move(Duration.ofMinutes(11));
    assertThat(caller.wecom(SEND, text("u1", "转移", check))).isNotEqualTo(first);
    await().atMost(SOON).until(() -> wang.inbox().size() == 2);
    assertThat(wecom.statistics().repeats()).isEqualTo(1);
  }

  @Test
  void silentlyDropsWhatAMemberGetsOverThirtyAMinute() throws Exception {
    Member wang = wecom.member("u1");
    for (int i = 0; i < 31; i++) {
      assertThat(errcode(SEND, text("u1", "n" + i, ""))).isZero();
    }
    await().atMost(SOON).until(() -> wecom.statistics().dropped() == 1);
    assertThat(wang.inbox()).hasSize(30);
    clock.move(Duration.ofMinutes(1));
    assertThat(errcode(SEND, text("u1", "later", ""))).isZero();
    wang.expect("later", SOON);
  }

  @Test
  void silentlyDropsWhatAMemberGetsOverAThousandAnHour() {
    Member wang = wecom.member("u1");
    MovableClock start = clock;
    start.move(Duration.ofSeconds(3600 - start.instant().getEpochSecond() % 3600));
    int got = 0;
    for (int i = 0; i < 40 * 30; i++) {
      if (i % 30 == 0) {
        start.move(Duration.ofMinutes(1));
      }
      got += wang.hasRoom() ? 1 : 0;
    }
    assertThat(got).isEqualTo(1000);
  }

  @Test
  void countsCallsAMinuteAndPersonSendsADay45009() throws Exception {
    wecom.member("u1");
    restart(settings.withLimits(new WeComSettings.Limits(1, 300, 100)));
    wecom.member("u1");
    String token = caller.wecomToken().path("access_token").asText();
    // The clock goes on: no minute may end between the calls that are counted together.
    clock.move(Duration.ofSeconds(60 - clock.instant().getEpochSecond() % 60));
    for (int i = 0; i < 200; i++) {
      caller.wecom(token, SEND, text("u1", "a", ""));
    }
    assertThat(caller.wecom(token, SEND, text("u1", "a", "")).path("errmsg").asText())
        .contains("person-sends a day");
    for (int i = 0; i < 99; i++) {
      caller.wecom(token, RECALL, "{}");
    }
    JsonNode over = caller.wecom(token, RECALL, "{}");
    assertThat(over.path("errcode").asInt()).isEqualTo(45009);
    clock.move(Duration.ofDays(1));
    assertThat(errcode(SEND, text("u1", "a", ""))).isZero();
  }

  @Test
  void refusesTooManyCallsAtOneTime45033() throws Exception {
    restart(settings.withLimits(new WeComSettings.Limits(1000, 1000, 1)));
    wecom.member("u1");
    String path = SEND + "?access_token=" + caller.wecomToken().path("access_token").asText();
    assertThat(caller.post(path, text("u1", "a", "")).body()).contains("\"errcode\":0");
    wecom.next(1, WeChatFault.delay(Duration.ofHours(1)));
    CompletableFuture<HttpResponse<String>> slow = caller.posts(path, text("u1", "a", ""));
    await().atMost(SOON).until(() -> wecom.statistics().sends() == 2);
    assertThat(caller.read(caller.post(path, text("u1", "b", ""))).path("errcode").asInt())
        .isEqualTo(45033);
    assertThat(slow).isNotDone();
  }

  @Test
  void recallsWithinADayAndNotLater() throws Exception {
    Member wang = wecom.member("u1");
    String first = caller.wecom(SEND, text("u1", "转移", "")).path("msgid").asText();
    wang.expect("转移", SOON);
    assertThat(errcode(RECALL, "{\"msgid\":\"" + first + "\"}")).isZero();
    assertThat(wang.inbox().get(0).recalled()).isTrue();
    String second = caller.wecom(SEND, text("u1", "转移", "")).path("msgid").asText();
    clock.move(Duration.ofDays(1));
    assertThat(errcode(RECALL, "{\"msgid\":\"" + second + "\"}")).isEqualTo(40058);
    assertThat(errcode(RECALL, "{\"msgid\":\"none\"}")).isEqualTo(40058);
  }

  @Test
  void aResponseCodeUpdatesTheNamedMembersCardsOnceWithinThreeDays() throws Exception {
    Member wang = wecom.member("u1");
    Member li = wecom.member("u2");
    String code = caller.wecom(SEND, card("u1|u2", "a1")).path("response_code").asText();
    wang.expect("暴雨", SOON);
    li.expect("暴雨", SOON);
    String update =
        """
        {"userids":["U1","u3"],"agentid":1000002,"response_code":"%s",
         "button":{"replace_name":"已解除"}}""";
    JsonNode answer = caller.wecom(UPDATE, update.formatted(code));
    assertThat(answer.path("errcode").asInt()).isZero();
    assertThat(answer.path("invaliduser").get(0).asText()).isEqualTo("u3");
    assertThat(wang.inbox().get(0).replacedBy()).isEqualTo("已解除");
    assertThat(li.inbox().get(0).replacedBy()).isEmpty();
    assertThat(errcode(UPDATE, update.formatted(code))).isEqualTo(40058);
    String old = caller.wecom(SEND, card("u1", "a2")).path("response_code").asText();
    clock.move(Duration.ofDays(3));
    assertThat(errcode(UPDATE, update.formatted(old))).isEqualTo(40058);
  }

  @Test
  void theRobotSpeaksTwentyTimesAMinuteWithin2048Octets() throws Exception {
    String body =
        """
        {"msgtype":"text","text":{"content":"%s","mentioned_mobile_list":["13800000001"]}}""";
    String path = ROBOT + settings.robotKey();
    assertThat(caller.post(ROBOT + "x", body.formatted("a")).body()).contains("93000");
    assertThat(caller.post(path, body.formatted("字".repeat(683))).body()).contains("40058");
    clock.move(Duration.ofSeconds(60 - clock.instant().getEpochSecond() % 60));
    for (int i = 0; i < 20; i++) {
      assertThat(caller.post(path, body.formatted("n" + i)).body()).contains("\"errcode\":0");
    }
    assertThat(caller.post(path, body.formatted("n20")).body()).contains("45009");
    assertThat(wecom.robotMessages()).hasSize(20);
    assertThat(wecom.robotMessages().get(0).mentioned()).containsExactly("13800000001");
    clock.move(Duration.ofMinutes(1));
    assertThat(caller.post(path, body.formatted("n21")).body()).contains("\"errcode\":0");
  }

  @Test
  void findsUseridsByMobileUntilTooManyWereWrong() throws Exception {
    restart(settings.withLimits(new WeComSettings.Limits(10, 1000, 100)));
    wecom.member("ZhangWei").mobile("13800000001");
    String right = "{\"mobile\":\"13800000001\"}";
    assertThat(caller.wecom(USERID, right).path("userid").asText()).isEqualTo("ZhangWei");
    assertThat(errcode(USERID, "{\"mobile\":\"1\"}")).isEqualTo(46004);
    assertThat(errcode(USERID, "{\"mobile\":\"2\"}")).isEqualTo(46004);
    assertThat(errcode(USERID, right)).isEqualTo(45009);
    clock.move(Duration.ofDays(1));
    assertThat(errcode(USERID, right)).isZero();
  }

  @Test
  void callsGoWrongOnDemandAndThenRight() throws Exception {
    Member wang = wecom.member("u1");
    String path = SEND + "?access_token=" + caller.wecomToken().path("access_token").asText();
    String body = text("u1", "转移", "");
    wecom.next(1, WeChatFault.errcode(-1));
    assertThat(caller.post(path, body).body()).contains("\"errcode\":-1");
    wecom.next(1, WeChatFault.httpStatus(502));
    assertThat(caller.post(path, body).statusCode()).isEqualTo(502);
    wecom.next(1, WeChatFault.html());
    assertThat(caller.post(path, body).body()).startsWith("<!doctype html>");
    wecom.next(1, WeChatFault.dropBefore());
    assertThatThrownBy(() -> caller.post(path, body)).isInstanceOf(IOException.class);
    wecom.next(1, WeChatFault.stall(Duration.ofMillis(20)));
    assertThatThrownBy(() -> caller.post(path, body)).isInstanceOf(IOException.class);
    assertThat(wecom.statistics().accepted()).isZero();
    wecom.next(1, WeChatFault.malformed());
    assertThatThrownBy(() -> caller.read(caller.post(path, body))).isInstanceOf(IOException.class);
    wang.expect("转移", SOON);
    wecom.next(1, WeChatFault.dropAfter());
    assertThatThrownBy(() -> caller.post(path, body)).isInstanceOf(IOException.class);
    wang.expect("转移", SOON);
    wecom.next(Endpoint.GETTOKEN, 5, WeChatFault.errcode(-1));
    assertThat(caller.wecomToken().path("errcode").asInt()).isEqualTo(-1);
    wecom.noFaults();
    assertThat(caller.wecomToken().path("errcode").asInt()).isZero();
  }
}

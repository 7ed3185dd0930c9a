package org.lastmile.simulators.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.simulators.MovableClock;
import org.lastmile.simulators.wechat.AccountSettings.Mode;

/** What a script does with the sandbox, and what the page shows. */
class ControlTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final String WANG = "/sandbox/account/followers/oWang/";
  private static final String LI = "/sandbox/wecom/members/li/";
  private static final String SEND = "/cgi-bin/message/template/send";
  private static final String BODY =
      """
      {"touser":"oWang","template_id":"TPL-WARNING","url":"https://w/a",
       "data":{"thing1":{"value":"暴雨"},"phrase2":{"value":"红色"},"thing3":{"value":"三组"},
       "time4":{"value":"11:30"},"thing5":{"value":"撤离"}}}""";
  private static final String CARD =
      """
      {"touser":"li","msgtype":"template_card","agentid":1000002,
       "template_card":{"card_type":"button_interaction","main_title":{"title":"暴雨<b>"},
        "task_id":"a42-1","button_list":[{"type":0,"text":"已收到","style":1,"key":"ACK"}]}}""";

  private final MovableClock clock = new MovableClock();
  private CallbackReceiver receiver;
  private WeChatSandbox sandbox;
  private Caller caller;

  @BeforeEach
  void start() throws Exception {
    receiver = new CallbackReceiver();
    sandbox =
        new WeChatSandbox(
            AccountSettings.plain()
                .withTimes(Duration.ofMillis(5), Duration.ofMillis(50))
                .withCallback(receiver.uri(), Mode.PLAIN),
            WeComSettings.plain()
                .withTimes(Duration.ofMillis(5), Duration.ofMillis(50))
                .withCallback(receiver.uri()),
            0,
            clock);
    caller = new Caller(sandbox);
    post(WANG + "joins", "");
    post(LI + "joins", "mobile=13800000001");
  }

  @AfterEach
  void stop() {
    sandbox.close();
    receiver.close();
  }

  private JsonNode post(String path, String body) throws Exception {
    return caller.read(caller.post(path, body));
  }

  private JsonNode get(String path) throws Exception {
    return caller.read(caller.get(path));
  }

  private void posted(String part) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(receiver.calls).anySatisfy(c -> assertThat(c.body()).contains(part)));
  }

  @Test
  void playsAFollowerFromReceivingToAnswering() throws Exception {
    assertThat(caller.account(SEND, BODY).path("errcode").asInt()).isZero();
    JsonNode message = get(WANG.substring(0, WANG.length() - 1) + "?expect=%E6%9A%B4&within=5");
    assertThat(message.path("fields").path("thing3").asText()).isEqualTo("三组");
    post(WANG + "sends", "text=%E6%94%B6%E5%88%B0");
    posted("<Content><![CDATA[收到]]>");
    post(WANG + "touches", "{\"key\":\"1\"}");
    posted("<Event><![CDATA[CLICK]]>");
    post(WANG + "accepts", "template=TPL-WARNING&messages=2");
    posted("subscribe_msg_popup_event");
    post(WANG + "unfollows", "");
    assertThat(caller.account(SEND, BODY).path("errcode").asInt()).isEqualTo(43004);
    post(WANG + "follows", "");
    post(WANG + "blocks", "");
    assertThat(caller.account(SEND, BODY).path("errcode").asInt()).isZero();
    posted("failed:user block");
  }

  @Test
  void playsAMemberWhoClicks() throws Exception {
    assertThat(caller.wecom("/cgi-bin/message/send", CARD).path("errcode").asInt()).isZero();
    get("/sandbox/wecom/members/LI?expect=%E6%9A%B4&within=5");
    post(LI + "clicks", "key=ACK");
    await().atMost(SOON).until(() -> get("/sandbox/wecom").path("clicks").asInt() == 1);
    HttpResponse<String> none = caller.post(LI + "clicks", "key=NONE");
    assertThat(none.statusCode()).isEqualTo(409);
    assertThat(none.body()).contains("no card whose button NONE works");
    post(LI + "hidden", "");
    assertThat(caller.wecom("/cgi-bin/message/send", CARD.replace("a42-1", "a2")).toString())
        .contains("81013");
  }

  @Test
  void ordersFaultsAndMovesTheClock() throws Exception {
    post("/sandbox/account/fault", "kind=errcode&code=45009&count=2");
    assertThat(caller.account(SEND, BODY).path("errcode").asInt()).isEqualTo(45009);
    post("/sandbox/account/no-faults", "");
    assertThat(caller.account(SEND, BODY).path("errcode").asInt()).isZero();
    post("/sandbox/wecom/fault", "at=gettoken&kind=http-status&code=502");
    assertThat(caller.get("/cgi-bin/gettoken").statusCode()).isEqualTo(502);
    post("/sandbox/account/ban", "");
    assertThat(caller.account(SEND, BODY).path("errcode").asInt()).isEqualTo(43116);
    post("/sandbox/account/allow", "");
    post("/sandbox/network", "status=503");
    assertThat(caller.get("/cgi-bin/gettoken").statusCode()).isEqualTo(503);
    post("/sandbox/network", "status=0");
    Instant before = clock.instant();
    post("/sandbox/clock", "move=PT3H");
    assertThat(clock.instant()).isAfterOrEqualTo(before.plus(Duration.ofHours(3)));
    post("/sandbox/account/forge-callbacks", "count=1");
    assertThat(post("/sandbox/account/verify-callback", "").path("verified").asBoolean()).isTrue();
  }

  @Test
  void saysWhatIsWrongWithARequest() throws Exception {
    assertThat(caller.post("/sandbox/account/fault", "kind=bad").body())
        .contains("bad is none of errcode, http-status");
    assertThat(caller.post("/sandbox/account/fault", "code=x").statusCode()).isEqualTo(400);
    assertThat(caller.post("/sandbox/clock", "move=soon").statusCode()).isEqualTo(400);
    assertThat(caller.post("/sandbox/clock", "{").statusCode()).isEqualTo(400);
    assertThat(caller.post(WANG + "sends", "").body()).contains("text is missing");
    assertThat(caller.post(WANG + "dances", "").statusCode()).isEqualTo(404);
    assertThat(caller.post("/sandbox/account/followers/oNobody/sends", "").body())
        .contains("nobody follows as oNobody");
    assertThat(caller.get("/sandbox/account/followers/oWang?expect=x&within=0").statusCode())
        .isEqualTo(404);
    assertThat(caller.get("/sandbox/nothing").statusCode()).isEqualTo(404);
    try (WeChatSandbox fixed =
        new WeChatSandbox(AccountSettings.plain(), 0, InstantSource.system())) {
      assertThat(new Caller(fixed).post("/sandbox/clock", "move=PT1H").statusCode()).isEqualTo(409);
    }
  }

  @Test
  void thePageShowsBothPlatformsAndItsFormsGoBackToIt() throws Exception {
    caller.account(SEND, BODY);
    caller.wecom("/cgi-bin/message/send", CARD);
    sandbox.account().follower("oWang").expect("暴雨", SOON);
    sandbox.wecom().member("li").expect("暴雨", SOON);
    String page = caller.get("/").body();
    assertThat(page)
        .contains("oWang", "<dt title=\"thing3\">地点</dt>", "href=\"https://w/a\"")
        .contains("暴雨&lt;b&gt;", "已收到", "去不了", "取消关注")
        .doesNotContain("暴雨<b>", "<script src", "{{");
    assertThat(page.replaceAll("href=\"https://w/a\"", "")).doesNotContain("https://");
    HttpResponse<String> clicked = caller.post(LI + "clicks?msgid=m1", "key=ACK&back=%2F");
    assertThat(clicked.statusCode()).isEqualTo(303);
    assertThat(clicked.headers().firstValue("Location")).hasValue("/");
    assertThat(caller.get("/?q=nobody").body()).doesNotContain("oWang");
    assertThat(caller.get("/sandbox/phones?q=oW").body()).contains("oWang").doesNotContain("<html");
  }

  @Test
  void thePageSaysWhatIsHeldForReviewUntilItIsLetGo() throws Exception {
    caller.post("/sandbox/account/hold", "");
    caller.account(SEND, BODY);
    assertThat(caller.get("/").body()).contains("1 条消息在审核中", "还没有消息");
    caller.post("/sandbox/account/release", "");
    sandbox.account().follower("oWang").expect("暴雨", SOON);
    assertThat(caller.get("/").body()).doesNotContain("审核中");
  }
}

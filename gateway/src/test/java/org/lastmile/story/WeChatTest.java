package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.story.Point.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.simulators.modem.Phone;
import org.lastmile.simulators.wechat.Follower;
import org.lastmile.simulators.wechat.Member;
import org.lastmile.simulators.wechat.WeChatFault;
import org.lastmile.simulators.wechat.WeChatMessage;
import org.lastmile.simulators.wechat.WeComMessage;

/** WeChat end to end: from binding to a covered point, and what Tencent may do in between. */
class WeChatTest extends Story {
  private static final Duration SOON = Duration.ofSeconds(60);

  @BeforeEach
  void open() throws Exception {
    township(2, Duration.ofMillis(20)).opens();
  }

  @Test
  void a_follower_binds_is_warned_opens_the_link_and_answers_there() throws Exception {
    Person li = person("李"); // has a phone, and no account that the office knows
    Follower account = binds("o-li", li.phone());

    Issued warning = town.issues(Alert.red("r1"));
    WeChatMessage message = account.expect("2号滑坡", SOON);
    Township.until("the receipt is kept", () -> wechatState(warning, "李建国").equals("DELIVERED"));
    assertThat(warning.point("p2")).isNotCovered();

    String link = message.url().replaceFirst("http://localhost:\\d+", "");
    assertThat(town.gateway().open(link).body()).contains("沿山脊路", "村小学", "我已收到");
    assertThat(town.gateway().submit(link, "digits=9999&answer=yes").statusCode()).isEqualTo(403);
    assertThat(warning.point("p2")).isNotCovered();
    HttpResponse<String> answered = town.gateway().submit(link, "digits=0002&answer=yes");
    assertThat(answered.statusCode()).isEqualTo(303);
    assertThat(town.gateway().open(link).body()).contains("已记录：您已收到");
    speaker("v2").plays("暴雨红色预警");
    assertThat(warning.point("p2")).isCovered();

    town.lifts(warning);
    Township.until(
        "the old link says so", () -> town.gateway().open(link).body().contains("预警已解除"));
    assertThat(town.gateway().open(link).body()).doesNotContain("<form");
  }

  @Test
  void what_tencent_holds_for_review_goes_by_sms_and_is_never_sent_again() throws Exception {
    Phone home = town.smsc().phone(town.roster().household(2));
    Follower account = binds("o-home", home);
    int before = account.inbox().size();
    town.wechat().account().next(100, WeChatFault.errcode(40252));

    Issued warning = town.issues(Alert.red("r1"));
    home.expect("暴雨红色预警", SOON);
    assertThat(wechatState(warning, "2号户")).isEqualTo("SENT");
    person("李").readsSms("2号滑坡").textsBack("1");
    speaker("v2").plays("暴雨红色预警");
    assertThat(warning.point("p2")).isCovered();
    assertThat(account.inbox()).hasSize(before);
    assertThat(attempts(warning, "2号户")).isEqualTo(1);
  }

  @Test
  void a_banned_template_shows_on_the_channel_and_everybody_gets_an_sms() throws Exception {
    Phone home = town.smsc().phone(town.roster().household(2));
    binds("o-home", home);
    town.wechat().account().next(100, WeChatFault.errcode(43116));

    Issued warning = town.issues(Alert.red("r1"));
    home.expect("暴雨红色预警", SOON);
    Township.until(
        "the lane is down", () -> channel("wechat").path("state").asText().equals("DOWN"));
    assertThat(channel("wechat").path("why").asText()).contains("43116");
    person("李").readsSms("2号滑坡").textsBack("1");
    speaker("v2").plays("暴雨红色预警");
    assertThat(warning.point("p2")).isCovered();
  }

  @Test
  void who_gets_an_sms_because_the_template_is_banned_answers_in_the_account() throws Exception {
    Person li = person("李");
    Follower account = binds("o-li", li.phone());
    town.wechat().account().next(100, WeChatFault.errcode(43116));

    Issued warning = town.issues(Alert.red("r1"));
    li.readsSms("2号滑坡");
    Township.until(
        "the lane is down", () -> channel("wechat").path("state").asText().equals("DOWN"));
    account.sends("收到");
    speaker("v2").plays("暴雨红色预警");
    assertThat(warning.point("p2")).isCovered();

    account.sends("绑定 12345"); // the chat answers whatever has become of the template
    account.expect("这不是手机号", SOON);
  }

  @Test
  void a_bare_answer_to_two_warnings_brings_the_whole_list_into_the_chat() throws Exception {
    Person li = person("李");
    Follower account = binds("o-li", li.phone());
    town.issues(Alert.red("r1"));
    account.expect("2号滑坡", SOON);
    Issued second = town.issues(Alert.orange("o1"));
    account.expect("2号滑坡", SOON);

    account.sends("收到");
    WeChatMessage list = account.expect("您的答复没有记上", SOON);
    assertThat(list.templateId()).isEmpty();
    assertThat(list.text()).contains("暴雨红色预警", "暴雨橙色预警", "http://");
    Matcher code = Pattern.compile("收到回(\\d\\d)，").matcher(list.text());
    assertThat(code.find()).as(list.text()).isTrue();
    account.sends(code.group(1));
    Township.until("it counts", () -> answeredBy(second, "李建国"));
  }

  private static boolean answeredBy(Issued warning, String name) {
    return warning.timeline().stream()
        .filter(l -> l.path("type").asText().equals("CONFIRMED"))
        .anyMatch(l -> l.path("recipient").asText().equals(name));
  }

  @Test
  void a_member_of_the_company_presses_the_button_and_the_card_says_so() throws Exception {
    Member li = isMember("LiJianGuo", person("李").phone());

    Issued warning = town.issues(Alert.red("r1"));
    WeComMessage card = li.expect("2号滑坡", SOON);
    assertThat(card.buttons()).extracting(WeComMessage.Button::text).containsExactly("已收到", "去不了");
    speaker("v2").plays("暴雨红色预警");
    assertThat(warning.point("p2")).isNotCovered();
    li.clicks(card, card.buttons().get(0).key());
    assertThat(warning.point("p2")).isCovered();
    Township.until("the card says so", () -> li.inbox().get(0).replacedBy().equals("已确认"));
  }

  @Test
  void a_card_is_turned_when_its_person_answers_by_sms() throws Exception {
    Member li = isMember("LiJianGuo", person("李").phone());
    Issued warning = town.issues(Alert.red("r1"));
    li.expect("2号滑坡", SOON);
    person("李").readsSms("2号滑坡").textsBack("收到");
    assertThat(warning.point("p2")).isCovered();
    Township.until("the card says so", () -> li.inbox().get(0).replacedBy().equals("已确认"));
  }

  @Test
  void a_member_who_cant_go_hands_over_at_once() throws Exception {
    Member li = isMember("LiJianGuo", person("李").phone());
    Issued warning = town.issues(Alert.red("r1"));
    WeComMessage card = li.expect("2号滑坡", SOON);
    li.clicks(card, card.buttons().get(1).key());
    Township.until(
        "the next rung is called",
        () ->
            warning.timeline().stream()
                .anyMatch(l -> l.path("detail").asText().contains("李建国 去不了")));
    assertThat(warning.point("p2")).isNotCovered();
  }

  @Test
  void whoever_leaves_is_forgotten() throws Exception {
    Follower account = binds("o-li", person("李").phone());
    assertThat(reached()).isEqualTo(2);
    account.unfollows();
    Township.until("the binding is gone", () -> reached() == 1);
  }

  /** A phone is bound to an account in the chat, by the code that comes by SMS. */
  private Follower binds(String openid, Phone phone) throws InterruptedException {
    Follower account = town.wechat().account().follower(openid);
    account.sends("绑定 " + phone.number());
    String sms = phone.expect("验证码", SOON).text();
    Matcher code = Pattern.compile("验证码(\\d{8})").matcher(sms);
    assertThat(code.find()).as(sms).isTrue();
    account.sends(code.group(1));
    account.expect("已绑定", SOON);
    return account;
  }

  /** The company knows the phone, and the gateway has asked it. */
  private Member isMember(String userid, Phone phone) {
    Member member = town.wechat().wecom().member(userid).mobile(phone.number());
    town.gateway().post("/api/v1/wechat/userids", "application/json", new byte[] {'{', '}'});
    Township.until(
        "the company was asked",
        () -> town.gateway().get("/api/v1/wechat/userids").path("found").asInt() == 1);
    return member;
  }

  private int reached() {
    JsonNode all = town.gateway().get("/api/v1/wechat/coverage");
    return all.path("responsibleReached").asInt();
  }

  private JsonNode channel(String name) {
    for (JsonNode channel : town.gateway().get("/api/v1/channels")) {
      if (channel.path("name").asText().equals(name)) {
        return channel;
      }
    }
    throw new AssertionError("no channel " + name);
  }

  private static String wechatState(Issued warning, String name) {
    return rows(warning, name).get(0).path("state").asText();
  }

  private static int attempts(Issued warning, String name) {
    return rows(warning, name).stream().mapToInt(d -> d.path("attempts").asInt()).sum();
  }

  private static List<JsonNode> rows(Issued warning, String name) {
    return warning.deliveries().stream()
        .filter(d -> d.path("channel").asText().equals("wechat"))
        .filter(d -> d.path("name").asText().equals(name))
        .toList();
  }
}

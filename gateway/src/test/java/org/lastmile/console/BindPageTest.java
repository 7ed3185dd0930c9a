package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Message;
import org.lastmile.desk.View;

/** The page on which a follower binds their account to their phone, and takes it back. */
class BindPageTest {
  private static final String OPENID = "o-resident";
  private static final String PHONE = "13700000004";
  private House house;
  private String page;

  @BeforeEach
  void open() {
    house = House.withWeChat();
    page = house.links.binding(OPENID).substring("http://localhost".length());
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void aPhoneIsBoundByTheCodeThatComesThereAndTheLinkIsSpent() throws Exception {
    HttpResponse<String> form = get(page);
    assertThat(form.statusCode()).isEqualTo(200);
    assertThat(form.body())
        .contains("<option>青龙镇 西岭村</option>", "同意", "解绑或取消关注后删除")
        .doesNotContain("<script", OPENID);

    HttpResponse<String> asked = post(ask(PHONE, "yes"));
    assertThat(asked.statusCode()).isEqualTo(303);
    String step = asked.headers().firstValue("Location").orElseThrow();
    assertThat(get(step).body()).contains("8位验证码");
    assertThat(post("do=prove&code=19999999").body()).contains("验证码不对");
    HttpResponse<String> bound = post("do=prove&code=" + code());
    assertThat(bound.statusCode()).isEqualTo(200);
    assertThat(bound.body()).contains("已绑定").doesNotContain(PHONE, "0004", "<form");

    View.Binding binding = House.get(house.desk.binding(OPENID)).orElseThrow();
    assertThat(binding.phone()).isEqualTo(PHONE);
    assertThat(binding.village()).isEqualTo("青龙镇 西岭村");
    assertThat(binding.since()).isEqualTo(house.clock.instant());
    assertThat(binding.how()).isEqualTo("page");
    assertThat(get(page).statusCode()).isEqualTo(404);
  }

  @Test
  void aForwardedLinkNeitherShowsNorChangesNorEndsABinding() throws Exception {
    house.writesOnWeChat(OPENID, "绑定 " + PHONE);
    house.writesOnWeChat(OPENID, code());
    assertThat(get(page).body()).contains("已绑定").doesNotContain("0004", "<form");
    assertThat(post(ask("13800000001", "yes")).body()).contains("已绑定");
    assertThat(house.carry("sms")).isEmpty();
    assertThat(post("do=unbind").body()).contains("已绑定");
    assertThat(House.get(house.desk.binding(OPENID)).orElseThrow().phone()).isEqualTo(PHONE);
  }

  @Test
  void nothingIsSentWithoutConsentOrToWhatIsNoPhone() throws Exception {
    assertThat(post(ask(PHONE, "")).body()).contains("没有勾选同意");
    assertThat(post(ask("12345", "yes")).body()).contains("这不是手机号");
    assertThat(house.carry("sms")).isEmpty();
  }

  @Test
  void aFourthCodeWithinTheHourIsRefusedInWords() throws Exception {
    for (int i = 1; i <= 3; i++) {
      assertThat(post(ask(PHONE, "yes")).statusCode()).isEqualTo(303);
    }
    HttpResponse<String> fourth = post(ask(PHONE, "yes"));
    assertThat(fourth.statusCode()).isEqualTo(400);
    assertThat(fourth.body()).contains("一小时后再试");
  }

  @Test
  void aLinkIsOneAccountsAndEndsAfterAQuarterOfAnHour() throws Exception {
    assertThat(get("/bind/guessed").statusCode()).isEqualTo(404);
    house.clock.pass(Duration.ofMinutes(16));
    HttpResponse<String> late = get(page);
    assertThat(late.statusCode()).isEqualTo(404);
    assertThat(late.body()).contains("回复“绑定”");
  }

  @Test
  void wordsInTheChatLeadToThePage() throws Exception {
    house.writesOnWeChat(OPENID, "绑定");
    String answer = house.replies.get(0).content().text();
    Matcher link = Pattern.compile("http://localhost(/bind/\\S+)").matcher(answer);
    assertThat(link.find()).as(answer).isTrue();
    assertThat(get(link.group(1)).statusCode()).isEqualTo(200);
  }

  private String code() {
    Message sms =
        house.carry("sms").stream()
            .filter(m -> m.address().equals(PHONE))
            .findFirst()
            .orElseThrow();
    Matcher code = Pattern.compile("验证码(\\d{8})").matcher(sms.content().text());
    assertThat(code.find()).isTrue();
    return code.group(1);
  }

  private static String ask(String phone, String agree) {
    return "do=ask&phone="
        + phone
        + "&agree="
        + agree
        + "&village="
        + URLEncoder.encode("青龙镇 西岭村", StandardCharsets.UTF_8);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return house.send(HttpRequest.newBuilder(URI.create(house.url(path))));
  }

  private HttpResponse<String> post(String form) throws Exception {
    return house.send(
        HttpRequest.newBuilder(URI.create(house.url(page)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }
}

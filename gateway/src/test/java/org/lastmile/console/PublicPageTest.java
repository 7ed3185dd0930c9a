package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Message;
import org.lastmile.warning.Coverage;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Proof;
import org.lastmile.warning.Warning;

/**
 * The page behind a message's link: it answers for whoever got the message, and for nobody else.
 */
class PublicPageTest {
  private static final String WANG = "13800000001";
  private final List<Message> sent = new ArrayList<>();
  private House house;
  private String id;

  @BeforeEach
  void open() {
    house = House.withWeChat();
    id = house.release(Township.red("A1", house.clock.instant()));
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void itShowsTheWarningThePointTheWayOutAndAMapAndNobodysNameOrNumber() throws Exception {
    HttpResponse<String> page = get(link(WANG));
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body())
        .contains("预警生效中", "东溪村1号滑坡", "沿机耕道向东", "村小学", "预计未来3小时", "受威胁人员立即撤离")
        .contains("position=102.900000,30.110000", "我已收到", "去不了")
        .doesNotContain("<script", "王建国", WANG, "0001");
    assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
  }

  @Test
  void theWholeOfItIsLightAndNothingComesFromElsewhere() throws Exception {
    String page = get(link(WANG)).body();
    int bytes = page.getBytes(StandardCharsets.UTF_8).length;
    for (String file : List.of("/public.css", "/icon.svg")) {
      assertThat(page).contains(file);
      bytes += get(file).body().getBytes(StandardCharsets.UTF_8).length;
    }
    assertThat(bytes).isLessThan(30 * 1024);
    assertThat(page).doesNotContain("src=").containsOnlyOnce("https://");
  }

  @Test
  void iHaveReceivedItCountsAsTheAnswerOfThatPerson() throws Exception {
    String link = link(WANG);
    HttpResponse<String> sent = post(link, "digits=0001&answer=yes");
    assertThat(sent.statusCode()).isEqualTo(303);
    assertThat(sent.headers().firstValue("Location")).hasValue(link);
    assertThat(get(link).body()).contains("已记录：您已收到");
    assertThat(at("P-01").missing()).doesNotContain(Proof.ANSWERED);
    assertThat(at("P-02").missing()).contains(Proof.ANSWERED);
  }

  @Test
  void iCantGoHandsOverAtOnce() throws Exception {
    String link = link(WANG);
    assertThat(post(link, "digits=0001&answer=no").statusCode()).isEqualTo(303);
    assertThat(get(link).body()).contains("去不了", "已转给其他责任人");
    assertThat(at("P-01").stage()).isEqualTo(1);
    assertThat(post(link, "digits=0001&answer=yes").statusCode()).isEqualTo(303);
    assertThat(get(link).body()).contains("已记录：您已收到");
  }

  @Test
  void aForwardedLinkLetsNoStrangerAnswerNorGuess() throws Exception {
    String link = link(WANG);
    for (int left = 4; left >= 1; left--) {
      HttpResponse<String> guess = post(link, "digits=999" + left + "&answer=yes");
      assertThat(guess.statusCode()).isEqualTo(403);
      assertThat(guess.body()).contains("还可以试" + left + "次");
    }
    assertThat(post(link, "digits=9990&answer=yes").statusCode()).isEqualTo(403);
    HttpResponse<String> after = post(link, "digits=0001&answer=yes");
    assertThat(after.statusCode()).isEqualTo(429);
    assertThat(after.body()).contains("错了太多次", "直接回复").doesNotContain("<form");
    assertThat(at("P-01").missing()).contains(Proof.ANSWERED);
    house.writes(WANG, "收到"); // the person themselves still can
    assertThat(at("P-01").missing()).doesNotContain(Proof.ANSWERED);
  }

  @Test
  void otherWarningsAreShownOnlyToWhoeverHasAnsweredAndGiveNoMoreTries() throws Exception {
    String link = link(WANG);
    String other = house.release(Township.red("A2", house.clock.instant()));
    String second = House.link(to(WANG, other));
    assertThat(get(link).body()).doesNotContain("没答复的预警", other);
    HttpResponse<String> wrong = post(link, "digits=9999&answer=yes");
    assertThat(wrong.body()).contains("还可以试4次").doesNotContain(other);
    assertThat(post(second, "digits=9998&answer=yes").body()).contains("还可以试3次");
    HttpResponse<String> answered = post(link, "digits=0001&answer=yes");
    assertThat(answered.statusCode()).isEqualTo(200);
    assertThat(answered.body()).contains("已记录", "没答复的预警", second);
  }

  @Test
  void alsoWithoutDigitsOrWithWordsNothingIsNotedAndNoTryIsSpent() throws Exception {
    for (String digits : List.of("", "abcd", "1", "00001", "%3Ci%3E")) {
      HttpResponse<String> sent = post(link(WANG), "digits=" + digits + "&answer=yes");
      assertThat(sent.statusCode()).as(digits).isEqualTo(400);
      assertThat(sent.body()).contains("最后四位").doesNotContain("<i>");
    }
    assertThat(post(link(WANG), "digits=0001").statusCode()).isEqualTo(400);
    assertThat(post(link(WANG), "digits=0001&answer=yes").statusCode()).isEqualTo(303);
  }

  @Test
  void aTokenThatWasNotMadeHereOpensNothing() throws Exception {
    String link = link(WANG);
    String other = link("13800000002");
    String number = other.substring(other.lastIndexOf('/') + 1).split("-", 2)[0];
    String mac = link.substring(link.indexOf('-') + 1);
    for (String token :
        List.of("1", "1-", "x-y", number + "-" + mac, "99999999-" + mac, "-1-" + mac)) {
      HttpResponse<String> page = get("/w/" + id + "/" + token);
      assertThat(page.statusCode()).as(token).isEqualTo(404);
      assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
      assertThat(page.body()).contains("链接不对");
    }
    assertThat(post("/w/" + id + "/" + number + "-" + mac, "digits=0002&answer=yes").statusCode())
        .isEqualTo(404);
    assertThat(get(link.replace(id, "w00000000000000")).statusCode()).isEqualTo(404);
  }

  @Test
  void allOfACompanyGetTheSameLinkSoThatOneCallCarriesThemAll() throws Exception {
    House.get(house.desk.wecom(WANG, "wang"));
    House.get(house.desk.wecom("13900000001", "li"));
    String other = house.release(Township.red("A2", house.clock.instant()));
    List<Message> cards = house.carry("wecom");
    assertThat(cards).extracting(House::link).containsExactly("/w/" + other, "/w/" + other);
    assertThat(get("/w/" + other).body()).contains("预警生效中").doesNotContain("<form");
  }

  @Test
  void afterALiftAnOldLinkSaysSoAndTakesNoAnswer() throws Exception {
    String link = link(WANG);
    House.get(house.desk.lift(id, "王芳", "雨停了"));
    assertThat(get(link).body()).contains("预警已解除").doesNotContain("<form");
    assertThat(post(link, "digits=0001&answer=yes").body()).contains("预警已解除");
    assertThat(get("/w/" + id).body()).contains("预警已解除");
  }

  @Test
  void afterThreeDaysALinkOnlyReads() throws Exception {
    String link = link(WANG);
    house.clock.pass(PublicPage.ANSWERS);
    assertThat(get(link).body()).contains("已经过期", "直接回复").doesNotContain("<form");
    assertThat(post(link, "digits=0001&answer=yes").statusCode()).isEqualTo(200);
    assertThat(at("P-01").missing()).contains(Proof.ANSWERED);
  }

  @Test
  void aDrillSaysThatItIsOne() throws Exception {
    String drill =
        house.release(
            Township.warning("D1", house.clock.instant(), Warning.Nature.EXERCISE, Grade.RED));
    String link = House.link(to(WANG, drill));
    assertThat(get(link).body()).contains("【演练】", "这是演练，不是真的预警", "演练进行中").doesNotContain("预警生效中");
  }

  @Test
  void aResidentIsAskedOnlyWhetherTheyHaveReadIt() throws Exception {
    house.carry("wechat");
    house.clock.pass(Duration.ofSeconds(61));
    String link = House.link(to("13700000001", id));
    assertThat(get(link).body()).contains("我已收到").doesNotContain("去不了");
    assertThat(post(link, "digits=0001&answer=no").statusCode()).isEqualTo(400);
    assertThat(post(link, "digits=0001&answer=yes").statusCode()).isEqualTo(303);
    assertThat(get(link).body()).contains("已记录");
    assertThat(at("P-01").missing()).contains(Proof.ANSWERED); // it covers nothing
  }

  @Test
  void aHeldWarningThatPeopleArePagedAboutSaysThatNobodyHasReleasedIt() throws Exception {
    House.get(house.desk.wecom(WANG, "wang"));
    String held = house.handIn(Township.red("H1", house.clock.instant()));
    assertThat(get("/w/" + held).statusCode()).isEqualTo(404);
    house.clock.pass(Duration.ofMinutes(4));
    await().until(() -> house.send(page("/w/" + held)).statusCode() == 200);
    Message card =
        house.carry("wecom").stream()
            .filter(m -> m.content().about().equals(held))
            .findFirst()
            .orElseThrow();
    assertThat(House.link(card)).isEqualTo("/w/" + held);
    assertThat(get(House.link(card)).body())
        .contains("预警还没有发布：正在等值班领导决定", "预计未来3小时")
        .doesNotContain("受威胁人员立即撤离", "预警生效中", "<form");

    String own = House.link(to(WANG, held));
    assertThat(get(own).body()).contains("预警还没有发布", "沿机耕道向东", "我已收到").doesNotContain("受威胁人员立即撤离");
    assertThat(post(own, "digits=0001&answer=yes").body()).contains("已记录：您已收到");

    House.get(house.desk.reject(held, "王芳", "误报"));
    assertThat(get("/w/" + held).body()).contains("预警没有发布，不用再答复");
    assertThat(get(own).body()).contains("预警没有发布").doesNotContain("<form");
  }

  @Test
  void aPersonWithTwoHundredPointsAnswersAllOfThemOnLightPages() throws Exception {
    house.close();
    house = House.withWeChat(Township.many(200));
    id = house.release(Township.red("A1", house.clock.instant()));
    String link = link(WANG);
    int style = bytes(get("/public.css").body()) + bytes(get("/icon.svg").body());
    int left = 200;
    while (left > 0) {
      String page = get(link).body();
      assertThat(bytes(page) + style).isLessThan(30 * 1024);
      Matcher asked = Pattern.compile("name=\"p(\\d+)\" value=\"yes\">").matcher(page);
      StringBuilder form = new StringBuilder("digits=0001");
      int shown = 0;
      while (asked.find()) {
        form.append("&p").append(asked.group(1)).append("=yes");
        shown++;
      }
      assertThat(shown).isGreaterThan(Math.min(left, 20) - 1);
      if (shown < left) {
        assertThat(page).contains("您负责200处，" + left + "处还没有答复", "这里先列" + shown + "处");
      }
      assertThat(post(link, form.toString()).statusCode()).isEqualTo(303);
      left -= shown;
    }
    assertThat(get(link).body()).contains("已记录：您已收到");
    assertThat(House.get(house.desk.coverage(id)).orElseThrow().points())
        .noneMatch(p -> p.missing().contains(Proof.ANSWERED));
  }

  @Test
  void wordsOfTheWarningAreShownAsTheyAreAndNeverRun() throws Exception {
    Warning red = Township.red("A9", house.clock.instant());
    String evil =
        house.release(
            new Warning(
                new Warning.Identity("511826", "A9", red.identity().sent()),
                red.type(),
                red.nature(),
                red.grade(),
                red.hazard(),
                red.senderName(),
                "<script>alert(1)</script>",
                "第一行\n\"><img src=x>",
                red.instruction(),
                red.texts(),
                red.effective(),
                red.expires(),
                red.area(),
                red.references(),
                red.notices(),
                red.doubts()));
    assertThat(get("/w/" + evil).body())
        .doesNotContain("<script>", "<img")
        .contains("第一行<br>&quot;&gt;&lt;img");
  }

  private String link(String phone) {
    return House.link(to(phone, id));
  }

  private Message to(String phone, String warning) {
    sent.addAll(house.carry("sms"));
    return sent.stream().filter(m -> is(m, phone, warning)).findFirst().orElseThrow();
  }

  private static boolean is(Message m, String phone, String warning) {
    return m.address().equals(phone) && m.content().about().equals(warning);
  }

  private Coverage.At at(String point) {
    return House.get(house.desk.coverage(id)).orElseThrow().points().stream()
        .filter(p -> p.id().equals(point))
        .findFirst()
        .orElseThrow();
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private HttpRequest.Builder page(String path) {
    return HttpRequest.newBuilder(URI.create(house.url(path)));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return house.send(page(path));
  }

  private HttpResponse<String> post(String path, String form) throws Exception {
    return house.send(
        HttpRequest.newBuilder(URI.create(house.url(path)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }
}

package org.lastmile.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.notices.Departments;
import org.lastmile.notices.Terms;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Warning;

/** The page as people use it, in a real browser. */
class ConsolePageTest {
  private static Chromium chromium;

  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private House house;
  private BrowserContext context;
  private Page page;

  @BeforeAll
  static void launch() {
    chromium = new Chromium();
  }

  @AfterAll
  static void quit() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @BeforeEach
  void open() {
    moveInto(new House());
    context =
        chromium.browser().newContext(new Browser.NewContextOptions().setViewportSize(1366, 768));
    page = context.newPage();
    page.setDefaultTimeout(20_000);
    page.onPageError(complaints::add);
    page.onConsoleMessage(
        m -> {
          if (m.text().contains("Content Security Policy")) {
            complaints.add(m.text());
          }
        });
  }

  private void moveInto(House which) {
    if (house != null) {
      house.close();
    }
    house = which;
    house.clock.pass(Duration.between(house.clock.instant(), Instant.now()));
    house.accounts.putUser("王芳", Role.ADMIN, House.PASSWORD, List.of());
    house.accounts.putUser("李强", Role.VIEWER, House.PASSWORD, List.of());
  }

  @AfterEach
  void close() {
    context.close();
    house.close();
    assertThat(complaints).isEmpty();
  }

  @Test
  void aWrongPasswordIsSaidAndTheRightOneOpensTheDesk() {
    page.navigate(house.url("/"));
    enter("王芳", "wrong password");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("账号或密码不对");
    enter("王芳", House.PASSWORD);
    assertThat(page.getByText("还没有收到过预警")).isVisible();
    assertThat(page.locator(".line")).containsText("实时");
    assertThat(page.getByText("broker: no connection")).isVisible();
  }

  @Test
  void coverageComesInLiveAndSentIsNeverToldDeliveredNeverAnswered() {
    signIn("王芳");
    String id = house.release(Township.red("A1", house.clock.instant()));
    assertThat(page.locator(".head h1")).hasText("芦山县气象台发布暴雨红色预警");
    assertThat(count("unreached")).hasText("6");
    List<Message> sms = house.carry("sms");
    assertThat(channel("短信")).containsText("已发出，未证实");
    assertThat(count("unreached")).hasText("6");
    assertThat(count("covered")).hasText("0");

    Message toA = to(sms, "13800000001");
    house.evidence("sms", toA, Signal.Evidence.DELIVERED);
    assertThat(count("reached")).hasText("1");
    assertThat(channel("短信")).containsText("已送达，未应答");
    assertThat(count("covered")).hasText("0");
    assertThat(row("东溪村1号滑坡")).containsText("责任人没有应答");

    Message speaker = to(house.carry("loudspeaker"), "spk-1");
    house.evidence("loudspeaker", speaker, Signal.Evidence.PLAYED);
    house.evidence("sms", toA, Signal.Evidence.ACKNOWLEDGED);
    house.evidence("sms", to(sms, "13600000001"), Signal.Evidence.ACKNOWLEDGED);
    assertThat(count("covered")).hasText("1");
    assertThat(row("东溪村1号滑坡")).hasCount(0);
    assertThat(page.locator(".villages li").filter(with("东溪村"))).containsText("1/3");
    assertThat(House.get(house.desk.coverage(id)).orElseThrow().covered()).isEqualTo(1);
  }

  @Test
  void anOperatorConfirmsAPointByKeyboardAlone() {
    String id = house.release(Township.red("A1", house.clock.instant()));
    signIn("王芳");
    Locator confirm = row("西岭村4号滑坡").locator("td button");
    confirm.focus();
    page.keyboard().press("Enter");
    assertThat(page.getByRole(AriaRole.DIALOG)).containsText("登记：西岭村4号滑坡");
    page.keyboard().press("ArrowRight");
    page.keyboard().press("Tab");
    page.keyboard().type("王建国4");
    page.keyboard().press("Tab");
    page.keyboard().type("已全部撤到村小学");
    page.keyboard().press("Tab");
    page.keyboard().type("16");
    page.keyboard().press("Enter");
    assertThat(page.getByRole(AriaRole.DIALOG)).hasCount(0);
    assertThat(row("西岭村4号滑坡")).hasCount(0);
    assertThat(count("covered")).hasText("1");
    assertThat(House.get(house.desk.timeline(id)).orElseThrow())
        .anyMatch(l -> l.detail().contains("王建国4 (王芳)") && l.detail().contains("已全部撤到村小学"));
  }

  @Test
  void aDialogThatIsRefusedStaysOpenAndSaysWhy() {
    String id = house.release(Township.red("A1", house.clock.instant()));
    signIn("王芳");
    page.getByRole(AriaRole.BUTTON, named("解除预警")).click();
    House.get(house.desk.lift(id, "别人", "雨停了"));
    page.getByRole(AriaRole.DIALOG).locator("button.primary").click();
    assertThat(page.getByRole(AriaRole.DIALOG).getByRole(AriaRole.ALERT)).containsText("没有成功");
    page.keyboard().press("Escape");
    assertThat(page.getByRole(AriaRole.DIALOG)).hasCount(0);
    assertThat(page.locator(".head .chip")).hasText("已解除");
  }

  @Test
  void aPersonWithoutTheRightIsOfferedNothingToDoAndNoPhone() {
    house.release(Township.red("A1", house.clock.instant()));
    house.clock.pass(Duration.ofMinutes(6));
    signIn("李强");
    assertThat(page.locator(".tasks")).containsText("138****0001");
    assertThat(page.locator(".tasks a")).hasCount(0);
    assertThat(page.getByRole(AriaRole.BUTTON, named("登记"))).hasCount(0);
    assertThat(page.getByRole(AriaRole.BUTTON, named("解除预警"))).hasCount(0);
    assertThat(page.getByRole(AriaRole.BUTTON, named("我来处理"))).hasCount(0);
  }

  @Test
  void aDutyTaskIsTakenByOneClick() {
    house.release(Township.red("A1", house.clock.instant()));
    house.clock.pass(Duration.ofMinutes(6));
    signIn("王芳");
    Locator task = page.locator(".task").filter(with("西岭村"));
    task.getByRole(AriaRole.BUTTON).click();
    assertThat(task).containsText("王芳 正在处理");
  }

  @Test
  void aDrillIsMarkedEverywhereAndApprovedAsADrill() {
    house.handIn(
        Township.warning("D1", house.clock.instant(), Warning.Nature.EXERCISE, Grade.ORANGE));
    signIn("王芳");
    assertThat(page.locator(".item .drill-mark")).hasText("演练");
    assertThat(page.locator(".head .drill-band")).hasText("演练 · 不是真实预警");
    assertThat(page.locator(".head")).containsText("受威胁人员立即撤离");
    page.getByRole(AriaRole.BUTTON, named("批准下发")).click();
    Locator dialog = page.getByRole(AriaRole.DIALOG);
    assertThat(dialog.locator(".drill-band")).isVisible();
    assertThat(dialog.locator("h2")).hasText("批准下发演练");
    dialog.locator("button.primary").click();
    assertThat(page.locator(".head .chip")).hasText("已下发");
  }

  @Test
  void eachModemShowsWhatItDoesAndWhatIsWrongInBothLanguages() {
    house.modems =
        Health.of(
            List.of(
                new Health.Part(
                    "/dev/ttyUSB0",
                    Health.State.UP,
                    "",
                    Map.of(
                        "signal",
                        "-71 dBm",
                        "operator",
                        "中国移动",
                        "sim",
                        "147****01",
                        "queue",
                        "3",
                        "sentPerMinute",
                        "11",
                        "hourLeft",
                        "120",
                        "dayLeft",
                        "800")),
                new Health.Part(
                    "/dev/ttyUSB1",
                    Health.State.DOWN,
                    "no SIM: put one in",
                    Map.of("signal", "unknown", "whyZh", "没有 SIM 卡：请插入", "port", "x"))));
    signIn("李强");
    Locator good = page.locator(".modem-UP");
    assertThat(good).containsText("ttyUSB0");
    assertThat(good).containsText("中国移动");
    assertThat(good).containsText("-71 dBm");
    assertThat(good.locator(".bar-on")).hasCount(4);
    assertThat(good).containsText("排队 3");
    assertThat(good).containsText("每分钟发 11");
    assertThat(good).containsText("本小时 120 条，今日 800 条");
    good.locator("summary").click();
    assertThat(good.getByText("147****01")).isVisible();
    Locator bad = page.locator(".modem-DOWN");
    assertThat(bad).containsText("没有 SIM 卡：请插入");
    assertThat(page.locator(".modems > li").first()).containsText("ttyUSB1");
    assertThat(page.getByRole(AriaRole.BUTTON, named("发测试短信"))).hasCount(0);
    page.getByRole(AriaRole.BUTTON, named("English")).click();
    assertThat(bad).containsText("no SIM: put one in");
    assertThat(bad).not().containsText("请插入");
  }

  @Test
  void aTestMessageIsSentAndItsWayIsShownWhileOneLooks() {
    signIn("王芳");
    page.getByRole(AriaRole.BUTTON, named("发测试短信")).click();
    Locator dialog = page.getByRole(AriaRole.DIALOG);
    assertThat(dialog).containsText("不会被当成预警");
    dialog.getByLabel("收信号码").fill("13712345678");
    dialog.getByLabel("内容").fill("模块一");
    assertThat(broken()).isEmpty();
    dialog.locator("button.primary").click();
    assertThat(dialog.getByRole(AriaRole.STATUS)).containsText("排队等候");
    Message message = House.get(house.desk.due("sms", 10)).get(0);
    assertThat(message.content().text()).isEqualTo("【测试】模块一");
    House.get(house.desk.outcome(message.attempt(), new Outcome.Accepted(List.of("1"))));
    assertThat(dialog.getByRole(AriaRole.STATUS)).containsText("等待回执");
    house.evidence("sms", message, Signal.Evidence.RECEIVED);
    assertThat(dialog.getByRole(AriaRole.STATUS)).containsText("还在投递");
    house.evidence("sms", message, Signal.Evidence.DELIVERED);
    assertThat(dialog.getByRole(AriaRole.STATUS)).containsText("已送达手机");
    dialog.locator("button.primary").click();
    assertThat(dialog.getByRole(AriaRole.STATUS)).containsText("排队等候");
    Message again = House.get(house.desk.due("sms", 10)).get(0);
    House.get(
        house.desk.outcome(
            again.attempt(), new Outcome.Permanent("CMS 28: number not identified")));
    assertThat(dialog.getByRole(AriaRole.STATUS)).containsText("号码无效（CMS 28）");
    page.keyboard().press("Escape");
    assertThat(dialog).hasCount(0);
  }

  @Test
  void somebodyInDangerIsSaidAtTheTopUntilSomebodySeesToIt() {
    house.release(Township.red("A1", house.clock.instant()));
    house.carry("sms");
    signIn("王芳");
    assertThat(page.getByText("没有需要看的来信")).isVisible();
    house.writes("15000000000", "请问桥通了吗");
    assertThat(page.locator(".letter")).containsText("不在台账里的号码");
    assertThat(page.locator(".banner-alarm")).hasCount(0);
    house.writes("13800000001", "1人被困");
    assertThat(page.locator(".banner-alarm")).containsText("王建国1");
    assertThat(page.locator(".banner-alarm")).containsText("1人被困");
    Locator alarm = page.locator(".letter").first();
    page.getByText("大喇叭").first().click();
    assertThat(page.locator(".speakers")).isVisible();
    page.getByText("查看").click();
    assertThat(alarm).isInViewport();
    assertThat(alarm).containsText("报险");
    assertThat(alarm).containsText("芦山县气象台发布暴雨红色预警");
    assertThat(broken()).isEmpty();
    alarm.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("我来处理")).click();
    assertThat(page.locator(".banner-alarm")).hasCount(0);
    assertThat(page.locator("#inbox .seen")).containsText("已看过的来信 1");
    assertThat(page.locator("#inbox > .letters .letter")).hasCount(1);
  }

  @Test
  void aDepartmentsNoticeIsShownAndStoppedByOneClickOfWhoMay() {
    Instant now = house.clock.instant();
    Terms always =
        new Terms(LocalTime.MIN, LocalTime.MAX, DayOfWeek.MONDAY, DayOfWeek.SUNDAY, 9, 600, 9, 99);
    house
        .departments
        .speak(
            "水务局",
            always,
            new Departments.Wish(
                "今天下午停水", List.of("P-01"), List.of("spk-1"), now, now.plusSeconds(60), 1, 80, 7))
        .join();
    signIn("李强");
    assertThat(page.locator("#notices h2")).containsText("部门通知（大喇叭） 1");
    assertThat(page.locator("#notices")).containsText("水务局");
    assertThat(page.locator("#notices button")).hasCount(0);
    page.getByText("退出").click();
    signIn("王芳");
    Locator notices = page.locator("#notices");
    assertThat(notices).containsText("今天下午停水");
    assertThat(notices).containsText("1 只大喇叭：P-01");
    assertThat(notices).containsText("等待 1");
    notices.getByText("停播").click();
    assertThat(notices).containsText("现在没有部门在播通知");
    notices.locator("summary").click();
    assertThat(notices).containsText("王芳 停播");
  }

  @Test
  void aPointShowsWhatWentToWhomAndWhyNot() {
    house.release(Township.red("A1", house.clock.instant()));
    List<Message> sms = House.get(house.desk.due("sms", 1000));
    for (Message m : sms) {
      Outcome outcome =
          m.address().equals("13800000001")
              ? new Outcome.Permanent("CMS 28: number not identified")
              : new Outcome.Accepted(List.of("1"));
      House.get(house.desk.outcome(m.attempt(), outcome));
    }
    house.evidence("sms", to(sms, "13900000001"), Signal.Evidence.RECEIVED);
    signIn("王芳");
    assertThat(row("东溪村1号滑坡")).containsText("王建国1：号码无效（CMS 28）");
    row("东溪村1号滑坡").locator("th button").click();
    Locator dialog = page.getByRole(AriaRole.DIALOG);
    Locator a = dialog.locator(".rows li").filter(with("王建国1")).first();
    assertThat(a).containsText("送不到");
    assertThat(a).containsText("号码无效（CMS 28）");
    Locator b = dialog.locator(".rows li").filter(with("李秀英1")).first();
    assertThat(b).containsText("运营商还在投递");
    assertThat(b).containsText("暴雨红色预警：东溪村1号滑坡");
    assertThat(dialog.locator(".rows li").filter(with("李秀英1")).filter(with("村小学")))
        .not()
        .hasCount(0);
    assertThat(broken()).isEmpty();
    page.keyboard().press("Escape");
    page.getByRole(AriaRole.BUTTON, named("English")).click();
    assertThat(row("东溪村1号滑坡")).containsText("CMS 28: number not identified");
  }

  @Test
  void aPageThatHearsNothingSaysLoudlyThatItIsStaleAndRecovers() {
    house.release(Township.red("A1", house.clock.instant()));
    signIn("王芳");
    assertThat(count("unreached")).hasText("6");
    house.disconnect();
    assertThat(page.locator(".banner-stale")).containsText("与网关失去联系");
    assertThat(page.locator(".desk.is-stale")).isVisible();
    house.reconnect();
    assertThat(page.locator(".banner-stale")).hasCount(0);
    house.carry("sms");
    assertThat(channel("短信")).containsText("已发出，未证实");
  }

  @Test
  void aSessionThatWasEndedLeadsBackToTheSignIn() throws Exception {
    signIn("李强");
    house.clock.pass(Duration.ofSeconds(10));
    house.send(
        house
            .as(House.BOOTSTRAP, "/api/v1/users/%E6%9D%8E%E5%BC%BA")
            .method("DELETE", HttpRequest.BodyPublishers.noBody()));
    house.release(Township.red("A1", house.clock.instant()));
    assertThat(page.getByRole(AriaRole.BUTTON, named("登录"))).isVisible();
  }

  @Test
  void theLanguageIsSwitchedAndRemembered() {
    house.release(Township.red("A1", house.clock.instant()));
    signIn("王芳");
    page.getByRole(AriaRole.BUTTON, named("English")).click();
    assertThat(page.locator(".count-unreached")).containsText("Unreached");
    page.reload();
    assertThat(page.locator(".count-unreached")).containsText("Unreached");
    assertThat(page.locator("html")).hasAttribute("lang", "en");
  }

  @Test
  void whoIsNotReachedByWeChatIsNamedPointByPointBeforeTheStorm() {
    moveInto(House.withWeChat());
    loses("oWxa1secretsecret");
    loses("oWxb1secretsecret");
    loses("oWxb4secretsecret");
    signIn("王芳");
    Locator reach = page.locator(".reach");
    assertThat(reach).containsText("责任人 12 人中 9 人有微信");
    assertThat(reach).containsText("群众 6 户中 0 户有微信");
    assertThat(reach.getByText("王建国1")).isHidden();
    reach.locator("summary").focus();
    page.keyboard().press("Enter");
    assertThat(reach.locator("li")).hasCount(2);
    assertThat(reach.locator("li").first()).containsText("东溪村1号滑坡");
    assertThat(reach.locator("li").first()).containsText("王建国1、李秀英1");
    assertThat(reach.locator("li").last()).containsText("西岭村4号滑坡");
    assertThat(reach.locator("li").last()).containsText("李秀英4");
    assertThat(broken()).isEmpty();
    picture("reach-office");
    page.setViewportSize(390, 844);
    reach.scrollIntoViewIfNeeded();
    assertThat(wider()).isZero();
    picture("reach-phone");
    page.getByRole(AriaRole.BUTTON, named("English")).click();
    assertThat(reach).containsText("9 of 12 responsible persons on WeChat");
    assertThat(reach).containsText("2 points have somebody responsible without WeChat");
  }

  @Test
  void whoMayNotSeePeopleSeesHowManyLackWeChatAndNoName() {
    moveInto(House.withWeChat());
    loses("oWxa1secretsecret");
    signIn("李强");
    Locator reach = page.locator(".reach");
    reach.locator("summary").click();
    assertThat(reach.locator("li")).containsText("王**");
    assertThat(reach).not().containsText("王建国");
  }

  @Test
  void aLongListOfPointsWithoutWeChatIsCutShortAndStaysWithinItsCard() {
    moveInto(House.withWeChat(Township.many(60)));
    loses("oWxa1secretsecret");
    signIn("王芳");
    Locator reach = page.locator(".reach");
    reach.locator("summary").click();
    assertThat(reach.locator("li")).hasCount(50);
    assertThat(reach).containsText("还有 10 个点");
    page.setViewportSize(390, 844);
    assertThat(wider()).isZero();
    assertThat(reach.boundingBox().height).isLessThan(500);
    assertThat(broken()).isEmpty();
    picture("reach-many");
  }

  private void loses(String openid) {
    House.get(
        house.desk.signal(
            "wechat",
            new Signal.Binding(
                openid, Signal.Change.DEAD, "40003", house.clock.instant(), Map.of())));
  }

  private int wider() {
    Object over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
    return ((Number) over).intValue();
  }

  private void picture(String name) {
    page.locator(".card", new Page.LocatorOptions().setHas(page.locator(".reach")))
        .screenshot(
            new Locator.ScreenshotOptions().setPath(Path.of("target/console-page", name + ".png")));
  }

  @Test
  void nothingIsCutOffOnAnOfficeScreenOrAPhone() {
    house.modems =
        Health.of(
            List.of(
                new Health.Part(
                    "/dev/serial/by-id/usb-Android_Android_with_a_name_that_does_not_end-if02",
                    Health.State.DEGRADED,
                    "weak signal, -105 dBm; move the antenna",
                    Map.of("signal", "-105 dBm", "operator", "中国移动通信集团公司", "queue", "2"))));
    house.release(Township.red("A1", house.clock.instant()));
    house.carry("sms");
    house.writes("13800000001", "1人被困" + "，快来".repeat(40));
    signIn("王芳");
    assertThat(row("东溪村1号滑坡")).isVisible();
    assertThat(page.locator(".banner-alarm")).isVisible();
    assertThat(page.locator(".modem")).isVisible();
    for (int width : new int[] {1366, 1024, 768, 390, 360}) {
      page.setViewportSize(width, 768);
      Object over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
      assertThat(((Number) over).intValue()).as("overflow at " + width).isLessThanOrEqualTo(0);
    }
  }

  /** A link within a letter's line stands in a line of text, as any does. */
  private static final String PRESSED =
      "button:not(.letter-from .link), a.button, summary, a[href^=tel]";

  @Test
  void theDeskWithAllItsCardsFitsAPhoneInBothLanguages() {
    house.release(Township.red("A1", house.clock.instant()));
    house.handIn(
        Township.warning("D1", house.clock.instant(), Warning.Nature.EXERCISE, Grade.YELLOW));
    house.carry("sms");
    house.clock.pass(Duration.ofMinutes(6));
    house.writes("13800000001", "1人被困，快来");
    Instant now = house.clock.instant();
    Terms always =
        new Terms(LocalTime.MIN, LocalTime.MAX, DayOfWeek.MONDAY, DayOfWeek.SUNDAY, 9, 600, 9, 99);
    List<String> everywhere = List.of("P-01", "P-02", "P-03", "P-04", "P-05", "P-06");
    house
        .departments
        .speak(
            "水务局供水与节约用水管理科",
            always,
            new Departments.Wish(
                "今天下午两点到五点，东溪村、西岭村停水检修，请提前储水。",
                everywhere,
                List.of("spk-1", "spk-2", "spk-3", "spk-4", "spk-5", "spk-6"),
                now,
                now.plusSeconds(3600),
                1,
                80,
                7))
        .join();
    signIn("王芳");
    assertThat(page.locator("#notices")).containsText("水务局");
    assertThat(page.locator(".banner-alarm")).isVisible();
    for (String language : List.of("zh", "en")) {
      for (int width : new int[] {390, 1366}) {
        page.setViewportSize(width, width == 390 ? 844 : 768);
        page.waitForFunction("width => innerWidth === width", width);
        assertThat(wider()).as(language + " at " + width).isZero();
        page.screenshot(
            new Page.ScreenshotOptions()
                .setPath(Path.of("target/pages/desk-" + width + "-" + language + ".png"))
                .setFullPage(true));
      }
      page.setViewportSize(390, 844);
      assertThat(Chromium.tooSmallForAThumb(page, PRESSED)).as(language).isEmpty();
      if (language.equals("zh")) {
        page.getByRole(AriaRole.BUTTON, named("English")).click();
      }
    }
  }

  @Test
  void accessibilityRulesHold() {
    page.navigate(house.url("/"));
    assertThat(page.locator("form")).isVisible();
    assertThat(broken()).isEmpty();
    house.release(Township.red("A1", house.clock.instant()));
    house.handIn(
        Township.warning("D1", house.clock.instant(), Warning.Nature.EXERCISE, Grade.YELLOW));
    house.clock.pass(Duration.ofMinutes(6));
    enter("王芳", House.PASSWORD);
    assertThat(page.locator(".task")).hasCount(2);
    assertThat(broken()).isEmpty();
    row("东溪村1号滑坡").locator("td button").click();
    assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
    assertThat(broken()).isEmpty();
  }

  private List<String> broken() {
    return new AxeBuilder(page)
            .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa"))
            .analyze()
            .getViolations()
            .stream()
            .map(
                (Rule r) ->
                    r.getId()
                        + ": "
                        + r.getNodes().stream().map(n -> n.getHtml()).limit(3).toList())
            .toList();
  }

  private void signIn(String name) {
    page.navigate(house.url("/"));
    enter(name, House.PASSWORD);
    assertThat(page.locator(".line-live")).isVisible();
  }

  private void enter(String name, String password) {
    page.getByLabel("账号").fill(name);
    page.getByLabel("密码").fill(password);
    page.getByRole(AriaRole.BUTTON, named("登录")).click();
  }

  private Locator count(String kind) {
    return page.locator(".count-" + kind + " b");
  }

  private Locator row(String point) {
    return page.locator("table.points tbody tr").filter(with(point));
  }

  private Locator channel(String name) {
    return page.locator(".channels > li").filter(with(name));
  }

  private static Message to(List<Message> messages, String address) {
    return messages.stream().filter(m -> m.address().equals(address)).findFirst().orElseThrow();
  }

  private static Locator.FilterOptions with(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }
}

package org.lastmile.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Message;
import org.lastmile.channel.Signal;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Warning;

/** The page as people use it, in a real browser. */
class ConsolePageTest {
  private static Playwright playwright;
  private static Browser browser;

  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private House house;
  private BrowserContext context;
  private Page page;

  @BeforeAll
  static void launch() {
    Optional<Path> chromium =
        Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    Assumptions.assumeTrue(
        chromium.isPresent(), "browser tests need chromium: apt-get install chromium");
    PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium.get())
                    .setArgs(List.of("--no-sandbox")));
  }

  @AfterAll
  static void quit() {
    if (playwright != null) {
      playwright.close();
    }
  }

  @BeforeEach
  void open() {
    house = new House();
    house.clock.pass(Duration.between(house.clock.instant(), Instant.now()));
    house.accounts.putUser("王芳", Role.ADMIN, House.PASSWORD, List.of());
    house.accounts.putUser("李强", Role.VIEWER, House.PASSWORD, List.of());
    context = browser.newContext(new Browser.NewContextOptions().setViewportSize(1366, 768));
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
    Locator confirm = row("西岭村4号滑坡").getByRole(AriaRole.BUTTON);
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
  void nothingIsCutOffOnAnOfficeScreenOrAPhone() {
    house.release(Township.red("A1", house.clock.instant()));
    signIn("王芳");
    assertThat(row("东溪村1号滑坡")).isVisible();
    for (int width : new int[] {1366, 1024, 768, 390, 360}) {
      page.setViewportSize(width, 768);
      Object over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
      assertThat(((Number) over).intValue()).as("overflow at " + width).isLessThanOrEqualTo(0);
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
    row("东溪村1号滑坡").getByRole(AriaRole.BUTTON).click();
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

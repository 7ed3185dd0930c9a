package org.lastmile.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.lastmile.warning.Loudspeaker;

/** Before any storm: which points would hear nothing, in a real browser. */
class SpeakersPageTest {

  @Test
  void thePointsThatWouldHearNothingStandFirstAndTenThousandDevicesDoNotFreezeThePage() {
    try (Chromium chromium = new Chromium();
        House house = new House()) {
      house.clock.pass(Duration.between(house.clock.instant(), Instant.now()));
      house.accounts.putUser("王芳", Role.ADMIN, House.PASSWORD, List.of());
      List<Loudspeaker> horns = house.rosters.loudspeakers();
      for (Loudspeaker horn : horns) {
        house.speakers.put(horn.id(), Speakers.State.ONLINE, "", "");
      }
      house.speakers.put(
          horns.get(0).id(), Speakers.State.FAULTY, "fault AMPLIFIER", "设备报故障 AMPLIFIER");
      for (int i = 0; i < 10_000; i++) {
        Speakers.State state = i % 50 == 0 ? Speakers.State.SILENT : Speakers.State.ONLINE;
        house.speakers.put(
            "LS-%05d".formatted(i),
            state,
            i % 50 == 0 ? "lost its connection" : "",
            i % 50 == 0 ? "连接中断" : "");
      }
      house.speakers.report =
          new Speakers.Report(
              LocalDate.of(2026, 7, 1),
              TestSpeakers.SINCE,
              TestSpeakers.SINCE,
              Map.of("HEARD", 9_812, "FAILED", 3, "OFFLINE", 185),
              List.of());
      Page page =
          chromium
              .browser()
              .newContext(new Browser.NewContextOptions().setViewportSize(1366, 768))
              .newPage();
      page.navigate(house.url("/#speakers"));
      page.getByLabel("账号").fill("王芳");
      page.getByLabel("密码").fill(House.PASSWORD);
      page.keyboard().press("Enter");

      Locator cards = page.locator(".speakers .card");
      assertThat(cards.first().locator("h2")).containsText("现在听不到大喇叭的隐患点");
      assertThat(page.locator(".gaps")).containsText("设备报故障 AMPLIFIER");
      assertThat(page.locator(".self-test")).containsText("9812");
      assertThat(page.locator(".horns tbody tr")).hasCount(50);
      assertThat(page.locator(".filter").filter(with("失联"))).containsText("200");
      page.locator(".filter").filter(with("失联")).click();
      assertThat(page.locator(".horns tbody tr").first()).containsText("连接中断");
      page.getByRole(AriaRole.SEARCHBOX).fill("LS-00450");
      assertThat(page.locator(".horns tbody tr")).hasCount(1);
      page.getByRole(AriaRole.SEARCHBOX).fill("");
      page.locator(".filter").filter(with("全部")).click();
      assertThat(page.locator(".horns tbody tr")).hasCount(50);
      picture(page, "speakers-zh.png");
      page.locator(".horns tbody tr button").first().click();
      assertThat(page.getByRole(AriaRole.STATUS).filter(with("试音"))).isVisible();
      assertThat(house.speakers.asked).containsExactly("test " + horns.get(0).id() + " 20");
      page.getByText("English").click();
      assertThat(cards.first().locator("h2"))
          .containsText("Points where nobody would hear a loudspeaker now");
      assertThat(page.locator(".gaps")).containsText("fault AMPLIFIER");
      picture(page, "speakers-en.png");
      assertThat(new AxeBuilder(page).analyze().getViolations()).isEmpty();
    }
  }

  @Test
  void theEndOfTheDaysSelfTestIsSaidWhereverOneIsAndTheCardFollowsByItself() {
    try (Chromium chromium = new Chromium();
        House house = new House()) {
      house.clock.pass(Duration.between(house.clock.instant(), Instant.now()));
      house.accounts.putUser("王芳", Role.OPERATOR, House.PASSWORD, List.of());
      Page page =
          chromium
              .browser()
              .newContext(new Browser.NewContextOptions().setViewportSize(1366, 768))
              .newPage();
      page.navigate(house.url("/"));
      signIn(page);
      Locator line = page.locator(".banner-news");
      assertThat(line).hasCount(0);

      endsSelfTest(house, "HEARD", "HEARD", "NOT_HEARD", "OFFLINE");
      assertThat(line).containsText("结束：共 4 只，2 只有问题。");
      assertThat(line).containsText("没有声音 1；不在线 1");
      assertThat(line).not().containsText("听到声音");
      picture(page, "self-test-zh.png");
      page.getByText("English").click();
      assertThat(line).containsText("2 of 4 need a look. not heard 1");
      assertThat(new AxeBuilder(page).analyze().getViolations()).isEmpty();
      page.getByText("中文").click();
      line.getByText("查看").click();
      assertThat(page.locator(".self-test")).containsText("没有声音 1");
      assertThat(line).hasCount(0);

      // A page in the background asks for nothing by itself: only what it is told makes it look.
      page.evaluate("Object.defineProperty(document, 'hidden', { value: true })");
      endsSelfTest(house, "HEARD", "HEARD", "HEARD");
      assertThat(line).containsText("共 3 只，没有发现问题。");
      assertThat(page.locator(".self-test")).containsText("听到声音 3");
      assertThat(page.locator(".self-test")).not().containsText("没有声音");
      line.getByText("知道了").click();
      assertThat(line).hasCount(0);
    }
  }

  @Test
  void onAPhoneNothingIsCutOffAndEveryButtonIsLargeEnoughForAThumb() {
    try (Chromium chromium = new Chromium();
        House house = new House()) {
      house.clock.pass(Duration.between(house.clock.instant(), Instant.now()));
      house.accounts.putUser("王芳", Role.ADMIN, House.PASSWORD, List.of());
      List<Loudspeaker> horns = house.rosters.loudspeakers();
      house.speakers.put(
          horns.get(0).id(),
          Speakers.State.FAULTY,
          "fault AMPLIFIER: output stage does not answer, over temperature",
          "设备报故障 AMPLIFIER：功放输出级没有应答，温度过高");
      house.speakers.put(horns.get(1).id(), Speakers.State.SILENT, "nothing for 90 s", "90 秒没有消息");
      house.speakers.put(horns.get(2).id(), Speakers.State.DEGRADED, "on battery", "正在用电池");
      house.speakers.put(horns.get(3).id(), Speakers.State.ONLINE, "", "");
      for (int i = 0; i < 60; i++) {
        house.speakers.put("LS-WITH-A-LONG-NAME-%05d".formatted(i), Speakers.State.ONLINE, "", "");
      }
      Page page =
          chromium
              .browser()
              .newContext(new Browser.NewContextOptions().setViewportSize(390, 844))
              .newPage();
      page.navigate(house.url("/#speakers"));
      signIn(page);
      endsSelfTest(house, "HEARD", "NOT_HEARD", "OFFLINE", "NO_ANSWER", "REFUSED", "FAILED");
      assertThat(page.locator(".banner-news")).isVisible();
      assertThat(page.locator(".horns tbody tr")).hasCount(50);
      for (String language : List.of("zh", "en")) {
        for (int width : new int[] {390, 1366}) {
          page.setViewportSize(width, width == 390 ? 844 : 768);
          page.waitForFunction("width => innerWidth === width", width);
          Object over = page.evaluate("document.documentElement.scrollWidth - innerWidth");
          assertThat(((Number) over).intValue()).as(language + " at " + width).isZero();
          boolean office = width == 1366;
          assertThat(page.locator(".horns thead")).isVisible(visible(office));
          assertThat(says(page, ".gaps td.number")).isEqualTo(!office);
          assertThat(says(page, ".horns td:nth-child(5)")).isEqualTo(!office);
          picture(page, "speakers-" + width + "-" + language + ".png");
        }
        page.setViewportSize(390, 844);
        assertThat(Chromium.tooSmallForAThumb(page, "button, a.button, input"))
            .as(language)
            .isEmpty();
        if (language.equals("zh")) {
          page.getByText("English").click();
        }
      }
    }
  }

  /** The figure says itself what it is. */
  private static boolean says(Page page, String cell) {
    Object label =
        page.evaluate(
            "cell => getComputedStyle(document.querySelector(cell), '::before').content", cell);
    return !label.equals("none");
  }

  private static LocatorAssertions.IsVisibleOptions visible(boolean visible) {
    return new LocatorAssertions.IsVisibleOptions().setVisible(visible);
  }

  private static void signIn(Page page) {
    page.getByLabel("账号").fill("王芳");
    page.getByLabel("密码").fill(House.PASSWORD);
    page.keyboard().press("Enter");
    assertThat(page.locator(".line-live")).isVisible();
  }

  /** Each result of one loudspeaker. */
  private static void endsSelfTest(House house, String... results) {
    List<Speakers.Line> lines = new ArrayList<>();
    for (String result : results) {
      boolean bad = !result.equals("HEARD");
      String id = "spk-" + (lines.size() + 1);
      lines.add(new Speakers.Line(id, house.clock.instant(), result, bad, ""));
    }
    Map<String, Integer> counts =
        lines.stream().collect(Collectors.toMap(Speakers.Line::result, l -> 1, Integer::sum));
    Instant now = house.clock.instant();
    house.speakers.report =
        new Speakers.Report(LocalDate.ofInstant(now, House.ZONE), now, now, counts, lines);
    house.console.selfTested();
  }

  private static Locator.FilterOptions with(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  private static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(Path.of("target", "pages", name)).setFullPage(true));
  }
}

package org.lastmile.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
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

  private static Locator.FilterOptions with(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  private static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(Path.of("target", "pages", name)).setFullPage(true));
  }
}

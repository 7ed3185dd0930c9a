package org.lastmile.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Message;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Warning;

/** The pages behind links, on a phone and without JavaScript, as old phones have it. */
class PublicPageLookTest {
  private static final Path PICTURES = Path.of("target/public-page");
  private static Chromium chromium;

  private final List<String> asked = new CopyOnWriteArrayList<>();
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
    house = House.withWeChat();
    house.clock.pass(Duration.between(house.clock.instant(), Instant.now()));
    context =
        chromium
            .browser()
            .newContext(
                new Browser.NewContextOptions()
                    .setViewportSize(360, 740)
                    .setDeviceScaleFactor(2)
                    .setJavaScriptEnabled(false));
    page = context.newPage();
    page.setDefaultTimeout(20_000);
    page.onRequest(r -> asked.add(r.url()));
  }

  @AfterEach
  void close() {
    context.close();
    house.close();
    assertThat(asked).allMatch(url -> url.startsWith(house.url("/")));
  }

  @Test
  void whoGotTheMessageAnswersWithFourDigitsAndOnePress() {
    house.release(Township.red("A1", house.clock.instant()));
    page.navigate(house.url(link("13800000001", house.carry("sms"))));
    picture("red");
    assertThat(button("我已收到")).isInViewport();
    page.getByLabel("最后四位").fill("9999");
    button("我已收到").click();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("后四位不对");
    picture("wrong");
    page.getByLabel("最后四位").fill("0001");
    button("我已收到").click();
    assertThat(page.locator(".said")).containsText("您已收到");
    picture("received");
    page.getByLabel("最后四位").fill("0001");
    button("去不了").click();
    assertThat(page.locator(".said")).containsText("已转给其他责任人");
    picture("declined");
    fits();
  }

  @Test
  void withoutFourDigitsTheBrowserItselfHoldsTheFormBack() {
    house.release(Township.red("A1", house.clock.instant()));
    page.navigate(house.url(link("13800000001", house.carry("sms"))));
    button("我已收到").click();
    assertThat(page.locator("input:invalid")).hasCount(1);
    assertThat(asked.stream().filter(url -> url.contains("/w/"))).hasSize(1);
  }

  @Test
  void aDrillALiftAndABindingLookLikeWhatTheyAre() {
    String drill =
        house.release(
            Township.warning("D1", house.clock.instant(), Warning.Nature.EXERCISE, Grade.ORANGE));
    String link = house.url(link("13800000001", house.carry("sms")));
    page.navigate(link);
    assertThat(page.locator(".drill")).isVisible();
    picture("drill");
    House.get(house.desk.lift(drill, "王芳", "雨停了"));
    page.reload();
    assertThat(page.locator("form")).hasCount(0);
    picture("lifted");
    String binding = house.links.binding("o-1").substring("http://localhost".length());
    page.navigate(house.url(binding));
    picture("bind");
    fits();
    page.getByLabel("手机号", new Page.GetByLabelOptions().setExact(false))
        .first()
        .fill("13700000004");
    page.locator("select").selectOption("青龙镇 西岭村");
    page.locator("input[name=agree]").check();
    button("发验证码").click();
    assertThat(page.getByLabel("8位验证码")).isVisible();
    picture("code");
    String text =
        house.carry("sms").stream()
            .filter(m -> m.content().text().contains("验证码"))
            .findFirst()
            .orElseThrow()
            .content()
            .text();
    page.getByLabel("8位验证码").fill(text.replaceAll(".*?(\\d{8}).*", "$1"));
    button("确认绑定").click();
    assertThat(page.locator(".said")).containsText("已绑定");
    picture("bound");
    fits();
  }

  @Test
  void accessibilityRulesHold() {
    house.release(Township.red("A1", house.clock.instant()));
    String link = link("13800000001", house.carry("sms"));
    String binding = house.links.binding("o-1").substring("http://localhost".length());
    try (BrowserContext scripted = chromium.browser().newContext()) {
      Page tested = scripted.newPage();
      for (String path : List.of(link, binding)) {
        tested.navigate(house.url(path));
        assertThat(
                new AxeBuilder(tested)
                    .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa"))
                    .analyze()
                    .getViolations())
            .as(path)
            .isEmpty();
      }
    }
  }

  private Locator button(String name) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
  }

  /** Nothing is wider than the narrowest phone. */
  private void fits() {
    assertThat(page.locator("main").boundingBox().width).isLessThanOrEqualTo(360);
    for (var part : page.locator("main *").all()) {
      var box = part.boundingBox();
      if (box != null) {
        assertThat(box.x + box.width).as(part.innerText()).isLessThanOrEqualTo(360);
      }
    }
  }

  private void picture(String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")).setFullPage(true));
  }

  private static String link(String phone, List<Message> sent) {
    return House.link(
        sent.stream().filter(m -> m.address().equals(phone)).findFirst().orElseThrow());
  }
}

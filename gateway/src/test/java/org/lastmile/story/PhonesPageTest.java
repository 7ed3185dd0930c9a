package org.lastmile.story;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.story.Point.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.console.Chromium;
import org.lastmile.simulators.wechat.AccountSettings;

/** People who hold their WeChat in their hands: the sandbox's page, in a browser, on a phone. */
class PhonesPageTest extends Story {
  private static final Path PICTURES = Path.of("target/phones-page");
  private static final int WIDTH = 390;
  private static Chromium chromium;

  private final List<String> complaints = new CopyOnWriteArrayList<>();
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

  /** 王 has a phone and WeChat, 李 a phone and the company's WeCom, 张 WeChat alone. */
  @BeforeEach
  void open() throws Exception {
    township(3, Duration.ofMillis(20)).opens();
    town.wechat().wecom().member("LiJianGuo").mobile(person("李").phone().number());
    town.gateway().post("/api/v1/wechat/userids", "application/json", new byte[] {'{', '}'});
    Township.until(
        "the company was asked",
        () -> town.gateway().get("/api/v1/wechat/userids").path("found").asInt() == 1);
    context =
        chromium
            .browser()
            .newContext(
                new Browser.NewContextOptions()
                    .setViewportSize(WIDTH, 844)
                    .setIsMobile(true)
                    .setHasTouch(true));
    page = context.newPage();
    page.setDefaultTimeout(20_000);
    page.onPageError(complaints::add);
    page.navigate(town.wechat().baseUrl().toString());
  }

  @AfterEach
  void putAway() {
    context.close();
    assertThat(complaints).isEmpty();
  }

  @Test
  void people_read_answer_and_press_buttons_on_their_phones() {
    Locator wang = phone("f-o-responsible-1");
    Locator li = phone("m-LiJianGuo");
    Locator zhang = phone("f-o-responsible-3");
    assertThat(wang).containsText("还没有消息");
    picture("quiet");

    Issued red = town.issues(Alert.red("r1"));
    assertThat(zhang.locator("article")).containsText("3号滑坡");
    assertThat(zhang.locator("article")).containsText("红色");
    types(zhang, "收到");
    assertThat(zhang.locator(".out")).hasText("收到");
    assertThat(zhang.getByLabel("回复")).hasValue("");
    speaker("v3").plays("暴雨红色预警");
    assertThat(red.point("p3")).isCovered();

    Locator card = li.locator("article");
    assertThat(card).containsText("2号滑坡");
    assertThat(card.getByRole(AriaRole.BUTTON)).hasText(new String[] {"已收到", "去不了"});
    speaker("v2").plays("暴雨红色预警");
    assertThat(red.point("p2")).isNotCovered();
    picture("warned");
    button(card, "已收到").tap();
    assertThat(card.locator(".done")).hasText("已确认");
    assertThat(card.getByRole(AriaRole.BUTTON)).hasCount(0);
    assertThat(red.point("p2")).isCovered();

    Page opened = context.waitForPage(() -> link(wang).tap());
    assertThat(opened.getByRole(AriaRole.BUTTON).first()).hasText("我已收到");
    opened.close();

    Issued orange = town.issues(Alert.orange("o1"));
    assertThat(wang.locator("article")).hasCount(2);
    types(wang, "收到");
    Locator reply = wang.locator(".in").filter(words("您的答复没有记上"));
    assertThat(reply).containsText("暴雨橙色预警");
    assertThat(reply.locator("a")).isVisible();
    picture("list");
    sound();
    Matcher code = Pattern.compile("收到回(\\d\\d)，").matcher(reply.innerText());
    assertThat(code.find()).as(reply.innerText()).isTrue();
    types(wang, code.group(1));
    speaker("v1").plays("暴雨橙色预警");
    assertThat(orange.point("p1")).isCovered();
  }

  @Test
  void what_is_held_for_review_is_on_no_phone_until_it_is_let_go_on_the_page() {
    Locator zhang = phone("f-o-responsible-3");
    Locator review = page.locator("#review");
    assertThat(review).isHidden();
    town.wechat().account().holds(AccountSettings.WARNING_TEMPLATE);
    Issued red = town.issues(Alert.red("r1"));
    assertThat(review).containsText("2 条消息在审核中");
    assertThat(zhang).containsText("还没有消息");
    zhang.getByLabel("回复").fill("还没写完");
    picture("held");
    button(review, "放行").tap();
    assertThat(zhang.locator("article")).containsText("3号滑坡");
    assertThat(review).isHidden();
    assertThat(zhang.getByLabel("回复")).hasValue("还没写完");
    types(zhang, "收到");
    speaker("v3").plays("暴雨红色预警");
    assertThat(red.point("p3")).isCovered();

    zhang.getByLabel("回复").fill("还在吗");
    town.wechat().close();
    button(zhang, "发送").tap();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("沙箱没有应答");
    assertThat(zhang.getByLabel("回复")).hasValue("还在吗");
    picture("gone");
  }

  private Locator phone(String id) {
    return page.locator("#" + id);
  }

  private static void types(Locator phone, String words) {
    phone.getByLabel("回复").fill(words);
    button(phone, "发送").tap();
  }

  private static Locator button(Locator in, String name) {
    return in.getByRole(
        AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Locator link(Locator phone) {
    return phone.locator("article a").first();
  }

  private static Locator.FilterOptions words(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  /** Nothing is wider than the phone, too small for a thumb or too pale to read. */
  private void sound() {
    Object over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
    assertThat(((Number) over).intValue()).isLessThanOrEqualTo(0);
    for (Locator touched : page.locator("button:visible, input:visible").all()) {
      var box = touched.boundingBox();
      assertThat(box.x + box.width).isLessThanOrEqualTo(WIDTH);
      assertThat(box.height).as(touched.innerText()).isGreaterThanOrEqualTo(44);
    }
    assertThat(
            new AxeBuilder(page)
                .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa"))
                .analyze()
                .getViolations())
        .extracting((Rule rule) -> rule.getId() + rule.getNodes().get(0).getHtml())
        .isEmpty();
  }

  private void picture(String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")).setFullPage(true));
  }
}

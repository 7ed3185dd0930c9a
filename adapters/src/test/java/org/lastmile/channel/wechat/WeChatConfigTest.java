package org.lastmile.channel.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.MemoryInHeap;

/** A configuration says everything that is wrong with it at once, and shows no secret. */
class WeChatConfigTest {

  @Test
  void a_complete_account_has_no_problems() {
    WeChatConfig config =
        WeChatConfig.of(Desk.account(URI.create("https://api.weixin.qq.com"), Desk.AES_KEY));
    assertThat(config.problems()).isEmpty();
    assertThat(config.officialAccount().template().keySet())
        .containsExactly("thing1", "phrase2", "thing3", "time4", "thing5");
  }

  @Test
  void every_problem_is_named_with_its_path() {
    WeChatConfig.OfficialAccount account =
        new WeChatConfig.OfficialAccount(
            URI.create("ftp://x"),
            "",
            null,
            " ",
            "",
            "short",
            "",
            Map.of("phrase1", List.of("grade"), "keyword2", List.of("colour")));
    WeChatConfig.Limits limits =
        new WeChatConfig.Limits(
            0,
            Duration.ZERO,
            Duration.ofSeconds(-1),
            Duration.ofMillis(1),
            null,
            Duration.ofMinutes(5));
    List<String> problems = new WeChatConfig(account, limits).problems();
    assertThat(problems)
        .anyMatch(p -> p.startsWith("official-account.base-url: "))
        .anyMatch(p -> p.startsWith("official-account.app-id: "))
        .anyMatch(p -> p.startsWith("official-account.secret: "))
        .anyMatch(p -> p.startsWith("official-account.template-id: "))
        .anyMatch(p -> p.startsWith("official-account.callback-token: "))
        .anyMatch(p -> p.startsWith("official-account.aes-key: "))
        .anyMatch(p -> p.startsWith("official-account.template.keyword2: is not a known"))
        .anyMatch(p -> p.contains("unknown part colour"))
        .anyMatch(p -> p.contains("no field shows hazard"))
        .anyMatch(p -> p.contains("no field shows place"))
        .anyMatch(p -> p.contains("no field shows action"))
        .anyMatch(p -> p.contains("has no thing field"))
        .anyMatch(p -> p.startsWith("limits.concurrency: "))
        .anyMatch(p -> p.startsWith("limits.connect: "))
        .anyMatch(p -> p.startsWith("limits.answer: "))
        .anyMatch(p -> p.startsWith("limits.kept: "))
        .hasSize(16);
    assertThatThrownBy(
            () ->
                new WeChatChannel(
                    new WeChatConfig(account, limits),
                    new MemoryInHeap(),
                    Clock.systemUTC(),
                    new Random(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("app-id")
        .hasMessageContaining("concurrency");
  }

  @Test
  void a_previous_key_without_a_current_one_is_a_mistake() {
    WeChatConfig.OfficialAccount account =
        new WeChatConfig.OfficialAccount(
            URI.create("http://localhost:1"), "a", "s", "t", "c", "", Desk.AES_KEY, null);
    assertThat(WeChatConfig.of(account).problems())
        .containsExactly("official-account.previous-aes-key: is set without aes-key");
  }

  @Test
  void its_words_show_no_secret() {
    WeChatConfig config = WeChatConfig.of(Desk.account(URI.create("http://x"), Desk.AES_KEY));
    assertThat(config.toString())
        .contains("wx0123456789abcdef")
        .doesNotContain("app-secret")
        .doesNotContain("callback-token")
        .doesNotContain(Desk.AES_KEY);
  }
}

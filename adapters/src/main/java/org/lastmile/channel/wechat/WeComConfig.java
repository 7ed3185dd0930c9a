package org.lastmile.channel.wechat;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the WeCom channel (企业微信, one application of one corporation) must be told. {@code toString}
 * never shows a secret.
 *
 * @param baseUrl {@code https://qyapi.weixin.qq.com}, or a sandbox
 * @param corpId {@code ww…}; also the receiver id inside callbacks
 * @param agentId number of the application
 * @param secret of the application
 * @param callbackToken the Token of the application's 接收消息 settings
 * @param aesKey EncodingAESKey, 43 characters; WeCom has no plain mode
 * @param previousAesKey still accepted while the key is being changed; empty = none
 * @param robots keys of group robots by a name of ours; the address {@code robot:NAME} sends to
 *     that group
 * @param limits the same as the official account's
 */
public record WeComConfig(
    URI baseUrl,
    String corpId,
    long agentId,
    String secret,
    String callbackToken,
    String aesKey,
    String previousAesKey,
    Map<String, String> robots,
    WeChatConfig.Limits limits) {

  private static final String USUAL = "https://qyapi.weixin.qq.com";

  public WeComConfig {
    corpId = Objects.requireNonNullElse(corpId, "");
    aesKey = Objects.requireNonNullElse(aesKey, "");
    previousAesKey = Objects.requireNonNullElse(previousAesKey, "");
    robots = robots == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(robots));
    limits = Objects.requireNonNullElse(limits, WeChatConfig.Limits.DEFAULT);
  }

  /** Everything that is wrong, each with its path below {@code channels.wechat}; empty = fine. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    Checks.url(problems, "base-url", baseUrl, USUAL);
    Checks.needed(problems, "corp-id", corpId);
    if (agentId <= 0) {
      problems.add("agent-id: is not the application's number, such as 1000002");
    }
    Checks.needed(problems, "secret", secret);
    Checks.needed(problems, "callback-token", callbackToken);
    Checks.needed(problems, "aes-key", aesKey);
    Checks.key(problems, "aes-key", aesKey);
    Checks.key(problems, "previous-aes-key", previousAesKey);
    robots.forEach(
        (name, key) -> {
          if (!name.matches("[A-Za-z0-9._-]{1,40}")) {
            problems.add("robots." + name + ": a name is 1 to 40 of A-Z, a-z, 0-9, '.', '_', '-'");
          }
          Checks.needed(problems, "robots." + name, key);
        });
    List<String> all = new ArrayList<>(problems.stream().map(p -> "wecom." + p).toList());
    limits.problems().forEach(p -> all.add("limits." + p));
    return all;
  }

  @Override
  public String toString() {
    return "WeComConfig[baseUrl="
        + baseUrl
        + ", corpId="
        + corpId
        + ", agentId="
        + agentId
        + ", robots="
        + robots.keySet()
        + ", secrets hidden]";
  }
}

package org.lastmile.channel.wechat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lastmile.channel.Field;

/** What the WeChat channel must be told. {@code toString} never shows a secret. */
public record WeChatConfig(OfficialAccount officialAccount, Limits limits) {

  /** With the limits that Tencent's rules suggest. */
  public static WeChatConfig of(OfficialAccount account) {
    return new WeChatConfig(account, Limits.DEFAULT);
  }

  /** Everything that is wrong, each with its path below {@code channels.wechat}; empty = fine. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    officialAccount.problems().forEach(p -> problems.add("official-account." + p));
    limits.problems().forEach(p -> problems.add("limits." + p));
    return problems;
  }

  /**
   * One official account (服务号).
   *
   * @param baseUrl {@code https://api.weixin.qq.com}, or a sandbox
   * @param appId {@code wx…}; also the receiver id inside encrypted callbacks
   * @param secret AppSecret
   * @param templateId the template that carries warnings
   * @param callbackToken the token typed into the platform's server settings
   * @param aesKey EncodingAESKey, 43 characters; empty = callbacks come in plain mode
   * @param previousAesKey still accepted while the key is being changed; empty = none
   * @param template which template field (thing1, time2, …) shows which {@link Field}s, in order;
   *     several are written one after the other
   * @param via which kind of message the template is
   * @param reserve percent of the day's quota, the last ones, that are kept for red warnings and
   *     for people who can act
   */
  public record OfficialAccount(
      URI baseUrl,
      String appId,
      String secret,
      String templateId,
      String callbackToken,
      String aesKey,
      String previousAesKey,
      Map<String, List<String>> template,
      Via via,
      int reserve) {

    /** A tenth: enough for everybody who answers for a point, several times a day. */
    public static final int USUAL_RESERVE = 10;

    public static final int LARGEST_RESERVE = 90;

    /** Through which of the platform's two doors messages go. */
    public enum Via {
      /** Template messages (模板消息): to every follower. */
      TEMPLATE("/cgi-bin/message/template/send"),
      /** Long-term subscription messages (订阅通知): to those who agreed to the template. */
      SUBSCRIPTION("/cgi-bin/message/subscribe/bizsend");

      private final String path;

      Via(String path) {
        this.path = path;
      }

      String path() {
        return path;
      }
    }

    /** With template messages. */
    public OfficialAccount(
        URI baseUrl,
        String appId,
        String secret,
        String templateId,
        String callbackToken,
        String aesKey,
        String previousAesKey,
        Map<String, List<String>> template) {
      this(
          baseUrl,
          appId,
          secret,
          templateId,
          callbackToken,
          aesKey,
          previousAesKey,
          template,
          Via.TEMPLATE,
          USUAL_RESERVE);
    }

    /** Hazard, grade, place, time, action: the least that a warning must say. */
    public static final Map<String, List<String>> DEFAULT_TEMPLATE =
        inOrder(
            "thing1", List.of(Field.HAZARD),
            "phrase2", List.of(Field.GRADE),
            "thing3", List.of(Field.PLACE),
            "time4", List.of(Field.TIME),
            "thing5", List.of(Field.ACTION));

    private static final List<String> MUST_SURVIVE =
        List.of(Field.GRADE, Field.HAZARD, Field.PLACE, Field.ACTION);

    private static final List<String> KNOWN =
        List.of(
            Field.GRADE,
            Field.HAZARD,
            Field.PLACE,
            Field.ACTION,
            Field.TIME,
            Field.SENDER,
            Field.HEADLINE,
            Field.CODE);

    public OfficialAccount {
      aesKey = Objects.requireNonNullElse(aesKey, "");
      previousAesKey = Objects.requireNonNullElse(previousAesKey, "");
      Map<String, List<String>> copy = new LinkedHashMap<>();
      (template == null || template.isEmpty() ? DEFAULT_TEMPLATE : template)
          .forEach((name, fields) -> copy.put(name, List.copyOf(fields)));
      template = Collections.unmodifiableMap(copy);
      via = Objects.requireNonNullElse(via, Via.TEMPLATE);
    }

    List<String> problems() {
      List<String> problems = new ArrayList<>();
      Checks.url(problems, "base-url", baseUrl, "https://api.weixin.qq.com");
      Checks.needed(problems, "app-id", appId);
      Checks.needed(problems, "secret", secret);
      Checks.needed(problems, "template-id", templateId);
      Checks.needed(problems, "callback-token", callbackToken);
      Checks.key(problems, "aes-key", aesKey);
      Checks.key(problems, "previous-aes-key", previousAesKey);
      if (reserve < 0 || reserve > LARGEST_RESERVE) {
        problems.add("reserve: " + reserve + " is not 0 to " + LARGEST_RESERVE + " percent");
      }
      if (aesKey.isEmpty() && !previousAesKey.isEmpty()) {
        problems.add("previous-aes-key: is set without aes-key");
      }
      template.forEach(
          (name, fields) -> {
            if (FieldType.of(name).isEmpty()) {
              problems.add(
                  "template." + name + ": is not a known field type; known are " + FieldType.NAMES);
            }
            fields.stream()
                .filter(f -> !KNOWN.contains(f))
                .forEach(
                    f -> problems.add("template." + name + ": unknown part " + f + " of " + KNOWN));
          });
      for (String field : MUST_SURVIVE) {
        if (template.values().stream().noneMatch(fields -> fields.contains(field))) {
          problems.add("template: no field shows " + field + "; every warning must");
        }
      }
      if (template.keySet().stream()
          .noneMatch(n -> FieldType.of(n).filter(FieldType.THING::equals).isPresent())) {
        problems.add("template: has no thing field, so that drills could not be marked");
      }
      return problems;
    }

    private static Map<String, List<String>> inOrder(Object... pairs) {
      Map<String, List<String>> map = new LinkedHashMap<>();
      for (int i = 0; i < pairs.length; i += 2) {
        @SuppressWarnings("unchecked") // the callers stand above: a name, then its fields
        List<String> fields = (List<String>) pairs[i + 1];
        map.put((String) pairs[i], fields);
      }
      return Collections.unmodifiableMap(map);
    }

    @Override
    public String toString() {
      return "OfficialAccount[baseUrl=" + baseUrl + ", appId=" + appId + ", secrets hidden]";
    }
  }

  /**
   * Times and sizes.
   *
   * @param concurrency sends under way at one time
   * @param connect longest wait for a connection
   * @param answer longest wait for an answer on it; after that the outcome is unknown
   * @param busyPause mean pause before a send that the platform called "busy" (-1) is repeated
   * @param kept longest wait until a callback's signal is kept; Tencent itself waits 5 s
   * @param clockSkew how far a callback's timestamp may be from this machine's clock
   */
  public record Limits(
      int concurrency,
      Duration connect,
      Duration answer,
      Duration busyPause,
      Duration kept,
      Duration clockSkew) {

    public static final Limits DEFAULT =
        new Limits(
            50,
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            Duration.ofSeconds(4),
            Duration.ofMinutes(5));

    List<String> problems() {
      List<String> problems = new ArrayList<>();
      if (concurrency < 1 || concurrency > 500) {
        problems.add("concurrency: " + concurrency + " is not 1 to 500");
      }
      positive(problems, "connect", connect);
      positive(problems, "answer", answer);
      positive(problems, "busy-pause", busyPause);
      positive(problems, "kept", kept);
      positive(problems, "clock-skew", clockSkew);
      return problems;
    }

    private static void positive(List<String> problems, String name, Duration value) {
      if (value == null || value.isNegative() || value.isZero()) {
        problems.add(name + ": is not a time above zero");
      }
    }
  }
}

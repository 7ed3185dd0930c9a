package org.lastmile.simulators.wechat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lastmile.simulators.MovableClock;

/**
 * {@code /sandbox/…}: by HTTP what the Java API does, so that a script or the page can play the
 * people and the bad luck. Parameters come as a form, as flat JSON or in the query.
 */
final class Control {
  private static final String ROOT = "/sandbox";

  /** The request names nothing that is here. */
  private static final class Absent extends RuntimeException {
    private static final long serialVersionUID = 1;

    Absent(String message) {
      super(message);
    }
  }

  /** Parameters of one request. */
  private record Asked(Map<String, String> values) {

    String text(String name) {
      String value = values.get(name);
      if (value == null || value.isEmpty()) {
        throw new IllegalArgumentException("the parameter " + name + " is missing");
      }
      return value;
    }

    String text(String name, String otherwise) {
      return values.getOrDefault(name, otherwise);
    }

    int number(String name, int otherwise) {
      String value = values.getOrDefault(name, "");
      try {
        return value.isEmpty() ? otherwise : Integer.parseInt(value);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(name + "=" + value + " is not a number", e);
      }
    }

    Duration millis(String name) {
      return Duration.ofMillis(number(name, 0));
    }
  }

  private final WeChatSandbox sandbox;
  private final InstantSource clock;
  private final ObjectMapper json =
      new ObjectMapper()
          .registerModule(
              new SimpleModule()
                  .addSerializer(Instant.class, ToStringSerializer.instance)
                  .addSerializer(Duration.class, ToStringSerializer.instance));

  Control(WeChatSandbox sandbox, InstantSource clock) {
    this.sandbox = sandbox;
    this.clock = clock;
  }

  static boolean has(String path) {
    return path.equals(ROOT) || path.startsWith(ROOT + "/");
  }

  void handle(HttpExchange exchange) throws IOException {
    try {
      Asked asked = asked(exchange);
      List<String> path =
          List.of(exchange.getRequestURI().getPath().substring(ROOT.length()).split("/", -1));
      path = path.subList(1, path.size());
      Object answer =
          exchange.getRequestMethod().equals("POST") ? done(path, asked) : seen(path, asked);
      String back = asked.text("back", "");
      if (back.startsWith("/") && !back.startsWith("//")) {
        exchange.getResponseHeaders().set("Location", back);
        Web.answer(exchange, 303, Web.TEXT, "");
      } else {
        Web.answer(exchange, 200, Web.JSON, json.writeValueAsString(answer) + "\n");
      }
    } catch (IllegalArgumentException | DateTimeParseException e) {
      Web.answer(exchange, 400, Web.TEXT, e.getMessage() + "\n");
    } catch (Absent | AssertionError e) {
      Web.answer(exchange, 404, Web.TEXT, e.getMessage() + "\n");
    } catch (IllegalStateException e) {
      Web.answer(exchange, 409, Web.TEXT, e.getMessage() + "\n");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.close();
    }
  }

  private Asked asked(HttpExchange exchange) throws IOException {
    Map<String, String> values = new HashMap<>(Web.form(exchange.getRequestURI().getRawQuery()));
    String body =
        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (body.startsWith("{")) {
      read(body).fields().forEachRemaining(e -> values.put(e.getKey(), e.getValue().asText()));
    } else {
      values.putAll(Web.form(body));
    }
    return new Asked(values);
  }

  private JsonNode read(String body) {
    try {
      return json.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the body is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private Object seen(List<String> path, Asked asked) throws InterruptedException {
    if (path.isEmpty()) {
      return overview();
    }
    Duration within = Duration.ofSeconds(asked.number("within", 10));
    String expected = asked.text("expect", "");
    if (isPerson(path, "account", "followers")) {
      Follower follower = follower(path.get(2));
      return expected.isEmpty() ? follower.inbox() : follower.expect(expected, within);
    }
    if (isPerson(path, "wecom", "members")) {
      Member member = member(path.get(2));
      return expected.isEmpty() ? member.inbox() : member.expect(expected, within);
    }
    return switch (String.join("/", path)) {
      case "account/followers" ->
          sandbox.account().followers().stream().map(Follower::openid).toList();
      case "wecom/members" -> sandbox.wecom().members().stream().map(Member::userid).toList();
      case "wecom/robot" -> sandbox.wecom().robotMessages();
      case "account" -> sandbox.account().statistics();
      case "wecom" -> sandbox.wecom().statistics();
      default -> throw absent(path);
    };
  }

  private static boolean isPerson(List<String> path, String platform, String people) {
    return path.size() == 3 && path.get(0).equals(platform) && path.get(1).equals(people);
  }

  private ObjectNode overview() {
    ObjectNode all = json.createObjectNode().put("baseUrl", sandbox.baseUrl().toString());
    all.put("clock", clock.instant().toString());
    all.set("account", json.valueToTree(sandbox.account().settings()));
    all.set("wecom", json.valueToTree(sandbox.wecom().settings()));
    return all;
  }

  private Object done(List<String> path, Asked asked) {
    if (path.size() == 4 && isPerson(path.subList(0, 3), "account", "followers")) {
      return follow(path.get(2), path.get(3), asked);
    }
    if (path.size() == 4 && isPerson(path.subList(0, 3), "wecom", "members")) {
      return work(path.get(2), path.get(3), asked);
    }
    switch (String.join("/", path)) {
      case "clock" -> move(Duration.parse(asked.text("move")));
      case "network" -> {
        sandbox.breaks(asked.number("status", 0));
        sandbox.latency(asked.millis("latency"));
      }
      case "account/hold" -> sandbox.account().holds(template(asked));
      case "account/ban" -> sandbox.account().bans(template(asked));
      case "account/allow" -> sandbox.account().allows(template(asked));
      case "account/release" -> sandbox.account().releaseReviewed();
      case "account/drop" -> sandbox.account().dropReviewed();
      case "account/receipts-without-number" ->
          sandbox.account().receiptsWithoutNumber(asked.number("on", 1) == 1);
      default -> {
        if (path.size() != 2) {
          throw absent(path);
        }
        return spoil(platform(path), path.get(1), asked);
      }
    }
    return overview();
  }

  private Counterpart platform(List<String> path) {
    return switch (path.get(0)) {
      case "account" -> sandbox.account();
      case "wecom" -> sandbox.wecom();
      default -> throw absent(path);
    };
  }

  private Object spoil(Counterpart platform, String verb, Asked asked) {
    int count = asked.number("count", 1);
    switch (verb) {
      case "fault" -> platform.next(endpoint(platform, asked), count, fault(asked));
      case "no-faults" -> platform.noFaults();
      case "revoke-tokens" -> platform.revokeTokens();
      case "repeat-callbacks" -> platform.repeatCallbacks(count);
      case "reverse-callbacks" -> platform.reverseCallbacks(count);
      case "forge-callbacks" -> platform.forgeCallbacks(count);
      case "foreign-callbacks" -> platform.foreignCallbacks(count);
      case "replay-callback" -> platform.replayCallback();
      case "change-aes-key" -> platform.changeAesKey(asked.text("key"));
      case "verify-callback" -> {
        return Map.of("verified", platform.verifyCallback());
      }
      default -> throw absent(List.of(verb));
    }
    return Map.of("done", verb);
  }

  /** By default what sends; else a name of {@link Endpoint}, in lower case and with dashes. */
  private static Endpoint endpoint(Counterpart platform, Asked asked) {
    String sends = platform instanceof WeCom ? "message-send" : "template-send";
    return one(Endpoint.class, asked.text("at", sends));
  }

  private static WeChatFault fault(Asked asked) {
    return new WeChatFault(
        one(WeChatFault.Kind.class, asked.text("kind", "errcode")),
        asked.number("code", 0),
        asked.millis("ms"));
  }

  private static <E extends Enum<E>> E one(Class<E> of, String name) {
    String wanted = name.replace('-', '_').toUpperCase(Locale.ROOT);
    for (E one : of.getEnumConstants()) {
      if (one.name().equals(wanted)) {
        return one;
      }
    }
    String all =
        String.join(", ", List.of(of.getEnumConstants()).stream().map(Enum::name).toList());
    throw new IllegalArgumentException(
        name + " is none of " + all.replace('_', '-').toLowerCase(Locale.ROOT));
  }

  private static String template(Asked asked) {
    return asked.text("template", AccountSettings.WARNING_TEMPLATE);
  }

  private void move(Duration by) {
    if (!(clock instanceof MovableClock movable)) {
      throw new IllegalStateException("this sandbox was not given a clock that can be moved");
    }
    movable.move(by);
  }

  private Object follow(String openid, String verb, Asked asked) {
    if (verb.equals("joins")) {
      return sandbox.account().follower(openid).inbox();
    }
    Follower follower = follower(openid);
    switch (verb) {
      case "sends" -> follower.sends(asked.text("text"));
      case "touches" -> follower.touches(asked.text("key"));
      case "answers" -> follower.answers(asked.text("text"), asked.millis("ms"));
      case "silent" -> follower.silent();
      case "follows" -> follower.follows();
      case "unfollows" -> follower.unfollows();
      case "blocks" -> follower.blocks();
      case "unreachable" -> follower.unreachable();
      case "limited" -> follower.limited();
      case "reachable" -> follower.reachable();
      case "accepts" ->
          follower.accepts(template(asked), asked.number("messages", Follower.FOR_GOOD));
      case "rejects" -> follower.rejects(template(asked));
      case "withdraws" -> follower.withdraws(template(asked));
      default -> throw absent(List.of(verb));
    }
    return follower.inbox();
  }

  private Object work(String userid, String verb, Asked asked) {
    if (verb.equals("joins")) {
      return sandbox.wecom().member(userid).mobile(asked.text("mobile", "")).visible().inbox();
    }
    Member member = member(userid);
    switch (verb) {
      case "sends" -> member.sends(asked.text("text"));
      case "clicks" -> click(member, asked);
      case "answers" -> member.answers(asked.text("text"), asked.millis("ms"));
      case "clicks-always" -> member.clicks(asked.text("key"), asked.millis("ms"));
      case "silent" -> member.silent();
      case "mobile" -> member.mobile(asked.text("number"));
      case "hidden" -> member.hidden();
      case "visible" -> member.visible();
      case "leaves" -> member.leaves();
      case "licensed" -> member.licensed();
      case "unlicensed" -> member.unlicensed();
      default -> throw absent(List.of(verb));
    }
    return member.inbox();
  }

  private static void click(Member member, Asked asked) {
    String msgId = asked.text("msgid", "");
    String key = asked.text("key");
    if (msgId.isEmpty()) {
      member.clicks(key);
    } else {
      member.inbox().stream()
          .filter(card -> card.msgId().equals(msgId))
          .forEach(card -> member.clicks(card, key));
    }
  }

  private Follower follower(String openid) {
    return sandbox.account().followers().stream()
        .filter(one -> one.openid().equals(openid))
        .findFirst()
        .orElseThrow(
            () -> new Absent("nobody follows as " + openid + "; POST …/" + openid + "/joins"));
  }

  private Member member(String userid) {
    return sandbox.wecom().members().stream()
        .filter(one -> one.userid().equalsIgnoreCase(userid))
        .findFirst()
        .orElseThrow(() -> new Absent("no member " + userid + "; POST …/" + userid + "/joins"));
  }

  private static Absent absent(List<String> path) {
    return new Absent("nothing here is called " + String.join("/", path) + "; see the README");
  }
}

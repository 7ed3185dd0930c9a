package org.lastmile.simulators.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.lastmile.simulators.Loop;

/**
 * One official account as WeChat keeps it. Every API call and every later event happens on one
 * loop; its public methods may be called from any thread.
 */
public final class OfficialAccount {
  static final String SEND = "/cgi-bin/message/template/send";
  private static final Duration DEDUPE = Duration.ofMinutes(10);
  private static final int MAX_CLIENT_ID = 32;
  private static final int HELD_FOR_REVIEW = 40252;

  /** A refusal of one call. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final int errcode;

    Refused(int errcode, String message) {
      super(message);
      this.errcode = errcode;
    }
  }

  private record Sent(long msgId, Instant at) {}

  private final AccountSettings settings;
  private final InstantSource clock;
  private final Loop loop;
  private final ObjectMapper json;
  private final Tokens tokens;
  private final Callbacks callbacks;
  private final Map<String, Follower> followers = new TreeMap<>();
  private final Map<List<String>, Sent> sentByClientId = new HashMap<>();
  private final Map<Integer, Long> errcodes = new TreeMap<>();
  private final Queue<WeChatFault> sendFaults = new ArrayDeque<>();
  private final Queue<WeChatFault> tokenFaults = new ArrayDeque<>();
  private final List<WeChatMessage> heldForReview = new ArrayList<>();
  private final List<Consumer<WeChatMessage>> hooks = new CopyOnWriteArrayList<>();
  private boolean receiptsWithoutNumber;
  private long lastMsgId = 3_500_000_000_000_000_000L;
  private long sends;
  private long accepted;
  private long repeats;
  private long usedToday;
  private long today;

  OfficialAccount(
      AccountSettings settings, InstantSource clock, Loop loop, ObjectMapper json, Random random) {
    this.settings = settings;
    this.clock = clock;
    this.loop = loop;
    this.json = json;
    tokens = new Tokens(clock, settings.tokenLife());
    callbacks = new Callbacks(settings, clock, loop, random);
    settings.templates().values().forEach(fields -> fields.forEach(FieldType::type));
  }

  public AccountSettings settings() {
    return settings;
  }

  /** The follower with that openid; it follows as soon as somebody asks for it. */
  public Follower follower(String openid) {
    synchronized (followers) {
      return followers.computeIfAbsent(openid, id -> new Follower(this, id));
    }
  }

  /** All followers that anybody asked for, by openid. */
  public Collection<Follower> followers() {
    synchronized (followers) {
      return List.copyOf(followers.values());
    }
  }

  /** Calls for every template message that arrived, on the account's own thread. */
  public void onDelivered(Consumer<WeChatMessage> hook) {
    hooks.add(hook);
  }

  /** The next {@code count} calls of template/send go wrong in this way. */
  public void next(int count, WeChatFault fault) {
    loop.tell(() -> add(sendFaults, count, fault));
  }

  /** The next {@code count} calls of stable_token go wrong in this way. */
  public void nextToken(int count, WeChatFault fault) {
    loop.tell(() -> add(tokenFaults, count, fault));
  }

  private static void add(Queue<WeChatFault> faults, int count, WeChatFault fault) {
    for (int i = 0; i < count; i++) {
      faults.add(fault);
    }
  }

  /** Makes all tokens worthless before their end: calls answer 40001 until a new one is fetched. */
  public void revokeTokens() {
    loop.tell(tokens::revokeAll);
  }

  /** What {@code errcode(40252)} kept for review is sent after all, receipts included. */
  public void releaseReviewed() {
    loop.tell(
        () -> {
          heldForReview.forEach(this::travel);
          heldForReview.clear();
        });
  }

  /** Receipts say MsgID 0, as was seen where client_msg_id is set. */
  public void receiptsWithoutNumber(boolean without) {
    loop.tell(() -> receiptsWithoutNumber = without);
  }

  /** The next callbacks are posted twice. */
  public void repeatCallbacks(int count) {
    loop.tell(() -> callbacks.twice(count));
  }

  /** The next callbacks wait for each other and then go out in reverse order. */
  public void reverseCallbacks(int count) {
    loop.tell(() -> callbacks.reverse(count));
  }

  /** The next callbacks carry wrong signatures and are not repeated. */
  public void forgeCallbacks(int count) {
    loop.tell(() -> callbacks.forge(count));
  }

  /** Calls the callback's GET as WeChat does when its URL is entered; true when it answers well. */
  public boolean verifyCallback() {
    return callbacks.verify();
  }

  /** What it has seen so far. */
  public AccountStatistics statistics() {
    return loop.ask(
        () ->
            new AccountStatistics(
                tokens.requests(),
                tokens.issued(),
                sends,
                accepted,
                repeats,
                errcodes,
                callbacks.posted(),
                callbacks.taken(),
                callbacks.givenUp()));
  }

  // What follows happens on the loop.

  WeChatFault fault(String path) {
    return (path.equals(SEND) ? sendFaults : tokenFaults).poll();
  }

  /** Does one API call and returns its answer; {@code errcode} 0 and others alike. */
  ObjectNode call(String path, String token, String from, JsonNode body, WeChatFault fault) {
    ObjectNode answer;
    try {
      if (!settings.allowedAddresses().isEmpty() && !settings.allowedAddresses().contains(from)) {
        throw new Refused(40164, "invalid ip " + from + ", not in whitelist");
      }
      if (fault != null && fault.kind() == WeChatFault.Kind.ERRCODE) {
        if (fault.code() == HELD_FOR_REVIEW && path.equals(SEND)) {
          heldForReview.add(message(body));
        }
        throw new Refused(fault.code(), "told to");
      }
      answer =
          switch (path) {
            case "/cgi-bin/stable_token" -> token(body);
            case SEND -> send(token, body);
            default -> quota(token, body);
          };
    } catch (Refused e) {
      errcodes.merge(e.errcode, 1L, Long::sum);
      answer = json.createObjectNode().put("errcode", e.errcode).put("errmsg", e.getMessage());
    }
    return answer;
  }

  private ObjectNode token(JsonNode body) throws Refused {
    if (!body.path("grant_type").asText().equals("client_credential")) {
      throw new Refused(40002, "invalid grant_type");
    }
    if (!body.path("appid").asText().equals(settings.appId())) {
      throw new Refused(40013, "invalid appid");
    }
    if (!body.path("secret").asText().equals(settings.secret())) {
      throw new Refused(40125, "invalid appsecret");
    }
    Tokens.Grant grant = tokens.request(body.path("force_refresh").asBoolean());
    if (grant.errcode() != Tokens.OK) {
      throw new Refused(grant.errcode(), "token refreshed too often");
    }
    return json.createObjectNode()
        .put("access_token", grant.token())
        .put("expires_in", grant.expiresIn());
  }

  private void check(String token) throws Refused {
    if (token.isEmpty()) {
      throw new Refused(41001, "access_token missing");
    }
    int errcode = tokens.check(token);
    if (errcode != Tokens.OK) {
      throw new Refused(errcode, "access_token is expired, unknown or not latest");
    }
  }

  private ObjectNode send(String token, JsonNode body) throws Refused {
    sends++;
    check(token);
    String openid = body.path("touser").asText();
    Follower follower;
    synchronized (followers) {
      follower = followers.get(openid);
    }
    if (follower == null) {
      throw new Refused(40003, "invalid openid");
    }
    if (!follower.isFollowing()) {
      throw new Refused(43004, "require subscribe");
    }
    checkFields(body);
    String clientId = body.path("client_msg_id").asText();
    if (clientId.length() > MAX_CLIENT_ID) {
      throw new Refused(47003, "argument invalid! client_msg_id is too long");
    }
    Sent before = clientId.isEmpty() ? null : sentByClientId.get(List.of(openid, clientId));
    if (before != null && before.at().plus(DEDUPE).isAfter(clock.instant())) {
      repeats++;
      return ok().put("msgid", before.msgId());
    }
    if (used() >= settings.dailyQuota()) {
      throw new Refused(45009, "reach max api daily quota limit");
    }
    usedToday++;
    accepted++;
    WeChatMessage message = message(body);
    if (!clientId.isEmpty()) {
      sentByClientId.put(List.of(openid, clientId), new Sent(message.msgId(), message.at()));
    }
    travel(message);
    return ok().put("msgid", message.msgId());
  }

  private void checkFields(JsonNode body) throws Refused {
    List<String> fields = settings.templates().get(body.path("template_id").asText());
    if (fields == null) {
      throw new Refused(40037, "invalid template_id");
    }
    for (String field : fields) {
      String value = body.path("data").path(field).path("value").asText();
      if (!FieldType.takes(field, value)) {
        String what = value.isEmpty() ? "is empty" : "invalid";
        throw new Refused(47003, "argument invalid! data." + field + ".value " + what);
      }
    }
  }

  private WeChatMessage message(JsonNode body) {
    Map<String, String> fields = new TreeMap<>();
    body.path("data")
        .fields()
        .forEachRemaining(
            field -> fields.put(field.getKey(), field.getValue().path("value").asText()));
    return new WeChatMessage(
        ++lastMsgId,
        body.path("touser").asText(),
        body.path("template_id").asText(),
        body.path("url").asText(),
        fields,
        String.join("\n", fields.values()),
        clock.instant());
  }

  /** Calls since midnight in China. */
  private long used() {
    long day = clock.instant().plus(Duration.ofHours(8)).getEpochSecond() / 86_400;
    if (day != today) {
      today = day;
      usedToday = 0;
    }
    return usedToday;
  }

  private ObjectNode quota(String token, JsonNode body) throws Refused {
    check(token);
    if (!body.path("cgi_path").asText().equals(SEND)) {
      throw new Refused(76021, "cgi_path not found");
    }
    ObjectNode answer = ok();
    answer
        .putObject("quota")
        .put("daily_limit", settings.dailyQuota())
        .put("used", used())
        .put("remain", settings.dailyQuota() - used());
    return answer;
  }

  private ObjectNode ok() {
    return json.createObjectNode().put("errcode", 0).put("errmsg", "ok");
  }

  private void travel(WeChatMessage message) {
    loop.after(
        settings.receiptDelay(),
        () -> {
          Follower follower = follower(message.openid());
          String failure = follower.failure();
          if (failure.isEmpty()) {
            follower.take(message);
            hooks.forEach(hook -> hook.accept(message));
          }
          long number = receiptsWithoutNumber ? 0 : message.msgId();
          post(
              follower,
              "event",
              Xml.element("Event", "TEMPLATESENDJOBFINISH")
                  + Xml.number("MsgID", number)
                  + Xml.element("Status", failure.isEmpty() ? "success" : failure));
        });
  }

  void later(Duration delay, Runnable task) {
    loop.after(delay, task);
  }

  void text(Follower from, String words) {
    loop.run(
        () -> post(from, "text", Xml.element("Content", words) + Xml.number("MsgId", ++lastMsgId)));
  }

  void event(Follower from, String event) {
    loop.run(() -> post(from, "event", Xml.element("Event", event) + Xml.element("EventKey", "")));
  }

  private void post(Follower from, String type, String rest) {
    String xml =
        "<xml>"
            + Xml.element("ToUserName", settings.originalId())
            + Xml.element("FromUserName", from.openid())
            + Xml.number("CreateTime", clock.instant().getEpochSecond())
            + Xml.element("MsgType", type)
            + rest
            + "</xml>";
    callbacks.post(from.openid(), xml, words -> from.take(answer(from, words)));
  }

  private WeChatMessage answer(Follower to, String words) {
    return new WeChatMessage(0, to.openid(), "", "", Map.of(), words, clock.instant());
  }
}

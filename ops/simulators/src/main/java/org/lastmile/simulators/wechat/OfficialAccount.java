package org.lastmile.simulators.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.lastmile.simulators.Loop;

/**
 * One official account as WeChat keeps it. Every API call and every later event happens on one
 * loop; its public methods may be called from any thread.
 */
public final class OfficialAccount implements Counterpart {
  static final String POPUP = "SubscribeMsgPopupEvent";
  static final String CHANGE = "SubscribeMsgChangeEvent";
  private static final Duration DEDUPE = Duration.ofMinutes(10);
  private static final int MAX_CLIENT_ID = 32;
  private static final int HELD_FOR_REVIEW = 40252;
  private static final int BANNED = 43116;
  private static final int LONGEST_ANSWER = 2048; // bytes

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
  private final Faults faults = new Faults();
  private final Map<String, Integer> refusedTemplates = new HashMap<>();
  private final List<WeChatMessage> heldForReview = new ArrayList<>();
  private final Map<String, String> menu = Collections.synchronizedMap(new LinkedHashMap<>());
  private final Window day;
  private final Window minute;
  private final List<Consumer<WeChatMessage>> hooks = new CopyOnWriteArrayList<>();
  private boolean receiptsWithoutNumber;
  private long lastMsgId = 3_500_000_000_000_000_000L;
  private long sends;
  private long accepted;
  private long repeats;

  OfficialAccount(
      AccountSettings settings, InstantSource clock, Loop loop, ObjectMapper json, Random random) {
    this.settings = settings;
    this.clock = clock;
    this.loop = loop;
    this.json = json;
    tokens = Tokens.ofAccount(clock, settings.tokenLife());
    callbacks = new Callbacks(CallbackAddress.of(settings), clock, loop, random);
    day = new Window(clock, Duration.ofDays(1));
    minute = new Window(clock, Duration.ofMinutes(1));
    menu.put("1", "我已收到");
    menu.put("2", "去不了");
    settings.templates().values().forEach(fields -> fields.forEach(FieldType::type));
  }

  public AccountSettings settings() {
    return settings;
  }

  /** The follower with that openid; it follows as soon as somebody asks for it. */
  public Follower follower(String openid) {
    synchronized (followers) {
      return followers.computeIfAbsent(openid, id -> new Follower(this, clock, id));
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
    next(Endpoint.TEMPLATE_SEND, count, fault);
  }

  /** The next {@code count} calls of stable_token go wrong in this way. */
  public void nextToken(int count, WeChatFault fault) {
    next(Endpoint.STABLE_TOKEN, count, fault);
  }

  @Override
  public void next(Endpoint at, int count, WeChatFault fault) {
    loop.tell(() -> faults.add(at, count, fault));
  }

  @Override
  public void noFaults() {
    loop.tell(faults::clear);
  }

  /** Sending with this template answers 40252 and keeps the messages for a review. */
  public void holds(String templateId) {
    loop.tell(() -> refusedTemplates.put(templateId, HELD_FOR_REVIEW));
  }

  /** Sending with this template answers 43116: the platform has banned it. */
  public void bans(String templateId) {
    loop.tell(() -> refusedTemplates.put(templateId, BANNED));
  }

  /** Sending with this template works again; what was held meanwhile stays held. */
  public void allows(String templateId) {
    loop.tell(() -> refusedTemplates.remove(templateId));
  }

  /** Makes all tokens worthless before their end: calls answer 40001 until a new one is fetched. */
  @Override
  public void revokeTokens() {
    loop.tell(tokens::revokeAll);
  }

  /** What was kept for review is sent after all, receipts included. */
  public void releaseReviewed() {
    loop.tell(
        () -> {
          heldForReview.forEach(this::travel);
          heldForReview.clear();
        });
  }

  /** How many messages are kept for review. */
  int held() {
    return loop.ask(heldForReview::size);
  }

  /** What was kept for review is never sent. */
  public void dropReviewed() {
    loop.tell(heldForReview::clear);
  }

  /** The menu below the account's messages: names by the keys that its CLICK events carry. */
  public void menu(Map<String, String> namesByKey) {
    synchronized (menu) {
      menu.clear();
      menu.putAll(namesByKey);
    }
  }

  Map<String, String> menu() {
    synchronized (menu) {
      return new LinkedHashMap<>(menu);
    }
  }

  /** Receipts say MsgID 0, as was seen where client_msg_id is set. */
  public void receiptsWithoutNumber(boolean without) {
    loop.tell(() -> receiptsWithoutNumber = without);
  }

  @Override
  public void repeatCallbacks(int count) {
    loop.tell(() -> callbacks.twice(count));
  }

  @Override
  public void reverseCallbacks(int count) {
    loop.tell(() -> callbacks.reverse(count));
  }

  @Override
  public void forgeCallbacks(int count) {
    loop.tell(() -> callbacks.forge(count));
  }

  @Override
  public void foreignCallbacks(int count) {
    loop.tell(() -> callbacks.foreign(count));
  }

  @Override
  public void replayCallback() {
    loop.tell(callbacks::replay);
  }

  @Override
  public void changeAesKey(String encodingAesKey) {
    loop.tell(
        () ->
            callbacks.goTo(
                CallbackAddress.of(
                    settings.withCallbackSecrets(settings.callbackToken(), encodingAesKey))));
  }

  @Override
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
                callbacks.statistics()));
  }

  // What follows happens on the loop.

  WeChatFault fault(Endpoint at) {
    return faults.poll(at);
  }

  /** Does one API call and returns its answer; {@code errcode} 0 and others alike. */
  ObjectNode call(Call call) {
    try {
      Set<String> allowed = settings.allowedAddresses();
      if (!allowed.isEmpty() && !allowed.contains(call.from())) {
        throw new Refused(40164, "invalid ip " + call.from() + ", not in whitelist");
      }
      WeChatFault fault = call.fault();
      if (fault != null && fault.kind() == WeChatFault.Kind.ERRCODE) {
        if (fault.code() == HELD_FOR_REVIEW && call.endpoint() == Endpoint.TEMPLATE_SEND) {
          heldForReview.add(message(call.body(), "url"));
        }
        throw new Refused(fault.code(), "told to");
      }
      return switch (call.endpoint()) {
        case STABLE_TOKEN -> token(call.body());
        case TEMPLATE_SEND -> send(call.token(), call.body());
        case SUBSCRIBE_SEND -> subscribeSend(call.token(), call.body());
        case QUOTA -> quota(call.token(), call.body());
        default -> throw new IllegalArgumentException("not the account's: " + call.endpoint());
      };
    } catch (Refused e) {
      errcodes.merge(e.errcode(), 1L, Long::sum);
      return json.createObjectNode().put("errcode", e.errcode()).put("errmsg", e.getMessage());
    }
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
    if (!known(openid).isFollowing()) {
      throw new Refused(43004, "require subscribe");
    }
    checkFields(body);
    checkTemplate(body, "url");
    String clientId = body.path("client_msg_id").asText();
    if (clientId.length() > MAX_CLIENT_ID) {
      throw new Refused(47003, "argument invalid! client_msg_id is too long");
    }
    Sent before = clientId.isEmpty() ? null : sentByClientId.get(List.of(openid, clientId));
    if (before != null && before.at().plus(DEDUPE).isAfter(clock.instant())) {
      repeats++;
      return ok().put("msgid", before.msgId());
    }
    useQuota();
    accepted++;
    WeChatMessage message = message(body, "url");
    if (!clientId.isEmpty()) {
      sentByClientId.put(List.of(openid, clientId), new Sent(message.msgId(), message.at()));
    }
    travel(message);
    return ok().put("msgid", message.msgId());
  }

  private ObjectNode subscribeSend(String token, JsonNode body) throws Refused {
    sends++;
    check(token);
    String template = body.path("template_id").asText();
    Follower follower = known(body.path("touser").asText());
    checkFields(body);
    if (follower.messagesLeft(template) == 0) {
      throw new Refused(43101, "user refuse to accept the msg");
    }
    checkTemplate(body, "page");
    useQuota();
    accepted++;
    follower.useSubscription(template);
    WeChatMessage message = message(body, "page");
    loop.after(
        settings.receiptDelay(),
        () -> {
          boolean arrives = arrive(message).isEmpty();
          String result =
              Xml.element("TemplateId", template)
                  + Xml.number("MsgID", message.msgId())
                  + Xml.number("ErrorCode", arrives ? 0 : 1003)
                  + Xml.element("ErrorStatus", arrives ? "success" : "failed");
          post(
              follower,
              "event",
              Xml.element("Event", "subscribe_msg_sent_event")
                  + ("<SubscribeMsgSentEvent><List>" + result + "</List></SubscribeMsgSentEvent>"));
        });
    return ok();
  }

  private Follower known(String openid) throws Refused {
    synchronized (followers) {
      Follower follower = followers.get(openid);
      if (follower == null) {
        throw new Refused(40003, "invalid openid");
      }
      return follower;
    }
  }

  private void checkTemplate(JsonNode body, String link) throws Refused {
    int errcode = refusedTemplates.getOrDefault(body.path("template_id").asText(), 0);
    if (errcode == HELD_FOR_REVIEW) {
      heldForReview.add(message(body, link));
      throw new Refused(errcode, "message is held for review");
    }
    if (errcode != 0) {
      throw new Refused(errcode, "template is banned");
    }
  }

  private void useQuota() throws Refused {
    if (minute.used() >= settings.minuteQuota()) {
      throw new Refused(45011, "api minute-quota reach limit, must slower, retry next minute");
    }
    if (day.used() >= settings.dailyQuota()) {
      throw new Refused(45009, "reach max api daily quota limit");
    }
    minute.add(1);
    day.add(1);
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

  private WeChatMessage message(JsonNode body, String link) {
    String template = body.path("template_id").asText();
    Map<String, String> fields = new LinkedHashMap<>();
    for (String field : settings.templates().getOrDefault(template, List.of())) {
      fields.put(field, body.path("data").path(field).path("value").asText());
    }
    return new WeChatMessage(
        ++lastMsgId,
        body.path("touser").asText(),
        template,
        body.path(link).asText(),
        fields,
        String.join("\n", fields.values()),
        clock.instant());
  }

  private ObjectNode quota(String token, JsonNode body) throws Refused {
    check(token);
    String path = body.path("cgi_path").asText();
    if (!path.equals(Endpoint.TEMPLATE_SEND.path())
        && !path.equals(Endpoint.SUBSCRIBE_SEND.path())) {
      throw new Refused(76021, "cgi_path not found");
    }
    ObjectNode answer = ok();
    answer
        .putObject("quota")
        .put("daily_limit", settings.dailyQuota())
        .put("used", day.used())
        .put("remain", settings.dailyQuota() - day.used());
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
          String failure = arrive(message);
          long number = receiptsWithoutNumber ? 0 : message.msgId();
          post(
              follower,
              "event",
              Xml.element("Event", "TEMPLATESENDJOBFINISH")
                  + Xml.number("MsgID", number)
                  + Xml.element("Status", failure.isEmpty() ? "success" : failure));
        });
  }

  /** Empty when it is on the phone, else why it is not. */
  private String arrive(WeChatMessage message) {
    Follower follower = follower(message.openid());
    String failure = follower.isFollowing() ? follower.failure() : "failed:user block";
    if (failure.isEmpty()) {
      follower.take(message);
      hooks.forEach(hook -> hook.accept(message));
    }
    return failure;
  }

  void later(Duration delay, Runnable task) {
    loop.after(delay, task);
  }

  void text(Follower from, String words) {
    loop.run(
        () -> post(from, "text", Xml.element("Content", words) + Xml.number("MsgId", ++lastMsgId)));
  }

  void event(Follower from, String event, String key) {
    loop.run(() -> post(from, "event", Xml.element("Event", event) + Xml.element("EventKey", key)));
  }

  /**
   * What a person said to the question for subscribe messages, {@link #POPUP} or {@link #CHANGE}.
   */
  void subscription(Follower from, String kind, String templateId, String status) {
    boolean popup = kind.equals(POPUP);
    String one =
        Xml.element("TemplateId", templateId)
            + Xml.element("SubscribeStatusString", status)
            + (popup ? Xml.element("PopupScene", "1") : "");
    String list = "<" + kind + "><List>" + one + "</List></" + kind + ">";
    String event = popup ? "subscribe_msg_popup_event" : "subscribe_msg_change_event";
    loop.run(() -> post(from, "event", Xml.element("Event", event) + list));
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
    callbacks.post(from.openid(), xml, reply -> from.take(answer(from, words(from, reply))));
  }

  /** The words of a passive answer, if it is one that the platform would show to that follower. */
  private String words(Follower to, String reply) {
    String words = Xml.text(reply, "Content");
    boolean good =
        Xml.text(reply, "MsgType").equals("text")
            && Xml.text(reply, "ToUserName").equals(to.openid())
            && Xml.text(reply, "FromUserName").equals(settings.originalId())
            && Xml.text(reply, "CreateTime").matches("\\d+")
            && words.getBytes(StandardCharsets.UTF_8).length <= LONGEST_ANSWER;
    if (!good) {
      throw new IllegalArgumentException("it is no text of ours to whom it answers, or too long");
    }
    return words;
  }

  private WeChatMessage answer(Follower to, String words) {
    return new WeChatMessage(0, to.openid(), "", "", Map.of(), words, clock.instant());
  }
}

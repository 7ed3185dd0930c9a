package org.lastmile.simulators.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.lastmile.simulators.Loop;

/**
 * One WeCom application as WeCom keeps it, and the members that it may write to. Every API call and
 * every later event happens on one loop; its public methods may be called from any thread.
 */
public final class WeCom implements Counterpart {
  private static final int BAD_ARGUMENT = 40058;
  private static final int TOO_OFTEN = 45009;
  private static final int SENDS_AN_ACCOUNT = 200;
  private static final int MAX_RECIPIENTS = 1000;
  private static final int ROBOT_A_MINUTE = 20;
  private static final int MAX_ROBOT_TEXT = 2048;
  private static final Duration RECALL_WITHIN = Duration.ofHours(24);
  private static final int DEDUPE_SECONDS = 1800;
  private static final int MAX_DEDUPE_SECONDS = 4 * 3600;

  /** An accepted send: who got it, and what the API answered. */
  private record Sent(Instant at, List<Member> to, ObjectNode answer) {}

  private final WeComSettings settings;
  private final InstantSource clock;
  private final Loop loop;
  private final ObjectMapper json;
  private final Tokens tokens;
  private final Callbacks callbacks;
  private final ResponseCodes responseCodes;
  private final Faults faults = new Faults();
  private final Window calls;
  private final Window personSends;
  private final Window robotSends;
  private final Window misses;
  private final Map<String, Member> members = new TreeMap<>();
  private final Map<String, Sent> sentById = new HashMap<>();
  private final Map<String, Sent> sentByContent = new HashMap<>();
  private final Set<String> taskIds = new HashSet<>();
  private final List<RobotMessage> robotMessages = new CopyOnWriteArrayList<>();
  private final List<Consumer<WeComMessage>> hooks = new CopyOnWriteArrayList<>();
  private final Map<Integer, Long> errcodes = new TreeMap<>();
  private long lastId;
  private long sends;
  private long accepted;
  private long repeats;
  private long recipients;
  private long dropped;
  private long clicks;

  WeCom(WeComSettings settings, InstantSource clock, Loop loop, ObjectMapper json, Random random) {
    this.settings = settings;
    this.clock = clock;
    this.loop = loop;
    this.json = json;
    tokens = Tokens.ofWeCom(clock, settings.tokenLife());
    callbacks = new Callbacks(CallbackAddress.of(settings), clock, loop, random);
    responseCodes = new ResponseCodes(clock);
    calls = new Window(clock, Duration.ofMinutes(1));
    personSends = new Window(clock, Duration.ofDays(1));
    robotSends = new Window(clock, Duration.ofMinutes(1));
    misses = new Window(clock, Duration.ofDays(1));
  }

  public WeComSettings settings() {
    return settings;
  }

  /** The member with that userid, in whatever case; it exists as soon as somebody asks for it. */
  public Member member(String userid) {
    synchronized (members) {
      return members.computeIfAbsent(lower(userid), id -> new Member(this, clock, userid));
    }
  }

  /** All members that anybody asked for, by userid. */
  public Collection<Member> members() {
    synchronized (members) {
      return List.copyOf(members.values());
    }
  }

  /** What the group robot said, in order. */
  public List<RobotMessage> robotMessages() {
    return List.copyOf(robotMessages);
  }

  /** Calls for every message that arrived at a member, on the sandbox's own thread. */
  public void onDelivered(Consumer<WeComMessage> hook) {
    hooks.add(hook);
  }

  /** The next {@code count} calls of message/send go wrong in this way. */
  public void next(int count, WeChatFault fault) {
    next(Endpoint.MESSAGE_SEND, count, fault);
  }

  @Override
  public void next(Endpoint at, int count, WeChatFault fault) {
    loop.tell(() -> faults.add(at, count, fault));
  }

  @Override
  public void noFaults() {
    loop.tell(faults::clear);
  }

  /** Makes all tokens worthless before their end: calls answer 40014 until a new one is fetched. */
  @Override
  public void revokeTokens() {
    loop.tell(tokens::revokeAll);
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
  public WeComStatistics statistics() {
    return loop.ask(
        () ->
            new WeComStatistics(
                tokens.requests(),
                tokens.issued(),
                sends,
                accepted,
                repeats,
                recipients,
                dropped,
                clicks,
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
      WeChatFault fault = call.fault();
      if (fault != null && fault.kind() == WeChatFault.Kind.ERRCODE) {
        throw new Refused(fault.code(), "told to");
      }
      return switch (call.endpoint()) {
        case GETTOKEN -> token(call.query());
        case ROBOT -> robot(call.query(), call.body());
        default -> {
          admit(call);
          yield switch (call.endpoint()) {
            case AGENT -> agent(call.query());
            case MESSAGE_SEND -> send(call.body());
            case RECALL -> recall(call.body());
            case UPDATE_CARD -> update(call.body());
            case GETUSERID -> userid(call.body());
            default -> throw new IllegalArgumentException("not WeCom's: " + call.endpoint());
          };
        }
      };
    } catch (Refused e) {
      errcodes.merge(e.errcode(), 1L, Long::sum);
      return json.createObjectNode().put("errcode", e.errcode()).put("errmsg", e.getMessage());
    }
  }

  private void admit(Call call) throws Refused {
    if (call.token().isEmpty()) {
      throw new Refused(41001, "access_token missing");
    }
    int errcode = tokens.check(call.token());
    if (errcode != Tokens.OK) {
      throw new Refused(errcode, "invalid or expired access_token");
    }
    Set<String> allowed = settings.allowedAddresses();
    if (!allowed.isEmpty() && !allowed.contains(call.from())) {
      throw new Refused(60020, "not allow to access from your ip: " + call.from());
    }
    if (call.underWay() > settings.limits().callsAtOnce()) {
      throw new Refused(45033, "api concurrent out of limit");
    }
    if (calls.used() >= settings.limits().callsAMinute()) {
      throw new Refused(TOO_OFTEN, "api freq out of limit");
    }
    calls.add(1);
  }

  private ObjectNode token(Map<String, String> query) throws Refused {
    if (!settings.corpId().equals(query.get("corpid"))) {
      throw new Refused(40013, "invalid corpid");
    }
    if (!settings.secret().equals(query.get("corpsecret"))) {
      throw new Refused(40001, "invalid credential");
    }
    Tokens.Grant grant = tokens.request(false);
    return ok().put("access_token", grant.token()).put("expires_in", grant.expiresIn());
  }

  private ObjectNode send(JsonNode body) throws Refused {
    sends++;
    checkAgent(body);
    Draft draft = Draft.of(body);
    Sent before = sentByContent.get(body.toString());
    boolean checked = body.path("enable_duplicate_check").asInt() == 1;
    if (!draft.taskId().isEmpty() && taskIds.contains(draft.taskId())) {
      throw new Refused(42014, "task_id is existed");
    }
    if (checked && before != null && clock.instant().isBefore(before.at().plus(interval(body)))) {
      repeats++;
      return before.answer();
    }
    Recipients who = recipients(body);
    if (personSends.used() + who.valid().size()
        > (long) settings.limits().accounts() * SENDS_AN_ACCOUNT) {
      throw new Refused(TOO_OFTEN, "api freq out of limit: accounts x 200 person-sends a day");
    }
    personSends.add(who.valid().size());
    accepted++;
    recipients += who.valid().size();
    if (!draft.taskId().isEmpty()) {
      taskIds.add(draft.taskId());
    }
    String msgId = "m" + ++lastId;
    ObjectNode answer =
        ok().put("invaliduser", String.join("|", who.invalid()))
            .put("invalidparty", body.path("toparty").asText())
            .put("invalidtag", body.path("totag").asText())
            .put("unlicenseduser", String.join("|", who.unlicensed()))
            .put("msgid", msgId);
    if (!draft.buttons().isEmpty()) {
      answer.put("response_code", responseCodes.give(msgId));
    }
    Sent sent = new Sent(clock.instant(), who.valid(), answer);
    sentById.put(msgId, sent);
    if (checked) {
      sentByContent.put(body.toString(), sent);
    }
    loop.after(settings.arrivalDelay(), () -> who.valid().forEach(to -> arrive(to, msgId, draft)));
    return answer;
  }

  private ObjectNode agent(Map<String, String> query) throws Refused {
    checkAgent(query.getOrDefault("agentid", ""));
    return ok().put("agentid", settings.agentId()).put("name", "预警");
  }

  private void checkAgent(JsonNode body) throws Refused {
    checkAgent(body.path("agentid").asText());
  }

  private void checkAgent(String agentId) throws Refused {
    if (!agentId.equals(Long.toString(settings.agentId()))) {
      throw new Refused(40056, "invalid agentid");
    }
  }

  private static Duration interval(JsonNode body) {
    int seconds = body.path("duplicate_check_interval").asInt(DEDUPE_SECONDS);
    return Duration.ofSeconds(Math.min(seconds, MAX_DEDUPE_SECONDS));
  }

  /** Who gets a send, and the lower-cased userids of who does not. */
  private record Recipients(List<Member> valid, Set<String> invalid, Set<String> unlicensed) {}

  private Recipients recipients(JsonNode body) throws Refused {
    String named = body.path("touser").asText();
    if (named.isEmpty()) {
      throw new Refused(82001, "all of touser, toparty and totag are empty");
    }
    List<String> ids = new ArrayList<>(new LinkedHashSet<>(List.of(named.split("\\|", -1))));
    if (named.equals("@all")) {
      ids = members().stream().filter(Member::isVisible).map(Member::userid).toList();
    } else if (ids.size() > MAX_RECIPIENTS) {
      throw new Refused(40032, "invalid userid list length: " + ids.size() + ", at most 1000");
    }
    Map<String, Member> valid = new LinkedHashMap<>();
    Set<String> invalid = new LinkedHashSet<>();
    Set<String> unlicensed = new LinkedHashSet<>();
    for (String id : ids) {
      Optional<Member> member = find(id);
      if (member.isEmpty()) {
        invalid.add(lower(id));
      } else if (!member.get().isLicensed()) {
        unlicensed.add(lower(id));
      } else {
        valid.put(lower(id), member.get());
      }
    }
    if (valid.isEmpty()) {
      throw new Refused(
          81013,
          "user & party & tag all invalid; invaliduser "
              + String.join("|", invalid)
              + ", unlicenseduser "
              + String.join("|", unlicensed));
    }
    return new Recipients(List.copyOf(valid.values()), invalid, unlicensed);
  }

  private Optional<Member> find(String userid) {
    synchronized (members) {
      return Optional.ofNullable(members.get(lower(userid))).filter(Member::isVisible);
    }
  }

  private static String lower(String userid) {
    return userid.toLowerCase(Locale.ROOT);
  }

  private void arrive(Member to, String msgId, Draft draft) {
    if (!to.hasRoom()) {
      dropped++;
      return;
    }
    WeComMessage message =
        new WeComMessage(
            msgId,
            to.userid(),
            draft.type(),
            draft.title(),
            draft.description(),
            draft.url(),
            draft.taskId(),
            draft.buttons(),
            "",
            false,
            clock.instant());
    to.take(message);
    hooks.forEach(hook -> hook.accept(message));
  }

  private ObjectNode recall(JsonNode body) throws Refused {
    Sent sent = sentById.get(body.path("msgid").asText());
    if (sent == null) {
      throw new Refused(BAD_ARGUMENT, "invalid Request Parameter, msgid");
    }
    if (!clock.instant().isBefore(sent.at().plus(RECALL_WITHIN))) {
      throw new Refused(BAD_ARGUMENT, "invalid Request Parameter, msgid: older than 24 hours");
    }
    sent.to().forEach(member -> member.withdraw(body.path("msgid").asText()));
    return ok();
  }

  private ObjectNode update(JsonNode body) throws Refused {
    checkAgent(body);
    String words = body.path("button").path("replace_name").asText();
    if (words.isEmpty()) {
      throw new Refused(BAD_ARGUMENT, "invalid Request Parameter, button.replace_name");
    }
    String msgId = responseCodes.use(body.path("response_code").asText());
    List<Member> had = sentById.get(msgId).to();
    ObjectNode answer = ok();
    ArrayNode invalid = answer.putArray("invaliduser");
    for (JsonNode id : body.path("userids")) {
      Optional<Member> member = find(id.asText()).filter(had::contains);
      member.ifPresentOrElse(
          m -> m.replaceButtons(msgId, words), () -> invalid.add(lower(id.asText())));
    }
    if (body.path("atall").asInt() == 1) {
      had.forEach(member -> member.replaceButtons(msgId, words));
    }
    return answer;
  }

  private ObjectNode robot(Map<String, String> query, JsonNode body) throws Refused {
    if (!settings.robotKey().equals(query.get("key"))) {
      throw new Refused(93000, "invalid webhook url");
    }
    String type = body.path("msgtype").asText();
    String text = body.path(type).path("content").asText();
    if (!type.equals("text") && !type.equals("markdown")) {
      throw new Refused(40008, "invalid message type: " + type);
    }
    if (text.isEmpty() || Draft.octets(text) > MAX_ROBOT_TEXT) {
      throw new Refused(
          BAD_ARGUMENT, "invalid Request Parameter, " + type + ".content: 1 to 2048 bytes");
    }
    if (robotSends.used() >= ROBOT_A_MINUTE) {
      throw new Refused(TOO_OFTEN, "api freq out of limit: 20 messages a minute");
    }
    robotSends.add(1);
    List<String> mentioned = new ArrayList<>();
    body.path(type).path("mentioned_list").forEach(one -> mentioned.add(one.asText()));
    body.path(type).path("mentioned_mobile_list").forEach(one -> mentioned.add(one.asText()));
    robotMessages.add(new RobotMessage(type, text, mentioned, clock.instant()));
    return ok();
  }

  private ObjectNode userid(JsonNode body) throws Refused {
    int allowed = Math.max(1, settings.limits().accounts() / 5);
    if (misses.used() >= allowed) {
      throw new Refused(TOO_OFTEN, "api freq out of limit: too many wrong mobiles today");
    }
    String mobile = body.path("mobile").asText();
    for (Member member : members()) {
      if (!mobile.isEmpty() && member.isVisible() && member.mobile().equals(mobile)) {
        return ok().put("userid", member.userid());
      }
    }
    misses.add(1);
    throw new Refused(46004, "user no exist");
  }

  private ObjectNode ok() {
    return json.createObjectNode().put("errcode", 0).put("errmsg", "ok");
  }

  void later(Duration delay, Runnable task) {
    loop.after(delay, task);
  }

  void text(Member from, String words) {
    loop.run(
        () -> {
          long number = 7_000_000_000_000_000_000L + ++lastId;
          post(
              from,
              "text",
              Xml.element("Content", words) + Xml.number("MsgId", number),
              answer -> from.take(words(from, Xml.text(answer, "Content"))));
        });
  }

  void click(Member from, WeComMessage card, String key) {
    loop.run(
        () -> {
          boolean works =
              from.inbox().stream()
                  .anyMatch(c -> c.msgId().equals(card.msgId()) && c.canClick(key));
          if (works) {
            clicks++;
            post(from, "event", clicked(card, key), answer -> updated(from, card, answer));
          }
        });
  }

  private String clicked(WeComMessage card, String key) {
    return Xml.element("Event", "template_card_event")
        + Xml.element("EventKey", key)
        + Xml.element("TaskId", card.taskId())
        + Xml.element("CardType", "button_interaction")
        + Xml.element("ResponseCode", responseCodes.give(card.msgId()));
  }

  private void updated(Member from, WeComMessage card, String answer) {
    if (Xml.text(answer, "MsgType").equals("update_button")) {
      from.replaceButtons(card.msgId(), Xml.text(answer, "ReplaceName"));
    } else {
      from.take(words(from, Xml.text(answer, "Content")));
    }
  }

  private WeComMessage words(Member to, String words) {
    return new WeComMessage(
        "", to.userid(), "text", "", words, "", "", List.of(), "", false, clock.instant());
  }

  private void post(Member from, String type, String rest, Consumer<String> answer) {
    String xml =
        "<xml>"
            + Xml.element("ToUserName", settings.corpId())
            + Xml.element("FromUserName", from.userid())
            + Xml.number("CreateTime", clock.instant().getEpochSecond())
            + Xml.element("MsgType", type)
            + rest
            + Xml.number("AgentID", settings.agentId())
            + "</xml>";
    callbacks.post(from.userid(), xml, answer);
  }
}

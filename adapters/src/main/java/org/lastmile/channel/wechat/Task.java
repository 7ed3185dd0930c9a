package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lastmile.channel.Content;
import org.lastmile.channel.Message;

/**
 * One request to many people: whose card belongs to which try, what is known of the request, and
 * the one code by which its cards can be turned.
 */
final class Task {
  /** A code for turning cards is good for 72 h. */
  private static final Duration CODE_LASTS = Duration.ofHours(71);

  /** What was sent can be taken back for 24 h. */
  private static final Duration RECALL_LASTS = Duration.ofHours(24);

  private final String id;
  private final String content;
  private final String about;
  private final Instant at;
  private final boolean each;
  private final Map<String, Recipient> to;
  private final Set<String> settled = new HashSet<>();
  private final Set<String> clicked = new HashSet<>();
  private final Set<String> failed = new HashSet<>();
  private final Set<String> replaced = new HashSet<>();
  private State state = State.UNKNOWN;
  private String msgid = "";
  private String code = "";
  private boolean takenBack;

  /** One person, as the ledger writes the userid. */
  record Recipient(String userid, String attempt) {}

  /** What is known of the request. */
  enum State {
    /** Written or about to be: it may have arrived. */
    UNKNOWN,
    /** Something on the way says that it did not get through. */
    NOT_THROUGH,
    TAKEN,
    REFUSED
  }

  private Task(
      String id,
      String content,
      String about,
      Instant at,
      boolean each,
      Map<String, Recipient> to) {
    this.id = id;
    this.content = content;
    this.about = about;
    this.at = at;
    this.each = each;
    this.to = to;
  }

  static Task of(String id, Instant at, Collection<Message> messages) {
    Map<String, Recipient> to = new LinkedHashMap<>();
    messages.forEach(m -> to.put(key(m.address()), new Recipient(m.address(), m.attempt())));
    Message any = messages.iterator().next();
    Content content = any.content();
    return new Task(id, content.id(), content.about(), at, WeComFace.asksForEachPoint(any), to);
  }

  /** The platform gives userids back in lower case, and does not tell cases apart. */
  static String key(String userid) {
    return userid.toLowerCase(Locale.ROOT);
  }

  String id() {
    return id;
  }

  /** What it is found by when it is taken back: its content, and the warning that is about. */
  Set<String> topics() {
    return content.equals(about) ? Set.of(content) : Set.of(content, about);
  }

  Instant at() {
    return at;
  }

  /** Each of several points wants an answer of its own: 已收到 is none yet. */
  boolean each() {
    return each;
  }

  synchronized List<Recipient> recipients() {
    return List.copyOf(to.values());
  }

  synchronized Optional<Recipient> recipient(String userid) {
    return Optional.ofNullable(to.get(key(userid)));
  }

  /** Later tries of the same messages go out under this task again. */
  synchronized void again(Collection<Message> messages) {
    messages.forEach(m -> to.put(key(m.address()), new Recipient(m.address(), m.attempt())));
    state = State.UNKNOWN;
  }

  synchronized State state() {
    return state;
  }

  synchronized void state(State now) {
    state = now;
  }

  /**
   * The platform took it.
   *
   * @param newCode for turning its cards; empty = none
   * @param nobody lower-cased userids that it did not go to
   */
  synchronized void taken(String newMsgid, String newCode, Set<String> nobody) {
    state = State.TAKEN;
    msgid = newMsgid;
    code = newCode;
    failed.addAll(nobody);
    settled.addAll(nobody);
  }

  /** The person has the card but has not answered; it was there, so the platform took it. */
  synchronized void seen() {
    state = State.TAKEN;
  }

  /** The person's own card has turned; it was there, so the platform took it. */
  synchronized void clicked(String userid) {
    state = State.TAKEN;
    clicked.add(key(userid));
    settled.add(key(userid));
  }

  /** Whoever got a try of that delivery has answered elsewhere; the card still asks. */
  synchronized void answeredElsewhere(String delivery) {
    to.forEach(
        (key, recipient) -> {
          if (Attempts.delivery(recipient.attempt()).equals(delivery)) {
            settled.add(key);
          }
        });
  }

  /** One use of the code, for all cards that still ask. */
  record Turn(String code, List<String> userids) {}

  /** The code can be used once only: when everybody has answered, in whichever way. */
  synchronized Optional<Turn> turnWhenSettled(Instant now) {
    List<String> asking =
        to.entrySet().stream()
            .filter(e -> !clicked.contains(e.getKey()) && !failed.contains(e.getKey()))
            .map(e -> e.getValue().userid())
            .toList();
    boolean useful = !code.isEmpty() && !asking.isEmpty() && now.isBefore(at.plus(CODE_LASTS));
    if (!useful || !settled.containsAll(to.keySet())) {
      return Optional.empty();
    }
    Turn turn = new Turn(code, asking);
    code = "";
    return Optional.of(turn);
  }

  /** The platform's id while it can still be taken back. */
  synchronized Optional<String> recallable(Instant now) {
    return msgid.isEmpty() || !now.isBefore(at.plus(RECALL_LASTS))
        ? Optional.empty()
        : Optional.of(msgid);
  }

  /**
   * These people were given words that take the place of these. Returns the platform's id, once,
   * when everybody who got them was: what one request brought goes for all or for nobody.
   *
   * @param userids lower-cased
   */
  synchronized Optional<String> replaced(Set<String> userids, Instant now) {
    to.keySet().stream().filter(userids::contains).forEach(replaced::add);
    boolean all = to.keySet().stream().allMatch(u -> replaced.contains(u) || failed.contains(u));
    Optional<String> last = all && !takenBack ? recallable(now) : Optional.empty();
    takenBack = takenBack || last.isPresent();
    return last;
  }

  synchronized String write() {
    ObjectNode node =
        Wire.JSON
            .createObjectNode()
            .put("at", at.toEpochMilli())
            .put("content", content)
            .put("about", about);
    if (each) {
      node.put("each", true);
    }
    ObjectNode tries = node.putObject("to");
    to.values().forEach(r -> tries.put(r.userid(), r.attempt()));
    return node.toString();
  }

  static Task read(String id, JsonNode node) {
    Map<String, Recipient> to = new LinkedHashMap<>();
    node.path("to")
        .fields()
        .forEachRemaining(
            e -> to.put(key(e.getKey()), new Recipient(e.getKey(), e.getValue().asText())));
    Instant at = Instant.ofEpochMilli(node.path("at").asLong());
    return new Task(
        id,
        node.path("content").asText(),
        node.path("about").asText(),
        at,
        node.path("each").asBoolean(),
        to);
  }
}

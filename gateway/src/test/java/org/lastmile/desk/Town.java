package org.lastmile.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.ledger.Ledger;
import org.lastmile.ledger.MemoryLedger;
import org.lastmile.warning.Area;
import org.lastmile.warning.Coverage;
import org.lastmile.warning.DutyTask;
import org.lastmile.warning.Event;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;
import org.lastmile.warning.Wording;

/**
 * A town to tell stories about: points with people and loudspeakers, a desk under a clock that the
 * test moves, and lanes that take every message and do nothing until the test says so.
 */
final class Town implements AutoCloseable {
  static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  static final Instant NOON = Instant.parse("2026-07-05T04:00:00Z");
  static final Issuer OFFICE = new Issuer("office", true, null, List.of());
  static final Issuer PERSON = new Issuer("li", false, null, List.of());

  Instant now = NOON;
  final InstantSource clock = () -> now;
  final Ledger ledger;
  Desk desk;
  Policy policy = Policy.defaults();
  final Map<String, Planner.Address> channels = new LinkedHashMap<>();
  final Map<String, Threat.AtPoint> points = new LinkedHashMap<>();

  /** Phones that are in nobody's registry. */
  final Set<String> strangers = new HashSet<>();

  final List<Message> sent = new ArrayList<>();

  /** Answers in chats, whose outcome is not told yet. */
  final List<Message> replies = new ArrayList<>();

  final Map<String, String> channelOf = new HashMap<>();
  private final Map<String, ResponsiblePerson> leaders = new LinkedHashMap<>();

  Town() {
    this(new MemoryLedger(InstantSource.system()));
  }

  Town(Ledger ledger) {
    this.ledger = ledger;
    channels.put("loudspeaker", Planner.Address.DEVICE);
    channels.put("sms", Planner.Address.PHONE);
    channels.put("wechat", Planner.Address.OPENID);
    channels.put("wecom", Planner.Address.WECOM);
    desk = desk("one");
  }

  Desk desk(String owner) {
    Desk made =
        new Desk(
            ledger,
            w -> new Threat(1, List.copyOf(points.values()), List.of()),
            () -> policy,
            () -> Wording.defaults(ZONE),
            clock,
            new Desk.Setup(
                owner,
                Duration.ofSeconds(30),
                ZONE,
                new Links.Plain("http://gateway"),
                channels,
                phone -> !strangers.contains(phone)));
    made.onReply((channel, message) -> replies.add(message));
    return made;
  }

  /** A point with responsible persons A and B, named after it, and a loudspeaker when wanted. */
  Town point(String id, boolean loudspeaker) {
    return point(
        id,
        List.of(
            person("A-" + id, ResponsiblePerson.Part.A, "139" + digits(id) + "1", List.of(id)),
            person("B-" + id, ResponsiblePerson.Part.B, "139" + digits(id) + "2", List.of(id))),
        loudspeaker ? List.of(speaker("v-" + id, List.of(id))) : List.of(),
        List.of());
  }

  Town point(
      String id,
      List<ResponsiblePerson> responsible,
      List<Loudspeaker> speakers,
      List<Resident> residents) {
    HazardPoint point =
        new HazardPoint(
            id,
            id + "滑坡",
            "木耳镇",
            "垭口村",
            "一组",
            "500112107201",
            null,
            List.of("滑坡"),
            List.of(Hazard.Family.GEOLOGICAL),
            "小型",
            "较重",
            4,
            13,
            "敲锣",
            "后山公路",
            "村小学",
            "",
            false);
    points.put(
        id,
        new Threat.AtPoint(point, responsible, List.copyOf(leaders.values()), residents, speakers));
    return this;
  }

  Town leader(String name, ResponsiblePerson.Level level, String phone) {
    leaders.put(
        name,
        new ResponsiblePerson(
            name,
            name,
            "书记",
            level,
            ResponsiblePerson.Part.LEADER,
            phone,
            "",
            List.of(),
            "500112107201",
            "",
            "",
            null));
    return this;
  }

  static ResponsiblePerson person(
      String name, ResponsiblePerson.Part part, String phone, List<String> points) {
    return new ResponsiblePerson(
        name,
        name,
        "网格员",
        ResponsiblePerson.Level.GROUP,
        part,
        phone,
        "",
        points,
        "500112107201",
        "",
        "",
        null);
  }

  static Loudspeaker speaker(String id, List<String> points) {
    return new Loudspeaker(id, id, "垭口村", null, points, "", "");
  }

  static String digits(String id) {
    return String.format("%07d", Math.floorMod(id.hashCode(), 10_000_000));
  }

  static String phone(String part, String point) {
    return "139" + digits(point) + (part.equals("A") ? "1" : "2");
  }

  static Warning warning(Grade grade, String identifier) {
    return warning(grade, identifier, Warning.Type.ALERT, Warning.Nature.ACTUAL, List.of());
  }

  static Warning warning(
      Grade grade,
      String identifier,
      Warning.Type type,
      Warning.Nature nature,
      List<Warning.Reference> references) {
    return new Warning(
        new Warning.Identity("气象台", identifier, NOON),
        type,
        nature,
        grade,
        new Hazard("11B03", "暴雨", Hazard.Family.RAIN),
        "渝北区气象台",
        "渝北区气象台发布暴雨" + (grade == null ? "" : grade.colour()) + "预警",
        "",
        "",
        Map.of(),
        NOON,
        null,
        new Area("木耳镇", List.of(), List.of(), List.of("500112107000")),
        references,
        List.of(),
        List.of());
  }

  static Warning doubtful(Grade grade, String identifier) {
    Warning w = warning(grade, identifier);
    return changed(w, w.expires(), List.of("colour in the headline is not the severity"));
  }

  static Warning expiring(Grade grade, String identifier, Instant at) {
    return changed(warning(grade, identifier), at, List.of());
  }

  private static Warning changed(Warning w, Instant expires, List<String> doubts) {
    return new Warning(
        w.identity(),
        w.type(),
        w.nature(),
        w.grade(),
        w.hazard(),
        w.senderName(),
        w.headline(),
        w.description(),
        w.instruction(),
        w.texts(),
        w.effective(),
        expires,
        w.area(),
        w.references(),
        w.notices(),
        doubts);
  }

  Receipt issue(Warning warning) {
    return ask(d -> d.accept(warning, OFFICE));
  }

  /** Asks the desk and lets it work until it has answered. */
  <T> T ask(Function<Desk, CompletableFuture<T>> question) {
    CompletableFuture<T> answer = question.apply(desk);
    for (int i = 0; i < 20 && !answer.isDone(); i++) {
      work();
    }
    try {
      return answer.get(0, TimeUnit.SECONDS);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("the desk did not answer", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    }
  }

  void work() {
    try {
      desk.turn(Duration.ofMillis(1));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Moves the clock in steps, the desk looking at each. */
  Town passes(Duration time) {
    Instant until = now.plus(time);
    while (now.isBefore(until)) {
      now = now.plusSeconds(1).isAfter(until) ? until : now.plusSeconds(1);
      work();
    }
    return this;
  }

  /** The lane takes what is due: nothing is accepted yet. */
  List<Message> takes(String channel, int room) {
    work();
    List<Message> messages = ask(d -> d.due(channel, room));
    sent.addAll(messages);
    messages.forEach(m -> channelOf.put(m.attempt(), channel));
    return messages;
  }

  /** The lane takes what is due and the carrier accepts all of it. */
  List<Message> carries(String channel) {
    List<Message> messages = takes(channel, 1000);
    messages.forEach(m -> outcome(m, new Outcome.Accepted(List.of())));
    return messages;
  }

  /** Says everything after brief words. */
  static boolean details(Message message) {
    return message.content().id().endsWith("d");
  }

  void outcome(Message message, Outcome outcome) {
    ask(d -> d.outcome(message.attempt(), outcome));
  }

  void confirms(Message message, Signal.Evidence evidence) {
    ask(
        d ->
            d.signal(
                channelOf.get(message.attempt()),
                new Signal.Confirmation(message.attempt(), evidence, "", now, Map.of())));
  }

  /** A loudspeaker did not obey what came to it under that message's name. */
  void refuses(Message message, Signal.Evidence evidence, String why) {
    String outcome = evidence == Signal.Evidence.EXPIRED ? "expired" : "refused";
    ask(
        d ->
            d.signal(
                channelOf.get(message.attempt()),
                new Signal.Confirmation(
                    message.attempt(), evidence, why, now, Map.of("outcome", outcome))));
  }

  /** What of that the timeline shows. */
  List<String> refusals(String warning) {
    return ask(d -> d.timeline(warning)).orElseThrow().stream()
        .filter(l -> l.type() == Event.Type.REFUSED)
        .map(View.Line::detail)
        .toList();
  }

  View.Row row(String warning, String channel) {
    return ask(d -> d.deliveries(warning)).orElseThrow().stream()
        .filter(r -> r.channel().equals(channel))
        .findFirst()
        .orElseThrow();
  }

  void writes(String phone, String text) {
    writes(phone, "", text);
  }

  /** To one of our SIMs; empty = nobody knows which. */
  void writes(String phone, String to, String text) {
    hears(new Signal.Inbound("", phone, to, text, now));
  }

  /** What the modems bring. */
  void hears(Signal.Inbound words) {
    ask(d -> d.signal("sms", words));
  }

  Message lastTo(String address) {
    return sent.stream()
        .filter(m -> m.address().equals(address))
        .reduce((a, b) -> b)
        .orElseThrow(() -> new AssertionError("nothing was sent to " + address));
  }

  Coverage.At at(String warning, String point) {
    return ask(d -> d.coverage(warning)).orElseThrow().points().stream()
        .filter(p -> p.id().equals(point))
        .findFirst()
        .orElseThrow();
  }

  List<DutyTask> duties() {
    return ask(Desk::dutyTasks);
  }

  void assertState(String warning, String point, Coverage.State state) {
    assertThat(at(warning, point).state()).as(point).isEqualTo(state);
  }

  @Override
  public void close() {
    desk.close();
  }
}

package org.lastmile.desk;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.ledger.Ledger;
import org.lastmile.warning.Audience;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Event;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Progress;
import org.lastmile.warning.Warning;
import org.lastmile.warning.WarningStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is on the desk, and what is decided about it: a warning comes in, something is due, a wire
 * or a person says something, time passes. Everything here runs on the thread of the {@link Turns},
 * and every decision is an event that is folded at once and kept before anybody hears of it.
 */
final class Decisions implements Turns.Work {
  private static final Logger log = LoggerFactory.getLogger(Decisions.class);

  /** Warnings that are over stay on the desk that long, for late answers and receipts. */
  private static final Duration LINGER = Duration.ofHours(24);

  /** What comes about a warning in the moment after its end is not foreign. */
  private static final Duration NOT_BEFORE = Duration.ofSeconds(10);

  /**
   * Deliveries of warnings that are over, 150 MB of memory: beyond it the oldest leave early. Tests
   * make do with fewer.
   */
  int mostOver = 200_000;

  final Map<String, Case> cases = new LinkedHashMap<>();
  final List<Consumer<View.Change>> changeListeners = new CopyOnWriteArrayList<>();
  final List<Consumer<String>> dueListeners = new CopyOnWriteArrayList<>();
  final List<Runnable> activeListeners = new CopyOnWriteArrayList<>();
  final List<BiConsumer<String, String>> answerListeners = new CopyOnWriteArrayList<>();

  private final Ledger ledger;
  private final Supplier<Policy> policy;
  private final Turns turns;
  final Dispatch dispatch;
  private final SplittableRandom jitter;
  final Conversations conversations;
  private final Map<String, Signal.State> presence = new ConcurrentHashMap<>();

  /** Loudspeakers of grave warnings that are in force, by warning. */
  private final Map<String, Set<String>> grave = new ConcurrentHashMap<>();

  /** Something happened to them since the last look. */
  private final Set<Case> stirred = new LinkedHashSet<>();

  private long changes;
  private int order;
  private Instant lastTick = Instant.EPOCH;
  private Instant listeningSince = Instant.EPOCH;

  Decisions(
      Ledger ledger,
      Supplier<Policy> policy,
      Turns turns,
      Dispatch dispatch,
      SplittableRandom jitter,
      Links links,
      Map<String, Planner.Address> channels,
      Predicate<String> registered) {
    this.ledger = ledger;
    this.policy = policy;
    this.turns = turns;
    this.dispatch = dispatch;
    this.jitter = jitter;
    this.conversations =
        new Conversations(
            ledger,
            turns,
            dispatch,
            links,
            channels,
            registered,
            cases.values(),
            this::answer,
            channel -> dueListeners.forEach(l -> l.accept(channel)));
  }

  // --- the desk's thread
  // ---------------------------------------------------------------------------

  @Override
  public void begin() {
    activeListeners.forEach(Runnable::run);
    conversations.load();
  }

  @Override
  public void listens() {
    listeningSince = now();
  }

  @Override
  public void forget() {
    cases.clear();
    stirred.clear();
    grave.clear();
    lastTick = Instant.EPOCH;
    dispatch.clear();
    conversations.clear();
  }

  @Override
  public void adopt(String id) {
    if (cases.containsKey(id)) {
      return;
    }
    ledger
        .read(id)
        .ifPresent(
            entry -> {
              Case of = new Case(order++, fold(entry));
              cases.put(id, of);
              for (Progress.Row row : of.progress.rows()) {
                if (row.flying()) {
                  // A try was written down and its outcome lost with the process.
                  say(of, Evidence.interrupted(row, policy.get().waits(), now()));
                }
              }
            });
  }

  static Progress fold(Ledger.Entry entry) {
    return Progress.of(entry.warning(), entry.plan(), entry.events());
  }

  /**
   * What follows from events, at the points where they happened; and, every {@link Turns#TICK},
   * what follows from silence, everywhere.
   */
  @Override
  public void tick() {
    Instant now = now();
    if (Duration.between(lastTick, now).compareTo(Turns.TICK) >= 0) {
      lastTick = now;
      cases.values().forEach(Case::stir);
      stirred.addAll(cases.values());
    }
    Policy.Waits waits = policy.get().waits();
    for (Case of : List.copyOf(stirred)) {
      replace(of);
      page(of, waits, now);
      for (Event e :
          Escalation.due(of.progress, of.spots(), waits, presence::get, listeningSince, now)) {
        say(of, e);
      }
      for (Event e : Escalation.unresolved(of.progress, of.rows(), now)) {
        say(of, e);
      }
    }
    Set<String> due = new HashSet<>();
    for (Case of : stirred) {
      noteGrave(of);
      due.addAll(dispatch.sweep(of, of.rows(), waits, now));
      of.settle();
      if (!of.progress.status().open()) {
        of.contents.clear(); // nothing of it is sent any more, and it stays for a day
      }
      if (over(of.progress, now)) {
        leaves(of);
      }
    }
    if (now.equals(lastTick)) {
      makeRoom(now);
    }
    stirred.clear();
    if (!due.isEmpty()) {
      turns.afterwards(() -> due.forEach(c -> dueListeners.forEach(l -> l.accept(c))));
    }
  }

  private void leaves(Case of) {
    ledger.close(turns.lease(), of.id());
    dispatch.drop(of);
    cases.remove(of.id());
  }

  /** The oldest first. */
  private void makeRoom(Instant now) {
    List<Case> over = new ArrayList<>();
    int deliveries = 0;
    for (Case of : cases.values()) {
      if (mayLeaveEarly(of.progress, now)) {
        over.add(of);
        deliveries += of.progress.rows().size();
      }
    }
    for (int i = 0; deliveries > mostOver; i++) {
      deliveries -= over.get(i).progress.rows().size();
      leaves(over.get(i));
    }
  }

  /**
   * Nothing of it is waited for or being kept just now, and it does not speak of a warning that has
   * not come yet: when that comes, this one must be here to take its place.
   */
  private static boolean mayLeaveEarly(Progress progress, Instant now) {
    return !progress.status().open()
        && !progress.rows().isEmpty()
        && progress.unsettled() == 0
        && progress.warning().references().size() <= progress.plan().supersedes().size()
        && now.isAfter(lastEvent(progress).plus(NOT_BEFORE));
  }

  /** While it holds, notices of departments wait at its loudspeakers. */
  private void noteGrave(Case of) {
    Warning warning = of.progress.warning();
    boolean holds =
        of.progress.status() == WarningStatus.RELEASED
            && warning.type() != Warning.Type.CANCEL
            && !warning.drill()
            && warning.grade() != null
            && warning.grade().high();
    if (!holds) {
      grave.remove(of.id());
    } else if (!grave.containsKey(of.id())) {
      grave.put(
          of.id(),
          of.progress.rows().stream()
              .filter(r -> r.delivery().audience() == Audience.LOUDSPEAKER)
              .map(r -> r.delivery().address())
              .collect(Collectors.toSet()));
    }
  }

  /** A RED or ORANGE warning is in force at that loudspeaker; safe on any thread. */
  boolean gravelyWarned(String device) {
    return grave.values().stream().anyMatch(devices -> devices.contains(device));
  }

  private static boolean over(Progress progress, Instant now) {
    return !progress.status().open() && now.isAfter(lastEvent(progress).plus(LINGER));
  }

  private static Instant lastEvent(Progress progress) {
    List<Event> events = progress.events();
    return events.get(events.size() - 1).at();
  }

  /** A released warning takes the place of those that it names; repeated after a crash between. */
  private void replace(Case of) {
    if (of.progress.released() == null) {
      return;
    }
    boolean lifts = of.progress.warning().type() == Warning.Type.CANCEL;
    for (String old : of.progress.plan().supersedes()) {
      Case before = cases.get(old);
      if (before != null && before.progress.status().open()) {
        Event.Type type = lifts ? Event.Type.LIFTED : Event.Type.SUPERSEDED;
        say(before, Event.of(now(), type, of.id()));
      }
    }
  }

  /** A held RED or ORANGE that nobody decides on goes to responsible persons and leaders. */
  private void page(Case of, Policy.Waits waits, Instant now) {
    Progress p = of.progress;
    boolean undecided =
        (p.status() == WarningStatus.HELD || p.status() == WarningStatus.AWAITING_APPROVAL)
            && p.paged() == null;
    if (undecided
        && p.warning().grade() != null
        && p.warning().grade().high()
        && !now.isBefore(p.accepted().plus(waits.held()))
        && !p.plan().deliveries().isEmpty()) {
      log.error("warning {} was held and nobody decided: responsible persons are told", of.id());
      say(of, Event.of(now, Event.Type.PAGED, "undecided: " + p.why()));
    }
  }

  @Override
  public void kept(String id, Event e) {
    if (changeListeners.isEmpty()) {
      return;
    }
    Case of = cases.get(id);
    String point = "";
    if (of != null && e.point() >= 0) {
      point = of.progress.plan().points().get(e.point()).id();
    }
    String number = (turns.lease() == null ? 0 : turns.lease().epoch()) + "." + ++changes;
    View.Change change = new View.Change(number, id, e.at(), e.type(), point);
    changeListeners.forEach(l -> l.accept(change));
  }

  // --- what is asked
  // -------------------------------------------------------------------------------

  List<Message> due(String channel, int room) {
    Instant now = now();
    List<Message> messages = new ArrayList<>(conversations.notices.first(channel, room, now));
    int before = messages.size();
    dispatch.take(
        channel,
        room - messages.size(),
        policy.get().waits(),
        now,
        (of, row) -> {
          int attempt = row.attempts() + 1;
          int number = row.delivery().number();
          say(of, Event.ofDelivery(now, Event.Type.TRIED, number, attempt, null, ""));
          Message message = dispatch.message(of, row, policy.get());
          dispatch.begun(channel, message.attempt());
          messages.add(message);
        });
    conversations.notices.warned(channel, messages.size() - before);
    messages.addAll(conversations.notices.rest(channel, room - messages.size(), now));
    return messages;
  }

  void outcome(String attempt, Outcome outcome) {
    if (Notices.ours(attempt)) {
      conversations.notices.outcome(attempt, outcome, now());
      return;
    }
    Try of = find(attempt);
    if (of != null) {
      String channel = of.row.delivery().channel();
      if (outcome instanceof Outcome.LaneDown) {
        dispatch.lane(channel, false);
      } else if (outcome instanceof Outcome.Accepted) {
        dispatch.carried(channel, attempt);
      }
      say(of.of, Evidence.of(of.row, of.attempt, outcome, policy.get().waits(), jitter, now()));
      withdraw(of.of, of.row);
    }
  }

  void signal(String channel, Signal signal) {
    if (signal instanceof Signal.Confirmation c) {
      confirmation(channel, c);
    } else if (signal instanceof Signal.Inbound in) {
      conversations.words(channel, in);
    } else if (signal instanceof Signal.Presence p) {
      presence(channel, p);
    } else if (signal instanceof Signal.Binding b) {
      conversations.follower(channel, b);
    }
  }

  /** Makes an event part of the truth: folded now, kept before anybody is answered. */
  void say(Case of, Event e) {
    of.progress.apply(e);
    of.stir(e);
    stirred.add(of);
    turns.keep(of.id(), e);
  }

  Receipt open(Intake.Verdict verdict) {
    if (verdict.repeated() != null) {
      Progress before = verdict.repeated();
      if (before.status().open() && !cases.containsKey(before.id())) {
        adopt(before.id());
      }
      return Intake.receipt(before, true);
    }
    String id = verdict.plan().warning();
    ledger.open(turns.lease(), verdict.warning(), verdict.plan(), verdict.events());
    Case was = cases.get(id);
    Progress progress;
    if (was == null) {
      progress = Progress.of(verdict.warning(), verdict.plan(), verdict.events());
    } else {
      List<Event> all = new ArrayList<>(was.progress.events());
      all.addAll(verdict.events());
      progress = Progress.of(verdict.warning(), verdict.plan(), all);
    }
    Case of = new Case(was == null ? order++ : was.order, progress);
    cases.put(id, of);
    stirred.remove(was);
    WarningStatus status = progress.status();
    if (status == WarningStatus.HELD || status == WarningStatus.AWAITING_APPROVAL) {
      log.warn("warning {} waits for a person, {}: {}", id, status, progress.why());
    }
    List<Event> events = verdict.events();
    turns.afterwards(() -> events.forEach(e -> kept(id, e)));
    replace(of);
    Set<String> due = dispatch.sweep(of, progress.rows(), policy.get().waits(), now());
    turns.afterwards(() -> due.forEach(c -> dueListeners.forEach(l -> l.accept(c))));
    return Intake.receipt(progress, false);
  }

  private record Try(Case of, Progress.Row row, int attempt) {}

  private Try find(String attempt) {
    String[] parts = attempt.split("\\.", -1);
    if (parts.length == 3 && cases.containsKey(parts[0])) {
      Case of = cases.get(parts[0]);
      int number = Integer.parseInt(parts[1]);
      if (number < of.progress.rows().size()) {
        return new Try(of, of.progress.row(number), Integer.parseInt(parts[2]));
      }
    }
    log.info("about a try that is not ours or long over: {}", attempt);
    return null;
  }

  private void confirmation(String channel, Signal.Confirmation c) {
    if (Notices.ours(c.attempt())) {
      conversations.notices.confirmation(c, now());
      return;
    }
    Try of;
    try {
      of = find(c.attempt());
    } catch (NumberFormatException e) {
      log.info("a foreign attempt id on {}: {}", channel, c.attempt());
      return;
    }
    if (of == null || !of.row.delivery().channel().equals(channel)) {
      return;
    }
    Event e = Evidence.of(of.row, of.attempt, c, policy.get().waits(), now());
    if (e == null) {
      return;
    }
    answer(of.of, e);
    if (e.type() == Event.Type.DELIVERED && c.evidence() == Signal.Evidence.ACKNOWLEDGED) {
      conversations.pointByPoint(of.of, of.row);
    }
  }

  /** An answer also withdraws what was still to be sent to that person. */
  private void answer(Case of, Event e) {
    Progress.Row row = e.delivery() < 0 ? null : of.progress.row(e.delivery());
    boolean yes = e.type() == Event.Type.CONFIRMED;
    if (yes
        && e.point() < 0
        && row.state() == DeliveryState.CONFIRMED
        && of.progress.answered(row)) {
      return; // said before
    }
    List<Integer> declined = e.type() == Event.Type.DECLINED ? declined(of, row, e) : List.of();
    say(of, e);
    if (yes && of.progress.answered(row)) {
      for (Progress.Row r : of.progress.rowsOf(row.delivery().recipient())) {
        withdraw(of, r);
        if (r.left()) {
          String attempt = of.id() + "." + r.delivery().number() + "." + r.attempts();
          turns.afterwards(
              () -> answerListeners.forEach(l -> l.accept(r.delivery().channel(), attempt)));
        }
      }
    }
    handOver(of, row, e, declined);
  }

  /** Warnings that the person of a delivery has not answered, beside its own. */
  List<View.Other> unanswered(Case of, int delivery) {
    List<View.Other> others = new ArrayList<>();
    if (delivery < 0 || delivery >= of.progress.rows().size()) {
      return others;
    }
    String recipient = of.progress.row(delivery).delivery().recipient();
    for (Case other : cases.values()) {
      Progress p = other.progress;
      if (other != of && p.status().open() && p.outstanding(recipient, false)) {
        p.rowsOf(recipient).stream()
            .filter(r -> r.attempts() > 0 && !r.delivery().details())
            .findFirst()
            .ifPresent(
                r ->
                    others.add(new View.Other(other.id(), r.delivery().number(), Replies.name(p))));
      }
    }
    return others;
  }

  /** Answers by the page: each counts for the points it names, and for this warning alone. */
  void answered(Case of, int delivery, Map<Integer, Boolean> received) {
    if (!of.progress.status().open()) {
      throw new Desk.Refused(of.id() + " is " + of.progress.status() + ": nobody need answer it");
    }
    Progress.Row row = of.progress.row(delivery);
    String recipient = row.delivery().recipient();
    received.forEach(
        (place, yes) -> {
          if (!row.delivery().points().contains(place)) {
            throw new Desk.Refused("that message does not speak of that point");
          }
          Progress.Spot spot = of.progress.spot(place);
          if (!(yes ? spot.answered() : spot.declinedBy()).contains(recipient)) {
            Event.Type type = yes ? Event.Type.CONFIRMED : Event.Type.DECLINED;
            int point = row.delivery().points().size() == 1 ? -1 : place;
            String words = yes ? "收到（网页）" : "去不了（网页）";
            answer(of, new Event(now(), type, delivery, row.attempts(), point, null, words));
          }
        });
  }

  /** Whoever has answered is not asked again, also not by a try that comes back unsent. */
  private void withdraw(Case of, Progress.Row row) {
    if (row.state() == DeliveryState.QUEUED
        && !row.flying()
        && !row.delivery().details()
        && of.progress.answered(row)) {
      int number = row.delivery().number();
      say(of, Event.ofDelivery(now(), Event.Type.CANCELLED, number, 0, null, "answered"));
    }
  }

  /** Points that the person had not declined before: the same word twice calls nobody else. */
  private static List<Integer> declined(Case of, Progress.Row row, Event e) {
    String recipient = row.delivery().recipient();
    List<Integer> places = e.point() >= 0 ? List.of(e.point()) : row.delivery().points();
    return places.stream()
        .filter(p -> !of.progress.spot(p).declinedBy().contains(recipient))
        .toList();
  }

  /** 去不了: the next rung at once, for every point that the person can't see to. */
  private void handOver(Case of, Progress.Row row, Event e, List<Integer> places) {
    for (int place : places) {
      Progress.Spot spot = of.progress.spot(place);
      int next = spot.stage() + 1;
      if (!spot.covered() && next < of.progress.plan().ladder().size()) {
        say(
            of,
            Event.ofPoint(e.at(), Event.Type.STAGE, place, next, row.delivery().name() + " 去不了"));
        if (of.progress.plan().ladder().get(next).duty() && !spot.duty()) {
          say(of, Event.ofPoint(e.at(), Event.Type.DUTY_OPENED, place, 0, "ladder ended"));
        }
      }
    }
  }

  private void presence(String channel, Signal.Presence p) {
    if (p.subject() == Signal.Subject.LANE && p.state() == Signal.State.ONLINE) {
      laneIsBack(channel);
    }
    if (p.subject() != Signal.Subject.DEVICE) {
      if (conversations.wechat(channel)) {
        // One account is the whole lane; of several modems one may go without the others.
        // What carries badly may carry nothing: it changes nothing.
        if (p.state() != Signal.State.DEGRADED) {
          dispatch.lane(channel, p.state() == Signal.State.ONLINE);
        }
      }
      return;
    }
    Signal.State before = presence.put(p.id(), p.state());
    boolean returns = before == null || before == Signal.State.OFFLINE;
    // One that comes and goes is told without a change when something waits for it.
    if (p.state() != Signal.State.OFFLINE && (returns || p.state() != Signal.State.FAULTY)) {
      for (Case of : cases.values()) {
        for (Progress.Row row : of.progress.rowsOf(p.id())) {
          row.wake();
          of.stir(row);
          stirred.add(of);
        }
      }
    }
  }

  /**
   * What it carried when it went may be lost: whoever was asked and said nothing is asked again.
   */
  private void laneIsBack(String channel) {
    for (Case of : cases.values()) {
      for (Progress.Row row : of.progress.rows()) {
        if (row.delivery().channel().equals(channel)
            && row.delivery().audience() == Audience.LOUDSPEAKER) {
          row.wake();
          row.askAfter(now());
          of.stir(row);
          stirred.add(of);
        }
      }
    }
  }

  Case known(String id) {
    Case of = cases.get(id);
    if (of == null) {
      throw new Desk.Refused("no open warning " + id);
    }
    return of;
  }

  static int place(Case of, String point) {
    for (int i = 0; i < of.progress.plan().points().size(); i++) {
      if (of.progress.plan().points().get(i).id().equals(point)) {
        return i;
      }
    }
    throw new Desk.Refused("warning " + of.id() + " has no point " + point);
  }

  /** To whom an open warning has something to say on that channel. */
  Set<String> engaged(String channel) {
    Set<String> engaged = new HashSet<>();
    for (Case of : cases.values()) {
      if (of.progress.status().open()) {
        for (Progress.Row row : of.progress.rows()) {
          if (row.delivery().channel().equals(channel)) {
            engaged.add(row.delivery().recipient());
          }
        }
      }
    }
    return engaged;
  }

  /** State of a device, as far as it was heard. */
  Map<String, Signal.State> devices() {
    return Map.copyOf(presence);
  }

  private Instant now() {
    return turns.now();
  }
}

package org.lastmile.desk;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.lastmile.warning.Answer;
import org.lastmile.warning.Delivery;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Event;
import org.lastmile.warning.Plan;
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

  /** After a warning is over, what was waited for in vain is given up within that time. */
  private static final Duration GIVE_UP = Duration.ofMinutes(10);

  /** Warnings that are over stay on the desk that long, for late answers and receipts. */
  private static final Duration LINGER = Duration.ofHours(24);

  final Map<String, Case> cases = new LinkedHashMap<>();
  final List<Consumer<View.Change>> changeListeners = new CopyOnWriteArrayList<>();
  final List<Consumer<String>> dueListeners = new CopyOnWriteArrayList<>();
  final List<Runnable> activeListeners = new CopyOnWriteArrayList<>();
  final List<BiConsumer<String, String>> answerListeners = new CopyOnWriteArrayList<>();
  final List<Runnable> inboxListeners = new CopyOnWriteArrayList<>();
  final List<BiConsumer<String, Message>> replyListeners = new CopyOnWriteArrayList<>();

  private final Ledger ledger;
  private final Supplier<Policy> policy;
  private final Turns turns;
  private final Dispatch dispatch;
  private final SplittableRandom jitter;
  private final Map<String, Planner.Address> channels;
  private final Notices notices = new Notices();
  final Inbox inbox;
  final OptOuts optOuts;
  final Bindings bindings;
  final Enrolment enrolment;
  private final Proofs proofs;
  private final Map<String, Signal.State> presence = new ConcurrentHashMap<>();

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
    this.channels = channels;
    this.inbox = new Inbox(ledger.memory("inbox"));
    this.optOuts = new OptOuts(ledger.memory("opt-outs"));
    this.bindings = new Bindings(ledger.memory("bindings"));
    this.proofs = new Proofs(ledger.memory("codes"));
    String account =
        channels.entrySet().stream()
            .filter(c -> c.getValue() == Planner.Address.OPENID)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse("");
    String sms =
        channels.containsKey("sms")
            ? "sms"
            : channels.keySet().stream().filter(this::phones).findFirst().orElse("");
    this.enrolment =
        new Enrolment(
            bindings,
            proofs,
            links,
            (phone, text) -> {
              notices.sayPatiently(turns.epoch(), sms, phone, text, now());
              wake(sms);
            },
            (openid, text) -> tell(account, openid, text),
            registered,
            !sms.isEmpty());
  }

  // --- the desk's thread
  // ---------------------------------------------------------------------------

  @Override
  public void begin() {
    activeListeners.forEach(Runnable::run);
    inbox.load(now());
    optOuts.load();
    bindings.load();
  }

  @Override
  public void listens() {
    listeningSince = now();
  }

  @Override
  public void forget() {
    cases.clear();
    stirred.clear();
    lastTick = Instant.EPOCH;
    dispatch.clear();
    notices.clear();
    proofs.clear();
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
          Escalation.due(of.progress, of.spots(), waits, this::offline, listeningSince, now)) {
        say(of, e);
      }
      if (of.progress.status().open() || now.isBefore(lastEvent(of.progress).plus(GIVE_UP))) {
        for (Event e : Escalation.unresolved(of.progress, of.rows(), now)) {
          say(of, e);
        }
      }
    }
    Set<String> due = new HashSet<>();
    for (Case of : stirred) {
      due.addAll(dispatch.sweep(of, of.rows(), waits, now));
      of.settle();
      if (over(of.progress, now)) {
        ledger.close(turns.lease(), of.id());
        cases.remove(of.id());
      }
    }
    stirred.clear();
    if (!due.isEmpty()) {
      turns.afterwards(() -> due.forEach(c -> dueListeners.forEach(l -> l.accept(c))));
    }
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

  private boolean offline(String device) {
    return presence.get(device) == Signal.State.OFFLINE;
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
    List<Message> messages = new ArrayList<>(notices.first(channel, room, now));
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
    notices.warned(channel, messages.size() - before);
    messages.addAll(notices.rest(channel, room - messages.size(), now));
    return messages;
  }

  void outcome(String attempt, Outcome outcome) {
    if (Notices.ours(attempt)) {
      notices.outcome(attempt, outcome, now());
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
      words(channel, in);
    } else if (signal instanceof Signal.Presence p) {
      presence(channel, p);
    } else if (signal instanceof Signal.Binding b) {
      follower(channel, b);
    }
  }

  /** An answer goes to its warning; whatever else somebody wrote is kept for people to read. */
  private void words(String channel, Signal.Inbound in) {
    if (inbox.knows(channel, in)) {
      // A modem brings a stored message again for days; last night's "1" must not become tonight's.
      return;
    }
    turns.afterwards(() -> inbox.remember(channel, in));
    if (channels.get(channel) == Planner.Address.OPENID) {
      Optional<Enrolment.Said> about = enrolment.words(in.from(), in.text(), now());
      if (about.isPresent()) {
        respond(channel, in.from(), about.get().text(), about.get().link(), false);
        return;
      }
    }
    Answer.Meaning meaning = Answer.of(in.text()).meaning();
    View.Words.Kind kind =
        switch (meaning) {
          case OPT_OUT -> View.Words.Kind.OPT_OUT;
          case OPT_IN -> View.Words.Kind.OPT_IN;
          case ALARM -> View.Words.Kind.ALARM;
          case YES, NO, REPORT -> View.Words.Kind.REPORT;
        };
    boolean about = kind == View.Words.Kind.OPT_OUT || kind == View.Words.Kind.OPT_IN;
    Optional<Replies.Taken> taken =
        new Replies(now(), speaker(channel, in.from()), this::answer).take(cases.values(), in);
    if (taken.isPresent() && taken.get().words() == null) {
      return;
    }
    Inbox.Place place = taken.map(Decisions::place).orElse(Inbox.Place.NONE);
    boolean first = inbox.keep(channel, in, kind, place).isPresent();
    if (first && kind == View.Words.Kind.ALARM) {
      log.error(
          "somebody who was {} writes of danger, on {}: look into the inbox",
          taken.isPresent() ? "warned" : "not written to",
          channel);
    }
    if (about && phones(channel)) {
      optOut(channel, in, kind == View.Words.Kind.OPT_OUT);
    }
    if (!first) {
      return;
    }
    turns.afterwards(() -> inboxListeners.forEach(Runnable::run));
    if (!(about && phones(channel))) {
      String help = taken.map(Replies.Taken::help).orElse("");
      if (!help.isEmpty()) {
        respond(channel, in.from(), help, dispatch.link(taken.get().of(), taken.get().row()), true);
      }
    }
  }

  private Replies.Speaker speaker(String channel, String address) {
    Set<String> phones =
        switch (channels.getOrDefault(channel, Planner.Address.PHONE)) {
          case OPENID -> bindings.of(address).map(b -> Set.of(b.phone())).orElse(Set.of());
          case WECOM -> bindings.phonesOf(address);
          case PHONE, DEVICE -> Set.of();
        };
    Set<String> wires = channels.keySet().stream().filter(this::phones).collect(Collectors.toSet());
    return new Replies.Speaker(channel, wechat(channel), phones, wires);
  }

  private static Inbox.Place place(Replies.Taken taken) {
    Delivery d = taken.row().delivery();
    List<Plan.Point> points = taken.of().progress.plan().points();
    String point = d.points().isEmpty() ? "" : points.get(d.points().get(0)).id();
    return new Inbox.Place(taken.of().id(), point, d.name());
  }

  /** Who comes and goes at an account of ours. */
  private void follower(String channel, Signal.Binding b) {
    if (channels.get(channel) != Planner.Address.OPENID) {
      // Who is in the company is the company's own business; only a wrong account is forgotten.
      if (b.change() == Signal.Change.DEAD) {
        bindings.nobodys(b.address());
      }
      return;
    }
    switch (b.change()) {
      case FOLLOWED -> {
        bindings.alive(b.address());
        Enrolment.Said welcome = enrolment.welcome(b.address());
        respond(channel, b.address(), welcome.text(), welcome.link(), false);
      }
      case UNFOLLOWED -> {
        enrolment.unbind(b.address());
        bindings.die(b.address()); // the registry may have it, too
      }
      case ACCEPTED -> bindings.takes(b.address(), true);
      case REFUSED -> bindings.takes(b.address(), false);
      case DEAD -> bindings.die(b.address());
    }
  }

  private boolean wechat(String channel) {
    Planner.Address address = channels.get(channel);
    return address == Planner.Address.OPENID || address == Planner.Address.WECOM;
  }

  boolean phones(String channel) {
    return channels.get(channel) == Planner.Address.PHONE;
  }

  private void optOut(String channel, Signal.Inbound in, boolean out) {
    String phone = in.from();
    if (out && optOuts.add(phone, channel, in.text(), now())) {
      log.info("somebody wants no more SMS of the lesser grades: red and orange still go to them");
      reply(channel, phone, "已登记，不再向您发蓝色、黄色预警短信。红色、橙色预警关系生命安全，仍会发送；责任人不能退订。恢复请回复：恢复", "");
    } else if (!out && optOuts.remove(phone)) {
      reply(channel, phone, "已恢复，今后各级预警短信都会发给您。", "");
    }
  }

  private void reply(String channel, String address, String text, String link) {
    if (notices.reply(turns.epoch(), channel, address, text, link, now())) {
      wake(channel);
    }
  }

  /** Somebody must know it, whether they are just writing to us or not. */
  private void tell(String channel, String address, String text) {
    if (notices.say(turns.epoch(), channel, address, text, "", now())) {
      wake(channel);
    }
  }

  /**
   * Answers somebody's words: in the same breath where the account's chat can, which costs nothing
   * and keeps no warning waiting.
   *
   * @param must without a chat it goes out as a message of its own
   */
  private void respond(String channel, String address, String text, String link, boolean must) {
    if (channels.get(channel) != Planner.Address.OPENID) {
      reply(channel, address, text, link);
      return;
    }
    notices
        .answer(turns.epoch(), channel, address, text, link, must, now())
        .ifPresent(m -> turns.afterwards(() -> replyListeners.forEach(l -> l.accept(channel, m))));
  }

  private void wake(String channel) {
    turns.afterwards(() -> dueListeners.forEach(l -> l.accept(channel)));
  }

  Optional<View.Words> seen(long number, String who) {
    Optional<View.Words> words = inbox.seen(number, who, now());
    turns.afterwards(() -> inboxListeners.forEach(Runnable::run));
    return words;
  }

  View.Test test(String channel, String address, String text) {
    if (!phones(channel)) {
      throw new Desk.Refused(channel + " carries no test messages: only channels to phones do");
    }
    View.Test test = notices.test(turns.epoch(), channel, address, text, now());
    wake(channel);
    return test;
  }

  Optional<View.Test> lookAtTest(String id) {
    return Optional.ofNullable(notices.look(id, now()));
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
      notices.confirmation(c, now());
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
      pointByPoint(of.of, of.row);
    }
  }

  /** One button was pressed for many points: it shows that the card was read, and no more. */
  private void pointByPoint(Case of, Progress.Row row) {
    Delivery d = row.delivery();
    String link = dispatch.link(of, row);
    String where = link.isEmpty() ? "请回复短信里各处的数字。" : "请打开 " + link + " 逐处答复。";
    String text = "您负责" + d.points().size() + "处，还没有记上：" + where;
    if (notices.say(turns.epoch(), d.channel(), d.address(), text, link, now())) {
      wake(d.channel());
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
    if (p.subject() != Signal.Subject.DEVICE) {
      if (wechat(channel)) {
        // One account is the whole lane; of several modems one may go without the others.
        // What carries badly may carry nothing: it changes nothing.
        if (p.state() != Signal.State.DEGRADED) {
          dispatch.lane(channel, p.state() == Signal.State.ONLINE);
        }
      }
      return;
    }
    Signal.State before = presence.put(p.id(), p.state());
    if (p.state() != Signal.State.OFFLINE && before != p.state()) {
      for (Case of : cases.values()) {
        for (Progress.Row row : of.progress.rowsOf(p.id())) {
          row.wake();
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

  /** State of a device, as far as it was heard. */
  Map<String, Signal.State> devices() {
    return Map.copyOf(presence);
  }

  private Instant now() {
    return turns.now();
  }
}

package org.lastmile.desk;

import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.desk.Turns.Need;
import org.lastmile.ledger.Ledger;
import org.lastmile.warning.Coverage;
import org.lastmile.warning.DutyTask;
import org.lastmile.warning.Event;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Progress;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;
import org.lastmile.warning.WarningStatus;
import org.lastmile.warning.Wording;

/**
 * The one place where decisions are made. Everything that happens is queued to one thread, which
 * decides, keeps the events in the ledger (many at once when many wait), and only then answers,
 * hands out messages or tells live views. What it holds in memory is folded from the ledger and can
 * be thrown away at any moment.
 */
public final class Desk implements AutoCloseable {
  /**
   * How the desk is set up.
   *
   * @param owner names this process among standbys
   * @param term how long the lease lasts without renewal
   * @param links where people read on
   * @param channels configured channels and what they call an address
   * @param registered true for a mobile phone of 11 digits that the registry knows: to no other is
   *     a code sent
   */
  public record Setup(
      String owner,
      Duration term,
      ZoneId zone,
      Links links,
      Map<String, Planner.Address> channels,
      Predicate<String> registered) {

    /** Where every phone may be written to. */
    public Setup(
        String owner,
        Duration term,
        ZoneId zone,
        Links links,
        Map<String, Planner.Address> channels) {
      this(owner, term, zone, links, channels, phone -> true);
    }

    /** With links that open a warning for everybody alike; an empty start = no links. */
    public Setup(
        String owner,
        Duration term,
        ZoneId zone,
        String publicUrl,
        Map<String, Planner.Address> channels) {
      this(owner, term, zone, new Links.Plain(publicUrl), channels);
    }
  }

  /** Warnings that are over and are still listed. */
  private static final int MOST_OLDER = 100;

  private final Ledger ledger;
  private final Turns turns;
  private final Intake intake;

  /** Seen by tests: what is on the desk. */
  final Decisions decisions;

  /** Summaries of the latest warnings that are over, by id. */
  final Map<String, View.Summary> closed = new ConcurrentHashMap<>();

  /**
   * A desk that is not started yet.
   *
   * @param threat what the registry says is threatened
   * @param policy the policy of this moment
   * @param wording the texts of this moment
   */
  public Desk(
      Ledger ledger,
      Function<Warning, Threat> threat,
      Supplier<Policy> policy,
      Supplier<Wording> wording,
      InstantSource clock,
      Setup setup) {
    this.ledger = ledger;
    this.turns = new Turns(ledger, clock, setup.owner(), setup.term());
    this.decisions =
        new Decisions(
            ledger,
            policy,
            turns,
            new Dispatch(
                setup.links(),
                c -> setup.channels().get(c) == Planner.Address.WECOM,
                policy,
                setup.zone()),
            new SplittableRandom(setup.owner().hashCode()),
            setup.links(),
            setup.channels(),
            setup.registered());
    this.intake =
        new Intake(
            decisions.cases,
            threat,
            policy,
            wording,
            setup.channels(),
            decisions.conversations.optOuts::has,
            accounts());
    turns.work(decisions);
  }

  /** Starts the thread: claims the lease (or waits as standby), loads what is open, goes on. */
  public void start() {
    turns.start();
  }

  /** True while this desk holds the lease and has loaded what is open. */
  public boolean active() {
    return turns.active();
  }

  /** Why the store can't be written to; empty while it can. */
  public String storeTrouble() {
    return turns.storeTrouble();
  }

  /** One turn, for tests: waits at most that long for something to do. */
  void turn(Duration wait) throws InterruptedException {
    turns.turn(wait);
  }

  // --- what others ask of it -------------------------------------------------------------------

  /**
   * Takes a warning in. Completes when its plan is durable; exceptionally with {@link Memory.Away}
   * when the store is away or this desk is a standby, and then nothing was accepted.
   */
  public CompletableFuture<Receipt> accept(Warning warning, Issuer issuer) {
    return submit(
        Need.INTAKE, () -> decisions.open(intake.judge(warning, issuer, turns.now(), ledger)));
  }

  /** A second person releases a held or waiting warning. Refused: {@link Refused}. */
  public CompletableFuture<Receipt> approve(String id, String who) {
    return submit(
        Need.KEPT,
        () -> {
          Case of = decisions.known(id);
          Progress p = of.progress;
          if (p.status() != WarningStatus.HELD && p.status() != WarningStatus.AWAITING_APPROVAL) {
            throw new Refused(id + " is " + p.status() + ": there is nothing to approve");
          }
          if (Intake.issuer(p).equals(who)) {
            throw new Refused(id + " was issued by " + who + ": another person has to approve it");
          }
          if (p.warning().grade() == null) {
            throw new Refused(id + " has no grade: issue it again with one");
          }
          decisions.say(of, Event.of(turns.now(), Event.Type.APPROVED, who));
          decisions.say(of, Event.of(turns.now(), Event.Type.RELEASED, who));
          return Intake.receipt(p, false);
        });
  }

  /** A person says no to a held or waiting warning. */
  public CompletableFuture<Receipt> reject(String id, String who, String why) {
    return submit(
        Need.KEPT,
        () -> {
          Case of = decisions.known(id);
          if (of.progress.status() != WarningStatus.HELD
              && of.progress.status() != WarningStatus.AWAITING_APPROVAL) {
            throw new Refused(id + " is " + of.progress.status() + ": there is nothing to reject");
          }
          decisions.say(of, Event.of(turns.now(), Event.Type.REJECTED, who + ": " + why));
          return Intake.receipt(of.progress, false);
        });
  }

  /** Calls a released warning off: everyone told, or maybe told, is told so. */
  public CompletableFuture<Receipt> lift(String id, String who, String why) {
    return submit(
        Need.INTAKE, () -> decisions.open(intake.lift(decisions.known(id), who, why, turns.now())));
  }

  /**
   * The next messages for one channel, at most {@code room}, in coverage-first order. Completes
   * when the tries are written down; from then on each needs an {@link #outcome}.
   */
  public CompletableFuture<List<Message>> due(String channel, int room) {
    return submit(Need.KEPT, () -> decisions.due(channel, room));
  }

  /** What the channel said of a try. */
  public CompletableFuture<Void> outcome(String attempt, Outcome outcome) {
    return todo(() -> decisions.outcome(attempt, outcome));
  }

  /** Evidence, words or presence from a channel; completes when kept. */
  public CompletableFuture<Void> signal(String channel, Signal signal) {
    return todo(() -> decisions.signal(channel, signal));
  }

  /**
   * A human's word: somebody saw to a point.
   *
   * @param covered false = a correction: the point is open again
   * @param moved people moved, −1 = not said
   */
  public CompletableFuture<Void> word(
      String id, String point, String who, String how, String note, boolean covered, int moved) {
    return submit(
        Need.KEPT,
        () -> {
          Case of = decisions.known(id);
          int place = Decisions.place(of, point);
          String detail = String.join(" ", who, how, note).strip();
          Event.Type type = covered ? Event.Type.WORD : Event.Type.REOPENED;
          decisions.say(of, Event.ofPoint(turns.now(), type, place, 0, detail));
          if (moved >= 0) {
            decisions.say(of, Event.ofPoint(turns.now(), Event.Type.MOVED, place, moved, who));
          }
          return null;
        });
  }

  /** Somebody says that they see to a duty task. */
  public CompletableFuture<Void> take(String dutyTask, String who) {
    return submit(
        Need.KEPT,
        () -> {
          int dot = dutyTask.indexOf('.');
          Case of = decisions.known(dot < 0 ? dutyTask : dutyTask.substring(0, dot));
          decisions.say(
              of,
              Event.of(turns.now(), Event.Type.DUTY_TAKEN, dutyTask.replace(' ', '_') + " " + who));
          return null;
        });
  }

  /** What the link in one message opens; empty = there is no such message. */
  public CompletableFuture<Optional<View.Personal>> personal(String id, int delivery) {
    return submit(
            Need.LOOK,
            () ->
                Optional.ofNullable(decisions.cases.get(id))
                    .map(c -> decisions.unanswered(c, delivery))
                    .orElse(List.of()))
        .thenCompose(others -> view(id, p -> Views.personal(p, delivery, others)))
        .thenApply(found -> found.flatMap(p -> p));
  }

  /**
   * A person answers on the page behind that delivery's link, as they would by SMS.
   *
   * @param received by place in the plan: true = received, false = can't go
   */
  public CompletableFuture<Void> answer(String id, int delivery, Map<Integer, Boolean> received) {
    return todo(() -> decisions.answered(decisions.known(id), delivery, received));
  }

  /** Sends one message that is no warning, and says so at its front, to one phone. */
  public CompletableFuture<View.Test> test(String channel, String phone, String text) {
    return submit(Need.INTAKE, () -> decisions.conversations.test(channel, phone, text));
  }

  /** True when that channel reaches phones, so that a test message can be sent on it. */
  public boolean carriesTests(String channel) {
    return decisions.conversations.phones(channel);
  }

  /** What became of a test message; empty when it is not known, or no longer. */
  public CompletableFuture<Optional<View.Test>> test(String id) {
    return submit(Need.LOOK, () -> decisions.conversations.lookAtTest(id));
  }

  /** What people wrote that was no answer, newest first. */
  public CompletableFuture<List<View.Words>> inbox(int most) {
    return submit(Need.LOOK, () -> decisions.conversations.inbox.newest(most));
  }

  /** Somebody has seen to it; empty when there is no such entry. */
  public CompletableFuture<Optional<View.Words>> seen(long number, String who) {
    return submit(Need.KEPT, () -> decisions.conversations.seen(number, who));
  }

  /** Phones that want no SMS of the lesser grades, newest first. */
  public CompletableFuture<List<View.OptOut>> optOuts() {
    return submit(Need.LOOK, decisions.conversations.optOuts::all);
  }

  /** Enters a phone there, or takes it back; false when it was so already. */
  public CompletableFuture<Boolean> optOut(String phone, boolean out, String who, String note) {
    return submit(
        Need.INTAKE,
        () ->
            out
                ? decisions.conversations.optOuts.add(phone, who, note, turns.now())
                : decisions.conversations.optOuts.remove(phone));
  }

  /** On a page, an account without a phone is to be bound to that one: a code goes there by SMS. */
  public CompletableFuture<View.Bind> bind(String openid, String phone, String village) {
    return submit(
        Need.INTAKE,
        () -> decisions.conversations.enrolment.askOnPage(openid, phone, village, turns.now()));
  }

  /** The code has come. */
  public CompletableFuture<View.Bind> prove(String openid, String code) {
    return submit(
        Need.INTAKE,
        () -> decisions.conversations.enrolment.proveOnPage(openid, code, turns.now()));
  }

  /** What a WeChat account is bound to; empty = to nothing. */
  public CompletableFuture<Optional<View.Binding>> binding(String openid) {
    return submit(Need.LOOK, () -> decisions.conversations.bindings.of(openid));
  }

  /** Who is reached by WeChat beside what the registry says; safe on any thread. */
  public Planner.Accounts accounts() {
    Bindings bindings = decisions.conversations.bindings;
    return new Planner.Accounts(bindings::openid, bindings::wecom, bindings::dead);
  }

  /** The company's platform has told whose phone that is; an empty userid = nobody's. */
  public CompletableFuture<Void> wecom(String phone, String userid) {
    return submit(
        Need.INTAKE,
        () -> {
          decisions.conversations.bindings.wecom(phone, userid);
          return null;
        });
  }

  /**
   * Newest first; null = all on the desk (open, or over for less than a day) and 100 older ones.
   */
  public CompletableFuture<List<View.Summary>> warnings(WarningStatus status) {
    return submit(
            Need.LOOK,
            () -> {
              List<View.Summary> all = new ArrayList<>();
              decisions.cases.values().forEach(c -> all.add(0, Views.summary(c.progress)));
              return all;
            })
        .thenApplyAsync(
            all -> {
              Set<String> here = new HashSet<>();
              all.forEach(s -> here.add(s.id()));
              List<String> older = ledger.closed(MOST_OLDER);
              closed.keySet().retainAll(older);
              for (String id : older) {
                if (!here.contains(id)) {
                  over(id).ifPresent(all::add);
                }
              }
              return all.stream().filter(s -> status == null || s.status() == status).toList();
            });
  }

  /** A closed warning never changes: read once. */
  private Optional<View.Summary> over(String id) {
    View.Summary known = closed.get(id);
    if (known == null) {
      known = ledger.read(id).map(Decisions::fold).map(Views::summary).orElse(null);
      if (known != null) {
        closed.put(id, known);
      }
    }
    return Optional.ofNullable(known);
  }

  /** One warning at a glance; empty = never accepted here. */
  public CompletableFuture<Optional<View.Summary>> warning(String id) {
    return view(id, Views::summary);
  }

  public CompletableFuture<Optional<Coverage>> coverage(String id) {
    return view(id, Progress::coverage);
  }

  /** Every row of the plan and what became of it. */
  public CompletableFuture<Optional<List<View.Row>>> deliveries(String id) {
    return view(id, Views::rows);
  }

  /** Everything that happened, oldest first. */
  public CompletableFuture<Optional<List<View.Line>>> timeline(String id) {
    return view(id, Views::timeline);
  }

  /** From what is on the desk, or else from the ledger, which then is not read on this thread. */
  private <T> CompletableFuture<Optional<T>> view(String id, Function<Progress, T> view) {
    return submit(
            Need.LOOK,
            () -> Optional.ofNullable(decisions.cases.get(id)).map(c -> view.apply(c.progress)))
        .thenCompose(
            found ->
                found.isPresent()
                    ? CompletableFuture.completedFuture(found)
                    : CompletableFuture.supplyAsync(
                        () -> ledger.read(id).map(Decisions::fold).map(view)));
  }

  /** Open duty tasks, worst grade first. */
  public CompletableFuture<List<DutyTask>> dutyTasks() {
    return submit(
        Need.LOOK,
        () -> Views.dutyTasks(decisions.cases.values().stream().map(c -> c.progress).toList()));
  }

  /** Called, on the desk's thread and without blocking, after each change was kept. */
  public void onChange(Consumer<View.Change> listener) {
    decisions.changeListeners.add(listener);
  }

  /** Called, on the desk's thread and without blocking, when the inbox has changed. */
  public void onWords(Runnable listener) {
    decisions.conversations.inboxListeners.add(listener);
  }

  /**
   * Called with channel and attempt when whoever got that try has answered, on whatever channel, so
   * that a card of it can say so.
   */
  public void onAnswered(BiConsumer<String, String> listener) {
    decisions.answerListeners.add(listener);
  }

  /**
   * Called, on the desk's thread and without blocking, with channel and message when somebody's
   * words have an answer: before {@link #signal} completes, so that what brought the words can
   * carry it back. Each needs an {@link #outcome}.
   */
  public void onReply(BiConsumer<String, Message> listener) {
    decisions.conversations.replyListeners.add(listener);
  }

  /** Called with a channel's name when something is due on it: the lane should ask now. */
  public void onDue(Consumer<String> listener) {
    decisions.dueListeners.add(listener);
  }

  /**
   * Called on the desk's thread when this desk has got the lease, before it looks at any warning:
   * what other nodes have changed meanwhile is taken over here.
   */
  public void onActive(Runnable listener) {
    decisions.activeListeners.add(listener);
  }

  /** To whom an open warning has something to say on that channel: nobody else may disturb them. */
  public CompletableFuture<Set<String>> engaged(String channel) {
    return submit(Need.LOOK, () -> decisions.engaged(channel));
  }

  /** State of a device, as far as it was heard. */
  public Map<String, Signal.State> devices() {
    return decisions.devices();
  }

  /** A RED or ORANGE warning is in force at that loudspeaker; safe on any thread. */
  public boolean gravelyWarned(String device) {
    return decisions.gravelyWarned(device);
  }

  private <T> CompletableFuture<T> submit(Need need, Supplier<T> work) {
    return turns.submit(need, work);
  }

  private CompletableFuture<Void> todo(Runnable work) {
    return turns.submit(
        Need.KEPT,
        () -> {
          work.run();
          return null;
        });
  }

  /** Stops deciding and gives the lease back. */
  @Override
  public void close() {
    turns.close();
  }

  /** It can't be done to this warning now, and why. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Refused(String message) {
      super(message);
    }
  }
}

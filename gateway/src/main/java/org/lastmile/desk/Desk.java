package org.lastmile.desk;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.ledger.Ledger;
import org.lastmile.warning.Coverage;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.DutyTask;
import org.lastmile.warning.Event;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Progress;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;
import org.lastmile.warning.WarningStatus;
import org.lastmile.warning.Wording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where decisions are made. Everything that happens is queued to one thread, which
 * decides, keeps the events in the ledger (many at once when many wait), and only then answers,
 * hands out messages or tells live views. What it holds in memory is folded from the ledger and can
 * be thrown away at any moment.
 */
public final class Desk implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Desk.class);

  /** How often silence is looked at. */
  private static final Duration TICK = Duration.ofMillis(250);

  /** Commands decided before the ledger is asked to keep what came of them. */
  private static final int MOST_AT_ONCE = 2_000;

  /** Warnings that are over stay on the desk that long, for late answers and receipts. */
  private static final Duration LINGER = Duration.ofHours(24);

  /**
   * How the desk is set up.
   *
   * @param owner names this process among standbys
   * @param term how long the lease lasts without renewal
   * @param publicUrl start of links in messages; empty = no links
   * @param channels configured channels and what they call an address
   */
  public record Setup(
      String owner,
      Duration term,
      ZoneId zone,
      String publicUrl,
      Map<String, Planner.Address> channels) {}

  private final Ledger ledger;
  private final Supplier<Policy> policy;
  private final InstantSource clock;
  private final Setup setup;
  private final Intake intake;
  private final Dispatch dispatch;
  private final SplittableRandom jitter;

  private final BlockingQueue<Command<?>> commands = new LinkedBlockingQueue<>();
  private final Deque<Command<?>> held = new ArrayDeque<>();
  private final Map<String, Case> cases = new LinkedHashMap<>();
  private final Map<String, Signal.State> presence = new ConcurrentHashMap<>();
  private final List<Consumer<View.Change>> changeListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<String>> dueListeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> activeListeners = new CopyOnWriteArrayList<>();

  /** Summaries of warnings that are over, by id. */
  private final Map<String, View.Summary> closed = new ConcurrentHashMap<>();

  /** Something happened to them since the last look. */
  private final Set<Case> stirred = new LinkedHashSet<>();

  /** What was decided and is not kept yet. */
  private Map<String, List<Event>> unsaved = new LinkedHashMap<>();

  private List<Runnable> afterwards = new ArrayList<>();

  /** Decided, and not answered before what came of it is kept. */
  private final List<Command<?>> unanswered = new ArrayList<>();

  /** A batch on its way to the ledger; frozen, so that it can be repeated as it was. */
  private Batch batch;

  private long batches;
  private long changes;
  private int order;
  private boolean adopt;
  private Instant lastTick = Instant.EPOCH;
  private Instant leaseUntil = Instant.EPOCH;
  private volatile Ledger.Lease lease;
  private volatile boolean stopped;
  private volatile String storeTrouble = "";
  private Thread thread;

  /** What a command needs of the store. */
  private enum Need {
    /** Refused at once while the store is away: the issuer must know. */
    INTAKE,
    /** Waits for the store. */
    KEPT,
    /** Answered from memory, whatever the store does. */
    LOOK
  }

  private record Command<T>(Supplier<T> work, CompletableFuture<T> answer, Need need) {
    void run(List<Runnable> afterwards, List<Command<?>> unanswered) {
      try {
        T result = work.get();
        unanswered.add(this);
        afterwards.add(() -> answer.complete(result));
      } catch (Memory.Away | Ledger.Fenced e) {
        answer.completeExceptionally(e);
        throw e;
      } catch (RuntimeException e) {
        // The caller's mistake or ours: the caller hears of it, and the desk goes on for others.
        if (!(e instanceof Refused)) {
          log.error("a decision failed; the desk goes on", e);
        }
        answer.completeExceptionally(e);
      }
    }

    void away(Memory.Away why) {
      answer.completeExceptionally(why);
    }
  }

  private record Batch(long number, Map<String, List<Event>> events, List<Runnable> afterwards) {}

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
    this.policy = policy;
    this.clock = clock;
    this.setup = setup;
    this.dispatch = new Dispatch(setup.publicUrl());
    this.jitter = new SplittableRandom(setup.owner().hashCode());
    this.intake = new Intake(cases, threat, policy, wording, setup.channels());
  }

  /** Starts the thread: claims the lease (or waits as standby), loads what is open, goes on. */
  public void start() {
    thread = new Thread(this::run, "desk");
    thread.start();
  }

  /** True while this desk holds the lease and has loaded what is open. */
  public boolean active() {
    return lease != null;
  }

  /** Why the store can't be written to; empty while it can. */
  public String storeTrouble() {
    return storeTrouble;
  }

  // --- what others ask of it -------------------------------------------------------------------

  /**
   * Takes a warning in. Completes when its plan is durable; exceptionally with {@link Memory.Away}
   * when the store is away or this desk is a standby, and then nothing was accepted.
   */
  public CompletableFuture<Receipt> accept(Warning warning, Issuer issuer) {
    return submit(Need.INTAKE, () -> open(intake.judge(warning, issuer, now(), ledger)));
  }

  /** A second person releases a held or waiting warning. Refused: {@link Refused}. */
  public CompletableFuture<Receipt> approve(String id, String who) {
    return submit(
        Need.KEPT,
        () -> {
          Case of = known(id);
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
          say(of, Event.of(now(), Event.Type.APPROVED, who));
          say(of, Event.of(now(), Event.Type.RELEASED, who));
          return Intake.receipt(p, false);
        });
  }

  /** A person says no to a held or waiting warning. */
  public CompletableFuture<Receipt> reject(String id, String who, String why) {
    return submit(
        Need.KEPT,
        () -> {
          Case of = known(id);
          if (of.progress.status() != WarningStatus.HELD
              && of.progress.status() != WarningStatus.AWAITING_APPROVAL) {
            throw new Refused(id + " is " + of.progress.status() + ": there is nothing to reject");
          }
          say(of, Event.of(now(), Event.Type.REJECTED, who + ": " + why));
          return Intake.receipt(of.progress, false);
        });
  }

  /** Calls a released warning off: everyone told, or maybe told, is told so. */
  public CompletableFuture<Receipt> lift(String id, String who, String why) {
    return submit(Need.INTAKE, () -> open(intake.lift(known(id), who, why, now())));
  }

  /**
   * The next messages for one channel, at most {@code room}, in coverage-first order. Completes
   * when the tries are written down; from then on each needs an {@link #outcome}.
   */
  public CompletableFuture<List<Message>> due(String channel, int room) {
    return submit(
        Need.KEPT,
        () -> {
          Instant now = now();
          List<Message> messages = new ArrayList<>();
          dispatch.take(
              channel,
              room,
              policy.get().waits(),
              now,
              (of, row) -> {
                int attempt = row.attempts() + 1;
                int number = row.delivery().number();
                say(of, Event.ofDelivery(now, Event.Type.TRIED, number, attempt, null, ""));
                messages.add(dispatch.message(of, row, policy.get()));
              });
          return messages;
        });
  }

  /** What the channel said of a try. */
  public CompletableFuture<Void> outcome(String attempt, Outcome outcome) {
    return submit(
        Need.KEPT,
        () -> {
          Try of = find(attempt);
          if (of != null) {
            say(
                of.of,
                Evidence.of(of.row, of.attempt, outcome, policy.get().waits(), jitter, now()));
            withdraw(of.of, of.row);
          }
          return null;
        });
  }

  /** Evidence, words or presence from a channel; completes when kept. */
  public CompletableFuture<Void> signal(String channel, Signal signal) {
    return submit(
        Need.KEPT,
        () -> {
          if (signal instanceof Signal.Confirmation c) {
            confirmation(channel, c);
          } else if (signal instanceof Signal.Inbound in) {
            if (!new Replies(now(), this::answer).take(cases.values(), channel, in)) {
              log.warn(
                  "words from somebody who was not written to, on {}: kept in this log only",
                  channel);
            }
          } else if (signal instanceof Signal.Presence p) {
            presence(p);
          }
          return null;
        });
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
          Case of = known(id);
          int place = place(of, point);
          String detail = String.join(" ", who, how, note).strip();
          Event.Type type = covered ? Event.Type.WORD : Event.Type.REOPENED;
          say(of, Event.ofPoint(now(), type, place, 0, detail));
          if (moved >= 0) {
            say(of, Event.ofPoint(now(), Event.Type.MOVED, place, moved, who));
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
          Case of = known(dot < 0 ? dutyTask : dutyTask.substring(0, dot));
          say(of, Event.of(now(), Event.Type.DUTY_TAKEN, dutyTask.replace(' ', '_') + " " + who));
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
              cases.values().forEach(c -> all.add(0, Views.summary(c.progress)));
              return all;
            })
        .thenApplyAsync(
            all -> {
              Set<String> here = new HashSet<>();
              all.forEach(s -> here.add(s.id()));
              for (String id : ledger.closed(100)) {
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
      known = ledger.read(id).map(Desk::fold).map(Views::summary).orElse(null);
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
            Need.LOOK, () -> Optional.ofNullable(cases.get(id)).map(c -> view.apply(c.progress)))
        .thenCompose(
            found ->
                found.isPresent()
                    ? CompletableFuture.completedFuture(found)
                    : CompletableFuture.supplyAsync(
                        () -> ledger.read(id).map(Desk::fold).map(view)));
  }

  /** Open duty tasks, worst grade first. */
  public CompletableFuture<List<DutyTask>> dutyTasks() {
    return submit(
        Need.LOOK, () -> Views.dutyTasks(cases.values().stream().map(c -> c.progress).toList()));
  }

  /** Called, on the desk's thread and without blocking, after each change was kept. */
  public void onChange(Consumer<View.Change> listener) {
    changeListeners.add(listener);
  }

  /** Called with a channel's name when something is due on it: the lane should ask now. */
  public void onDue(Consumer<String> listener) {
    dueListeners.add(listener);
  }

  /**
   * Called on the desk's thread when this desk has got the lease, before it looks at any warning:
   * what other nodes have changed meanwhile is taken over here.
   */
  public void onActive(Runnable listener) {
    activeListeners.add(listener);
  }

  // --- the thread ------------------------------------------------------------------------------

  private <T> CompletableFuture<T> submit(Need need, Supplier<T> work) {
    Command<T> command = new Command<>(work, new CompletableFuture<>(), need);
    if (stopped) {
      command.away(new Memory.Away("the desk is closed", null));
    } else {
      commands.add(command);
    }
    return command.answer();
  }

  private void run() {
    while (!stopped) {
      try {
        turn(TICK);
      } catch (InterruptedException e) {
        stopped = true;
      } catch (RuntimeException e) {
        // Nothing may end this thread but close(): what it was doing is in the log and in memory.
        log.error("the desk stumbled and goes on", e);
      }
    }
    Memory.Away closed = new Memory.Away("the desk is closed", null);
    commands.forEach(c -> c.away(closed));
    held.forEach(c -> c.away(closed));
  }

  /** One turn: waits at most that long for something to do. For {@link #run} and for tests. */
  void turn(Duration wait) throws InterruptedException {
    Command<?> first = commands.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
    if (first != null) {
      held.add(first);
      commands.drainTo(held, MOST_AT_ONCE);
    }
    try {
      if (!leaseHeld()) {
        storeAnswers();
        refuse(new Memory.Away("this desk is a standby: another one is active", null), c -> true);
        return;
      }
      if (batch != null) {
        save();
      }
      if (adopt) {
        ledger.open().forEach(this::adopt);
        adopt = false;
      }
      int most = MOST_AT_ONCE;
      while (!held.isEmpty() && most-- > 0) {
        held.poll().run(afterwards, unanswered);
      }
      tick();
      freeze();
      save();
      storeAnswers();
    } catch (Memory.Away e) {
      adopt = true;
      if (storeTrouble.isEmpty()) {
        log.warn("the store is away, decisions wait: {}", e.getMessage());
      }
      storeTrouble = String.valueOf(e.getMessage());
      freeze();
      refuse(e, c -> c.need() == Need.INTAKE);
      look();
    } catch (Ledger.Fenced e) {
      log.warn("another desk has taken over: {}", e.getMessage());
      stepDown();
      refuse(new Memory.Away("this desk has become a standby", e), c -> true);
    }
  }

  /** Answers from memory while nothing can be kept: people go on seeing how far things are. */
  private void look() {
    if (lease == null) {
      return;
    }
    List<Runnable> answers = new ArrayList<>();
    held.removeIf(
        c -> {
          boolean looks = c.need() == Need.LOOK;
          if (looks) {
            c.run(answers, new ArrayList<>());
          }
          return looks;
        });
    answers.forEach(Runnable::run);
  }

  /** Said once at each end of an outage, which may last for hours and thousands of turns. */
  private void storeAnswers() {
    if (!storeTrouble.isEmpty()) {
      log.info("the store is back");
      storeTrouble = "";
    }
  }

  private boolean leaseHeld() {
    Instant now = now();
    boolean renew = lease == null || now.plus(setup.term().dividedBy(2)).isAfter(leaseUntil);
    if (renew) {
      Optional<Ledger.Lease> claimed = ledger.claim(setup.owner(), now, setup.term());
      if (claimed.isEmpty()) {
        stepDown();
        return false;
      }
      leaseUntil = now.plus(setup.term());
      long before = lease == null ? -1 : lease.epoch();
      long epoch = claimed.get().epoch();
      if (before >= 0 && epoch == before + 1) {
        // The term ran out while the store was away and nobody else was there: what was decided
        // meanwhile still stands, under the new epoch.
        lease = claimed.get();
        batches = 0;
        if (batch != null && batch.number() > 0) {
          batch = new Batch(++batches, batch.events(), batch.afterwards());
        }
      } else if (epoch != before) {
        stepDown();
        batches = 0;
        activeListeners.forEach(Runnable::run);
        ledger.open().forEach(this::adopt);
        lease = claimed.get();
        log.info("this desk is active, epoch {}, {} warnings open", lease.epoch(), cases.size());
      }
    }
    return true;
  }

  /** Forgets everything: what is true is in the ledger. */
  private void stepDown() {
    if (lease != null) {
      log.warn("this desk is a standby now");
    }
    lease = null;
    cases.clear();
    stirred.clear();
    lastTick = Instant.EPOCH;
    dispatch.clear();
    unsaved = new LinkedHashMap<>();
    afterwards = new ArrayList<>();
    batch = null;
    Memory.Away away = new Memory.Away("this desk is a standby", null);
    unanswered.forEach(c -> c.away(away));
    unanswered.clear();
  }

  private void adopt(String id) {
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
                  // A try was written down and its outcome lost with the process: it may have left.
                  say(
                      of,
                      Evidence.of(
                          row,
                          row.attempts(),
                          new Outcome.Unknown("the gateway stopped during this try"),
                          policy.get().waits(),
                          jitter,
                          now()));
                }
              }
            });
  }

  private static Progress fold(Ledger.Entry entry) {
    return Progress.of(entry.warning(), entry.plan(), entry.events());
  }

  private void refuse(Memory.Away why, Predicate<Command<?>> which) {
    held.removeIf(
        c -> {
          boolean refused = which.test(c);
          if (refused) {
            c.away(why);
          }
          return refused;
        });
  }

  /**
   * What follows from events, at the points where they happened; and, every {@link #TICK}, what
   * follows from silence, everywhere.
   */
  private void tick() {
    Instant now = now();
    if (Duration.between(lastTick, now).compareTo(TICK) >= 0) {
      lastTick = now;
      cases.values().forEach(Case::stir);
      stirred.addAll(cases.values());
    }
    Policy.Waits waits = policy.get().waits();
    for (Case of : List.copyOf(stirred)) {
      replace(of);
      page(of, waits, now);
      for (Event e : Escalation.due(of.progress, of.spots(), waits, this::offline, now)) {
        say(of, e);
      }
    }
    Set<String> due = new HashSet<>();
    for (Case of : stirred) {
      due.addAll(dispatch.sweep(of, of.rows(), waits, now));
      of.settle();
      if (over(of.progress, now)) {
        ledger.close(lease, of.id());
        cases.remove(of.id());
      }
    }
    stirred.clear();
    if (!due.isEmpty()) {
      afterwards.add(() -> due.forEach(c -> dueListeners.forEach(l -> l.accept(c))));
    }
  }

  private static boolean over(Progress progress, Instant now) {
    List<Event> events = progress.events();
    return !progress.status().open()
        && now.isAfter(events.get(events.size() - 1).at().plus(LINGER));
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

  private void freeze() {
    if (batch == null && (!unsaved.isEmpty() || !afterwards.isEmpty())) {
      batch = new Batch(unsaved.isEmpty() ? 0 : ++batches, unsaved, afterwards);
      unsaved = new LinkedHashMap<>();
      afterwards = new ArrayList<>();
    }
  }

  private void save() {
    if (batch == null) {
      return;
    }
    if (!batch.events().isEmpty()) {
      ledger.append(lease, batch.number(), batch.events());
    }
    Batch kept = batch;
    batch = null;
    unanswered.clear();
    kept.afterwards().forEach(Runnable::run);
    kept.events().forEach((id, events) -> events.forEach(e -> publish(id, e)));
  }

  private void publish(String id, Event e) {
    if (changeListeners.isEmpty()) {
      return;
    }
    Case of = cases.get(id);
    String point = "";
    if (of != null && e.point() >= 0) {
      point = of.progress.plan().points().get(e.point()).id();
    }
    String number = (lease == null ? 0 : lease.epoch()) + "." + ++changes;
    View.Change change = new View.Change(number, id, e.at(), e.type(), point);
    changeListeners.forEach(l -> l.accept(change));
  }

  // --- deciding --------------------------------------------------------------------------------

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS); // as the ledger keeps it
  }

  /** Makes an event part of the truth: folded now, kept before anybody is answered. */
  private void say(Case of, Event e) {
    of.progress.apply(e);
    of.stir(e);
    stirred.add(of);
    unsaved.computeIfAbsent(of.id(), i -> new ArrayList<>()).add(e);
  }

  private Receipt open(Intake.Verdict verdict) {
    if (verdict.repeated() != null) {
      Progress before = verdict.repeated();
      if (before.status().open() && !cases.containsKey(before.id())) {
        adopt(before.id());
      }
      return Intake.receipt(before, true);
    }
    String id = verdict.plan().warning();
    ledger.open(lease, verdict.warning(), verdict.plan(), verdict.events());
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
    afterwards.add(() -> events.forEach(e -> publish(id, e)));
    replace(of);
    Set<String> due = dispatch.sweep(of, progress.rows(), policy.get().waits(), now());
    afterwards.add(() -> due.forEach(c -> dueListeners.forEach(l -> l.accept(c))));
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
    if (e != null) {
      answer(of.of, e);
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
    say(of, e);
    if (yes && of.progress.answered(row)) {
      of.progress.rowsOf(row.delivery().recipient()).forEach(r -> withdraw(of, r));
    }
    if (e.type() == Event.Type.DECLINED) {
      handOver(of, row, e);
    }
  }

  /** Whoever has answered is not asked again, also not by a try that comes back unsent. */
  private void withdraw(Case of, Progress.Row row) {
    if (row.state() == DeliveryState.QUEUED && !row.flying() && of.progress.answered(row)) {
      int number = row.delivery().number();
      say(of, Event.ofDelivery(now(), Event.Type.CANCELLED, number, 0, null, "answered"));
    }
  }

  /** 去不了: the next rung at once, for every point that the person can't see to. */
  private void handOver(Case of, Progress.Row row, Event e) {
    List<Integer> places = e.point() >= 0 ? List.of(e.point()) : row.delivery().points();
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

  private void presence(Signal.Presence p) {
    if (p.subject() != Signal.Subject.DEVICE) {
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

  /** State of a device, as far as it was heard. */
  public Map<String, Signal.State> devices() {
    return Map.copyOf(presence);
  }

  private Case known(String id) {
    Case of = cases.get(id);
    if (of == null) {
      throw new Refused("no open warning " + id);
    }
    return of;
  }

  private static int place(Case of, String point) {
    for (int i = 0; i < of.progress.plan().points().size(); i++) {
      if (of.progress.plan().points().get(i).id().equals(point)) {
        return i;
      }
    }
    throw new Refused("warning " + of.id() + " has no point " + point);
  }

  /** Stops deciding and gives the lease back. */
  @Override
  public void close() {
    stopped = true;
    if (thread != null) {
      thread.interrupt();
      try {
        thread.join(5_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (lease != null) {
      try {
        ledger.giveBack(lease);
      } catch (Memory.Away | Ledger.Fenced e) {
        log.info("the lease could not be given back, it will run out: {}", e.getMessage());
      }
    }
  }

  /** It can't be done to this warning now, and why. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Refused(String message) {
      super(message);
    }
  }
}

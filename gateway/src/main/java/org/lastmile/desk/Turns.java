package org.lastmile.desk;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.lastmile.channel.Memory;
import org.lastmile.ledger.Ledger;
import org.lastmile.warning.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The desk's one thread, turn by turn: takes what was asked, lets it be decided, has the ledger
 * keep all events that came of it in one batch, and only then answers. It holds the lease, and
 * knows what may go on while the store is away: nothing is accepted, decisions wait, looking is
 * free.
 */
final class Turns {
  private static final Logger log = LoggerFactory.getLogger(Turns.class);

  /** How often silence is looked at. */
  static final Duration TICK = Duration.ofMillis(250);

  /** Commands decided before the ledger is asked to keep what came of them. */
  private static final int MOST_AT_ONCE = 2_000;

  private final Ledger ledger;
  private final InstantSource clock;
  private final String owner;
  private final Duration term;
  private Work work;

  private final BlockingQueue<Command<?>> commands = new LinkedBlockingQueue<>();
  private final Deque<Command<?>> held = new ArrayDeque<>();

  /** What was decided and is not kept yet. */
  private Map<String, List<Event>> unsaved = new LinkedHashMap<>();

  private List<Runnable> afterwards = new ArrayList<>();

  /** Decided, and not answered before what came of it is kept. */
  private final List<Command<?>> unanswered = new ArrayList<>();

  /** A batch on its way to the ledger; frozen, so that it can be repeated as it was. */
  private Batch batch;

  private long batches;
  private boolean adopt;
  private Instant leaseUntil = Instant.EPOCH;
  private Instant now = Instant.EPOCH;
  private volatile Ledger.Lease lease;
  private volatile boolean stopped;
  private volatile String storeTrouble = "";
  private Thread thread;

  /** Who decides; everything is called on the thread of the turns. */
  interface Work {
    /** This desk has got the lease and knows nothing yet. */
    void begin();

    /** From now on what comes in is kept again: after a start, a takeover, the store's return. */
    void listens();

    /** Takes up an open warning from the ledger, unless it is there already. */
    void adopt(String warning);

    /** Decides what follows from events and from silence. */
    void tick();

    /** An event is kept. */
    void kept(String warning, Event event);

    /** Forgets everything: what is true is in the ledger. */
    void forget();
  }

  /** What a command needs of the store. */
  enum Need {
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
      } catch (Memory.Away e) {
        answer.completeExceptionally(e);
        throw e;
      } catch (Ledger.Fenced e) {
        // It lost the lease between taking the command and writing it down. Nothing was kept, and
        // to whoever asked it is a standby like any other: they ask again.
        answer.completeExceptionally(standby(e));
        throw e;
      } catch (RuntimeException e) {
        // The caller's mistake or ours: the caller hears of it, and the desk goes on for others.
        if (!(e instanceof Desk.Refused)) {
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

  Turns(Ledger ledger, InstantSource clock, String owner, Duration term) {
    this.ledger = ledger;
    this.clock = clock;
    this.owner = owner;
    this.term = term;
  }

  /** Set once, before the first turn. */
  void work(Work work) {
    this.work = work;
  }

  void start() {
    thread = new Thread(this::run, "desk");
    thread.start();
  }

  boolean active() {
    return lease != null;
  }

  String storeTrouble() {
    return storeTrouble;
  }

  Ledger.Lease lease() {
    return lease;
  }

  /** Of the lease; 0 = none. */
  long epoch() {
    return lease == null ? 0 : lease.epoch();
  }

  /** To the millisecond, as the ledger keeps it; what happens in the same one shares it. */
  Instant now() {
    long millis = clock.instant().toEpochMilli();
    Instant last = now;
    if (last.toEpochMilli() != millis) {
      last = Instant.ofEpochMilli(millis);
      now = last;
    }
    return last;
  }

  /** Has the ledger keep an event with this turn's batch. */
  void keep(String warning, Event event) {
    unsaved.computeIfAbsent(warning, i -> new ArrayList<>()).add(event);
  }

  /** Done when this turn's batch is kept. */
  void afterwards(Runnable done) {
    afterwards.add(done);
  }

  <T> CompletableFuture<T> submit(Need need, Supplier<T> work) {
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
        refuse(
            new Memory.Standby("this desk is a standby: another one is active", null), c -> true);
        return;
      }
      if (batch != null) {
        save();
      }
      if (adopt) {
        ledger.open().forEach(work::adopt);
        adopt = false;
      }
      int most = MOST_AT_ONCE;
      while (!held.isEmpty() && most-- > 0) {
        held.poll().run(afterwards, unanswered);
      }
      work.tick();
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
      refuse(standby(e), c -> true);
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
      work.listens();
      storeTrouble = "";
    }
  }

  private boolean leaseHeld() {
    Instant now = now();
    boolean renew = lease == null || now.plus(term.dividedBy(2)).isAfter(leaseUntil);
    if (renew) {
      Optional<Ledger.Lease> claimed = ledger.claim(owner, now, term);
      if (claimed.isEmpty()) {
        stepDown();
        return false;
      }
      leaseUntil = now.plus(term);
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
        work.begin();
        work.listens();
        ledger.open().forEach(work::adopt);
        lease = claimed.get();
        log.info("this desk is active, epoch {}", lease.epoch());
      }
    }
    return true;
  }

  private static Memory.Standby standby(Ledger.Fenced why) {
    return new Memory.Standby("this desk has become a standby", why);
  }

  private void stepDown() {
    if (lease != null) {
      log.warn("this desk is a standby now");
    }
    lease = null;
    work.forget();
    unsaved = new LinkedHashMap<>();
    afterwards = new ArrayList<>();
    batch = null;
    Memory.Away away = new Memory.Standby("this desk is a standby", null);
    unanswered.forEach(c -> c.away(away));
    unanswered.clear();
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
    kept.events().forEach((id, events) -> events.forEach(e -> work.kept(id, e)));
  }

  /** Stops deciding and gives the lease back. */
  void close() {
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
}

package org.lastmile.notices;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What departments want said, and how far it has come (农村大喇叭共享共用). Apart from the desk, so that
 * nothing here can hold a warning up: it hands out a few commands when no warning has anything due,
 * one at a time to a device, and its store is written on a thread of its own.
 */
public final class Departments implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Departments.class);

  /** Commands of notices on the wire at one time, whatever the link could carry. */
  static final int AT_ONCE = 16;

  /** Looked at in one turn, so that a lane never waits for thousands that must wait themselves. */
  private static final int MOST_LOOKED = 500;

  /** Tries of one command whose receipt never comes. */
  private static final int MOST_TRIES = 4;

  private static final Duration AGAIN = Duration.ofSeconds(10);
  private static final Duration RECEIPT = Duration.ofSeconds(60);

  /** While a grave warning holds at a device, it is looked at again after that. */
  private static final Duration WARNED = Duration.ofSeconds(2);

  /** Receipts of the last repeat may come that long after a notice's end. */
  private static final Duration LATE = Duration.ofMinutes(2);

  private static final Duration KEPT = Duration.ofDays(40);

  /** Notices that are over and still shown. */
  private static final int MOST_OVER = 2_000;

  private static final String PREFIX = "dn-";

  /** Among those whose time has come: stops first, then by priority and order. */
  private static final Comparator<Ticket> BY_RANK =
      Comparator.comparingInt(Ticket::rank).thenComparingLong(Ticket::order);

  private final Memory memory;
  private final Predicate<String> warned;
  private final InstantSource clock;
  private final Quota quota;
  private final ScheduledExecutorService store =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "notices");
            thread.setDaemon(true);
            return thread;
          });

  // All below is guarded by this object; no lock is held while the store is asked.
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final NavigableSet<Ticket> waiting = new TreeSet<>();
  private final PriorityQueue<Entry> endings =
      new PriorityQueue<>(Comparator.comparing((Entry e) -> e.notice.until()));

  /** Past their end, with receipts still to come. */
  private final Deque<Entry> late = new ArrayDeque<>();

  private final Deque<Entry> over = new ArrayDeque<>();

  /** Who speaks, or is about to, on a device; others wait in {@code behind}. */
  private final Map<String, Entry> speaking = new HashMap<>();

  private final Map<String, PriorityQueue<Ticket>> behind = new HashMap<>();

  /** Of those in {@code waiting}: by device, what it or its lane could not take. */
  private final Map<String, Set<Ticket>> putOff = new HashMap<>();

  private final Set<String> flying = new HashSet<>();
  private final Map<Entry, List<CompletableFuture<Void>>> unsaved = new LinkedHashMap<>();
  private long order;
  private volatile boolean loaded;

  private static final class Entry {
    final long number;
    final Notice notice;
    final Heard[] heard;
    final String[] why;
    final int[] tries;
    String stoppedBy;
    boolean open = true;

    Entry(long number, Notice notice, String stoppedBy) {
      this.number = number;
      this.notice = notice;
      this.stoppedBy = stoppedBy;
      int devices = notice.devices().size();
      heard = new Heard[devices];
      why = new String[devices];
      tries = new int[devices];
      for (int i = 0; i < devices; i++) {
        heard[i] = Heard.WAITING;
        why[i] = "";
      }
    }

    String device(int place) {
      return notice.devices().get(place);
    }

    boolean settled() {
      for (Heard one : heard) {
        if (!one.settled()) {
          return false;
        }
      }
      return true;
    }
  }

  /** One command that is to go out. */
  private record Ticket(Entry of, int place, boolean stops, Instant due, long order)
      implements Comparable<Ticket> {
    @Override
    public int compareTo(Ticket other) {
      int byTime = due.compareTo(other.due);
      int byRank = byTime != 0 ? byTime : Integer.compare(rank(), other.rank());
      return byRank != 0 ? byRank : Long.compare(order, other.order);
    }

    private int rank() {
      return stops ? 0 : of.notice.priority();
    }
  }

  /**
   * Keeps nothing yet: see {@link #load}.
   *
   * @param warned true for a device at which a RED or ORANGE warning is in force: it waits
   */
  public Departments(Memory memory, Predicate<String> warned, InstantSource clock, ZoneId zone) {
    this.memory = memory;
    this.warned = warned;
    this.clock = clock;
    this.quota = new Quota(zone);
  }

  // --- what departments ask ---------------------------------------------------------------------

  /** What is asked for, before it is one. */
  public record Wish(
      String text,
      List<String> targets,
      List<String> devices,
      Instant from,
      Instant until,
      int repeats,
      int volume,
      int priority) {}

  /** It can't be said, and every reason why, each with the field it is about. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Map<String, List<String>> problems;

    Refused(Map<String, List<String>> problems) {
      super(problems.toString());
      this.problems = problems;
    }

    public Map<String, List<String>> problems() {
      return problems;
    }
  }

  /** Everything that stands against a notice now, by field. */
  public synchronized Map<String, List<String>> check(String department, Terms terms, Wish wish) {
    Instant now = clock.instant();
    return quota.problems(notice(PREFIX + "0", department, terms, wish, now), terms, now);
  }

  private Notice notice(String id, String department, Terms terms, Wish wish, Instant now) {
    Instant from = wish.from() == null ? now : wish.from();
    return new Notice(
        id,
        department,
        wish.text(),
        wish.targets(),
        wish.devices(),
        now,
        from,
        wish.until() == null ? quota.usualEnd(from, terms) : wish.until(),
        wish.repeats(),
        wish.volume(),
        wish.priority());
  }

  private static Memory.Away stillReading() {
    return new Memory.Away("earlier notices are still being read", null);
  }

  /**
   * Takes a notice in. Completes when it is kept.
   *
   * @throws Refused with everything that stands against it
   */
  public CompletableFuture<View> speak(String department, Terms terms, Wish wish) {
    if (!loaded) {
      throw stillReading();
    }
    long number = memory.add("notice", 1);
    CompletableFuture<Void> kept;
    Entry entry;
    synchronized (this) {
      Instant now = clock.instant();
      String id = PREFIX + Long.toString(now.getEpochSecond(), 36) + "-" + number;
      Notice notice = notice(id, department, terms, wish, now);
      Map<String, List<String>> problems = quota.problems(notice, terms, now);
      if (!problems.isEmpty()) {
        throw new Refused(problems);
      }
      quota.count(notice);
      entry = new Entry(number, notice, "");
      entries.put(notice.id(), entry);
      kept = keep(entry);
    }
    return kept.handle(
        (done, failure) -> {
          synchronized (this) {
            if (failure != null) {
              entries.remove(entry.notice.id());
              quota.giveBack(entry.notice);
              throw failure instanceof RuntimeException away
                  ? away
                  : new IllegalStateException(failure);
            }
            open(entry);
            return view(entry);
          }
        });
  }

  /** Stops a notice wherever it waits or sounds; empty when there is none. Completes when kept. */
  public Optional<CompletableFuture<View>> stop(String id, String who) {
    Entry entry;
    CompletableFuture<Void> kept;
    synchronized (this) {
      entry = entries.get(id);
      if (entry == null) {
        return Optional.empty();
      }
      Instant now = clock.instant();
      if (entry.stoppedBy.isEmpty() && entry.open && !entry.settled()) {
        entry.stoppedBy = who;
        for (int place = 0; place < entry.heard.length; place++) {
          if (entry.heard[place] == Heard.WAITING && entry.tries[place] == 0) {
            move(entry, place, Heard.STOPPED, "stopped before it was sent");
            release(entry, place);
          } else if (!entry.heard[place].settled()) {
            waiting.add(new Ticket(entry, place, true, now, order++));
          }
        }
      }
      kept = keep(entry);
    }
    return Optional.of(
        kept.thenApply(
            done -> {
              synchronized (this) {
                return view(entry);
              }
            }));
  }

  /** Newest first, without their single plays; {@code sees} is asked without holding anybody up. */
  public List<View> newest(Predicate<Notice> sees, int most) {
    List<Entry> all;
    synchronized (this) {
      all = new ArrayList<>(entries.values());
    }
    List<View> newest = new ArrayList<>();
    for (int i = all.size() - 1; i >= 0 && newest.size() < most; i--) {
      Entry entry = all.get(i);
      if (sees.test(entry.notice)) {
        synchronized (this) {
          newest.add(view(entry, List.of()));
        }
      }
    }
    return newest;
  }

  public synchronized Optional<View> one(String id) {
    return Optional.ofNullable(entries.get(id)).map(this::view);
  }

  /**
   * A notice and what became of it.
   *
   * @param counts loudspeakers by what became of it there
   */
  public record View(
      Notice notice,
      Status status,
      String stoppedBy,
      int seconds,
      Map<Heard, Integer> counts,
      List<Play> plays) {
    /** What became of it on one loudspeaker. */
    public record Play(String device, Heard state, String why) {}
  }

  /** How a notice stands as a whole. */
  public enum Status {
    SCHEDULED,
    SPEAKING,
    STOPPED,
    ENDED
  }

  private View view(Entry entry) {
    List<View.Play> plays = new ArrayList<>();
    for (int place = 0; place < entry.heard.length; place++) {
      plays.add(new View.Play(entry.device(place), entry.heard[place], entry.why[place]));
    }
    return view(entry, plays);
  }

  private View view(Entry entry, List<View.Play> plays) {
    Map<Heard, Integer> counts = new EnumMap<>(Heard.class);
    for (Heard one : entry.heard) {
      counts.merge(one, 1, Integer::sum);
    }
    Notice notice = entry.notice;
    return new View(notice, status(entry), entry.stoppedBy, notice.seconds(), counts, plays);
  }

  private Status status(Entry entry) {
    Instant now = clock.instant();
    if (!entry.stoppedBy.isEmpty()) {
      return Status.STOPPED;
    }
    if (entry.settled() || !now.isBefore(entry.notice.until())) {
      return Status.ENDED;
    }
    return now.isBefore(entry.notice.from()) ? Status.SCHEDULED : Status.SPEAKING;
  }

  // --- what the lane asks -----------------------------------------------------------------------

  /** True for an attempt of ours. */
  public static boolean ours(String attempt) {
    return attempt.startsWith(PREFIX);
  }

  /** The next commands; asked only when no warning has anything due. Each needs an outcome. */
  public synchronized List<Message> due(int room) {
    if (!loaded) {
      return List.of(); // what is known from an earlier term may have been stopped since
    }
    Instant now = clock.instant();
    end(now);
    List<Message> messages = new ArrayList<>();
    int most = Math.min(AT_ONCE - flying.size(), room / 2);
    int looked = 0;
    while (messages.size() < most
        && looked++ < MOST_LOOKED
        && !waiting.isEmpty()
        && !waiting.first().due.isAfter(now)) {
      Ticket ticket = waiting.pollFirst();
      String device = ticket.of.device(ticket.place);
      putOff.computeIfPresent(
          device, (d, tickets) -> tickets.remove(ticket) && tickets.isEmpty() ? null : tickets);
      Entry before = speaking.get(device);
      if (!wanted(ticket, now)) {
        if (before == null) {
          next(device);
        }
      } else if (ticket.stops) {
        messages.add(message(ticket, now));
      } else if (before != null && before != ticket.of) {
        behind.computeIfAbsent(device, d -> new PriorityQueue<>(BY_RANK)).add(ticket);
      } else if (warned.test(device)) {
        waiting.add(later(ticket, now.plus(WARNED)));
      } else if (ticket.of.tries[ticket.place] >= MOST_TRIES) {
        settle(ticket.of, ticket.place, Heard.UNKNOWN, "no receipt");
      } else {
        speaking.put(device, ticket.of);
        if (ticket.of.heard[ticket.place] == Heard.PLAYING) {
          ticket.of.tries[ticket.place]++; // not asked while it speaks, nor waited for without end
          waiting.add(later(ticket, now.plus(patience(ticket.of))));
        } else {
          messages.add(message(ticket, now));
        }
      }
    }
    return messages;
  }

  /** It is still to be said, or to be stopped. */
  private static boolean wanted(Ticket ticket, Instant now) {
    Entry entry = ticket.of;
    return !entry.heard[ticket.place].settled()
        && entry.notice.until().isAfter(now.plusSeconds(1))
        && (ticket.stops ? entry.tries[ticket.place] < 2 * MOST_TRIES : entry.stoppedBy.isEmpty());
  }

  /** How long a device may take to say that it is done. */
  private static Duration patience(Entry entry) {
    Duration speaks = Duration.ofSeconds(entry.notice.seconds());
    return speaks.compareTo(RECEIPT) > 0 ? speaks : RECEIPT;
  }

  private Message message(Ticket ticket, Instant now) {
    Entry entry = ticket.of;
    int number = ++entry.tries[ticket.place];
    String attempt =
        entry.notice.id() + "." + ticket.place + "." + (ticket.stops ? "s" : "") + number;
    flying.add(attempt);
    return new Message(
        attempt,
        entry.device(ticket.place),
        ticket.stops ? entry.notice.stop(now) : entry.notice.content(),
        Map.of(),
        Set.of());
  }

  private Ticket later(Ticket ticket, Instant due) {
    return new Ticket(ticket.of, ticket.place, ticket.stops, due, order++);
  }

  /** What the channel said of a try. */
  public synchronized void outcome(String attempt, Outcome outcome) {
    flying.remove(attempt);
    Try of = find(attempt);
    if (of == null || of.entry.heard[of.place].settled()) {
      return;
    }
    Instant now = clock.instant();
    Entry entry = of.entry;
    Ticket again = new Ticket(entry, of.place, of.stops, now, 0);
    if (outcome instanceof Outcome.Accepted || outcome instanceof Outcome.Unknown) {
      if (entry.heard[of.place] == Heard.WAITING) {
        move(entry, of.place, Heard.SENT, "");
      }
      waiting.add(later(again, now.plus(patience(entry))));
    } else if (outcome instanceof Outcome.Permanent permanent) {
      if (!of.stops) {
        settle(entry, of.place, Heard.FAILED, permanent.why());
      }
    } else {
      entry.tries[of.place]--;
      Duration wait =
          outcome instanceof Outcome.Retry retry && retry.after().compareTo(AGAIN) > 0
              ? retry.after()
              : AGAIN;
      Ticket off = later(again, now.plus(wait));
      waiting.add(off);
      putOff.computeIfAbsent(entry.device(of.place), d -> new HashSet<>()).add(off);
    }
  }

  /** A device is there again: what it could not take goes out now, and not after the usual wait. */
  public synchronized void isBack(String device) {
    Instant now = clock.instant();
    Set<Ticket> tickets = putOff.remove(device);
    if (tickets != null) {
      tickets.forEach(
          ticket -> {
            waiting.remove(ticket);
            waiting.add(new Ticket(ticket.of, ticket.place, ticket.stops, now, ticket.order));
          });
    }
  }

  /** Evidence of a device; completes when kept. Nothing is known before all is read. */
  public synchronized CompletableFuture<Void> signal(Signal.Confirmation c) {
    if (!loaded) {
      return CompletableFuture.failedFuture(stillReading());
    }
    Try of = find(c.attempt());
    if (of == null) {
      return CompletableFuture.completedFuture(null);
    }
    Heard heard =
        switch (c.evidence()) {
          // Somebody without a key can cause a refusal: it is never the last word.
          case RECEIVED, DELIVERED, ACKNOWLEDGED, REFUSED -> Heard.SENT;
          case PLAYING -> Heard.PLAYING;
          case PLAYED -> Heard.PLAYED;
          case PLAYED_UNHEARD -> Heard.UNHEARD;
          case EXPIRED -> Heard.EXPIRED;
          case STOPPED -> Heard.STOPPED;
          case FAILED, DECLINED -> Heard.FAILED;
        };
    // That a STOP was refused says nothing of what it should have stopped.
    if (of.stops && heard != Heard.STOPPED) {
      return CompletableFuture.completedFuture(null);
    }
    if (!heard.settled()) {
      if (of.entry.heard[of.place].compareTo(heard) < 0) {
        move(of.entry, of.place, heard, "");
      }
      return CompletableFuture.completedFuture(null);
    }
    Heard before = of.entry.heard[of.place];
    if (!before.settled() || before == Heard.UNKNOWN) {
      move(of.entry, of.place, heard, c.why());
      release(of.entry, of.place);
    }
    return keep(of.entry);
  }

  private record Try(Entry entry, int place, boolean stops) {}

  private Try find(String attempt) {
    String[] parts = attempt.split("\\.", -1);
    Entry entry = entries.get(parts[0]);
    if (entry == null || parts.length != 3 || !parts[1].matches("\\d{1,6}")) {
      log.info("about a notice that is not known or long over: {}", attempt);
      return null;
    }
    int place = Integer.parseInt(parts[1]);
    return place < entry.heard.length ? new Try(entry, place, parts[2].startsWith("s")) : null;
  }

  // --- how far they are -------------------------------------------------------------------------

  private void open(Entry entry) {
    endings.add(entry);
    for (int place = 0; place < entry.heard.length; place++) {
      if (!entry.heard[place].settled() && entry.stoppedBy.isEmpty()) {
        waiting.add(new Ticket(entry, place, false, entry.notice.from(), order++));
      }
    }
  }

  private void settle(Entry entry, int place, Heard heard, String why) {
    move(entry, place, heard, why);
    release(entry, place);
    CompletableFuture<Void> unused = keep(entry);
  }

  private static void move(Entry entry, int place, Heard heard, String why) {
    entry.heard[place] = heard;
    entry.why[place] = why;
  }

  /** The next department may speak on that device. */
  private void release(Entry entry, int place) {
    String device = entry.device(place);
    if (speaking.remove(device, entry)) {
      next(device);
    }
  }

  private void next(String device) {
    PriorityQueue<Ticket> others = behind.get(device);
    if (others != null) {
      waiting.add(others.poll());
      if (others.isEmpty()) {
        behind.remove(device);
      }
    }
  }

  /** What was not heard by its end is not heard any more; receipts may still come for a while. */
  private void end(Instant now) {
    while (!endings.isEmpty() && !endings.peek().notice.until().isAfter(now)) {
      Entry entry = endings.poll();
      for (int place = 0; place < entry.heard.length; place++) {
        if (entry.heard[place] == Heard.WAITING && entry.tries[place] == 0) {
          move(entry, place, Heard.EXPIRED, "its turn did not come");
        }
        release(entry, place);
      }
      late.add(entry);
    }
    while (!late.isEmpty()
        && (late.peek().settled() || now.isAfter(late.peek().notice.until().plus(LATE)))) {
      Entry entry = late.poll();
      for (int place = 0; place < entry.heard.length; place++) {
        if (!entry.heard[place].settled()) {
          move(entry, place, Heard.UNKNOWN, "no receipt");
        }
      }
      close(entry);
    }
  }

  private void close(Entry entry) {
    entry.open = false;
    CompletableFuture<Void> unused = keep(entry);
    over.add(entry);
    while (over.size() > MOST_OVER) {
      entries.remove(over.poll().notice.id());
    }
  }

  // --- the store --------------------------------------------------------------------------------

  private CompletableFuture<Void> keep(Entry entry) {
    CompletableFuture<Void> kept = new CompletableFuture<>();
    unsaved.computeIfAbsent(entry, e -> new ArrayList<>()).add(kept);
    store.execute(this::save);
    return kept;
  }

  private void save() {
    Map<Entry, List<CompletableFuture<Void>>> batch;
    Map<Entry, String> texts = new LinkedHashMap<>();
    synchronized (this) {
      batch = new LinkedHashMap<>(unsaved);
      unsaved.clear();
      batch.keySet().forEach(e -> texts.put(e, Kept.text(e.notice, e.heard, e.why, e.stoppedBy)));
    }
    batch.forEach(
        (entry, waiters) -> {
          try {
            memory.put("notice." + entry.number, texts.get(entry), KEPT);
            waiters.forEach(w -> w.complete(null));
          } catch (RuntimeException e) { // whoever waits for it must hear of it
            log.warn("notice {} is not kept yet: {}", entry.notice.id(), e.toString());
            waiters.forEach(w -> w.completeExceptionally(e));
          }
        });
  }

  /** What is kept has been taken up. */
  public boolean loaded() {
    return loaded;
  }

  /**
   * Takes up what is kept, in place of what was known; called when this desk becomes the active.
   */
  public void load() {
    loaded = false;
    store.execute(this::read);
  }

  private void read() {
    try {
      List<Entry> kept = new ArrayList<>();
      long last = memory.add("notice", 0);
      for (long number = Math.max(1, last - 5 * MOST_OVER); number <= last; number++) {
        long of = number;
        memory.get("notice." + number).flatMap(text -> entry(of, text)).ifPresent(kept::add);
      }
      take(kept);
    } catch (Memory.Away e) {
      log.warn("departments' notices are read again later: {}", e.getMessage());
      var unused = store.schedule(this::read, 2, TimeUnit.SECONDS);
    }
  }

  private Optional<Entry> entry(long number, String text) {
    Kept kept;
    try {
      kept = Kept.of(text);
    } catch (IllegalStateException e) {
      log.error("notice {} is left out, its record can't be read", number, e);
      return Optional.empty();
    }
    Entry entry = new Entry(number, kept.notice(), kept.stoppedBy());
    // Whether a command left is not known; a device that has it answers and does not play again.
    Heard open = kept.notice().from().isAfter(clock.instant()) ? Heard.WAITING : Heard.SENT;
    for (int place = 0; place < entry.heard.length; place++) {
      Heard heard = kept.heard().get(place);
      entry.heard[place] = heard.settled() ? heard : open;
      entry.why[place] = kept.why().get(place);
    }
    return Optional.of(entry);
  }

  private synchronized void take(List<Entry> kept) {
    entries.clear();
    quota.clear();
    waiting.clear();
    endings.clear();
    late.clear();
    over.clear();
    speaking.clear();
    behind.clear();
    putOff.clear();
    flying.clear();
    for (Entry entry : kept) {
      entries.put(entry.notice.id(), entry);
      quota.count(entry.notice);
      if (entry.settled()) {
        entry.open = false;
        over.add(entry);
      } else {
        open(entry);
        for (int place = 0; !entry.stoppedBy.isEmpty() && place < entry.heard.length; place++) {
          if (!entry.heard[place].settled()) {
            waiting.add(new Ticket(entry, place, true, clock.instant(), order++));
          }
        }
      }
    }
    loaded = true;
  }

  /** What was not kept yet is kept if the store is there. */
  @Override
  public void close() {
    store.shutdown();
    try {
      if (!store.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("notices: the store did not answer in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

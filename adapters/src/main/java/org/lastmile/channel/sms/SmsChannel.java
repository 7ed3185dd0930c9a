package org.lastmile.channel.sms;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.lastmile.channel.sms.pdu.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SMS through a pool of serial modems. Whichever modem is free and healthy takes the most urgent
 * message next; a modem that fails hands its message on; without any, senders hear LANE_DOWN at
 * once. Ports are opened by {@link #listen}, and a missing modem is a state, never an exception.
 */
public final class SmsChannel implements Channel {
  /** Kept short for each modem, so that what is most urgent is decided late, by the desk. */
  private static final int WAITING_PER_MODEM = 2;

  /**
   * Longest message: about a thousand Chinese characters. A longer one would hold a modem for
   * minutes while others are not told.
   */
  static final int MOST_PARTS = 16;

  /** Before what no budget allows is offered again: meanwhile a modem or a card may come. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  private static final Duration BACK_SOON = Duration.ofSeconds(30);

  /** At the front of every part of a drill. */
  static final String DRILL_MARK = "【演练】";

  private static final Logger log = LoggerFactory.getLogger(SmsChannel.class);

  private final SmsConfig config;
  private final Memory memory;
  private final Clock clock;
  private final Timing timing;
  private final Ports ports;
  private final Outbox outbox = new Outbox();
  private final AtomicLong order = new AtomicLong();
  private final List<ModemSession> sessions = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final Map<String, ModemSession> owners = new ConcurrentHashMap<>();
  private final Map<String, String> told = new ConcurrentHashMap<>();
  private final Clerk clerk;
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "sms-ports");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Offers offers;
  private volatile Shared shared;
  private volatile boolean scanned;
  private volatile boolean closed;

  public SmsChannel(SmsConfig config, Memory memory, Clock clock) {
    this(config, memory, clock, Timing.USUAL);
  }

  SmsChannel(SmsConfig config, Memory memory, Clock clock, Timing timing) {
    this(config, memory, clock, timing, Ports.SYSTEM);
  }

  SmsChannel(SmsConfig config, Memory memory, Clock clock, Timing timing, Ports ports) {
    this.ports = ports;
    this.config = config;
    this.memory = memory;
    this.clock = clock;
    this.timing = timing;
    this.clerk = new Clerk(timing.offer());
  }

  @Override
  public synchronized void listen(Sink sink) {
    if (offers != null) {
      throw new IllegalStateException("listen is called once");
    }
    if (closed) {
      return;
    }
    offers = new Offers(sink, clerk.executor, timing.offer());
    Receipts receipts = new Receipts(memory, clock, offers, config.readOnly());
    shared =
        new Shared(
            outbox,
            clerk,
            receipts,
            new Intents(memory, clerk, receipts),
            new Inbox(memory, clock, offers),
            new Budgets(config.budget(), memory, clock, timing.exceed()),
            new PortLocks(config.locks()),
            memory,
            clock,
            timing,
            config.readOnly());
    Future<?> unused = ticker.scheduleWithFixedDelay(this::tick, 0, 1, TimeUnit.SECONDS);
  }

  @Override
  public CompletionStage<Outcome> send(Message message) {
    Optional<Phone> phone = Phone.read(message.address());
    Content content = message.content();
    if (phone.isEmpty()) {
      return said(new Outcome.Permanent("the address is no phone number: 3 to 20 digits"));
    }
    if (content.kind() == Content.Kind.STOP || content.text().isBlank()) {
      return said(new Outcome.Permanent("it has no words for people, so no SMS is sent"));
    }
    boolean wide = config.referenceBits() > SmsConfig.USUAL_REFERENCE_BITS;
    String mark = content.drill() ? DRILL_MARK : "";
    Words words = wide ? Words.wide(text(message), mark) : Words.of(text(message), mark);
    if (words.parts().size() > MOST_PARTS) {
      return said(
          new Outcome.Permanent(
              "the text needs %d parts, more than %d: shorten it"
                  .formatted(words.parts().size(), MOST_PARTS)));
    }
    Letter letter = new Letter(message, phone.get(), words, wide, order.getAndIncrement());
    outbox.put(letter).forEach(old -> old.outcome.complete(old.overtaken(clock.instant())));
    turnAwayIfDown();
    turnAwayOverBudget();
    return letter.outcome;
  }

  /** A field of this very message may stand in the shared text as {@code {name}}. */
  private static String text(Message message) {
    String text = message.content().text();
    for (Map.Entry<String, String> field : message.fields().entrySet()) {
      text = text.replace("{" + field.getKey() + "}", field.getValue());
    }
    return text;
  }

  private static CompletionStage<Outcome> said(Outcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }

  @Override
  public int room() {
    long ready = sessions.stream().filter(s -> s.state() == ModemSession.State.READY).count();
    return closed ? 0 : (int) Math.max(0, ready * WAITING_PER_MODEM - outbox.size());
  }

  @Override
  public Health check() {
    List<ModemSession> shown = shown();
    if (shown.isEmpty()) {
      return new Health(Health.State.DOWN, nothingThere(), List.of());
    }
    return Health.of(shown.stream().map(this::part).toList());
  }

  private Health.Part part(ModemSession session) {
    Health.Part part = session.part(outbox.size());
    Modem modem = session.modem();
    return modem == null ? part : shared.budgets().standing(modem.sim()).with(part);
  }

  /**
   * A modem shows several ports, and a glob finds them all: those that never answered matter only
   * while no modem was found behind the glob.
   */
  private List<ModemSession> shown() {
    boolean any = sessions.stream().anyMatch(s -> s.modem() != null);
    return sessions.stream()
        .filter(s -> s.state() != ModemSession.State.ASIDE)
        .filter(s -> s.modem() != null || !any || named(s.name()))
        .toList();
  }

  private boolean named(String path) {
    return config.modems().stream().anyMatch(p -> p.port().equals(path));
  }

  private String nothingThere() {
    if (closed) {
      return "closed";
    }
    String ports =
        config.modems().stream().map(SmsConfig.Port::port).collect(Collectors.joining(", "));
    return scanned
        ? "no modem matches " + ports + ": plug one in, or correct modems[].port"
        : "not started";
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    ticker.shutdownNow();
    List<Letter> underWay = outbox.close();
    sessions.forEach(ModemSession::close);
    outbox.drain().forEach(l -> l.outcome.complete(new Outcome.LaneDown("closed")));
    for (Thread thread : threads) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(3));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    outbox.drain().forEach(l -> l.outcome.complete(new Outcome.LaneDown("closed")));
    if (shared != null) {
      clerk.next(shared.budgets()::keep);
    }
    clerk.close();
    underWay.forEach(l -> l.outcome.complete(new Outcome.Unknown("closed while it was sent")));
  }

  // ---- the pool

  private void tick() {
    try {
      scan();
      sessions.forEach(ModemSession::unstick);
      clerk.sweep("receipts", shared.receipts()::sweep);
      clerk.sweep("intents", shared.intents()::sweep);
      clerk.sweep("inbox", shared.inbox()::sweep);
      clerk.sweep("budgets", shared.budgets()::keep);
      sessions.forEach(this::tell);
      turnAwayOverBudget();
    } catch (
        RuntimeException e) { // an executor would drop the tick for good, and nobody would know
      log.error("a defect: ports were not looked for", e);
    }
  }

  private synchronized void scan() {
    Set<Path> devices = new HashSet<>();
    Set<String> paths = new HashSet<>();
    for (ModemSession session : sessions) {
      paths.add(session.name());
      devices.add(Ports.device(session.device()));
    }
    for (SmsConfig.Port port : config.modems()) {
      for (String path : ports.matching(port.port())) {
        if (!closed && paths.add(path) && devices.add(Ports.device(path))) {
          start(path, port);
        }
      }
    }
    scanned = true;
    turnAwayIfDown();
  }

  private void start(String path, SmsConfig.Port port) {
    ModemSession session = new ModemSession(path, port, ports, new Members(), shared);
    sessions.add(session);
    Thread thread =
        new Thread(
            () -> {
              session.run();
              threads.remove(Thread.currentThread());
            },
            "sms-" + path);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /** When nothing can carry anything, nobody waits in vain. */
  private void turnAwayIfDown() {
    if (closed || (scanned && sessions.stream().noneMatch(SmsChannel::mayCarry))) {
      String why = closed ? "closed" : "no modem works: " + check().why();
      outbox.drain().forEach(l -> l.outcome.complete(new Outcome.LaneDown(why)));
    }
  }

  private static boolean mayCarry(ModemSession session) {
    return session.state() == ModemSession.State.READY
        || session.state() == ModemSession.State.STARTING;
  }

  private final class Members implements ModemSession.Pool {
    @Override
    public boolean owns(ModemSession session, String imei) {
      ModemSession before = owners.get(imei);
      ModemSession owner =
          owners.compute(imei, (k, old) -> old == null || !old.has(imei) ? session : old);
      if (owner == session && before != null && before != session && !named(before.name())) {
        // The same modem under another name: the old name's session has nothing left to wait for.
        log.info("modem at {} is back as {}", before.name(), session.name());
        sessions.remove(before);
        told.remove(before.name());
        before.close();
      }
      return owner == session;
    }

    @Override
    public boolean mayCarry(ModemSession session, Letter letter) {
      return shared.budgets().permits(session.modem().sim(), working(), letter);
    }

    @Override
    public boolean another(ModemSession session) {
      return sessions.stream().anyMatch(s -> s != session && s.free());
    }

    @Override
    public void changed(ModemSession session) {
      turnAwayIfDown();
      tell(session);
    }
  }

  /** Says how a modem and its SIM are, when that is another way now. */
  private synchronized void tell(ModemSession session) {
    if (session.state() == ModemSession.State.STARTING
        || session.state() == ModemSession.State.ASIDE) {
      return;
    }
    Health.Part part = part(session);
    String standing = part.state() + part.facts().getOrDefault("trouble", "");
    if (standing.equals(told.put(session.name(), standing))) {
      return;
    }
    Signal.State presence =
        switch (part.state()) {
          case UP -> Signal.State.ONLINE;
          case DEGRADED -> Signal.State.DEGRADED;
          case DOWN -> Signal.State.OFFLINE;
        };
    if (part.why().contains("budget")) {
      log.warn("{}", part.why());
    }
    offers.offer(
        new Signal.Presence(
            Signal.Subject.LANE,
            session.name(),
            presence,
            part.why(),
            clock.instant(),
            part.facts()),
        () -> log.debug("{} is known to be {}", session.name(), presence));
  }

  // ---- budgets

  /** SIMs of the modems that can send now. */
  private List<String> working() {
    return sessions.stream()
        .filter(s -> s.state() == ModemSession.State.READY)
        .map(s -> s.modem().sim())
        .toList();
  }

  /** Whether a SIM that can't send just now could carry the letter as soon as its modem is back. */
  private boolean backSoon(Letter letter) {
    List<String> away =
        sessions.stream()
            .filter(s -> s.modem() != null && s.state() != ModemSession.State.READY)
            .map(s -> s.modem().sim())
            .toList();
    return !away.isEmpty() && shared.budgets().until(away, letter).isZero();
  }

  /**
   * What no SIM may carry now goes back to the desk until one may: so what is left goes to whoever
   * is most urgent, and does not wait behind what can't go out.
   */
  private void turnAwayOverBudget() {
    List<String> working = working();
    if (working.isEmpty()) {
      return;
    }
    for (Letter letter : outbox.drain(l -> shared.budgets().refused(working, l))) {
      Duration wait = shared.budgets().until(working, letter);
      Duration longest = backSoon(letter) ? BACK_SOON : LONGEST_WAIT;
      wait = wait.compareTo(longest) < 0 ? wait : longest;
      letter.outcome.complete(
          new Outcome.Retry(wait, "budget: what the SIMs may send is spent, or kept for lifts"));
    }
  }
}

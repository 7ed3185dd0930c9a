package org.lastmile.channel.sms;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.sms.at.Answer;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.at.AtError;
import org.lastmile.channel.sms.at.LineLost;
import org.lastmile.channel.sms.at.SerialLine;
import org.lastmile.channel.sms.at.Unsolicited;
import org.lastmile.channel.sms.pdu.Incoming;
import org.lastmile.channel.sms.pdu.MalformedPdu;
import org.lastmile.channel.sms.pdu.Submit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that owns one modem's port from opening to closing: sets the modem up, watches it,
 * carries letters, and brings in what it says. Whatever happens to the modem, the thread comes back
 * to trying, and no letter stays with it.
 */
final class ModemSession implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(ModemSession.class);

  /** Of a part that is not the first: the parts before it are paid for. */
  private static final int TRIES_OF_A_LATER_PART = 3;

  private static final Duration DRAIN_EVERY = Duration.ofMinutes(5);
  private static final Duration STUCK = Duration.ofSeconds(10);

  /** What a session needs of its surroundings. */
  interface Pool {
    /** Whether this session may use the modem with that IMEI; another port of it may be open. */
    boolean owns(ModemSession session, String imei);

    /** Its state is another now. */
    void changed(ModemSession session);
  }

  /** Where a session stands. */
  enum State {
    STARTING,
    READY,
    DOWN,
    /** Another port of the same modem is in use. */
    ASIDE
  }

  private sealed interface Ack {
    record Push() implements Ack {}

    record Stored(String storage, int index, String hex) implements Ack {}
  }

  private final String name;
  private final SmsConfig.Port port;
  private final Pool pool;
  private final Outbox outbox;
  private final Clerk clerk;
  private final Receipts receipts;
  private final Inbox inbox;
  private final Memory memory;
  private final Clock clock;
  private final Timing timing;
  private final CountDownLatch closing = new CountDownLatch(1);

  // Seen from other threads.
  private final Queue<Ack> acks = new ConcurrentLinkedQueue<>();
  private volatile SerialLine line;
  private volatile Modem modem;
  private volatile State state = State.STARTING;
  private volatile String why = "starting";
  private volatile int signal = 99;
  private final AtomicLong sent = new AtomicLong();
  private volatile String lastError = "";

  // The session's own.
  private final Queue<Unsolicited.Stored> toRead = new ArrayDeque<>();

  /** What was read from storage and is not deleted yet, by its PDU: not to be read twice. */
  private final Set<String> offered = new HashSet<>();

  private final List<Runnable> held = new ArrayList<>();
  private String storage = "";
  private boolean setUpAgain;
  private boolean registered;
  private String underWayTo;
  private int lastReference = -1;
  private int provedReference;
  private long provedAt;
  private long nextPartAt;
  private long nextWatch;
  private long nextDrain;

  ModemSession(
      String name,
      SmsConfig.Port port,
      Pool pool,
      Outbox outbox,
      Clerk clerk,
      Receipts receipts,
      Inbox inbox,
      Memory memory,
      Clock clock,
      Timing timing) {
    this.name = name;
    this.port = port;
    this.pool = pool;
    this.outbox = outbox;
    this.clerk = clerk;
    this.receipts = receipts;
    this.inbox = inbox;
    this.memory = memory;
    this.clock = clock;
    this.timing = timing;
  }

  String name() {
    return name;
  }

  State state() {
    return state;
  }

  String why() {
    return why;
  }

  /** What the modem said about itself, or null when it never did. */
  Modem modem() {
    return modem;
  }

  boolean open() {
    return line != null;
  }

  /** For the operator; phones appear nowhere. */
  Health.Part part(int queue) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("port", name);
    facts.put("state", state.name());
    facts.put("queue", Integer.toString(queue));
    facts.put("sent", Long.toString(sent.get()));
    facts.put("lastError", lastError);
    Modem m = modem;
    if (m != null) {
      facts.put("imei", m.imei());
      facts.put("model", m.model());
      facts.put("operator", m.operator());
      facts.put("sim", m.ownNumber().isEmpty() ? "" : Phone.masked(m.ownNumber()));
      facts.put("signal", signal > 31 ? "unknown" : (-113 + 2 * signal) + " dBm");
    }
    return new Health.Part(name, health(), why, facts);
  }

  Health.State health() {
    return state != State.READY
        ? Health.State.DOWN
        : why.isEmpty() ? Health.State.UP : Health.State.DEGRADED;
  }

  /** Frees a thread that is stuck in a write that nobody takes. */
  void unstick() {
    SerialLine open = line;
    if (open != null && open.stuck(STUCK)) {
      log.warn("{} takes no bytes: closing it to open it again", name);
      open.close();
    }
  }

  /** Ends the thread soon; a letter under way is the channel's to answer for. */
  void close() {
    closing.countDown();
    SerialLine open = line;
    if (open != null) {
      open.close();
    }
  }

  private boolean closed() {
    return closing.getCount() == 0;
  }

  @Override
  public void run() {
    while (!closed()) {
      Duration pause = timing.reopen();
      try (SerialLine opened = SerialLine.open(name, port.baud())) {
        line = opened;
        serve(new AtDialogue(opened, this::unasked));
      } catch (LineLost e) {
        become(State.DOWN, e.getMessage());
      } catch (SetupFailure e) {
        become(state == State.ASIDE ? State.ASIDE : State.DOWN, e.getMessage());
        pause = e.pause();
      } catch (RuntimeException e) { // a defect must not silence a modem for good
        log.error("a defect stopped the session on {}", name, e);
        become(State.DOWN, name + ": internal error, see the log: " + e);
      } finally {
        line = null;
        outOfTouch();
      }
      sleep(pause);
    }
    state = State.DOWN;
  }

  private void sleep(Duration pause) {
    try {
      if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        log.debug("{} is closing", name);
      }
    } catch (InterruptedException e) {
      closing.countDown();
      Thread.currentThread().interrupt();
    }
  }

  private void serve(AtDialogue at) throws LineLost, SetupFailure {
    while (!closed()) {
      setUpAgain = false;
      Modem found = new ModemSetup(port, name, at, memory, timing).run(modem);
      modem = found;
      if (!pool.owns(this, found.imei())) {
        state = State.ASIDE;
        throw new SetupFailure(
            name + " is another port of a modem that is already in use", Duration.ofSeconds(10));
      }
      storage = found.storage();
      lastReference = -1;
      setUpAgain = false;
      drain(at);
      watch(at);
      while (!closed() && !setUpAgain) {
        work(at);
      }
      if (!closed()) {
        become(State.STARTING, name + " is being set up again: " + lastError);
        outOfTouch();
      }
    }
  }

  /** What was pushed and not acknowledged is void: the network brings it again. */
  private void outOfTouch() {
    acks.removeIf(Ack.Push.class::isInstance);
    releaseHeld();
  }

  private void work(AtDialogue at) throws LineLost, SetupFailure {
    long now = System.nanoTime();
    acknowledge(at);
    readStored(at);
    if (now - nextWatch >= 0) {
      watch(at);
    }
    if (now - nextDrain >= 0) {
      drain(at);
    }
    Letter letter = registered && now - nextPartAt >= 0 ? outbox.take() : null;
    if (letter == null) {
      at.listen();
      return;
    }
    try {
      carry(at, letter);
    } catch (RuntimeException e) { // a defect: the letter's sender must hear of it all the same
      settle(letter, new Outcome.Unknown("internal error, see the log"));
      throw e;
    } finally {
      outbox.done(letter);
    }
  }

  // ---- sending

  private void carry(AtDialogue at, Letter letter) throws LineLost, SetupFailure {
    if (letter.total() > 1) {
      letter.set = reference(letter.phone.key());
    }
    int tries = 0;
    while (!closed()) {
      if (letter.tooLate(clock.instant())) {
        settle(letter, new Outcome.Permanent("too late: its play-by time has passed"));
        return;
      }
      int number = letter.next();
      boolean last = letter.last();
      Submit part = letter.part(clock);
      Instant began = clock.instant();
      Answer answer = submit(at, letter, part);
      AtError meaning = AtError.of(answer);
      int reference =
          answer
              .value("+CMGS:")
              .filter(v -> v.matches("\\d{1,3}"))
              .map(Integer::valueOf)
              .orElse(provedReference);
      if (meaning == AtError.UNKNOWN && reference >= 0) {
        meaning = AtError.ACCEPTED; // the modem's number, or a report, says so without the OK
      }
      if (meaning == AtError.ACCEPTED) {
        sent.incrementAndGet();
        lastReference = reference;
        letter.references.add(reference < 0 ? "" : Integer.toString(reference));
        note(letter, number, reference, began);
        releaseHeld();
        if (last) {
          settle(letter, new Outcome.Accepted(letter.references));
          again(answer);
          return;
        }
        tries = 0;
        again(answer);
        pace(at);
        continue;
      }
      releaseHeld();
      lastReference = -1;
      lastError = answer.words();
      log.warn("{}: part {} of {} not taken: {}", name, number, letter.total(), lastError);
      switch (meaning) {
        case PERMANENT -> {
          settle(letter, new Outcome.Permanent(lastError));
          return;
        }
        case NO_VALIDITY -> {
          if (!letter.hasValidity()) {
            settle(letter, new Outcome.Permanent(lastError));
            return;
          }
          letter.withoutValidity();
        }
        case RETRY, RETRY_LATE -> {
          if (number == 1 || ++tries >= TRIES_OF_A_LATER_PART) {
            settle(letter, new Outcome.Retry(meaning.pause(), lastError));
            return;
          }
          quiet(at, Duration.ofSeconds(tries));
        }
        case STORE_FULL -> {
          drain(at);
          if (++tries >= TRIES_OF_A_LATER_PART) {
            settle(letter, new Outcome.Retry(meaning.pause(), lastError));
            return;
          }
        }
        case SIM_REFUSED -> {
          handOn(letter);
          throw new SetupFailure(
              "%s: the SIM or its account is refused (%s); check credit and contract. It rests for %d min"
                  .formatted(name, lastError, meaning.pause().toMinutes()),
              meaning.pause());
        }
        case SET_UP -> {
          handOn(letter);
          again(answer);
          return;
        }
        case UNKNOWN -> {
          if (last) {
            note(letter, number, -1, began);
            settle(letter, new Outcome.Unknown(lastError));
            again(answer);
            return;
          }
          // Without its later parts the message can't be complete anywhere, so this part may be
          // sent again: a phone drops a second copy of a part.
          if (answer.end() == Answer.End.RESTARTED
              || answer.end() == Answer.End.GONE
              || ++tries >= TRIES_OF_A_LATER_PART
              || !at.resync(3)) {
            handOn(letter);
            again(answer);
            return;
          }
          at.ask("ATE0", timing.command());
        }
        case ACCEPTED -> throw new IllegalStateException("handled above");
      }
    }
  }

  private Answer submit(AtDialogue at, Letter letter, Submit part) {
    underWayTo = letter.phone.key();
    provedReference = -1;
    try {
      return at.submit(
          part.length(),
          part.hex(),
          timing.prompt(),
          timing.answer(),
          () -> provedReference >= 0 && elapsed(provedAt).compareTo(timing.proof()) > 0);
    } finally {
      underWayTo = null;
      if (port.perMinute() > 0) {
        nextPartAt =
            System.nanoTime() + Duration.ofMinutes(1).dividedBy(port.perMinute()).toNanos();
      }
    }
  }

  /** After an end that leaves the modem's mind unknown, nothing else is asked before set-up. */
  private void again(Answer answer) throws LineLost {
    if (answer.end() == Answer.End.GONE) {
      throw new LineLost(name + " is gone: the modem was unplugged or has restarted");
    }
    if (!answer.ok() && AtError.of(answer) != AtError.ACCEPTED) {
      setUpAgain = true;
    }
  }

  private void pace(AtDialogue at) throws LineLost {
    acknowledge(at);
    while (!closed() && nextPartAt - System.nanoTime() > 0) {
      at.listen();
    }
  }

  private void quiet(AtDialogue at, Duration pause) throws LineLost {
    long end = System.nanoTime() + pause.toNanos();
    while (!closed() && end - System.nanoTime() > 0) {
      at.listen();
    }
  }

  /** The next concatenation reference for this recipient. */
  private int reference(String recipient) {
    try {
      return (int) (memory.add("concat/" + recipient, 1) & 0x7FFF_FFFF);
    } catch (Memory.Away e) {
      log.warn("the store is away: a long message's reference is taken from the clock");
      return (int) (clock.millis() / 1000 & 0x7FFF_FFFF);
    }
  }

  private void note(Letter letter, int number, int reference, Instant at) {
    String imei = modem.imei();
    clerk.next(() -> receipts.sent(imei, reference, letter.phone.key(), letter, number, at));
  }

  /** Tells the sender, after what was noted about the letter before. */
  private void settle(Letter letter, Outcome outcome) {
    outbox.done(letter);
    clerk.next(() -> letter.outcome.complete(outcome));
  }

  private void handOn(Letter letter) {
    if (letter.handOn()) {
      outbox.back(letter);
    } else {
      settle(letter, new Outcome.Retry(AtError.RETRY.pause(), lastError));
    }
  }

  // ---- what the modem says unasked

  private void unasked(Unsolicited said) {
    if (said instanceof Unsolicited.Pdu pdu) {
      handle(pdu.hex(), new Ack.Push());
    } else if (said instanceof Unsolicited.Stored stored) {
      toRead.add(stored);
    } else if (said instanceof Unsolicited.Restarted restarted) {
      lastError = "the modem restarted (" + restarted.line() + ")";
      setUpAgain = true;
    } else if (said instanceof Unsolicited.Notice notice) {
      log.debug("{} says {}", name, notice.line());
      if (notice.line().contains("REG:")) {
        nextWatch = System.nanoTime();
      }
    }
  }

  private void handle(String hex, Ack ack) {
    String imei = modem.imei();
    String to = modem.address();
    Runnable kept = () -> acks.add(ack);
    Runnable work;
    try {
      Incoming incoming = Incoming.read(hex);
      if (incoming instanceof Incoming.Report report) {
        prove(report);
        work = () -> receipts.report(imei, report, kept);
      } else {
        work = () -> inbox.deliver(to, (Incoming.Deliver) incoming, kept);
      }
    } catch (MalformedPdu e) {
      log.warn("{} brought a PDU that can't be read: {}", name, e.getMessage());
      work = () -> inbox.unreadable(to, hex, e.getMessage(), kept);
    }
    if (underWayTo != null) {
      held.add(work); // a report may overtake the answer that names its reference
    } else {
      clerk.next(work);
    }
  }

  /** A report about the very part whose answer we wait for proves that it was taken. */
  private void prove(Incoming.Report report) {
    if (underWayTo != null
        && lastReference >= 0
        && report.reference() == ((lastReference + 1) & 0xFF)
        && Phone.key(report.recipient()).equals(underWayTo)) {
      provedReference = report.reference();
      provedAt = System.nanoTime();
    }
  }

  private void releaseHeld() {
    held.forEach(clerk::next);
    held.clear();
  }

  // ---- what lies in the modem

  /** Tells the modem what is kept, so that it may forget it. */
  private void acknowledge(AtDialogue at) throws LineLost {
    for (Ack ack = acks.poll(); ack != null; ack = acks.poll()) {
      if (ack instanceof Ack.Stored stored) {
        if (use(at, stored.storage())) {
          at.ask("AT+CMGD=" + stored.index(), timing.command());
        }
        offered.remove(stored.hex());
      } else {
        // An error means that the modem no longer waits for it; the watch sees to the rest.
        at.ask("AT+CNMA", timing.command());
      }
    }
  }

  private void readStored(AtDialogue at) throws LineLost {
    for (Unsolicited.Stored next = toRead.poll(); next != null; next = toRead.poll()) {
      Unsolicited.Stored where = next;
      if (use(at, where.storage())) {
        Answer answer = at.ask("AT+CMGR=" + where.index(), timing.command());
        answer.lines().stream()
            .filter(ModemSession::pdu)
            .findFirst()
            .ifPresent(hex -> take(hex, where.storage(), where.index()));
      }
    }
  }

  /** Reads everything received that lies stored: a full store would stop receipts. */
  private void drain(AtDialogue at) throws LineLost {
    nextDrain = System.nanoTime() + DRAIN_EVERY.toNanos();
    List<String> stores =
        modem.reporting().startsWith("2,1,0,2") ? List.of("SM", "ME", "SR") : List.of("SM", "ME");
    for (String store : stores) {
      if (use(at, store)) {
        Answer answer = at.ask("AT+CMGL=4", timing.command().multipliedBy(4));
        int index = -1;
        for (String text : answer.lines()) {
          if (text.matches("\\+CMGL:\\s*\\d+\\s*,\\s*[01]\\s*,.*")) {
            index = Integer.parseInt(text.replaceAll("\\+CMGL:\\s*(\\d+).*", "$1"));
          } else if (text.startsWith("+CMGL:")) {
            index = -1; // something that we or another wrote and stored
          } else if (index >= 0 && pdu(text)) {
            take(text, store, index);
            index = -1;
          }
        }
      }
    }
    use(at, modem.storage());
  }

  private void take(String hex, String where, int index) {
    if (offered.add(hex)) {
      handle(hex, new Ack.Stored(where, index, hex));
    }
  }

  private static boolean pdu(String text) {
    return text.matches("(?:[0-9A-Fa-f]{2}){8,200}");
  }

  private boolean use(AtDialogue at, String wanted) throws LineLost {
    if (wanted.isEmpty() || wanted.equals(storage)) {
      return !wanted.isEmpty();
    }
    if (at.ask("AT+CPMS=\"" + wanted + "\"", timing.command()).ok()) {
      storage = wanted;
      return true;
    }
    return false;
  }

  // ---- watching

  private void watch(AtDialogue at) throws LineLost {
    nextWatch = System.nanoTime() + timing.watch().toNanos();
    Answer quality = at.ask("AT+CSQ", Duration.ofSeconds(2));
    if (quality.end() == Answer.End.TIMEOUT && !at.resync(2)) {
      throw new LineLost(name + " does not answer any more: power it off and on if this stays so");
    }
    signal =
        quality
            .value("+CSQ:")
            .filter(v -> v.matches("\\d{1,2}\\s*,.*"))
            .map(v -> Integer.valueOf(v.replaceAll("\\D.*", "")))
            .orElse(99);
    registered = registered(at, "+CREG") || registered(at, "+CEREG") || registered(at, "+CGREG");
    if (!modem.reporting().isEmpty()) {
      String now = at.ask("AT+CNMI?", timing.command()).value("+CNMI:").orElse("");
      String want = modem.reporting().substring(0, 7);
      if (!now.isEmpty() && !now.replace(" ", "").startsWith(want)) {
        log.warn("{} had switched its reports off; switching them on again", name);
        at.ask("AT+CNMI=" + modem.reporting(), timing.command());
      }
    }
    if (setUpAgain) {
      return;
    }
    if (!registered) {
      become(
          State.DOWN,
          name
              + ": not registered with the network; check antenna, coverage and the SIM's contract");
    } else if (modem.reporting().isEmpty()) {
      become(State.READY, name + ": brings no status reports, so nothing sent is known to arrive");
    } else if (signal < 6) {
      become(
          State.READY,
          name + ": weak signal, %d dBm; move the antenna".formatted(-113 + 2 * signal));
    } else {
      become(State.READY, "");
    }
  }

  private boolean registered(AtDialogue at, String command) throws LineLost {
    // "n,stat": 1 home, 5 roaming, 6 and 7 the same for SMS only
    return at.ask("AT" + command + "?", timing.command())
        .value(command + ":")
        .map(v -> v.matches("(?:\\d\\s*,\\s*)?[1567](?:\\s*,.*)?"))
        .orElse(false);
  }

  private void become(State next, String reason) {
    if (closed() || (state == next && why.equals(reason))) {
      return;
    }
    boolean worse = next != State.READY;
    if (worse && next == State.DOWN) {
      lastError = reason;
    }
    state = next;
    why = reason;
    log.info("modem {} is {}{}", name, next, reason.isEmpty() ? "" : ": " + reason);
    pool.changed(this);
  }

  private static Duration elapsed(long since) {
    return Duration.ofNanos(System.nanoTime() - since);
  }
}

package org.lastmile.channel.sms;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.lastmile.channel.Health;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.at.LineLost;
import org.lastmile.channel.sms.at.SerialLine;
import org.lastmile.channel.sms.at.Unsolicited;
import org.lastmile.channel.sms.pdu.Incoming;
import org.lastmile.channel.sms.pdu.MalformedPdu;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that owns one modem's port from opening to closing: sets the modem up, watches it,
 * gives it letters to carry, and brings in what it says. Whatever happens to the modem, the thread
 * comes back to trying, and no letter stays with it.
 */
final class ModemSession implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(ModemSession.class);
  private static final Duration READ_STORES_EVERY = Duration.ofMinutes(5);
  private static final Duration STUCK = Duration.ofSeconds(10);

  /** Longest stay with what comes in while letters wait: the store may be slow or away. */
  private static final Duration CATCH_UP = Duration.ofSeconds(2);

  /** What a modem brings so soon after an acknowledgement was waiting for it. */
  private static final Duration AT_ONCE = Duration.ofMillis(50);

  /**
   * From an acknowledgement to what waited for it, on most modems; a report takes 7 ms by itself.
   */
  private static final Duration NEXT_FOLLOWS_WITHIN = Duration.ofMillis(10);

  private static final Duration ASIDE_FOR = Duration.ofSeconds(10);

  /** What a session needs of its surroundings. */
  interface Pool {
    /** Whether this session may use the modem with that IMEI; another port of it may be open. */
    boolean owns(ModemSession session, String imei);

    /** Whether the budget of this session's SIM allows that letter. */
    boolean mayCarry(ModemSession session, Letter letter);

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

  /** Something to tell the modem between letters. */
  private interface Errand {
    void run() throws LineLost;
  }

  private final String name;
  private final SmsConfig.Port port;
  private final Pool pool;
  private final Shared shared;
  private final Timing timing;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Set<String> readNotDeleted = ConcurrentHashMap.newKeySet();
  private final AtomicLong sent = new AtomicLong();
  private volatile SerialLine line;
  private volatile Modem modem;
  private volatile State state = State.STARTING;
  private volatile String why = "starting";
  private volatile int signal = Watch.NO_SIGNAL;
  private volatile String lastError = "";

  ModemSession(String name, SmsConfig.Port port, Pool pool, Shared shared) {
    this.name = name;
    this.port = port;
    this.pool = pool;
    this.shared = shared;
    this.timing = shared.timing();
  }

  String name() {
    return name;
  }

  State state() {
    return state;
  }

  /** What the modem said about itself, or null when it never did. */
  Modem modem() {
    return modem;
  }

  boolean open() {
    return line != null;
  }

  /** For the operator; no phone number appears whole. */
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
      facts.put("profile", m.profile());
      facts.put("operator", m.operator());
      facts.put("sim", m.ownNumber().isEmpty() ? "" : Phone.masked(m.ownNumber()));
      facts.put("signal", Watch.words(signal));
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
      try (PortLocks.Held lock = shared.locks().take(name);
          SerialLine opened = SerialLine.open(name, port.baud())) {
        log.debug("{} is ours{}", name, lock.file().map(file -> " by " + file).orElse(""));
        line = opened;
        while (!closed()) {
          new AtWork(opened).run();
        }
      } catch (LineLost e) {
        become(State.DOWN, e.getMessage());
      } catch (SetupFailure e) {
        become(e.aside() ? State.ASIDE : State.DOWN, e.getMessage());
        pause = e.pause();
      } catch (RuntimeException e) { // a defect must not silence a modem for good
        log.error("a defect stopped the session on {}", name, e);
        become(State.DOWN, name + ": internal error, see the log: " + e);
      } finally {
        line = null;
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

  private void become(State next, String reason) {
    if (closed() || (state == next && why.equals(reason))) {
      return;
    }
    if (next == State.DOWN) {
      lastError = reason;
    }
    state = next;
    why = reason;
    log.info("modem {} is {}{}", name, next, reason.isEmpty() ? "" : ": " + reason);
    pool.changed(this);
  }

  /** From one set-up of the modem to the next. */
  private final class AtWork {
    private final AtDialogue at;
    private final BlockingQueue<Errand> errands = new LinkedBlockingQueue<>();

    /** Indications that the modem waits to have acknowledged before it brings the next. */
    private int owed;

    /** When the last one was acknowledged, and whether another followed it at once. */
    private long acknowledged = System.nanoTime() - AT_ONCE.toNanos();

    private boolean more;

    private final List<Runnable> held = new ArrayList<>();
    private final List<Unsolicited.Stored> early = new ArrayList<>();
    private Modem set;
    private ModemStore store;
    private Carrier carrier;
    private Watch watch;
    private boolean restarted;
    private long nextReading;

    AtWork(SerialLine opened) {
      at = new AtDialogue(opened, this::unasked);
    }

    void run() throws LineLost, SetupFailure {
      set = new ModemSetup(port, name, at, shared.memory(), timing).run(modem);
      modem = set;
      if (!pool.owns(ModemSession.this, set.imei())) {
        throw SetupFailure.aside(
            name + " is another port of a modem that is already in use", ASIDE_FOR);
      }
      shared.budgets().begin(set.sim());
      shared.intents().begin(set.imei());
      store =
          new ModemStore(
              at, set, timing, readNotDeleted, (hex, where, index) -> stored(hex, where, index));
      carrier =
          new Carrier(
              name,
              port.perMinute(),
              at,
              set,
              store,
              shared,
              this::betweenParts,
              ModemSession.this::closed);
      watch = new Watch(name, at, set, timing);
      restarted = false; // what it said while being set up was about that
      early.forEach(store::announce);
      store.readAll();
      look();
      nextReading = System.nanoTime() + READ_STORES_EVERY.toNanos();
      while (!closed() && !restarted && !carrier.wantsSetUp()) {
        round();
      }
      if (!closed()) {
        become(State.STARTING, name + " is being set up again: " + lastError);
      }
    }

    private void round() throws LineLost, SetupFailure {
      catchUp();
      store.readAnnounced();
      if (watch.due()) {
        look();
      }
      if (System.nanoTime() - nextReading >= 0) {
        nextReading = System.nanoTime() + READ_STORES_EVERY.toNanos();
        store.readAll();
      }
      Letter letter =
          watch.registered() && !restarted && carrier.mayStart()
              ? shared.outbox().take(l -> pool.mayCarry(ModemSession.this, l))
              : null;
      if (letter == null) {
        at.listen();
      } else {
        carry(letter);
      }
    }

    /**
     * Takes in what the modem has to bring before anything more is sent. It brings one thing at a
     * time and waits for its acknowledgement: with one a letter, answers would queue up behind the
     * reports of the letters before, and the ladder would climb over people who have answered.
     */
    private void catchUp() throws LineLost {
      long end = System.nanoTime() + CATCH_UP.toNanos();
      try {
        while (!closed()) {
          long left = owed == 0 ? 0 : end - System.nanoTime();
          Errand errand = errands.poll(Math.max(0, left), TimeUnit.NANOSECONDS);
          if (errand == null) {
            return;
          }
          errand.run();
          if (owed == 0) {
            isThereAnother();
          }
        }
      } catch (InterruptedException e) {
        closing.countDown();
        Thread.currentThread().interrupt();
      }
    }

    /**
     * Waits for the next only where one followed the last at once, and not for long: a tenth of a
     * second for each letter would cost a sixth of what the line can carry. One that comes later
     * has its turn after the next letter.
     */
    private void isThereAnother() throws LineLost {
      Duration patience = more ? NEXT_FOLLOWS_WITHIN : Duration.ZERO;
      more = false;
      at.glance(patience);
    }

    private void look() throws LineLost {
      String trouble = watch.look();
      if (watch.wasMute()) {
        store.readAll();
      }
      signal = watch.signal();
      if (!restarted) {
        become(watch.registered() ? State.READY : State.DOWN, trouble);
      }
    }

    private void carry(Letter letter) throws LineLost, SetupFailure {
      try {
        carrier.carry(letter);
      } catch (RuntimeException e) { // a defect: the sender must hear of it all the same
        letter.outcome.complete(new Outcome.Unknown("internal error, see the log"));
        throw e;
      } finally {
        shared.outbox().done(letter);
        sent.addAndGet(carrier.takeSent());
        if (!carrier.lastError().isEmpty()) {
          lastError = carrier.lastError();
        }
        release();
      }
    }

    private void betweenParts() throws LineLost {
      release();
      catchUp();
    }

    /** A report may overtake the answer that names its reference: now it has its turn. */
    private void release() {
      held.forEach(shared.clerk()::next);
      held.clear();
    }

    private void unasked(Unsolicited said) {
      if (said instanceof Unsolicited.Pdu pdu) {
        more |= System.nanoTime() - acknowledged < AT_ONCE.toNanos();
        owed += handle(pdu.hex(), this::acknowledge) ? 1 : 0;
      } else if (said instanceof Unsolicited.Stored stored) {
        if (store == null) {
          early.add(stored);
        } else {
          store.announce(stored);
        }
      } else if (said instanceof Unsolicited.Restarted sign) {
        lastError = "the modem restarted (" + sign.line() + ")";
        restarted = true;
      } else if (said instanceof Unsolicited.Notice notice && watch != null) {
        watch.notice(notice.line());
      }
    }

    private void stored(String hex, String where, int index) {
      if (!handle(hex, () -> store.delete(hex, where, index))) {
        log.debug("{} is not known yet: its store is read again later", name);
      }
    }

    private void acknowledge() throws LineLost {
      owed = Math.max(0, owed - 1);
      acknowledged = System.nanoTime();
      // An error answer means that the modem no longer waits for it; the watch sees to the rest.
      at.ask("AT+CNMA", timing.command());
    }

    /** False when nobody is there to take it yet. */
    private boolean handle(String hex, Errand acknowledge) {
      Runnable kept = () -> errands.add(acknowledge);
      Modem from = set == null ? modem : set;
      if (from == null) {
        return false; // not acknowledged: the network brings it again once we know who is speaking
      }
      Runnable work;
      // A report is taken in while a later part is on its way, so that nobody waits for the store.
      boolean tooEarly = carrier != null && carrier.underWay();
      try {
        Incoming incoming = Incoming.read(hex);
        if (incoming instanceof Incoming.Report report) {
          if (carrier != null) {
            carrier.prove(report);
            tooEarly = carrier.mayBeUnderWay(report);
          }
          work = () -> shared.receipts().report(from.imei(), report, kept);
        } else {
          work = () -> shared.inbox().deliver(from.address(), (Incoming.Deliver) incoming, kept);
        }
      } catch (MalformedPdu e) {
        log.warn("{} brought a PDU that can't be read: {}", name, e.getMessage());
        work = () -> shared.inbox().unreadable(from.address(), hex, e.getMessage(), kept);
      }
      if (tooEarly) {
        held.add(work);
      } else {
        shared.clerk().next(work);
      }
      return true;
    }
  }
}

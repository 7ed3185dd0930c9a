package org.lastmile.channel.sms;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.lastmile.channel.Health;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.at.Finding;
import org.lastmile.channel.sms.at.LineLost;
import org.lastmile.channel.sms.at.Said;
import org.lastmile.channel.sms.at.SerialLine;
import org.lastmile.channel.sms.at.Trouble;
import org.lastmile.channel.sms.at.Unsolicited;
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

  /** After a letter another is likely, for so long. */
  private static final Duration BUSY = Duration.ofSeconds(2);

  private static final Duration NEXT_LETTER = Duration.ofMillis(20);

  private static final Duration ASIDE_FOR = Duration.ofSeconds(10);

  /** A modem that restarts is deaf for longer than that, and one behind USB vanishes. */
  private static final Duration RESTART_TAKES = Duration.ofSeconds(3);

  /** Set-ups in a row without a part sent, before the modem is taken for confused. */
  private static final int SET_UPS = 3;

  /** Questions for its attention, each of a second: where a modem is known to be, and elsewhere. */
  private static final int TRIES = 5;

  private static final int TRIES_ELSEWHERE = 2;

  /** What a session needs of its surroundings. */
  interface Pool {
    /** Whether this session may use the modem with that IMEI; another port of it may be open. */
    boolean owns(ModemSession session, String imei);

    /** Whether the budget of this session's SIM allows that letter. */
    boolean mayCarry(ModemSession session, Letter letter);

    /** Whether another modem could take over what this one can't send. */
    boolean another(ModemSession session);

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

  private final String name;
  private final SmsConfig.Port port;
  private final Ports ports;
  private final Pool pool;
  private final Shared shared;
  private final Timing timing;
  private final Recovery recovery;
  private final PowerSwitch power;
  private final Pin pin;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Set<String> readNotDeleted = ConcurrentHashMap.newKeySet();
  private final Speeds speeds;
  private final Sent sent = new Sent();
  private volatile SerialLine line;
  private volatile String device;
  private volatile String place = "";
  private volatile Modem modem;
  private volatile State state = State.STARTING;
  private volatile Finding why;
  private volatile int signal = Network.NO_SIGNAL;
  private volatile String operator = "";
  private volatile Said lastError = Said.NOTHING;
  private volatile Finding recovered = Finding.NONE;
  private volatile boolean resting;
  private int setUps;

  /** The letter that the last set-up was about. */
  private String doubted = "";

  private boolean centreNeeded;

  ModemSession(String name, SmsConfig.Port port, Ports ports, Pool pool, Shared shared) {
    this.name = name;
    this.port = port;
    this.ports = ports;
    this.pool = pool;
    this.shared = shared;
    this.timing = shared.timing();
    recovery = new Recovery(timing.restart(), port.powerCycle().given(), port.powerCycle().every());
    power = new PowerSwitch(port.powerCycle());
    speeds = new Speeds(port.baud());
    pin = new Pin(port.pin(), shared.memory(), shared.clerk());
    device = name;
    why = Finding.of(Trouble.STARTING, name);
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

  /** Whether that modem is behind its port now. */
  boolean has(String imei) {
    Modem m = modem;
    return line != null && m != null && m.imei().equals(imei);
  }

  /** The device it uses: another than its name after the modem came back elsewhere. */
  String device() {
    return device;
  }

  /** For the operator; no phone number appears whole. */
  Health.Part part(int queue) {
    Map<String, String> facts = new LinkedHashMap<>();
    Finding now = why;
    facts.put("port", name);
    facts.put("state", state.name());
    facts.put("trouble", now.trouble().name());
    facts.put("whyZh", now.wordsInChinese());
    facts.put("queue", Integer.toString(queue));
    facts.put("sent", Long.toString(sent.total()));
    facts.put("sentPerMinute", Integer.toString(sent.lastMinute()));
    facts.put("lastError", lastError.english());
    facts.put("lastErrorZh", lastError.chinese());
    facts.put("recovery", recovered.words());
    facts.put("recoveryZh", recovered.wordsInChinese());
    facts.put("usb", place);
    Modem m = modem;
    if (m != null) {
      facts.put("baud", Integer.toString(speeds.now()));
      facts.put("imei", m.imei());
      facts.put("model", m.model());
      facts.put("profile", m.profile().name());
      facts.put("operator", operator);
      facts.put("sim", m.ownNumber().isEmpty() ? "" : Phone.masked(m.ownNumber()));
      facts.put("signal", Network.words(signal));
    }
    return new Health.Part(name, health(), now.words(), facts);
  }

  Health.State health() {
    return state != State.READY
        ? Health.State.DOWN
        : why.none() ? Health.State.UP : Health.State.DEGRADED;
  }

  /** Whether it can take a letter now, or as soon as the one on it is done. */
  boolean free() {
    return state == State.READY && !resting;
  }

  /** Frees a thread that is stuck in a write that nobody takes. */
  void unstick() {
    SerialLine open = line;
    if (open != null && open.stuck(STUCK)) {
      log.warn("{}", Finding.of(Trouble.TAKES_NOTHING, name));
      free(open);
    }
  }

  /** In a thread of its own: a driver may keep whoever closes a port that takes nothing. */
  private void free(SerialLine open) {
    Thread thread = new Thread(open::close, "sms-free-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Ends the thread soon; a letter under way is the channel's to answer for. */
  void close() {
    closing.countDown();
    SerialLine open = line;
    if (open != null) {
      free(open);
    }
  }

  private boolean closed() {
    return closing.getCount() == 0;
  }

  @Override
  public void run() {
    while (!closed()) {
      Duration pause = timing.reopen();
      Finding trouble = Finding.NONE;
      boolean hears = false;
      try {
        try {
          device = whereItIs();
          work();
        } catch (LineLost e) {
          trouble = e.finding();
          become(State.DOWN, trouble);
        } catch (SetupFailure e) {
          trouble = e.finding();
          speeds.failed(trouble.trouble());
          hears = Speeds.heard(trouble.trouble());
          centreNeeded |= trouble.trouble() == Trouble.NO_CENTRE;
          become(e.aside() ? State.ASIDE : State.DOWN, trouble);
          pause = e.pause();
        }
        if (!hears && !closed()) {
          switchPowerIfDue(trouble);
        }
      } catch (RuntimeException | LinkageError e) { // must not silence a modem for good
        log.error("a defect stopped the session on {}", name, e);
        become(State.DOWN, Finding.of(Trouble.DEFECT, name, e.toString()));
      }
      sleep(pause);
    }
    state = State.DOWN;
  }

  private void work() throws LineLost, SetupFailure {
    try (PortLocks.Held lock = shared.locks().take(device);
        SerialLine opened = SerialLine.open(device, speeds.next())) {
      log.debug("{} is ours{}", device, lock.file().map(file -> " by " + file).orElse(""));
      line = opened;
      place = ports.usb(device).map(Ports.Usb::at).orElse("");
      while (!closed()) {
        new AtWork(opened).run();
      }
    } finally {
      line = null;
    }
  }

  /**
   * Where a port that is configured by its name is to be opened. A modem that restarted often comes
   * back under the next free name while programs still hold the old one; its plug is the same.
   */
  private String whereItIs() {
    if (place.isEmpty() || Files.exists(Path.of(name)) || Ports.pattern(port.port())) {
      return name;
    }
    String now = ports.at(place).orElse(name);
    if (!now.equals(device)) {
      log.info("modem {} is back as {}", name, now);
    }
    return now;
  }

  /**
   * Only where a modem is known to be, or is said to be: a pattern also finds the other ports of a
   * modem that works.
   */
  private void switchPowerIfDue(Finding trouble) {
    if ((modem != null || !Ports.pattern(port.port()))
        && recovery.next(trouble.trouble(), false, System.nanoTime())
            == Recovery.Step.SWITCH_POWER) {
      switchPower(trouble);
    }
  }

  private void switchPower(Finding trouble) {
    log.warn("{}: switching its power, because: {}", name, trouble);
    become(State.DOWN, Finding.of(Trouble.POWER_CYCLING, name, trouble));
    Modem m = modem;
    recovered = power.cycle(device, m == null ? "" : m.imei(), place, when(), this::closed);
    log.warn("{}: {}", name, recovered);
    become(State.DOWN, trouble);
  }

  private String when() {
    return shared.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString();
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

  private void become(State next, Finding reason) {
    if (closed() || (state == next && why.equals(reason))) {
      return;
    }
    if (next == State.DOWN) {
      lastError = reason.said();
    }
    state = next;
    why = reason;
    log.info("modem {} is {}{}", name, next, reason.none() ? "" : ": " + reason);
    try {
      pool.changed(this);
    } catch (RuntimeException e) { // whoever is told must not end the one who tells
      log.error("a defect: what became of {} was not told", name, e);
    }
  }

  /** From one set-up of the modem to the next. */
  private final class AtWork {
    private final AtDialogue at;
    private final Arrivals arrivals;
    private final List<Unsolicited.Stored> early = new ArrayList<>();
    private ModemStore store;
    private Carrier carrier;
    private Watch watch;
    private boolean restarted;
    private long nextReading;
    private long lastCarried = System.nanoTime();

    AtWork(SerialLine opened) {
      at = new AtDialogue(opened, this::unasked);
      arrivals = new Arrivals(name, at, shared, ModemSession.this::closed);
    }

    void run() throws LineLost, SetupFailure {
      Modem set = setUp();
      modem = set;
      operator = set.operator();
      speeds.right();
      centreNeeded &= set.centre().isEmpty();
      if (!pool.owns(ModemSession.this, set.imei())) {
        throw new SetupFailure(Finding.of(Trouble.SAME_MODEM, name), ASIDE_FOR);
      }
      shared.budgets().begin(set.sim());
      shared.intents().begin(set.imei());
      // What the set-up before this one read and could not delete is read again; whoever has it
      // knows it by its id.
      readNotDeleted.clear();
      store =
          new ModemStore(
              at,
              set,
              timing,
              readNotDeleted,
              shared.readOnly(),
              (hex, where, index) -> arrivals.stored(hex, () -> store.delete(hex, where, index)));
      carrier =
          new Carrier(
              name,
              port.perMinute(),
              at,
              set,
              store,
              shared,
              this::betweenParts,
              () -> pool.another(ModemSession.this),
              ModemSession.this::closed);
      arrivals.of(set, carrier);
      watch = new Watch(name, at, set, store, timing);
      restarted = false; // what it said while being set up was about that
      early.forEach(store::announce);
      store.readAll();
      look();
      nextReading = System.nanoTime() + READ_STORES_EVERY.toNanos();
      while (!closed() && !restarted && !carrier.wantsSetUp()) {
        round();
      }
      if (!closed()) {
        countSetUp();
        if (setUps >= SET_UPS) {
          restartIfDue(Finding.of(Trouble.CONFUSED, name, Integer.toString(setUps), lastError));
        }
        become(State.STARTING, Finding.of(Trouble.SET_UP_AGAIN, name, lastError));
      }
    }

    /** However often one letter is refused, it shows nothing of the modem but once. */
    private void countSetUp() {
      if (carrier.wantsSetUp()) {
        String letter = carrier.doubted();
        setUps += letter.isEmpty() || !letter.equals(doubted) ? 1 : 0;
        doubted = letter;
      }
    }

    private Modem setUp() throws LineLost, SetupFailure {
      try {
        return new ModemSetup(port, name, ports.wire(device), at, pin, shared.memory(), timing)
            .run(speeds.usual() ? TRIES : TRIES_ELSEWHERE, modem, centreNeeded);
      } catch (SetupFailure e) {
        if (Speeds.heard(e.finding().trouble())) {
          restartIfDue(e.finding());
        }
        throw e;
      }
    }

    /** The next step with a modem that hears us and still can't be used. */
    private void restartIfDue(Finding trouble) throws LineLost, SetupFailure {
      Recovery.Step step = recovery.next(trouble.trouble(), true, System.nanoTime());
      if (step == Recovery.Step.RESTART) {
        restart(trouble);
      } else if (step == Recovery.Step.SWITCH_POWER) {
        switchPower(trouble);
        throw new SetupFailure(trouble, RESTART_TAKES);
      }
    }

    private void restart(Finding trouble) throws LineLost, SetupFailure {
      log.warn("{}: telling it to restart, because: {}", name, trouble);
      Profile profile = modem == null ? Profile.generic() : modem.profile();
      setUps = 0;
      for (String command : profile.restart()) {
        if (at.ask(command, timing.command()).ok()) {
          recovered = Finding.of(Trouble.RESTARTED, name, when());
          throw new SetupFailure(Finding.of(Trouble.RESTARTING, name, trouble), RESTART_TAKES);
        }
      }
      log.warn("{}: it refuses to restart", name);
    }

    private void round() throws LineLost, SetupFailure {
      arrivals.catchUp();
      store.readAnnounced();
      if (watch.due()) {
        look();
      }
      if (System.nanoTime() - nextReading >= 0) {
        nextReading = System.nanoTime() + READ_STORES_EVERY.toNanos();
        store.readAll();
      }
      resting = carrier.resting();
      Letter letter =
          watch.registered() && !restarted && carrier.mayStart()
              ? shared.outbox().take(l -> pool.mayCarry(ModemSession.this, l))
              : null;
      if (letter != null) {
        carry(letter);
        lastCarried = System.nanoTime();
      } else if (System.nanoTime() - lastCarried > BUSY.toNanos()) {
        at.listen();
      } else {
        awaitLetter();
      }
    }

    /** In the middle of work the next letter comes sooner than the modem has anything to say. */
    private void awaitLetter() throws LineLost {
      if (!at.poll()) {
        try {
          shared.outbox().await(NEXT_LETTER);
        } catch (InterruptedException e) {
          closing.countDown();
          Thread.currentThread().interrupt();
        }
      }
    }

    /** A long letter takes many seconds, in which people answer. */
    private void betweenParts() throws LineLost {
      arrivals.betweenParts();
      store.readAnnounced();
    }

    private void look() throws LineLost, SetupFailure {
      Finding trouble = watch.look();
      if (watch.wasMute()) {
        store.readAll();
      }
      signal = watch.signal();
      operator = watch.operator();
      if (restarted) {
        return;
      }
      if (watch.registered() && !carrier.refused().none()) {
        become(State.DOWN, carrier.refused());
      } else if (watch.registered()) {
        recovery.well();
        become(State.READY, trouble);
      } else {
        become(State.DOWN, trouble);
        restartIfDue(trouble);
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
        int parts = carrier.takeSent();
        sent.add(parts);
        setUps = parts > 0 ? 0 : setUps;
        if (!carrier.lastError().equals(Said.NOTHING)) {
          lastError = carrier.lastError();
        }
        arrivals.release();
      }
      if (!carrier.refused().none()) {
        become(State.DOWN, carrier.refused());
      }
    }

    private void unasked(Unsolicited said) {
      if (said instanceof Unsolicited.Pdu pdu) {
        arrivals.pushed(pdu.hex());
      } else if (said instanceof Unsolicited.Stored stored) {
        if (store == null) {
          early.add(stored);
        } else {
          store.announce(stored);
        }
      } else if (said instanceof Unsolicited.Restarted sign) {
        lastError =
            new Said("the modem restarted (" + sign.line() + ")", "短信猫重启了（" + sign.line() + "）");
        restarted = true;
      } else if (said instanceof Unsolicited.Notice notice && watch != null) {
        watch.notice(notice.line());
      }
    }
  }
}

package org.lastmile.simulators.modem;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.lastmile.simulators.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A GSM modem in PDU mode behind a path like /dev/ttyUSB0. The path is a symbolic link to a fresh
 * pseudo-terminal at every {@link #plug()}, and is gone while the modem is unplugged. Methods may
 * be called from any thread; all that the modem does happens on its own.
 */
public final class VirtualModem implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualModem.class);
  private static final int SR_SLOTS = 20;
  private static final String READY = "READY";

  /** {@code +CME ERROR: 10} rather than a state. */
  static final String NOT_INSERTED = "NOT INSERTED";

  private static final Duration BABBLE = Duration.ofMillis(20);
  private static final Duration CFUN_RESET = Duration.ofSeconds(1);

  /** How it deals with what it hears. */
  public enum Manner {
    OBEYS,
    /** As OBEYS, but it echoes for ever, whatever ATE0 was answered. */
    ECHOES,
    /** As a plug whose lines are joined: says back what it hears, and nothing else. */
    REPEATS,
    /** Hears nothing and never stops talking, as a GPS port does. */
    BABBLES
  }

  private final Path link;
  private final ModemSettings settings;
  private final Smsc smsc;
  private final Loop loop;
  private final Random random;
  private final Map<String, Storage> storages;
  private final Arrivals arrivals;
  private final Smsc.Line line;
  private final Queue<Fault> faults = new ArrayDeque<>();
  private final List<Consumer<Fault>> hooks = new CopyOnWriteArrayList<>();
  private SerialLine serial;
  private Dialogue dialogue;
  private final Map<String, Integer> refusals = new HashMap<>();
  private final Set<String> losses = new HashSet<>();
  private boolean locked;
  private int pins;
  private Manner manner = Manner.OBEYS;
  private String sim = READY;
  private String simSeen = READY;
  private String centre = "+8613800100500";
  private int radio = 1;
  private int baud;
  private int registration = 1;
  private int signal = 20;
  private int reference;
  private long submits;
  private long accepted;
  private long refused;
  private long badPdus;
  private long plugged;
  private long lostOctets;

  /**
   * Makes the modem and plugs it.
   *
   * @param link path that clients open; missing folders are made
   * @param smsc the centre, shared by all modems that reach the same phones, closed by the caller
   */
  public VirtualModem(Path link, ModemSettings settings, Smsc smsc) {
    this.link = link;
    this.settings = settings;
    this.smsc = smsc;
    random = new Random(settings.seed());
    storages = Map.of("SM", new Storage(settings.slots()), "SR", new Storage(SR_SLOTS));
    arrivals = new Arrivals(this, storages);
    loop = new Loop("modem " + link.getFileName());
    line = new SimLine();
    smsc.join(line);
    plug();
  }

  private final class SimLine implements Smsc.Line {
    private final String number = Smsc.normal(settings.number());

    @Override
    public String number() {
      return number;
    }

    @Override
    public void bring(Downlink pdu) {
      loop.run(
          () -> {
            arrivals.add(pdu);
            pump();
          });
    }
  }

  /** Path that clients open. */
  public Path link() {
    return link;
  }

  /** Number of its SIM as the centre knows it, without country code. */
  public String number() {
    return line.number();
  }

  public ModemSettings settings() {
    return settings;
  }

  public Smsc smsc() {
    return smsc;
  }

  /** The next {@code count} AT+CMGS commands go wrong in this way, after the ones already set. */
  public void next(int count, Fault fault) {
    loop.tell(
        () -> {
          for (int i = 0; i < count; i++) {
            faults.add(fault);
          }
        });
  }

  /** Answers ERROR to that command, e.g. {@code +CGSN} or {@code +CPIN=}, the next times. */
  public void refuses(int times, String command) {
    loop.tell(() -> refusals.put(command, times));
  }

  /** Obeys that command once more and does not answer it. */
  public void losesAnswerTo(String command) {
    loop.tell(() -> losses.add(command));
  }

  /** How many PINs it has been told. */
  public int pins() {
    return loop.ask(() -> pins);
  }

  /** Calls for every fault at the moment when its AT+CMGS comes, on the modem's own thread. */
  public void onFault(Consumer<Fault> hook) {
    hooks.add(hook);
  }

  /** Plugs it in: a new terminal behind the same path, factory settings, boot lines. */
  public void plug() {
    loop.tell(() -> plugIn());
  }

  /** Pulls it out: clients see their peer gone, what is under way is lost. */
  public void unplug() {
    loop.tell(() -> pullOut());
  }

  /** Whether it is plugged now. */
  public boolean isPlugged() {
    return loop.ask(() -> serial != null);
  }

  /** Restarts now: nothing is heard or said for that long, then factory settings and boot lines. */
  public void restart(Duration silence) {
    loop.tell(() -> reset(silence));
  }

  /** Hears and says nothing for that long; settings stay. */
  public void silence(Duration time) {
    loop.tell(() -> silent(time));
  }

  /** Sends an unsolicited line as soon as the line is idle or not, in the middle of an answer. */
  public void says(String unsolicited) {
    loop.run(() -> send("\r\n" + unsolicited + "\r\n"));
  }

  /** Network state as +CREG says it: 1 home, 5 roaming, 2 searching, 3 denied, 0 not searching. */
  public void registration(int state) {
    loop.tell(
        () -> {
          registration = state;
          if (dialogue != null && dialogue.registers().registrationUrc > 0) {
            send("\r\n+CREG: " + state + "\r\n");
          }
        });
  }

  /** Field strength as +CSQ says it: 0 to 31, 99 unknown. */
  public void signal(int csq) {
    loop.tell(() -> signal = csq);
  }

  /** From now on. */
  public void manner(Manner next) {
    loop.tell(
        () -> {
          manner = next;
          babble();
        });
  }

  /**
   * What {@code +CPIN} says of its SIM, e.g. {@code NOT INSERTED} (an error then), {@code SIM PUK},
   * {@code READY}. A SIM that is put in is seen only after a restart, as with many real ones.
   */
  public void sim(String state) {
    loop.tell(
        () -> {
          sim = state;
          simSeen = simSeen.equals(NOT_INSERTED) ? simSeen : state;
        });
  }

  /** Number of the service centre that its SIM knows; empty for none. */
  public void centre(String number) {
    loop.tell(
        () -> {
          centre = number;
          if (dialogue != null) {
            dialogue.registers().centre = number;
          }
        });
  }

  /** {@code +CFUN}: 1 on, 0 off, 4 flight mode. */
  public void radio(int state) {
    loop.tell(() -> radio = state);
  }

  /** The speed at which it understands and is understood; 0 = any, as behind USB. */
  public void baud(int speed) {
    loop.tell(() -> baud = speed);
  }

  /** Fills what is free in a storage with messages that were written there, not received. */
  public void fill(String storage) {
    loop.tell(() -> storages.get(storage).fill());
  }

  /** What it has seen so far. */
  public ModemStatistics statistics() {
    return loop.ask(
        () ->
            new ModemStatistics(
                submits,
                accepted,
                refused,
                badPdus,
                arrivals.delivers,
                arrivals.reports,
                arrivals.lostReports,
                arrivals.missingAcknowledgements,
                plugged,
                lostOctets));
  }

  /** Unplugs it for good and leaves the centre. */
  @Override
  public void close() {
    if (!loop.isClosed()) {
      unplug();
      smsc.leave(line);
      loop.close();
    }
  }

  // What follows happens on the modem's thread.

  private void heard(byte[] octets) {
    if (manner == Manner.REPEATS) {
      serial.write(octets);
    } else if (dialogue != null && manner != Manner.BABBLES) {
      if (inStep()) {
        dialogue.feed(octets);
      } else {
        serial.write(new byte[] {(byte) 0xF8, 0, (byte) 0x80});
      }
    }
  }

  private boolean inStep() {
    return baud == 0 || (serial != null && serial.runsAt(baud));
  }

  private void babble() {
    if (manner == Manner.BABBLES && serial != null) {
      serial.write("$GPGGA,,,,,,0,,,,,,,,*66\r\n".getBytes(StandardCharsets.ISO_8859_1));
      afterAnyRestart(BABBLE, this::babble);
    }
  }

  private void plugIn() {
    if (serial == null) {
      plugged++;
      serial = SerialLine.open(link, octets -> loop.run(() -> heard(octets)));
      boot();
    }
  }

  private void boot() {
    dialogue = new Dialogue(this);
    dialogue.registers().centre = centre;
    simSeen = sim;
    locked = !settings.pin().isEmpty();
    String pin = locked ? "SIM PIN" : "READY";
    send("\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: " + pin + "\r\n\r\nSMS Ready\r\n");
  }

  private void pullOut() {
    dialogue = null;
    arrivals.interrupted();
    if (serial != null) {
      serial.close();
      serial = null;
    }
  }

  void unplugFor(Duration time) {
    pullOut();
    afterAnyRestart(time, this::plugIn);
  }

  void reset(Duration silence) {
    dialogue = null;
    arrivals.interrupted();
    afterAnyRestart(
        silence,
        () -> {
          if (serial != null && dialogue == null) {
            boot();
          }
        });
  }

  void soonReset() {
    after(Duration.ofMillis(1), () -> reset(CFUN_RESET));
  }

  void silent(Duration time) {
    Dialogue before = dialogue;
    dialogue = null;
    afterAnyRestart(
        time,
        () -> {
          if (serial != null && dialogue == null) {
            dialogue = before;
            pump();
          }
        });
  }

  void send(String text) {
    if (serial != null
        && dialogue != null
        && !text.isEmpty()
        && manner != Manner.REPEATS
        && manner != Manner.BABBLES
        && inStep()) {
      byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
      lostOctets += octets.length - serial.write(octets);
    }
  }

  void pump() {
    if (dialogue != null && dialogue.idle() && registered()) {
      arrivals.pump(dialogue.registers());
    }
  }

  boolean acknowledge(boolean received) {
    return arrivals.acknowledge(received);
  }

  Fault nextFault() {
    submits++;
    Fault next = faults.isEmpty() ? Fault.none() : faults.remove();
    if (next.kind() != Fault.Kind.NONE) {
      hooks.forEach(hook -> hook.accept(next));
    }
    return next;
  }

  OptionalInt accept(Submit submit, int withReference) {
    OptionalInt refusal = smsc.accept(line, submit, withReference);
    if (refusal.isEmpty()) {
      accepted++;
    }
    return refusal;
  }

  /** TP-MR: counts from 0 to 255 and starts again. */
  int nextReference() {
    int next = reference;
    reference = (reference + 1) % 256;
    return next;
  }

  void refused() {
    refused++;
  }

  void badPdu(BadPdu problem) {
    badPdus++;
    refused++;
    LOG.warn("{}: bad PDU: {}", link.getFileName(), problem.getMessage());
  }

  boolean locked() {
    return locked;
  }

  boolean refuses(String command) {
    int left = refusals.getOrDefault(command, 0);
    refusals.put(command, Math.max(0, left - 1));
    return left > 0;
  }

  boolean loses(String command) {
    return losses.remove(command);
  }

  boolean unlock(String pin) {
    pins++;
    locked = locked && !pin.equals(settings.pin());
    return !locked;
  }

  String sim() {
    return locked ? "SIM PIN" : simSeen;
  }

  int radio() {
    return radio;
  }

  void switchRadio(int state) {
    radio = state;
  }

  boolean echoes() {
    return manner == Manner.ECHOES;
  }

  boolean registered() {
    return sim().equals(READY) && radio == 1 && (registration == 1 || registration == 5);
  }

  int registration() {
    return sim().equals(READY) && radio == 1 ? registration : 0;
  }

  int signal() {
    return signal;
  }

  Storage storage(String name) {
    return storages.get(name);
  }

  String noise() {
    StringBuilder noise = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      noise.append("\0\u00ff~#@\u007fAT+x9\r\n".charAt(random.nextInt(13)));
    }
    return noise.append("\r\n").toString();
  }

  /** Does it later unless the modem was restarted or unplugged meanwhile. */
  void after(Duration delay, Runnable task) {
    Dialogue now = dialogue;
    loop.after(
        delay,
        () -> {
          if (dialogue == now) {
            task.run();
          }
        });
  }

  void afterAnyRestart(Duration delay, Runnable task) {
    loop.after(delay, task);
  }
}

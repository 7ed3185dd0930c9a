package org.lastmile.simulators.speakers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One loudspeaker. It obeys the contract unless it is told to misbehave. Methods may be called from
 * any thread; everything that it does happens on its event loop.
 */
public final class Speaker {
  private static final Logger LOG = LoggerFactory.getLogger(Speaker.class);
  private static final int AUDIBLE = 30;
  private static final long CLOCK_PROVEN_WRONG = 600;
  private static final int SILENT_HEARTBEATS = 3;
  private static final long NANOS_FOR_A_FLOOR = TimeUnit.MINUTES.toNanos(5);

  private final SpeakerSettings settings;
  private final SpeakerFleet fleet;
  private final EventLoop loop;
  private final CommandMemory memory = new CommandMemory();
  private final Outbox outbox = new Outbox();
  private final Player player;
  private volatile TrustList trust;
  private final List<Play> plays = new ArrayList<>();
  private final long poweredOn = System.nanoTime();

  private volatile boolean online;
  private volatile int volume = 100;
  private volatile boolean muted;
  private volatile boolean clockSet = true;
  private volatile boolean dumb;
  private volatile boolean twice;
  private volatile boolean swapped;
  private volatile String refusal;
  private volatile String failure;
  private volatile String fault = "";
  private volatile Integer battery;
  private volatile Integer signal;
  private volatile Boolean hears;
  private volatile Duration slowness = Duration.ZERO;
  private volatile Duration absence = Duration.ZERO;
  private final AtomicLong commands = new AtomicLong();
  private final AtomicLong connects = new AtomicLong();
  private final AtomicLong receipts = new AtomicLong();

  private final Set<String> clips = ConcurrentHashMap.newKeySet();
  private volatile Set<String> groups;
  private volatile int mostVolume = 100;
  private volatile Duration heartbeat;
  private String configured = "";
  private String lastObeyed = "";
  private volatile boolean history = true;
  private volatile boolean keepsTime = true;
  private volatile boolean needsFloor;
  private volatile long clockOffset;
  private String boot = "";
  private volatile String nextBoot = "";
  private long bootAt;
  private boolean powered;
  private ConnectionSide side;
  private Connection connection;
  private Runnable heldReceipt;
  private long session;
  private int failures;
  private int unanswered;

  Speaker(SpeakerSettings settings, SpeakerFleet fleet, EventLoop loop) {
    this.settings = settings;
    this.fleet = fleet;
    this.loop = loop;
    trust = fleet.provisioned();
    groups = settings.groups();
    heartbeat = fleet.settings().heartbeat();
    player = new Player(loop, fleet.settings().playTime(), new PlayerSide());
  }

  public SpeakerSettings settings() {
    return settings;
  }

  public String id() {
    return settings.id();
  }

  /** Connected, subscribed, and its birth is published. */
  public boolean isOnline() {
    return online;
  }

  /** What it played to the end, in order. */
  public List<Play> played() {
    synchronized (plays) {
      return List.copyOf(plays);
    }
  }

  /** Commands that reached it, refused ones and repeats included. */
  public long commands() {
    return commands.get();
  }

  /** Receipts that it made. */
  public long receipts() {
    return receipts.get();
  }

  /** Connections that it made. */
  public long connects() {
    return connects.get();
  }

  /** Receipts that the server has not acknowledged yet. */
  public int unacknowledged() {
    return outbox.receipts();
  }

  long repeated() {
    return outbox.repeated();
  }

  /** It obeys nothing until a floor for its boot has come. */
  public boolean needsFloor() {
    return needsFloor;
  }

  /** Ids of the keys it trusts, the recovery key included. */
  public List<String> trusted() {
    return trust.keys().stream().map(TrustList.Key::kid).toList();
  }

  // How it behaves.

  /** Is away for that long after the fleet starts. */
  public Speaker startsAfter(Duration time) {
    absence = time;
    return this;
  }

  /** Its own knob, 0 to 100: bounds what commands ask for. */
  public Speaker volume(int percent) {
    volume = percent;
    return this;
  }

  /** Output switched off: it plays unheard and says so. */
  public Speaker muted(boolean value) {
    muted = value;
    return this;
  }

  /** Runs on a battery with that many per cent left; null = it has none, or does not say. */
  public Speaker battery(Integer percent) {
    battery = percent;
    return this;
  }

  /** Strength of its mobile network, dBm; null = it does not say. */
  public Speaker signal(Integer dbm) {
    signal = dbm;
    return this;
  }

  /** Its clock is off by that much; a floor sets one right that is off by minutes. */
  public Speaker clockOff(Duration time) {
    clockOffset = time.toSeconds();
    return this;
  }

  /** What it says that is broken, such as AMPLIFIER; empty ends it. */
  public Speaker fault(String code) {
    fault = code;
    return this;
  }

  /** Whether its own microphone hears what it plays; null = it has none. */
  public Speaker hears(Boolean itself) {
    hears = itself;
    return this;
  }

  /** Waits that long before it looks at a command. */
  public Speaker slow(Duration time) {
    slowness = time;
    return this;
  }

  /** Every receipt twice. */
  public Speaker repeatsReceipts(boolean value) {
    twice = value;
    return this;
  }

  /** Every other receipt after its successor. */
  public Speaker swapsReceipts(boolean value) {
    swapped = value;
    return this;
  }

  /** Refuses every well-signed command with that reason, such as BUSY; null ends it. */
  public Speaker refuses(String reason) {
    refusal = reason;
    return this;
  }

  /** Takes commands and can't play them, with a reason such as NO_SOUND; null ends it. */
  public Speaker fails(String reason) {
    failure = reason;
    return this;
  }

  /** Takes commands and does nothing at all. */
  public Speaker neverAnswers(boolean value) {
    dumb = value;
    return this;
  }

  /** Whether its clock is set; without one it plays and says {@code "at":0}. */
  public Speaker clockSet(boolean value) {
    clockSet = value;
    return this;
  }

  /** Whether its clock outlives a power cut; one without a battery does not. */
  public Speaker keepsTime(boolean value) {
    keepsTime = value;
    return this;
  }

  /** The next boot's random name, for floors that are fixed bytes. */
  Speaker bootsAs(String name) {
    nextBoot = name;
    return this;
  }

  /** Back to the factory at its next boot: no history, the keys it was provisioned with. */
  public Speaker forgets() {
    loop.execute(
        () -> {
          memory.forget();
          trust = fleet.provisioned();
          history = false;
        });
    return this;
  }

  /** A hand at the device ends what sounds now. */
  public void stoppedByHand() {
    loop.execute(player::stopByHand);
  }

  /** Switches it on: it connects and stays connected. */
  public void powerOn() {
    loop.execute(
        () -> {
          if (!powered) {
            powered = true;
            if (boot.isEmpty()) {
              needsFloor = !clockSet || !history;
              newBoot();
            }
            connect();
          }
        });
  }

  /** Pulls its plug: the server publishes the last will; a play under way is lost. */
  public void powerOff() {
    loop.execute(
        () -> {
          powered = false;
          boot = "";
          clockSet = clockSet && keepsTime;
          player.forget();
          memory.interrupted();
          drop();
        });
  }

  /** Loses the network for that long; what it plays goes on. */
  public void losesNetwork(Duration time) {
    loop.execute(
        () -> {
          powered = false;
          drop();
        });
    later(time, this::powerOn);
  }

  /** Restarts and is back after that long; what it has accepted it remembers. */
  public void reboots(Duration time) {
    powerOff();
    later(time, this::powerOn);
  }

  /** Hashes of the clips that it was told to keep. */
  public Set<String> clips() {
    return Set.copyOf(clips);
  }

  /** Says bye and disconnects; the returned future is done when that is written. */
  public Future<?> leaves() {
    return loop.submit(
        () -> {
          powered = false;
          Connection leaving = connection;
          if (leaving != null) {
            byte[] bye = offline("bye");
            outbox.publish(leaving, Connection.topic(settings, "state"), bye, true);
            leaving.disconnect();
          }
          forgetConnection();
        });
  }

  // What follows happens on the event loop.

  void start(Duration jitter) {
    later(absence.plus(jitter), this::powerOn);
  }

  private void newBoot() {
    boot = nextBoot.isEmpty() ? "%016x".formatted(fleet.random(Long.MAX_VALUE)) : nextBoot;
    nextBoot = "";
    bootAt = System.nanoTime();
  }

  private void later(Duration delay, Runnable task) {
    var unused = loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void connect() {
    if (powered && side == null) {
      session = fleet.random(1L << 31);
      side = new ConnectionSide();
      Connection.open(loop, fleet.settings(), settings, offline("will"), side);
    }
  }

  private void drop() {
    if (connection != null) {
      connection.cut();
    }
    forgetConnection();
  }

  private void forgetConnection() {
    side = null;
    connection = null;
    online = false;
    outbox.lost();
  }

  private final class ConnectionSide implements Connection.Owner {
    @Override
    public void ready(Connection ready) {
      if (side != this) {
        ready.cut();
        return;
      }
      connection = ready;
      connects.incrementAndGet();
      failures = 0;
      unanswered = 0;
      state("birth");
      outbox.resend(ready);
      online = true;
      heartbeat(ready);
    }

    @Override
    public void command(byte[] payload) {
      commands.incrementAndGet();
      fleet.arrived(payload);
      if (!dumb) {
        Duration wait = slowness;
        if (wait.isZero()) {
          consider(payload);
        } else {
          later(
              wait,
              () -> {
                if (powered) {
                  consider(payload);
                }
              });
        }
      }
    }

    @Override
    public void acknowledged(int packetId) {
      unanswered = 0;
      outbox.acknowledged(packetId);
    }

    @Override
    public void gone(Connection gone, Throwable why) {
      LOG.debug("{}: {}", id(), why.toString());
      if (side == this) {
        forgetConnection();
        later(retryDelay(), Speaker.this::connect);
      }
    }
  }

  /** Doubles up to the longest, each with ± 50 % chance. */
  private Duration retryDelay() {
    FleetSettings times = fleet.settings();
    long doubled = times.firstRetry().toMillis() << Math.min(failures++, 16);
    long bounded = Math.min(doubled, times.longestRetry().toMillis());
    return Duration.ofMillis(bounded / 2 + fleet.random(bounded + 1));
  }

  private void heartbeat(Connection of) {
    later(
        heartbeat,
        () -> {
          if (connection != of) {
            return;
          }
          if (++unanswered > SILENT_HEARTBEATS) {
            LOG.debug("{}: the server acknowledges nothing", id());
            drop();
            later(retryDelay(), this::connect);
            return;
          }
          if (needsFloor && System.nanoTime() - bootAt > NANOS_FOR_A_FLOOR) {
            newBoot();
          }
          outbox.sweep(of);
          state("heartbeat");
          heartbeat(of);
        });
  }

  private void state(String type) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("v", 1).put("type", type).put("session", session).put("at", at());
    json.put("uptime", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - poweredOn));
    json.put("volume", Math.min(volume, mostVolume)).put("muted", muted).put("mains", true);
    json.put("model", "VIRTUAL").put("firmware", "1.0");
    if (battery != null) {
      json.put("battery", battery);
    }
    if (signal != null) {
      json.put("signal", signal);
    }
    if (!fault.isEmpty()) {
      json.put("fault", fault);
    }
    Body.Position seen = memory.highest();
    json.putObject("seen").put("epoch", seen.epoch()).put("seq", seen.seq());
    if (!lastObeyed.isEmpty()) {
      json.put("last", lastObeyed);
    }
    if (!configured.isEmpty()) {
      json.put("config", configured);
    }
    ArrayNode named = json.putArray("groups");
    groups.forEach(named::add);
    json.put("boot", boot);
    if (needsFloor) {
      json.put("needs", "floor");
    }
    if (trust.issued() > 0) {
      json.putObject("trust").put("epoch", trust.epoch()).put("issued", trust.issued());
    }
    outbox.publish(connection, Connection.topic(settings, "state"), bytes(json), true);
  }

  private byte[] offline(String reason) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("v", 1).put("type", "offline").put("session", session).put("reason", reason);
    return bytes(json);
  }

  private static byte[] bytes(ObjectNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The contract's checks in its order; the first two are the opener's. */
  void consider(byte[] payload) {
    Opened opened = fleet.opener().open(payload, trust, at());
    Body body = opened.body();
    if (!opened.refusal().isEmpty()) {
      refuse(opened, opened.refusal());
    } else if (body == null) {
      take(opened);
    } else if (refusal != null) {
      refuse(opened, refusal);
    } else if (!body.isFor(settings, groups)) {
      refuse(opened, "NOT_FOR_ME");
    } else if (needsFloor) {
      refuse(opened, "NO_FLOOR");
      state("heartbeat");
    } else {
      CommandMemory.Known known = memory.known(body.content());
      boolean tryAgain =
          known != null && !known.ids.contains(opened.id()) && known.last.unheard(AUDIBLE);
      if (known != null && !tryAgain) {
        known.ids.add(opened.id());
        send(opened.id(), body.content(), known.last);
      } else {
        obey(opened, known);
      }
    }
  }

  /** A floor, a list of keys or a recovery; what was taken is answered by the state. */
  private void take(Opened opened) {
    JsonNode document = opened.document();
    String reason =
        document.path("type").asText().equals("floor") ? takeFloor(document) : takeKeys(document);
    if (reason.isEmpty()) {
      state("heartbeat");
    } else {
      refuse(opened, reason);
    }
  }

  private String takeFloor(JsonNode floor) {
    if (!floor.path("device").asText().equals(id())) {
      return "NOT_FOR_ME";
    }
    if (!floor.path("boot").asText().equals(boot)) {
      return "REPLAYED";
    }
    long now = floor.path("now").asLong();
    if (!clockSet || Math.abs(seconds() - now) > CLOCK_PROVEN_WRONG) {
      clockOffset = now - fleet.settings().clock().instant().getEpochSecond();
      clockSet = true;
    }
    List<String> ended = new ArrayList<>();
    floor.path("ended").forEach(content -> ended.add(content.asText()));
    memory.raise(
        new Body.Position(floor.path("epoch").asLong(), floor.path("seq").asLong()), ended);
    history = true;
    needsFloor = false;
    return "";
  }

  private String takeKeys(JsonNode document) {
    TrustList.Taken taken = trust.take(document);
    boolean news = !taken.list().equals(trust);
    trust = taken.list();
    if (news && document.path("type").asText().equals("recovery")) {
      memory.beginAnew(
          new Body.Position(document.path("epoch").asLong(), document.path("seqFloor").asLong()));
    }
    return taken.refusal();
  }

  private void obey(Opened opened, CommandMemory.Known before) {
    Body body = opened.body();
    String reason = memory.refusal(body);
    if (!reason.isEmpty()) {
      refuse(opened, reason);
      return;
    }
    if (clockSet && seconds() < body.issued() - CLOCK_PROVEN_WRONG) {
      clockSet = false;
    }
    if (clockSet && seconds() >= body.notAfter()) {
      send(opened.id(), body.content(), Receipt.plain("expired", ""));
      return;
    }
    CommandMemory.Known known = before == null ? memory.accept(body) : before;
    known.ids.clear();
    known.ids.add(opened.id());
    lastObeyed = body.content();
    if (body.isInstruction()) {
      if (body.kind().equals("CONFIG")) {
        configure(body);
      }
      answer(known, Receipt.plain("done", ""));
      state("heartbeat");
      return;
    }
    answer(known, Receipt.plain("received", ""));
    if (failure != null) {
      answer(known, Receipt.plain("failed", failure));
    } else if (body.isPreload()) {
      // It fetches nothing: what matters to a fleet is that it was told, and answers.
      clips.add(body.sha256());
      answer(known, Receipt.plain("done", ""));
    } else {
      player.obey(known);
    }
  }

  private void configure(Body body) {
    JsonNode config = body.config();
    mostVolume = config.path("volume").asInt(mostVolume);
    heartbeat = Duration.ofSeconds(config.path("heartbeat").asLong(heartbeat.toSeconds()));
    if (config.has("groups")) {
      Set<String> all = new LinkedHashSet<>();
      config.path("groups").forEach(group -> all.add(group.asText()));
      groups = all;
    }
    configured = body.content();
  }

  private void refuse(Opened opened, String reason) {
    send(opened.id(), opened.content(), Receipt.plain("refused", reason));
  }

  private void answer(CommandMemory.Known known, Receipt receipt) {
    known.last = receipt;
    known.ids.forEach(id -> send(id, known.body.content(), receipt));
    if (receipt.outcome().equals("played")) {
      boolean audible = !receipt.unheard(AUDIBLE);
      Body body = known.body;
      Instant now = fleet.settings().clock().instant();
      Play play =
          new Play(id(), body.content(), body.kind(), body.text(), body.drill(), audible, now);
      synchronized (plays) {
        plays.add(play);
      }
      fleet.played(play);
    }
  }

  private void send(String id, String content, Receipt receipt) {
    receipts.incrementAndGet();
    byte[] json = receipt.json(id, content, at(), hears);
    String topic = Connection.topic(settings, "rcpt");
    Runnable publish = () -> outbox.publish(connection, topic, json, false);
    boolean last = !receipt.outcome().equals("received") && !receipt.outcome().equals("playing");
    if (swapped && !last && heldReceipt == null) {
      heldReceipt = publish;
      return;
    }
    publish.run();
    if (twice) {
      publish.run();
    }
    if (heldReceipt != null) {
      heldReceipt.run();
      heldReceipt = null;
    }
  }

  private long seconds() {
    return fleet.settings().clock().instant().getEpochSecond() + clockOffset;
  }

  private long at() {
    return clockSet ? seconds() : 0;
  }

  private final class PlayerSide implements Player.Device {
    @Override
    public long now() {
      return fleet.settings().clock().millis() + TimeUnit.SECONDS.toMillis(clockOffset);
    }

    @Override
    public boolean hasClock() {
      return clockSet;
    }

    @Override
    public int volume() {
      return Math.min(volume, mostVolume);
    }

    @Override
    public boolean muted() {
      return muted;
    }

    @Override
    public void answer(CommandMemory.Known known, Receipt receipt) {
      Speaker.this.answer(known, receipt);
    }
  }
}

package org.lastmile.channel.loudspeaker;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Village loudspeakers over MQTT. A command is signed once per content, and contents that wait
 * together under one signature; it is wrapped once per device; ACCEPTED means that the device
 * (embedded endpoint) or the broker has acknowledged it, and only a receipt says that anybody heard
 * it. An address is a device id.
 */
public final class LoudspeakerChannel implements Channel {
  private static final Logger LOG = LoggerFactory.getLogger(LoudspeakerChannel.class);

  /** The contract's limits: what a device with 64 KB of RAM sets aside. */
  private static final int LARGEST_COMMAND = 8192;

  private static final int LONGEST_TEXT = 1500;

  /** How long a restored store is told of. */
  private static final Duration ALARM = Duration.ofDays(1);

  private static final Duration INSTRUCTION = Duration.ofMinutes(10);

  /** A self-test that comes later would sound when nobody expects it. */
  private static final Duration TEST = Duration.ofMinutes(2);

  /** Signals that wait for the store; a broker holds 65,535 for us at most. */
  private static final int HELD = 70_000;

  private final LoudspeakerConfig config;
  private final SiteSecret secret;
  private final KeyRing ring;
  private final Sequence sequence;
  private final Signer signer;
  private final Upkeep upkeep;
  private final Recent recent;
  private final Strangers strangers;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Link link;
  private final SigningRounds signing;

  /** Where two cores are all there is, the common pool would take a new thread for each. */
  private final Executor outcomes = inTurn();

  private final Memory memory;
  private final DeviceMemory deviceMemory;
  private final Map<String, Kept> before;
  private final ExecutorService testing =
      Executors.newSingleThreadExecutor(r -> thread(r, "self-test"));
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(r -> thread(r, "watch"));
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger instructions = new AtomicInteger();
  private final AtomicBoolean keeping = new AtomicBoolean();
  private volatile Relay relay;
  private volatile Devices devices;
  private volatile Inbox inbox;
  private volatile Future<?> sweeping = CompletableFuture.completedFuture(null);
  private volatile boolean closed;
  private volatile Consumer<Preloaded> preloaded = answer -> {};
  private volatile Set<String> registered = Set.of();
  private volatile SelfTests selfTests;
  private volatile Preloads preloads;
  private long followed;

  private LoudspeakerChannel(
      LoudspeakerConfig config,
      SiteSecret secret,
      KeyRing ring,
      Sequence sequence,
      InstantSource clock,
      LongSupplier nanos,
      Link link,
      Memory memory) {
    this.config = config;
    this.secret = secret;
    this.ring = ring;
    this.sequence = sequence;
    this.signer = new Signer(sequence);
    this.signing = new SigningRounds(ring::signing);
    this.clock = clock;
    this.nanos = nanos;
    this.recent = new Recent(nanos);
    this.strangers = new Strangers(nanos);
    this.link = link;
    this.memory = memory;
    this.deviceMemory = new DeviceMemory(memory);
    this.before = deviceMemory.read();
    this.upkeep = new Upkeep(clock, nanos, secret, ring, sequence, link);
  }

  /**
   * Reads or makes the keys and binds the port; devices are let in, or the broker is called, when
   * {@link #listen} says where signals go. Blocks for the store.
   *
   * @param vertx to share event loops with; null = its own
   * @throws IOException naming the port or file that is wrong
   * @throws Memory.Away if the store can't be reached
   */
  public static LoudspeakerChannel open(
      LoudspeakerConfig config, Memory memory, InstantSource clock, Vertx vertx)
      throws IOException {
    return open(config, memory, clock, System::nanoTime, vertx);
  }

  /**
   * The same with a monotonic time of the caller's.
   *
   * @throws IOException naming the port or file that is wrong
   */
  public static LoudspeakerChannel open(
      LoudspeakerConfig config, Memory memory, InstantSource clock, LongSupplier nanos, Vertx vertx)
      throws IOException {
    SiteSecret secret = SiteSecret.keptIn(memory);
    KeyRing ring = KeyRing.open(memory, config.signingKey(), clock);
    Link link =
        config.isEmbedded()
            ? new EmbeddedLink(
                config, config.auth() == null ? secret : config.auth(), vertx, clock, nanos)
            : new BrokerLink(config, clock, nanos);
    return new LoudspeakerChannel(
        config, secret, ring, new Sequence(memory, clock), clock, nanos, link, memory);
  }

  /** What devices are provisioned with to check commands. */
  public PublicKey publicKey() {
    return ring.signing().publicKey();
  }

  /** All keys that a device is provisioned with, the recovery key among them. */
  public List<TrustedKey> trustedKeys() {
    return ring.trusted();
  }

  /** Every key with what is made of it, the current one first. */
  public List<KeyRing.Line> keys() {
    return ring.list();
  }

  /** How many devices that are there have the newest trust list. */
  public Following following() {
    return devices == null ? new Following(0, 0) : devices.following(ring.edition());
  }

  /**
   * Devices that are online, and those of them that have the newest trust list.
   *
   * @param online devices there now
   * @param follow of these, those with the newest list
   */
  public record Following(int online, int follow) {}

  /**
   * Announces a new key to all devices; the current one goes on signing. Blocks.
   *
   * @param alg {@code Ed25519} or {@code SM2}
   * @throws KeyRing.Refused when one is announced already
   */
  public PublicKey announceKey(String alg) {
    PublicKey next = ring.announce(alg);
    listChanged("key " + next.kid() + " is announced to all devices");
    return next;
  }

  /** The announced key signs from now on. Blocks. */
  public PublicKey useNextKey() {
    PublicKey now = ring.use();
    listChanged("commands are signed with key " + now.kid());
    return now;
  }

  /** Devices are told to trust that key no more. Blocks. */
  public void retireKey(String kid) {
    ring.retire(kid);
    listChanged("key " + kid + " is retired");
  }

  /** Tells devices the public half of an offline recovery key. Blocks. */
  public void addRecoveryKey(PublicKey key) {
    ring.addRecovery(key);
    listChanged("recovery key " + key.kid() + " is announced to all devices");
  }

  /** Hands a recovery document to all devices, and begins its epoch. Blocks. */
  public void recover(TrustDocument document) {
    ring.recover(document);
    signing.run(() -> sequence.raise(document.edition().epoch(), document.seqFloor()));
    listChanged("recovery document " + document.content() + " goes to all devices");
  }

  private void listChanged(String what) {
    LOG.warn("{}", what);
    signing.run(signer::forget);
    upkeep.listChanged();
    if (devices != null) {
      devices.states(upkeep::said);
    }
  }

  /** The password of that device on the embedded endpoint, unless the config has its own table. */
  public String passwordOf(String device) {
    return secret.password(device);
  }

  /** The port that devices connect to; empty with a broker. */
  public OptionalInt port() {
    return link.port();
  }

  @Override
  public void listen(Sink sink) {
    relay = new Relay(sink, HELD);
    Devices all = new Devices(clock, nanos, config.silence(), config.audible(), relay::pass);
    all.recall(before);
    all.expect(registered);
    devices = all;
    inbox =
        new Inbox(
            clock,
            secret,
            config.audible(),
            relay,
            devices,
            new Twins(nanos),
            upkeep,
            this::sendAgain,
            this::seen,
            this::linkChanged,
            this::preloaded);
    link.start(inbox);
    sweeping = timer.scheduleWithFixedDelay(this::sweep, 1, 1, TimeUnit.SECONDS);
  }

  @Override
  public CompletionStage<Outcome> send(Message message) {
    String device = message.address();
    if (closed) {
      return done(new Outcome.LaneDown("the channel is closed"));
    }
    if (!Topics.isDevice(device)) {
      return done(new Outcome.Permanent("not a device id: 1 to 64 characters without # + / space"));
    }
    String text = message.content().text();
    if (text != null && text.codePointCount(0, text.length()) > LONGEST_TEXT) {
      return done(
          new Outcome.Permanent(
              "%d characters of text, a loudspeaker takes %d"
                  .formatted(text.codePointCount(0, text.length()), LONGEST_TEXT)));
    }
    if (devices == null) {
      return done(new Outcome.LaneDown("nobody listens to the channel yet"));
    }
    if (devices.isGone(device)) {
      devices.wanted(device);
      return done(new Outcome.Retry(Duration.ofSeconds(30), "device offline"));
    }
    recent.add(message);
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    waiting.incrementAndGet();
    upkeep.floorFirst(device).thenAccept(floor -> handAfter(floor, message, outcome));
    return outcome;
  }

  private void handAfter(Outcome floor, Message message, CompletableFuture<Outcome> outcome) {
    if (floor instanceof Outcome.Accepted) {
      hand(message, () -> {}, outcome);
    } else {
      waiting.decrementAndGet();
      outcome.complete(floor);
    }
  }

  /** These stand in the registry: of one that never connects it is known that it never has. */
  public void expect(Set<String> devices) {
    registered = Set.copyOf(devices);
    if (this.devices != null) {
      this.devices.expect(registered);
    }
  }

  /**
   * Every day's self-test from now on. Called once, after {@link #listen}.
   *
   * @param engaged asked right before devices are tested
   */
  public void testDaily(SelfTestPlan plan, SelfTests.Engaged engaged, Runnable reported) {
    SelfTests.Tester tester =
        (device, volume) -> volume == 0 ? report(device) : test(device, volume, TEST);
    selfTests =
        new SelfTests(plan, clock, nanos, memory, devices, tester, engaged, reported, testing);
  }

  /**
   * Every day from now on devices are told to fetch what they will play in a storm. Called once,
   * after {@link #listen}.
   *
   * @param engaged asked right before devices are told
   */
  public void preloadDaily(PreloadPlan plan, SelfTests.Engaged engaged, Preloads.Library library) {
    Preloads.Teller teller = (device, piece) -> preload(device, piece.audio(), piece.sha256());
    preloads = new Preloads(plan, clock, nanos, memory, devices, library, teller, engaged, testing);
  }

  private void preloaded(Preloaded answer) {
    Preloads daily = preloads;
    if (daily != null) {
      daily.heard(answer);
    }
    preloaded.accept(answer);
  }

  /** How the last self-test of all went; empty before the first. Blocks. */
  public Optional<SelfTestReport> selfTest() {
    return selfTests == null ? Optional.empty() : selfTests.report();
  }

  /** All devices that are known or expected, without what each said last. */
  public List<Supervised> devices() {
    return devices == null ? List.of() : devices.all();
  }

  /** One of them, with everything that is known of it. */
  public Optional<Supervised> device(String id) {
    return devices == null ? Optional.empty() : devices.find(id);
  }

  /** How many devices are in which condition. */
  public Map<Condition, Integer> counts() {
    return devices == null ? Map.of() : devices.counts();
  }

  /**
   * Tells a device what to keep. ACCEPTED = it, or the broker, has acknowledged the command; that
   * it was obeyed its state says: {@link #factsOf} has the content's id, which is returned, as
   * {@code config}.
   */
  public Told configure(String device, DeviceSettings settings) {
    return instruct(
        device,
        "config",
        INSTRUCTION,
        (content, place, span) -> Documents.instruction(content, device, settings, place, span));
  }

  /** Asks a device for its state now. */
  public Told report(String device) {
    return instruct(
        device,
        "report",
        INSTRUCTION,
        (content, place, span) -> Documents.instruction(content, device, null, place, span));
  }

  /**
   * Tells a device to fetch a clip and keep it for later, without a sound. What became of it comes
   * to {@link #onPreloaded}.
   */
  public Told preload(String device, URI audio, String sha256) {
    return instruct(
        device,
        "preload",
        INSTRUCTION,
        (content, place, span) -> Documents.preload(content, device, audio, sha256, place, span));
  }

  /** Hears what devices answer to {@link #preload}; called on the wire's threads. */
  public void onPreloaded(Consumer<Preloaded> heard) {
    preloaded = heard;
  }

  /**
   * A device's answer.
   *
   * @param content id of the telling
   * @param why empty = it keeps the clip
   */
  public record Preloaded(String device, String content, String why) {}

  /** Has a device test its own output by a short tone; the result stands in {@link #device}. */
  public Told test(String device, int volume) {
    return test(device, volume, INSTRUCTION);
  }

  private Told test(String device, int volume, Duration validity) {
    return instruct(
        device,
        "test",
        validity,
        (content, place, span) -> Documents.test(content, device, volume, place, span));
  }

  /** What a device said last, by name; empty when it is not known. */
  public Map<String, String> factsOf(String device) {
    return devices == null ? Map.of() : devices.facts(device);
  }

  /** What was told under which content id, and what became of the telling. */
  public record Told(String content, CompletionStage<Outcome> outcome) {}

  /** The exact bytes of an instruction. */
  @FunctionalInterface
  private interface Instruction {
    byte[] body(String content, Sequence.Place place, Documents.Span span);
  }

  private Told instruct(String device, String kind, Duration validity, Instruction instruction) {
    Instant now = clock.instant();
    String content = kind + "-" + now.getEpochSecond() + "-" + instructions.incrementAndGet();
    if (closed || !Topics.isDevice(device) || devices == null) {
      return new Told(content, done(new Outcome.Permanent("closed, or not a device id")));
    }
    if (devices.isGone(device)) {
      return new Told(content, done(new Outcome.Retry(Duration.ofSeconds(30), "device offline")));
    }
    devices.instructed(device, new Supervised.Instructed(content, kind, now, "", ""));
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    Instant until = now.plus(validity);
    upkeep
        .floorFirst(device)
        .thenAccept(
            floor -> {
              if (!(floor instanceof Outcome.Accepted)) {
                outcome.complete(floor);
                return;
              }
              Documents.Span span =
                  new Documents.Span(now.getEpochSecond(), until.getEpochSecond());
              boolean taken =
                  signing.add(
                      new Letter(outcome) {
                        @Override
                        public Sheet write() {
                          return new Sheet(instruction.body(content, sequence.next(until), span));
                        }

                        @Override
                        public void post(Signed signed) {
                          byte[] payload = signed.wrap(secret.upkeep(kind, device, content));
                          publish(device, payload, validity);
                        }
                      });
              if (!taken) {
                outcome.complete(new Outcome.LaneDown("the channel is closed"));
              }
            });
    return new Told(
        content,
        outcome.completeOnTimeout(
            new Outcome.Unknown("no answer"), config.patience().toMillis(), TimeUnit.MILLISECONDS));
  }

  private void hand(Message message, Runnable first, CompletableFuture<Outcome> outcome) {
    if (!signing.add(new Command(message, first, outcome))) {
      waiting.decrementAndGet();
      outcome.complete(new Outcome.LaneDown("the channel is closed"));
    }
  }

  /**
   * A device that had no floor gets one, and the same command under the same id. One that took the
   * command for a replay gets it with a fresh place, and with a fresh epoch if that was no use:
   * then our store has given those places before. One that stands elsewhere than the registry says
   * gets it once more for itself. What was answered, is older than a moment, or has ended meanwhile
   * is never sent again: somebody else may have brought the device an old command.
   */
  private boolean sendAgain(String device, String attempt, Receipt refusal) {
    if (!refusal.wantsFloor() && !refusal.tookForReplay() && !refusal.isNotForIt()) {
      recent.answered(attempt);
      return false;
    }
    Optional<Recent.Kept> kept = recent.take(attempt);
    if (kept.isEmpty() || closed) {
      return false;
    }
    Message message = kept.get().message();
    if (refusal.isNotForIt()) {
      if (message.content().targets().isEmpty()) {
        recent.answered(attempt); // not even by its own id
        return false;
      }
      strangers.add(device);
      message = alone(message);
      recent.rewrite(message);
    }
    if (sequence.horizon().ended().contains(message.content().id())) {
      return false;
    }
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    // Nobody waits for it any more: without a receipt the desk asks again by itself.
    var unused =
        outcome.thenAccept(
            o -> {
              if (!(o instanceof Outcome.Accepted)) {
                LOG.info("{} not sent again to {}: {}", attempt, device, o);
              }
            });
    waiting.incrementAndGet();
    Message again = message;
    if (refusal.wantsFloor()) {
      upkeep.floorAgain(device).thenAccept(floor -> handAfter(floor, again, outcome));
    } else if (refusal.isNotForIt()) {
      hand(again, () -> {}, outcome);
    } else {
      hand(again, () -> newPlace(again, kept.get().isStubborn()), outcome);
    }
    return true;
  }

  private static Message alone(Message message) {
    return new Message(
        message.attempt(),
        message.address(),
        Strangers.alone(message.content()),
        message.fields(),
        message.marks());
  }

  private void newPlace(Message message, boolean newEpoch) {
    if (newEpoch) {
      Optional<Sequence.Restored> before = sequence.restored();
      sequence.collided();
      signer.forget();
      sequence.restored().filter(r -> !before.equals(Optional.of(r))).ifPresent(this::newEpoch);
    } else {
      String device = message.address();
      signer.forget(strangers.content(message.content(), device), device);
    }
  }

  @Override
  public int room() {
    return closed ? 0 : Math.max(0, link.room() - waiting.get());
  }

  @Override
  public Health check() {
    if (closed) {
      return Health.of(
          List.of(new Health.Part("link", Health.State.DOWN, "the channel is closed", Map.of())));
    }
    Health.Part wire = link.health();
    if (devices == null) {
      return Health.of(List.of(wire));
    }
    Map<String, String> facts = new LinkedHashMap<>(wire.facts());
    facts.putAll(inbox.ignoredSoFar());
    facts.put("waiting for the store", Integer.toString(relay.held()));
    facts.put("signing rounds", Long.toString(signing.rounds()));
    facts.put("floors given", Long.toString(upkeep.floors()));
    facts.put("devices that wait for a floor", Long.toString(upkeep.lacking()));
    Health.Part told = new Health.Part(wire.name(), wire.state(), wire.why(), facts);
    List<Health.Part> parts = new ArrayList<>(List.of(told));
    if (wire.state() != Health.State.DOWN) {
      parts.addAll(List.of(devices.health(), trust(), strangers.health()));
      Preloads daily = preloads;
      if (daily != null) {
        parts.add(daily.health());
      }
    }
    parts.addAll(link.more());
    // Without its link a channel is down, however many devices it remembers.
    return wire.state() == Health.State.DOWN
        ? new Health(Health.State.DOWN, wire.name() + ": " + wire.why(), parts)
        : Health.of(parts);
  }

  /** What only people can put right: a store that went back in time, keys that devices outran. */
  private Health.Part trust() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("key", ring.signing().kid());
    facts.put("edition", ring.edition().epoch() + "/" + ring.edition().issued());
    List<String> why = new ArrayList<>();
    sequence
        .restored()
        .filter(r -> r.at().plus(ALARM).isAfter(clock.instant()))
        .ifPresent(
            r -> {
              facts.put("new epoch", Long.toString(r.epoch()));
              why.add(
                  "the store was lost or restored from a backup: devices had obeyed later commands."
                      + " Commands carry the new epoch "
                      + r.epoch());
            });
    int ahead = devices.aheadOf(ring.edition());
    facts.put("devices ahead", Integer.toString(ahead));
    if (ahead > 0) {
      why.add(
          ahead
              + " devices have a newer trust list than this store: restored from a backup? Bring"
              + " the signing key back, or deliver a recovery document");
    }
    return new Health.Part(
        "trust",
        why.isEmpty() ? Health.State.UP : Health.State.DEGRADED,
        String.join("; ", why),
        facts);
  }

  @Override
  public void close() {
    closed = true;
    link.close();
    upkeep.close();
    signing.close();
    sweeping.cancel(false);
    if (relay != null) {
      relay.close();
    }
    timer.shutdown();
    testing.shutdown();
    if (devices != null) {
      try {
        devices.keepAll(deviceMemory);
      } catch (Memory.Away e) {
        LOG.warn("when loudspeakers were seen last is not kept: {}", e.getMessage());
      }
    }
  }

  /** Of which somebody waits for the outcome. */
  private abstract class Letter implements SigningRounds.Letter {
    final CompletableFuture<Outcome> outcome;

    Letter(CompletableFuture<Outcome> outcome) {
      this.outcome = outcome;
    }

    void publish(String device, byte[] payload, Duration expiry) {
      // Whatever waits for the outcome must not run on the wire's threads.
      link.publish(device, payload, expiry)
          .whenCompleteAsync(
              (o, failure) ->
                  outcome.complete(
                      failure == null ? o : new Outcome.Unknown("link: " + failure.getMessage())),
              outcomes);
    }

    @Override
    public void failed(RuntimeException why) {
      if (why instanceof Memory.Away) {
        outcome.complete(
            new Outcome.Retry(Duration.ofSeconds(2), "no sequence number: " + why.getMessage()));
        return;
      }
      // A fault of ours must not leave the caller waiting; before publish() nothing has left.
      LOG.error("command not sent", why);
      outcome.complete(new Outcome.Unknown("internal: " + why));
    }
  }

  /** A message on its way; it counts as waiting until the link has it. */
  private final class Command extends Letter {
    private final Message message;
    private final Runnable first;

    Command(Message message, Runnable first, CompletableFuture<Outcome> outcome) {
      super(outcome);
      this.message = message;
      this.first = first;
    }

    @Override
    public Sheet write() {
      if (left().toSeconds() < 1) {
        waiting.decrementAndGet();
        outcome.complete(new Outcome.Permanent("its play-by time has passed"));
        return null;
      }
      first.run();
      String device = message.address();
      Sheet sheet = signer.write(strangers.content(message.content(), device), device);
      if (signer.hasEnded()) {
        upkeep.share();
      }
      return sheet;
    }

    @Override
    public void post(Signed signed) {
      String device = message.address();
      byte[] payload =
          signed.wrap(secret.delivery(message.attempt(), device, message.content().id()));
      if (payload.length > LARGEST_COMMAND) {
        outcome.complete(
            new Outcome.Permanent(
                payload.length + " bytes, a loudspeaker takes " + LARGEST_COMMAND));
      } else {
        Duration left = left();
        publish(device, payload, left.toSeconds() < 1 ? Duration.ofSeconds(1) : left);
      }
      // Only now: between here and the link it must not be forgotten by room().
      waiting.decrementAndGet();
    }

    @Override
    public void failed(RuntimeException why) {
      waiting.decrementAndGet();
      super.failed(why);
    }

    private Duration left() {
      return Duration.between(clock.instant(), message.content().playBy());
    }
  }

  private void seen(Sequence.Place place) {
    if (!sequence.isNews(place)) {
      return;
    }
    signing.run(
        () -> {
          if (signer.seen(place)) {
            sequence.restored().ifPresent(this::newEpoch);
          }
        });
  }

  /** In the log it stands already; this is for the desk. */
  private void newEpoch(Sequence.Restored restored) {
    String why =
        "store lost or restored from a backup: a device had obeyed later commands; epoch %d begins"
            .formatted(restored.epoch());
    relay
        .pass(
            new Signal.Presence(
                Signal.Subject.LANE,
                "loudspeaker",
                Signal.State.DEGRADED,
                why,
                clock.instant(),
                Map.of()))
        .whenComplete(
            (kept, failure) -> {
              if (failure != null) {
                LOG.warn("{}, but that was not kept: {}", why, failure.toString());
              }
            });
  }

  private void linkChanged(boolean up, String why) {
    Signal.State state = up ? Signal.State.ONLINE : Signal.State.OFFLINE;
    Instant now = clock.instant();
    relay
        .pass(new Signal.Presence(Signal.Subject.LANE, "loudspeaker", state, why, now, Map.of()))
        .whenComplete(
            (kept, failure) -> {
              if (failure != null) {
                LOG.warn("link is {} ({}), but that was not kept", state, why, failure);
              }
            });
  }

  /** Package-private for tests that move the time. */
  void sweep() {
    try {
      // With the link down nobody can be heard: that is one fault, not one per device.
      if (!closed && link.health().state() != Health.State.DOWN) {
        devices.sweep();
        follow();
        SelfTests tests = selfTests;
        if (tests != null) {
          tests.tick();
        }
        Preloads daily = preloads;
        if (daily != null) {
          daily.tick();
        }
      }
      if (!closed && keeping.compareAndSet(false, true)) {
        upkeep.run(this::keep);
      }
    } catch (RuntimeException e) {
      // A timer that throws is never run again, and supervision would end silently.
      LOG.error("supervision of loudspeakers stumbled", e);
    }
  }

  private void keep() {
    try {
      devices.keep(deviceMemory);
    } catch (Memory.Away e) {
      LOG.debug("what is known of devices is kept later: {}", e.getMessage());
    } finally {
      keeping.set(false);
    }
  }

  /** Another gateway on the same store may have changed the keys. */
  private void follow() {
    long now = nanos.getAsLong();
    if (now - followed < TimeUnit.SECONDS.toNanos(30)) {
      return;
    }
    followed = now;
    upkeep.run(
        () -> {
          try {
            if (ring.refresh()) {
              listChanged("the keys were changed by another gateway");
            }
          } catch (Memory.Away e) {
            LOG.debug("keys are looked at again later: {}", e.getMessage());
          }
        });
  }

  private static CompletionStage<Outcome> done(Outcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }

  /** One thread that ends by itself: outcomes come after the channel is closed, too. */
  private static Executor inTurn() {
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), r -> thread(r, "outcomes"));
    one.allowCoreThreadTimeOut(true);
    return one;
  }

  private static Thread thread(Runnable r, String what) {
    Thread t = new Thread(r, "loudspeaker-" + what);
    t.setDaemon(true);
    return t;
  }
}

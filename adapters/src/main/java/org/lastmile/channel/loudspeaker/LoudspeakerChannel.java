package org.lastmile.channel.loudspeaker;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
 * Village loudspeakers over MQTT. A command is signed once per content and wrapped once per device;
 * ACCEPTED means that the device (embedded endpoint) or the broker has acknowledged it, and only a
 * receipt says that anybody heard it. An address is a device id.
 */
public final class LoudspeakerChannel implements Channel {
  private static final Logger LOG = LoggerFactory.getLogger(LoudspeakerChannel.class);

  /** The contract's limits: what a device with 64 KB of RAM sets aside. */
  private static final int LARGEST_COMMAND = 8192;

  private static final int LONGEST_TEXT = 1500;

  /** Signals that wait for the store; a broker holds 65,535 for us at most. */
  private static final int HELD = 70_000;

  private final LoudspeakerConfig config;
  private final SiteSecret secret;
  private final SigningKey key;
  private final Sequence sequence;
  private final Signer signer;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Link link;
  private final ExecutorService signing = Executors.newSingleThreadExecutor(r -> thread(r, "sign"));
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(r -> thread(r, "watch"));
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile Relay relay;
  private volatile Devices devices;
  private volatile Inbox inbox;
  private volatile Future<?> sweeping = CompletableFuture.completedFuture(null);
  private volatile boolean closed;

  private LoudspeakerChannel(
      LoudspeakerConfig config,
      SiteSecret secret,
      SigningKey key,
      Sequence sequence,
      InstantSource clock,
      LongSupplier nanos,
      Link link) {
    this.config = config;
    this.secret = secret;
    this.key = key;
    this.sequence = sequence;
    this.signer = new Signer(key, sequence);
    this.clock = clock;
    this.nanos = nanos;
    this.link = link;
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

  static LoudspeakerChannel open(
      LoudspeakerConfig config, Memory memory, InstantSource clock, LongSupplier nanos, Vertx vertx)
      throws IOException {
    SiteSecret secret = SiteSecret.keptIn(memory);
    SigningKey key =
        config.signingKey() == null
            ? SigningKey.keptIn(memory)
            : SigningKey.in(config.signingKey());
    Link link =
        config.isEmbedded()
            ? new EmbeddedLink(config, config.auth() == null ? secret : config.auth(), vertx)
            : new BrokerLink(config);
    return new LoudspeakerChannel(
        config, secret, key, new Sequence(memory, clock), clock, nanos, link);
  }

  /** What devices are provisioned with to check commands. */
  public PublicKey publicKey() {
    return key.publicKey();
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
    devices = new Devices(clock, nanos, config.silence(), config.audible(), relay::pass);
    inbox =
        new Inbox(clock, secret, config.audible(), relay, devices, this::seen, this::linkChanged);
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
      return done(new Outcome.Retry(Duration.ofSeconds(30), "device offline"));
    }
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    waiting.incrementAndGet();
    try {
      signing.execute(
          () -> {
            signAndPublish(message, outcome);
            // Only now: between here and the link it must not be forgotten by room().
            waiting.decrementAndGet();
          });
    } catch (RejectedExecutionException e) {
      waiting.decrementAndGet();
      outcome.complete(new Outcome.LaneDown("the channel is closed"));
    }
    return outcome;
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
    Health.Part told = new Health.Part(wire.name(), wire.state(), wire.why(), facts);
    // Without its link a channel is down, however many devices it remembers.
    return wire.state() == Health.State.DOWN
        ? new Health(Health.State.DOWN, wire.name() + ": " + wire.why(), List.of(told))
        : Health.of(List.of(told, devices.health()));
  }

  @Override
  public void close() {
    closed = true;
    link.close();
    signing.shutdown();
    sweeping.cancel(false);
    if (relay != null) {
      relay.close();
    }
    timer.shutdown();
  }

  /** On the signing thread: the store may be asked for the next block of the sequence. */
  private void signAndPublish(Message message, CompletableFuture<Outcome> outcome) {
    try {
      Duration left = Duration.between(clock.instant(), message.content().playBy());
      if (left.toSeconds() < 1) {
        outcome.complete(new Outcome.Permanent("its play-by time has passed"));
        return;
      }
      String device = message.address();
      String delivery = secret.delivery(message.attempt(), device, message.content().id());
      byte[] payload = signer.sign(message.content(), device).wrap(delivery);
      if (payload.length > LARGEST_COMMAND) {
        outcome.complete(
            new Outcome.Permanent(
                payload.length + " bytes, a loudspeaker takes " + LARGEST_COMMAND));
        return;
      }
      // Whatever waits for the outcome must not run on the wire's threads.
      link.publish(device, payload, left)
          .whenCompleteAsync(
              (o, failure) ->
                  outcome.complete(
                      failure == null ? o : new Outcome.Unknown("link: " + failure.getMessage())));
    } catch (Memory.Away e) {
      outcome.complete(
          new Outcome.Retry(Duration.ofSeconds(2), "no sequence number: " + e.getMessage()));
    } catch (RuntimeException e) {
      // A fault of ours must not leave the caller waiting; before publish() nothing has left.
      LOG.error("command {} not sent", message.attempt(), e);
      outcome.complete(new Outcome.Unknown("internal: " + e));
    }
  }

  private void seen(Sequence.Place place) {
    if (!sequence.isNews(place)) {
      return;
    }
    try {
      signing.execute(
          () -> {
            try {
              signer.seen(place);
            } catch (Memory.Away e) {
              LOG.debug("asked again at the next heartbeat: {}", e.getMessage());
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("after close: {}", e.getMessage());
    }
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
      }
    } catch (RuntimeException e) {
      // A timer that throws is never run again, and supervision would end silently.
      LOG.error("supervision of loudspeakers stumbled", e);
    }
  }

  private static CompletionStage<Outcome> done(Outcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }

  private static Thread thread(Runnable r, String what) {
    Thread t = new Thread(r, "loudspeaker-" + what);
    t.setDaemon(true);
    return t;
  }
}

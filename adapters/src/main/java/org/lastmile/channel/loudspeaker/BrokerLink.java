package org.lastmile.channel.loudspeaker;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.lastmile.channel.Health;
import org.lastmile.channel.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a broker that the devices use too, in MQTT 5 or, where the broker knows nothing
 * newer, 3.1.1. Every attempt to connect takes a new client: Paho's own reconnecting leaks timers,
 * and what it keeps in flight over a reconnect is reported both failed and done. The broker keeps
 * our session, so that receipts wait there while we are away; what we publish waits in the ledger
 * and nowhere else.
 */
final class BrokerLink implements Link {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerLink.class);

  /** The contract's messages are far smaller; a larger one is not even looked at. */
  private static final int LARGEST_MESSAGE = 64 * 1024;

  private static final long SESSION_SECONDS = Duration.ofDays(1).toSeconds();
  private static final int QUOTA_EXCEEDED = 0x97;
  private static final long LONGEST_PAUSE = 30_000;

  /** An old broker may hang up on what it does not understand; so does one that is being killed. */
  private static final int HANG_UPS = 3;

  private final LoudspeakerConfig config;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final String address;
  private final BrokerTls tls;
  private final BrokerClient.Login login;
  private final Allowance allowance = new Allowance();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(r -> daemon(r, "loudspeaker-link"));
  private final Map<Long, CompletableFuture<Outcome>> underWay = new ConcurrentHashMap<>();
  private final AtomicLong number = new AtomicLong();
  private final AtomicInteger used = new AtomicInteger();
  private volatile BrokerClient client;
  private volatile BrokerClient.Granted granted;
  private volatile BrokerProbe.Finding finding = BrokerProbe.Finding.NONE;
  private volatile int limit;
  private volatile boolean up;
  private volatile boolean closed;
  private volatile String why = "not connected yet";
  private volatile Thread probing;
  private Wire wire;
  private boolean three;
  private int hangUps;
  private long pause = 250;
  private Future<?> nextTry = CompletableFuture.completedFuture(null);

  BrokerLink(LoudspeakerConfig config, InstantSource clock, LongSupplier nanos) throws IOException {
    this.config = config;
    this.clock = clock;
    this.nanos = nanos;
    URI uri = URI.create(config.broker());
    boolean secure = uri.getScheme().equals("mqtts");
    int port = uri.getPort() > 0 ? uri.getPort() : secure ? 8883 : 1883;
    this.address = (secure ? "ssl://" : "tcp://") + uri.getHost() + ":" + port;
    this.tls =
        secure
            ? new BrokerTls(config.trust(), config.certificate(), config.certificateKey())
            : null;
    this.login =
        new BrokerClient.Login(
            address,
            config.clientId(),
            config.username(),
            config.password(),
            tls == null ? null : tls.sockets(),
            config.trial() ? 0 : SESSION_SECONDS);
  }

  @Override
  public void start(Wire wire) {
    this.wire = wire;
    thread.execute(this::connect);
  }

  @Override
  public CompletionStage<Outcome> publish(String device, byte[] payload, Duration expiry) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    if (!up) {
      outcome.complete(new Outcome.LaneDown("broker " + address + ": " + why));
      return outcome;
    }
    if (used.incrementAndGet() > limit) {
      used.decrementAndGet();
      outcome.complete(
          new Outcome.Retry(Duration.ofSeconds(1), "as many commands as allowed are under way"));
      return outcome;
    }
    long key = number.incrementAndGet();
    underWay.put(key, outcome);
    try {
      thread.execute(() -> hand(Topics.command(device), payload, expiry, outcome));
    } catch (RejectedExecutionException e) {
      outcome.complete(new Outcome.LaneDown("the link to the broker is closed"));
    }
    return outcome
        .completeOnTimeout(
            new Outcome.Unknown(
                "no acknowledgement within " + config.patience().toSeconds() + " s"),
            config.patience().toMillis(),
            TimeUnit.MILLISECONDS)
        .whenComplete(
            (o, failure) -> {
              underWay.remove(key);
              used.decrementAndGet();
            });
  }

  @Override
  public int room() {
    return up ? Math.max(0, limit - used.get()) : 0;
  }

  @Override
  public Health.Part health() {
    Map<String, String> facts =
        Map.of("broker", address, "under-way", Integer.toString(used.get()));
    return up
        ? new Health.Part("link", Health.State.UP, "", facts)
        : new Health.Part("link", Health.State.DOWN, "broker " + address + ": " + why, facts);
  }

  @Override
  public List<Health.Part> more() {
    List<Health.Part> parts = new ArrayList<>();
    BrokerClient.Granted says = granted;
    if (up && says != null) {
      parts.add(BrokerProbe.part(says, finding));
    }
    if (tls != null) {
      tls.expires().ifPresent(end -> parts.add(Expiry.part("the broker's", end, clock.instant())));
    }
    return parts;
  }

  @Override
  public OptionalInt port() {
    return OptionalInt.empty();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    thread.execute(
        () -> {
          nextTry.cancel(false);
          Thread probe = probing;
          if (probe != null) {
            probe.interrupt();
          }
          drop("the gateway is closing");
          thread.shutdown();
        });
  }

  /** On the link's thread: Paho refuses above its limits, and must not be waited for. */
  private void hand(
      String topic, byte[] payload, Duration expiry, CompletableFuture<Outcome> outcome) {
    BrokerClient to = client;
    if (outcome.isDone()) {
      return;
    }
    if (to == null || !up) {
      outcome.complete(new Outcome.LaneDown("broker " + address + ": " + why));
      return;
    }
    to.publish(topic, payload, expiry.toSeconds())
        .whenComplete(
            (code, e) -> {
              if (e == null) {
                outcome.complete(accepted(code));
              } else if (e instanceof BrokerClient.NotWritten) {
                outcome.complete(new Outcome.Retry(Duration.ofSeconds(1), e.getMessage()));
              } else {
                outcome.complete(new Outcome.Unknown("broker: " + ConnectTrouble.words(e)));
              }
            });
  }

  private static Outcome accepted(int code) {
    if (code == BrokerClient.NO_MATCHING_SUBSCRIBERS) {
      // After a restart of the broker we are back before the devices: soon is right, and who asks
      // again waits longer every time by itself.
      return new Outcome.Retry(Duration.ofSeconds(1), "MQTT 16: no device listens there");
    }
    if (code == QUOTA_EXCEEDED) {
      return new Outcome.Retry(
          Duration.ofSeconds(10),
          "MQTT 151: the broker has no room for the command; is its disk full?");
    }
    if (code >= BrokerClient.REFUSED) {
      return new Outcome.Retry(
          Duration.ofSeconds(30),
          "MQTT " + code + ": the broker refused the command; look at its access list and log");
    }
    return new Outcome.Accepted(List.of());
  }

  private void connect() {
    if (closed) {
      return;
    }
    BrokerClient fresh = opened(login, three);
    client = fresh;
    fresh
        .connect(new FromBroker(fresh))
        .whenComplete(
            (says, e) ->
                run(
                    () -> {
                      if (e == null) {
                        connected(fresh, says);
                      } else {
                        refused(fresh, e);
                      }
                    }));
  }

  private static BrokerClient opened(BrokerClient.Login login, boolean three) {
    try {
      return three ? new ThreeClient(login) : new FiveClient(login);
    } catch (org.eclipse.paho.mqttv5.common.MqttException
        | org.eclipse.paho.client.mqttv3.MqttException e) {
      throw new IllegalStateException("a client that keeps nothing can't be made: " + e, e);
    }
  }

  private void refused(BrokerClient from, Throwable e) {
    if (from != client) {
      return;
    }
    if (ConnectTrouble.isVersion(e) || (ConnectTrouble.hungUp(e) && ++hangUps % HANG_UPS == 0)) {
      three = !three;
      LOG.warn("broker {}: trying MQTT {} next", address, three ? "3.1.1" : "5");
    }
    lost(from, "can't connect: " + ConnectTrouble.words(e));
  }

  private void connected(BrokerClient fresh, BrokerClient.Granted says) {
    if (fresh != client || closed) {
      return;
    }
    hangUps = 0;
    granted = says;
    // Of what the broker takes a tenth stays free, for what Paho still counts after its PUBACK.
    int theirs = says.receiveMaximum();
    limit = Math.max(1, Math.min(Math.min(1000, config.inFlight()), theirs - theirs / 10));
    // A state comes again within 30 s and is retained: of a hundred thousand devices, its
    // acknowledgements would cost as much as the states.
    fresh
        .subscribe(Map.of(Topics.ALL_RECEIPTS, 1, Topics.ALL_STATES, 0))
        .whenComplete(
            (code, e) ->
                run(
                    () -> {
                      if (e == null) {
                        subscribed(fresh, code);
                      } else {
                        lost(fresh, "can't subscribe: " + ConnectTrouble.words(e));
                      }
                    }));
  }

  private void subscribed(BrokerClient fresh, int code) {
    if (fresh != client || closed) {
      return;
    }
    if (code >= BrokerClient.REFUSED) {
      lost(fresh, "the broker refuses our subscriptions (MQTT " + code + "): see its access list");
      return;
    }
    pause = 250;
    up = true;
    why = "";
    LOG.info(
        "connected to broker {} in MQTT {}, {} commands under way at most",
        address,
        three ? "3.1.1" : "5",
        limit);
    wire.linkChanged(true, "");
    probeSoon(1);
  }

  /** Once it is known that the broker keeps what it should, it is not tried again. */
  private void probeSoon(long seconds) {
    if (probing != null || (finding.known() && !finding.loses())) {
      return;
    }
    boolean in = three;
    Future<?> unused =
        thread.schedule(
            () -> {
              if (!up || closed || probing != null) {
                return;
              }
              if (used.get() > 0) {
                probeSoon(30); // a warning is on its way: that first
                return;
              }
              probing = daemon(() -> probe(in), "loudspeaker-probe");
              probing.start();
            },
            seconds,
            TimeUnit.SECONDS);
  }

  private void probe(boolean in) {
    try {
      finding = new BrokerProbe(login, as -> opened(as, in)).run();
      Health.Part part = BrokerProbe.part(granted, finding);
      if (!part.why().isEmpty()) {
        LOG.warn("broker {}: {}", address, part.why());
      } else if (!finding.known()) {
        LOG.warn("broker {}: {}", address, finding.trouble());
      } else {
        LOG.info("broker {} keeps what it should for a gateway that is away", address);
      }
    } catch (InterruptedException e) {
      LOG.debug("the probe of the broker ends with the gateway");
    } finally {
      probing = null;
    }
  }

  /** From the library's callbacks: on to our own thread, and nothing that waits. */
  private final class FromBroker implements BrokerClient.Events {
    private final BrokerClient from;

    FromBroker(BrokerClient from) {
      this.from = from;
    }

    @Override
    public void lost(String reason) {
      run(() -> BrokerLink.this.lost(from, reason));
    }

    /** Acknowledged when kept, on whatever thread that is known. */
    @Override
    public void arrived(String topic, byte[] payload, int id, int qos, boolean retained) {
      Optional<Topics.FromDevice> sender = Topics.fromDevice(topic);
      if (sender.isEmpty() || !isWelcome(sender.get().device(), payload)) {
        acknowledge(from, id, qos);
      } else if (sender.get().receipt()) {
        wire.receipt(sender.get().device(), payload)
            .whenComplete(
                (kept, failure) -> {
                  if (failure == null) {
                    acknowledge(from, id, qos);
                  }
                });
      } else {
        if (payload.length > 0) {
          wire.state(sender.get().device(), payload, retained);
        }
        acknowledge(from, id, qos);
      }
    }
  }

  private boolean isWelcome(String device, byte[] payload) {
    if (!allowance.takes(device, nanos.getAsLong())) {
      wire.ignored(Allowance.WORDS, device);
      return false;
    }
    if (payload.length > LARGEST_MESSAGE) {
      wire.ignored("message of more than 64 KiB: " + payload.length + " bytes", device);
      return false;
    }
    return true;
  }

  private void acknowledge(BrokerClient from, int id, int qos) {
    if (qos == 0) {
      return;
    }
    run(
        () -> {
          if (from == client) {
            from.acknowledge(id, qos);
          }
        });
  }

  private void lost(BrokerClient from, String reason) {
    if (from != client) {
      return;
    }
    boolean was = up;
    drop(reason);
    if (closed) {
      return;
    }
    LOG.warn("broker {}: {}; next try in about {} ms", address, reason, pause);
    if (was) {
      three = false; // it may have been renewed meanwhile
      wire.linkChanged(false, reason);
    }
    // Several gateways must not come back in one instant; nanoTime is random enough for that.
    long jitter = Math.floorMod(System.nanoTime() / 1000, Math.max(1, pause / 2));
    nextTry = thread.schedule(this::connect, pause + jitter, TimeUnit.MILLISECONDS);
    pause = Math.min(LONGEST_PAUSE, pause * 2);
  }

  private void drop(String reason) {
    up = false;
    why = reason;
    BrokerClient old = client;
    client = null;
    List.copyOf(underWay.values())
        .forEach(o -> o.complete(new Outcome.Unknown("broker " + address + ": " + reason)));
    if (old == null) {
      return;
    }
    old.disconnect();
    // Not at once: Paho's own threads still count their tokens while the connection ends, and die
    // of a null pointer in a client that was closed under them.
    Future<?> unused = thread.schedule(old::close, 2, TimeUnit.SECONDS);
  }

  private void run(Runnable what) {
    try {
      thread.execute(what);
    } catch (RejectedExecutionException e) {
      LOG.debug("after close: {}", e.getMessage());
    }
  }

  private static Thread daemon(Runnable what, String name) {
    Thread t = new Thread(what, name);
    t.setDaemon(true);
    return t;
  }
}

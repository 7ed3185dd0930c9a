package org.lastmile.channel.loudspeaker;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.lastmile.channel.Health;
import org.lastmile.channel.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to an MQTT 5 broker that the devices use too. Every attempt to connect takes a new
 * Paho client: its own reconnecting leaks timers, and what it keeps in flight over a reconnect is
 * reported both failed and done. The broker keeps our session, so that receipts wait there while we
 * are away; what we publish waits in the ledger and nowhere else.
 */
final class BrokerLink implements Link {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerLink.class);

  /** Said explicitly: a broker's own default of 20 makes it drop receipts silently in a storm. */
  private static final int RECEIVE_MAXIMUM = 65_535;

  private static final long SESSION_SECONDS = Duration.ofDays(1).toSeconds();
  private static final int NO_MATCHING_SUBSCRIBERS = 0x10;
  private static final long LONGEST_PAUSE = 30_000;

  private final LoudspeakerConfig config;
  private final String address;
  private final SSLSocketFactory tls;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          r -> {
            Thread t = new Thread(r, "loudspeaker-link");
            t.setDaemon(true);
            return t;
          });
  private final Map<Long, CompletableFuture<Outcome>> underWay = new ConcurrentHashMap<>();
  private final AtomicLong number = new AtomicLong();
  private final AtomicInteger used = new AtomicInteger();
  private volatile MqttAsyncClient client;
  private volatile int limit;
  private volatile boolean up;
  private volatile boolean closed;
  private volatile String why = "not connected yet";
  private Wire wire;
  private long pause = 250;
  private Future<?> nextTry = CompletableFuture.completedFuture(null);

  BrokerLink(LoudspeakerConfig config) throws IOException {
    this.config = config;
    URI uri = URI.create(config.broker());
    boolean secure = uri.getScheme().equals("mqtts");
    int port = uri.getPort() > 0 ? uri.getPort() : secure ? 8883 : 1883;
    this.address = (secure ? "ssl://" : "tcp://") + uri.getHost() + ":" + port;
    this.tls = config.trust() == null ? null : Trust.only(config.trust());
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
    MqttMessage message = new MqttMessage(payload, 1, false, new MqttProperties());
    message
        .getProperties()
        .setMessageExpiryInterval(Math.min(0xffff_fffeL, Math.max(1, expiry.toSeconds())));
    try {
      thread.execute(() -> hand(Topics.command(device), message, outcome));
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
          drop("the gateway is closing");
          thread.shutdown();
        });
  }

  /** On the link's thread: Paho refuses above its limits, and must not be waited for. */
  private void hand(String topic, MqttMessage message, CompletableFuture<Outcome> outcome) {
    MqttAsyncClient to = client;
    if (outcome.isDone()) {
      return;
    }
    if (to == null || !up) {
      outcome.complete(new Outcome.LaneDown("broker " + address + ": " + why));
      return;
    }
    try {
      to.publish(
          topic,
          message,
          null,
          listener(
              token -> outcome.complete(accepted(token)),
              e -> outcome.complete(new Outcome.Unknown("broker: " + e.getMessage()))));
    } catch (MqttException e) {
      // Thrown before anything is written: client not connected, or too many in progress.
      outcome.complete(
          new Outcome.Retry(
              Duration.ofSeconds(1), "MQTT " + e.getReasonCode() + ": " + e.getMessage()));
    }
  }

  private Outcome accepted(IMqttToken token) {
    int[] codes = token.getReasonCodes();
    int code = codes == null || codes.length == 0 ? 0 : codes[0];
    if (code == NO_MATCHING_SUBSCRIBERS) {
      // After a restart of the broker we are back before the devices: soon is right, and who asks
      // again waits longer every time by itself.
      return new Outcome.Retry(Duration.ofSeconds(1), "MQTT 16: no device listens there");
    }
    if (code >= 0x80) {
      return new Outcome.Retry(
          Duration.ofSeconds(30),
          "MQTT " + code + ": the broker refused the command; look at its access list and log");
    }
    return new Outcome.Accepted(List.of(Integer.toString(token.getMessageId())));
  }

  private void connect() {
    if (closed) {
      return;
    }
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setAutomaticReconnect(false);
    options.setCleanStart(false);
    options.setSessionExpiryInterval(SESSION_SECONDS);
    options.setReceiveMaximum(RECEIVE_MAXIMUM);
    options.setTopicAliasMaximum(0);
    options.setKeepAliveInterval(15);
    options.setConnectionTimeout(10);
    if (!config.username().isEmpty()) {
      options.setUserName(config.username());
      options.setPassword(config.password().getBytes(StandardCharsets.UTF_8));
    }
    if (tls != null) {
      options.setSocketFactory(tls);
    }
    try {
      MqttAsyncClient fresh =
          new MqttAsyncClient(address, config.clientId(), new MemoryPersistence());
      client = fresh;
      fresh.setManualAcks(true);
      fresh.setCallback(new BrokerEvents(this, fresh));
      fresh.connect(
          options,
          null,
          listener(
              token -> run(() -> connected(fresh, token)),
              e -> run(() -> lost(fresh, "can't connect: " + e.getMessage()))));
    } catch (MqttException e) {
      lost(client, "can't connect: " + e.getMessage());
    }
  }

  private void connected(MqttAsyncClient fresh, IMqttToken token) {
    if (fresh != client || closed) {
      return;
    }
    MqttProperties said = token.getResponseProperties();
    Integer most = said == null ? null : said.getReceiveMaximum();
    // Of what the broker takes a tenth stays free, for what Paho still counts after its PUBACK.
    int theirs = most == null ? 65_535 : most;
    limit = Math.max(1, Math.min(Math.min(1000, config.inFlight()), theirs - theirs / 10));
    // A state comes again within 30 s and is retained: of a hundred thousand devices, its
    // acknowledgements would cost as much as the states.
    MqttSubscription[] both = {
      new MqttSubscription(Topics.ALL_RECEIPTS, 1), new MqttSubscription(Topics.ALL_STATES, 0)
    };
    try {
      fresh.subscribe(
          both,
          null,
          listener(
              t -> run(() -> subscribed(fresh, t)),
              e -> run(() -> lost(fresh, "can't subscribe: " + e.getMessage()))),
          new MqttProperties());
    } catch (MqttException e) {
      lost(fresh, "can't subscribe: " + e.getMessage());
    }
  }

  private void subscribed(MqttAsyncClient fresh, IMqttToken token) {
    if (fresh != client || closed) {
      return;
    }
    for (int code : token.getReasonCodes()) {
      if (code >= 0x80) {
        lost(
            fresh, "the broker refuses our subscriptions (MQTT " + code + "): see its access list");
        return;
      }
    }
    pause = 250;
    up = true;
    why = "";
    LOG.info("connected to broker {}, {} commands under way at most", address, limit);
    wire.linkChanged(true, "");
  }

  /** From Paho's callbacks: on to our own thread. */
  void disconnected(MqttAsyncClient from, String reason) {
    run(() -> lost(from, reason));
  }

  /** From Paho's callback; acknowledged when kept, on whatever thread that is known. */
  void arrived(MqttAsyncClient from, String topic, MqttMessage message) {
    Optional<Topics.FromDevice> sender = Topics.fromDevice(topic);
    if (sender.isEmpty()) {
      acknowledge(from, message);
    } else if (sender.get().receipt()) {
      wire.receipt(sender.get().device(), message.getPayload())
          .whenComplete(
              (kept, failure) -> {
                if (failure == null) {
                  acknowledge(from, message);
                }
              });
    } else {
      if (message.getPayload().length > 0) {
        wire.state(sender.get().device(), message.getPayload(), message.isRetained());
      }
      acknowledge(from, message);
    }
  }

  private void acknowledge(MqttAsyncClient from, MqttMessage message) {
    if (message.getQos() == 0) {
      return;
    }
    run(
        () -> {
          if (from != client) {
            return;
          }
          try {
            from.messageArrivedComplete(message.getId(), message.getQos());
          } catch (MqttException e) {
            LOG.debug("receipt not acknowledged, the broker brings it again: {}", e.getMessage());
          }
        });
  }

  private void lost(MqttAsyncClient from, String reason) {
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
    MqttAsyncClient old = client;
    client = null;
    List.copyOf(underWay.values())
        .forEach(o -> o.complete(new Outcome.Unknown("broker " + address + ": " + reason)));
    if (old == null) {
      return;
    }
    try {
      if (old.isConnected()) {
        old.disconnectForcibly(0, 200, true);
      }
    } catch (MqttException e) {
      LOG.debug("old connection to the broker: {}", e.getMessage());
    }
    // Not at once: Paho's own threads still count their tokens while the connection ends, and die
    // of a null pointer in a client that was closed under them.
    Future<?> unused = thread.schedule(() -> close(old), 2, TimeUnit.SECONDS);
  }

  private static void close(MqttAsyncClient old) {
    try {
      old.close(true);
    } catch (MqttException e) {
      LOG.debug("old connection to the broker: {}", e.getMessage());
    }
  }

  private void run(Runnable what) {
    try {
      thread.execute(what);
    } catch (RejectedExecutionException e) {
      LOG.debug("after close: {}", e.getMessage());
    }
  }

  private static MqttActionListener listener(
      java.util.function.Consumer<IMqttToken> success,
      java.util.function.Consumer<Throwable> failure) {
    return new MqttActionListener() {
      @Override
      public void onSuccess(IMqttToken token) {
        success.accept(token);
      }

      @Override
      public void onFailure(IMqttToken token, Throwable e) {
        failure.accept(e);
      }
    };
  }
}

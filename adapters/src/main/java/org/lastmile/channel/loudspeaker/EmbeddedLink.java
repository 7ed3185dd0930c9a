package org.lastmile.channel.loudspeaker;

import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttServer;
import io.vertx.mqtt.MqttServerOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.lastmile.channel.Health;
import org.lastmile.channel.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's own MQTT endpoint: devices connect straight to it. It is not a broker: a device may
 * use its own three topics and nothing else, and is who its user name says, whatever its client id.
 */
final class EmbeddedLink implements Link {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedLink.class);

  /** The contract's messages are far smaller; above this a connection is cut. */
  private static final int LARGEST_MESSAGE = 64 * 1024;

  /** Vert.x lets servers share one free port when they ask for the same negative number. */
  private static final AtomicInteger ANY_PORT = new AtomicInteger(-10_000);

  private static final int RECEIVE_MAXIMUM = 64;
  private static final int CONNECT_WITHIN_SECONDS = 20;
  private static final int CONNECTIONS_PER_DEVICE = 4;
  private static final Duration WHEN_BACK = Duration.ofSeconds(30);

  private final Vertx vertx;
  private final boolean ownVertx;
  private final Admission admission;
  private final Allowance allowance = new Allowance();
  private final ServerIdentity identity;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Duration patience;
  private final Semaphore free;
  private final List<MqttServer> servers = new ArrayList<>();
  private final Map<String, DeviceConnection> byClientId = new ConcurrentHashMap<>();
  private final Map<String, DeviceConnection> listening = new ConcurrentHashMap<>();
  private final Map<String, Integer> connections = new ConcurrentHashMap<>();
  private volatile Wire wire;
  private volatile boolean closed;

  /**
   * Binds the port; devices are let in after {@link #start}. Blocks until bound.
   *
   * @param vertx to share; null = one of its own
   */
  EmbeddedLink(
      LoudspeakerConfig config,
      DeviceAuth auth,
      Vertx vertx,
      InstantSource clock,
      LongSupplier nanos)
      throws IOException {
    this.ownVertx = vertx == null;
    this.vertx = ownVertx ? Vertx.vertx() : vertx;
    this.clock = clock;
    this.nanos = nanos;
    this.admission = new Admission(auth, config.clientAuthority() != null, clock, nanos);
    this.identity =
        config.certificate() == null
            ? null
            : new ServerIdentity(this.vertx, config.certificate(), config.certificateKey());
    this.patience = config.patience();
    this.free = new Semaphore(config.inFlight());
    MqttServerOptions options =
        new MqttServerOptions()
            .setHost(config.host())
            .setPort(config.port() == 0 ? ANY_PORT.getAndDecrement() : config.port())
            .setMaxMessageSize(LARGEST_MESSAGE)
            .setMaxClientIdLength(256)
            .setTimeoutOnConnect(CONNECT_WITHIN_SECONDS);
    options.setTcpNoDelay(true).setReuseAddress(true).setAcceptBacklog(4096);
    if (identity != null) {
      options.setSsl(true).setKeyCertOptions(KeyCertOptions.wrap(identity));
    }
    if (config.clientAuthority() != null) {
      Pem.certificates("client-authority", config.clientAuthority());
      options
          .setClientAuth(ClientAuth.REQUEST)
          .setPemTrustOptions(
              new PemTrustOptions().addCertPath(config.clientAuthority().toString()));
    }
    try {
      // One server per event loop, sharing the port.
      for (int i = 0; i < Math.min(4, Runtime.getRuntime().availableProcessors()); i++) {
        servers.add(listen(options));
      }
    } catch (CompletionException e) {
      close();
      throw new IOException(
          "loudspeaker endpoint can't listen on %s:%d: %s; is the port free, the certificate right?"
              .formatted(config.host(), config.port(), e.getCause().getMessage()),
          e.getCause());
    }
  }

  @Override
  public void start(Wire wire) {
    this.wire = wire;
    wire.linkChanged(true, "");
  }

  @Override
  public CompletionStage<Outcome> publish(String device, byte[] payload, Duration expiry) {
    if (closed) {
      return CompletableFuture.completedFuture(new Outcome.LaneDown("the endpoint is closed"));
    }
    DeviceConnection connection = listening.get(device);
    if (connection == null) {
      return CompletableFuture.completedFuture(new Outcome.Retry(WHEN_BACK, "device offline"));
    }
    if (!free.tryAcquire()) {
      return CompletableFuture.completedFuture(
          new Outcome.Retry(Duration.ofSeconds(1), "as many commands as allowed are under way"));
    }
    return connection
        .publish(Topics.command(device), payload, expiry, patience)
        .whenComplete((outcome, failure) -> free.release());
  }

  @Override
  public int room() {
    return closed || wire == null ? 0 : free.availablePermits();
  }

  @Override
  public Health.Part health() {
    Map<String, String> facts =
        Map.of(
            "port", Integer.toString(port().orElse(0)),
            "connections", Integer.toString(byClientId.size()));
    return closed
        ? new Health.Part("link", Health.State.DOWN, "the endpoint is closed", facts)
        : new Health.Part("link", Health.State.UP, "", facts);
  }

  @Override
  public List<Health.Part> more() {
    List<Health.Part> parts = new ArrayList<>();
    parts.add(Descriptors.now().part(byClientId.size()));
    if (identity != null) {
      parts.add(Expiry.part("the endpoint's", identity.end(), clock.instant()));
    }
    parts.add(admission.part());
    return parts;
  }

  @Override
  public OptionalInt port() {
    return OptionalInt.of(servers.get(0).actualPort());
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    List.copyOf(byClientId.values()).forEach(DeviceConnection::shutDown);
    List<Future<Void>> closing = new ArrayList<>();
    servers.forEach(server -> closing.add(server.close()));
    Future.join(closing)
        .eventually(() -> ownVertx ? vertx.close() : Future.succeededFuture())
        .onFailure(e -> LOG.warn("endpoint did not close cleanly: {}", e.getMessage()));
  }

  /** A connection has subscribed to its commands: an older one of that device is dropped. */
  void listens(DeviceConnection connection) {
    DeviceConnection older = listening.put(connection.device(), connection);
    if (older != null && older != connection) {
      older.takenOver();
    }
    wire.joined(connection.device());
  }

  void gone(DeviceConnection connection, String why) {
    byClientId.remove(connection.clientId(), connection);
    connections.computeIfPresent(connection.device(), (d, n) -> n == 1 ? null : n - 1);
    if (listening.remove(connection.device(), connection)) {
      wire.left(connection.device(), why);
    }
  }

  boolean isListening(String device) {
    return listening.containsKey(device);
  }

  private MqttServer listen(MqttServerOptions options) {
    MqttServer server = MqttServer.create(vertx, new MqttServerOptions(options));
    server.exceptionHandler(e -> LOG.debug("a connection failed early: {}", e.toString()));
    server.endpointHandler(this::connected);
    server.listen().toCompletionStage().toCompletableFuture().join();
    return server;
  }

  private void connected(MqttEndpoint endpoint) {
    Wire to = wire;
    boolean five = endpoint.protocolVersion() == 5;
    if (to == null || closed) {
      endpoint.reject(
          five
              ? MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE_5
              : MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE);
      return;
    }
    Admission.Verdict verdict = admission.of(endpoint);
    String device = verdict.device();
    if (verdict.refusal() != null) {
      refuse(endpoint, device, verdict.refusal());
      return;
    }
    boolean takesOver =
        byClientId.containsKey(clientId(device, endpoint)) || listening.containsKey(device);
    if (takesOver && !admission.takesOver(device)) {
      refuse(endpoint, device, Admission.Refusal.TAKEOVERS);
      return;
    }
    if (connections.merge(device, 1, Integer::sum) > CONNECTIONS_PER_DEVICE
        && !byClientId.containsKey(clientId(device, endpoint))) {
      connections.computeIfPresent(device, (d, n) -> n == 1 ? null : n - 1);
      refuse(endpoint, device, Admission.Refusal.CONNECTIONS);
      return;
    }
    DeviceConnection connection =
        new DeviceConnection(this, to, endpoint, verdict, clientId(device, endpoint));
    DeviceConnection older = byClientId.put(connection.clientId(), connection);
    connection.open();
    MqttProperties properties = new MqttProperties();
    if (five) {
      properties.add(number(MqttProperties.MqttPropertyType.RECEIVE_MAXIMUM, RECEIVE_MAXIMUM));
      properties.add(number(MqttProperties.MqttPropertyType.MAXIMUM_QOS, 1));
      properties.add(number(MqttProperties.MqttPropertyType.MAXIMUM_PACKET_SIZE, LARGEST_MESSAGE));
      properties.add(number(MqttProperties.MqttPropertyType.SHARED_SUBSCRIPTION_AVAILABLE, 0));
      properties.add(number(MqttProperties.MqttPropertyType.WILDCARD_SUBSCRIPTION_AVAILABLE, 0));
    }
    endpoint.accept(false, properties);
    if (older != null) {
      older.takenOver();
    }
  }

  private void refuse(MqttEndpoint endpoint, String device, Admission.Refusal why) {
    wire.ignored(why.words, device);
    admission.remember(device, why);
    endpoint.reject(endpoint.protocolVersion() == 5 ? why.five : why.three);
  }

  /** False, and it stays outside for a moment, when a device says more than it may. */
  boolean mayGoOn(String device) {
    if (allowance.takes(device, nanos.getAsLong())) {
      return true;
    }
    wire.ignored(Allowance.WORDS, device);
    admission.bar(device);
    return false;
  }

  /** Whether what a device connected with still holds. */
  boolean admits(String device, String password) {
    if (admission.holds(device, password)) {
      return true;
    }
    wire.ignored(Admission.Refusal.REVOKED.words, device);
    admission.remember(device, Admission.Refusal.REVOKED);
    return false;
  }

  /** Two devices can't throw each other out by choosing one client id. */
  private static String clientId(String device, MqttEndpoint endpoint) {
    return device + "\n" + endpoint.clientIdentifier();
  }

  static MqttProperties.IntegerProperty number(MqttProperties.MqttPropertyType type, int value) {
    return new MqttProperties.IntegerProperty(type.value(), value);
  }
}

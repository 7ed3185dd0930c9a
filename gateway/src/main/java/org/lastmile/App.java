package org.lastmile;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.impl.DefaultCamelContext;
import org.lastmile.cap.CapWriter;
import org.lastmile.cap.Reading;
import org.lastmile.cap.WarningReader;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.lastmile.channel.horn.HornChannel;
import org.lastmile.channel.horn.Horns;
import org.lastmile.channel.loudspeaker.Condition;
import org.lastmile.channel.loudspeaker.LoudspeakerChannel;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;
import org.lastmile.channel.loudspeaker.speech.Clips;
import org.lastmile.channel.loudspeaker.speech.SpeakingChannel;
import org.lastmile.channel.loudspeaker.speech.Voices;
import org.lastmile.channel.sms.SmsChannel;
import org.lastmile.channel.sms.pdu.Words;
import org.lastmile.channel.wechat.WeChatCallback;
import org.lastmile.channel.wechat.WeChatChannel;
import org.lastmile.channel.wechat.WeComChannel;
import org.lastmile.config.Config;
import org.lastmile.console.Accounts;
import org.lastmile.console.Callback;
import org.lastmile.console.ClipPage;
import org.lastmile.console.Console;
import org.lastmile.console.HornCallback;
import org.lastmile.console.Links;
import org.lastmile.console.Observation;
import org.lastmile.console.Staff;
import org.lastmile.desk.Desk;
import org.lastmile.desk.Issuer;
import org.lastmile.desk.Receipt;
import org.lastmile.ledger.EmbeddedRedis;
import org.lastmile.ledger.Ledger;
import org.lastmile.ledger.RedisAddress;
import org.lastmile.ledger.RedisLedger;
import org.lastmile.notices.Departments;
import org.lastmile.registry.Registries;
import org.lastmile.registry.Registry;
import org.lastmile.routes.CarrierChannel;
import org.lastmile.routes.DispatchRoutes;
import org.lastmile.routes.ImportDesk;
import org.lastmile.routes.IntakeRoutes;
import org.lastmile.routes.Lane;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Resident;
import org.lastmile.warning.Warning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway, put together: the only file that names every part. Parts start in the order in which
 * they need each other and stop in the opposite one.
 */
public final class App implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(App.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Map<String, Channel> channels = new LinkedHashMap<>();
  private final Map<String, Planner.Address> addresses = new LinkedHashMap<>();
  private final Accounts accounts;
  private final Registries registries;
  private final Desk desk;
  private final Ledger ledger;
  private final int port;
  private final int managementPort;
  private LoudspeakerChannel loudspeakers;
  private WeComChannel wecom;
  private Clips clips;
  private ForeseenClips foreseen;
  private HornChannel horn;

  /** Starts the gateway. Throws what stands in the way, in words, with everything stopped again. */
  public static App start(Config config, Clock clock, String bootstrapToken) throws Exception {
    return start(config, clock, System::nanoTime, bootstrapToken);
  }

  /**
   * The same with another monotonic time.
   *
   * @param nanos by which the silence of loudspeakers and their self-test are measured
   */
  public static App start(Config config, Clock clock, LongSupplier nanos, String bootstrapToken)
      throws Exception {
    return new App(config, clock, nanos, bootstrapToken);
  }

  /** Somebody in the registry has that mobile phone. */
  private boolean registered(String phone) {
    Registry registry = registries.current();
    return Stream.concat(
            registry.residents().stream().map(Resident::phone),
            registry.people().stream().flatMap(p -> Stream.of(p.phone(), p.backupPhone())))
        .anyMatch(p -> p.replaceAll("\\D", "").endsWith(phone));
  }

  private App(Config config, Clock clock, LongSupplier nanos, String bootstrapToken)
      throws Exception {
    try {
      RedisAddress address = store(config.store());
      ledger = part(new RedisLedger(address, config.jurisdiction()));
      awaitStore();

      Vertx vertx = Vertx.vertx();
      part(() -> vertx.close().toCompletionStage().toCompletableFuture().join());
      SecureRandom random = new SecureRandom();
      accounts = new Accounts(ledger.memory("accounts"), random, clock, bootstrapToken);
      registries = new Registries(ledger.memory("registry"), clock);

      CamelContext camel = new DefaultCamelContext();
      Map<String, Callback> callbacks = channels(config, clock, nanos, vertx, random, camel);

      Links links = new Links(ledger.memory("links"), random, publicUrl(config.http()));
      desk =
          part(
              new Desk(
                  ledger,
                  warning -> registries.current().threatened(warning),
                  () -> config.policy().policy(),
                  () -> config.policy().wording(),
                  clock,
                  new Desk.Setup(
                      owner(config),
                      config.desk().term(),
                      config.zone(),
                      links,
                      addresses,
                      this::registered)));

      ScheduledExecutorService timer = Lane.timer();
      part(timer::shutdownNow);
      Departments departments =
          loudspeakers == null
              ? null
              : part(
                  new Departments(
                      ledger.memory("notices"), desk::gravelyWarned, clock, config.zone()));
      List<Lane> lanes = new ArrayList<>();
      channels.forEach(
          (name, channel) ->
              lanes.add(new Lane(name, channel, perMinute(config, name), desk, timer)));

      lanes.stream()
          .filter(lane -> lane.name().equals("loudspeaker"))
          .forEach(lane -> lane.behind(departments));

      Map<String, Supplier<Health>> health = new LinkedHashMap<>();
      channels.forEach((name, channel) -> health.put(name, channel::check));
      WarningReader reader = new WarningReader(config.http().bodyLimit(), clock);
      Console console =
          part(
              new Console(
                  vertx,
                  new Console.Parts(
                      desk,
                      ledger.memory("console"),
                      accounts,
                      new ImportDesk(registries),
                      health,
                      new CapWriter(config.zone())::write,
                      callbacks,
                      clock,
                      random,
                      config.zone(),
                      publicUrl(config.http()),
                      links,
                      wecom == null ? null : App.staff(wecom),
                      loudspeakers == null ? null : new LoudspeakerKeys(loudspeakers),
                      departments,
                      loudspeakers == null ? null : new LoudspeakerWatch(loudspeakers))));

      camel.addRoutes(
          new IntakeRoutes(
              new IntakeRoutes.Intake() {
                @Override
                public Reading read(byte[] input) {
                  return reader.read(input, config.zone());
                }

                @Override
                public CompletionStage<Receipt> accept(Warning warning, Issuer issuer) {
                  return desk.accept(warning, issuer);
                }
              },
              config.intake().folder(),
              new Issuer(
                  "folder",
                  config.intake().mayRelease(),
                  config.intake().upTo(),
                  config.intake().areas())));
      camel.addRoutes(new DispatchRoutes(desk, channels, lanes));
      if (loudspeakers != null) {
        supervise(loudspeakers, timer);
      }

      // People and devices come in last, when everybody inside is at their place.
      Router router = console.router();
      if (horn != null) {
        new HornCallback(horn::receipt).mount(router);
      }
      if (clips != null) {
        new ClipPage(
                name ->
                    clips
                        .named(name)
                        .map(c -> new ClipPage.Clip(c.file(), c.sha256(), c.format(), c.size())))
            .mount(router);
      }
      camel
          .getRegistry()
          .bind(
              VertxPlatformHttpRouter.PLATFORM_HTTP_ROUTER_NAME_ZERO,
              new Intakes(vertx, router, config.http().bodyLimit()));
      desk.onActive(registries::refresh);
      if (departments != null) {
        desk.onActive(departments::load);
      }
      desk.onAnswered(
          (channel, attempt) -> {
            if (channel.equals("wecom") && wecom != null) {
              wecom.answered(attempt);
            }
          });
      desk.start();
      part(camel::stop);
      camel.start();
      if (loudspeakers != null && config.selfTest() != null) {
        loudspeakers.testDaily(config.selfTest(), this::engaged, console::selfTested);
      }
      if (foreseen != null && config.loudspeaker().rendering().preload() != null) {
        loudspeakers.preloadDaily(
            config.loudspeaker().rendering().preload(), this::engaged, foreseen);
      }
      port = listen(config.http(), vertx, router);
      managementPort = observe(config.http(), vertx, health, lanes);
    } catch (Exception | Error e) {
      close();
      throw e;
    }
    log.info("listening: console http://localhost:{}, management {}", port, managementPort);
  }

  /** Whoever stands in the registry is expected, whichever node has imported it. */
  private void supervise(LoudspeakerChannel channel, ScheduledExecutorService timer) {
    AtomicReference<Registry> seen = new AtomicReference<>();
    Runnable look =
        () -> {
          Registry now = registries.current();
          if (seen.getAndSet(now) != now) {
            channel.expect(
                now.loudspeakers().stream().map(Loudspeaker::id).collect(Collectors.toSet()));
          }
        };
    look.run();
    var unused = timer.scheduleWithFixedDelay(look, 5, 5, TimeUnit.SECONDS);
  }

  private CompletionStage<Optional<Set<String>>> engaged() {
    return desk.active()
        ? desk.engaged("loudspeaker").thenApply(Optional::of)
        : CompletableFuture.completedFuture(Optional.empty());
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.push(part);
    return part;
  }

  private RedisAddress store(Config.Store store) {
    if (!store.embedded()) {
      return RedisAddress.parse(store.redis());
    }
    EmbeddedRedis redis =
        part(
            store.server().isEmpty()
                ? EmbeddedRedis.start(store.data())
                : EmbeddedRedis.start(store.data(), Optional.of(Path.of(store.server()))));
    log.info("embedded redis {} on {}", redis.version(), store.data());
    return redis.address();
  }

  /** A store that is away at the start is waited for: after a power cut it may come up later. */
  private void awaitStore() throws InterruptedException {
    boolean said = false;
    while (true) {
      try {
        ledger.ping();
        return;
      } catch (Memory.Away e) {
        if (!said) {
          log.error("the store is away, waiting for it: {}", e.getMessage());
          said = true;
        }
        Thread.sleep(1_000); // nothing to wait on but the store itself
      }
    }
  }

  private Map<String, Callback> channels(
      Config config,
      Clock clock,
      LongSupplier nanos,
      Vertx vertx,
      SecureRandom random,
      CamelContext camel)
      throws IOException {
    Map<String, Callback> callbacks = new LinkedHashMap<>();
    if (config.loudspeaker() != null) {
      loudspeakers =
          LoudspeakerChannel.open(
              config.loudspeaker(), ledger.memory("loudspeaker"), clock, nanos, vertx);
      Voices voices = voices(config.loudspeaker(), clock);
      SpeakingChannel speaking =
          new SpeakingChannel(withPlatform(config, clock), this::device, voices);
      channel("loudspeaker", Planner.Address.DEVICE, speaking);
      if (voices != null) {
        foreseen =
            new ForeseenClips(
                speaking, voices, registries::current, () -> config.policy().wording());
      }
    } else if (config.horn() != null) {
      log.error(
          "channels.horn needs channels.loudspeaker, which takes all other devices: it is off");
    }
    if (config.sms() != null) {
      channel(
          "sms", Planner.Address.PHONE, new SmsChannel(config.sms(), ledger.memory("sms"), clock));
    }
    if (config.wechat() != null) {
      WeChatChannel wechat =
          new WeChatChannel(config.wechat(), ledger.memory("wechat"), clock, random);
      channel("wechat", Planner.Address.OPENID, wechat);
      callbacks.put("official-account", callback(wechat.callback()));
    }
    if (config.wecom() != null) {
      wecom = new WeComChannel(config.wecom(), ledger.memory("wecom"), clock, random);
      channel("wecom", Planner.Address.WECOM, wecom);
      callbacks.put("wecom", callback(wecom.callback()));
    }
    config
        .carriers()
        .forEach(
            (name, carrier) ->
                channel(
                    name,
                    carrier.address(),
                    new CarrierChannel(
                        name,
                        carrier.uri(),
                        camel,
                        clock,
                        (text, mark) -> Words.inUcs2(text, mark).parts())));
    return callbacks;
  }

  /** The gateway's own loudspeakers, and those that the ledger gives to a platform. */
  private Channel withPlatform(Config config, Clock clock) {
    if (config.horn() == null) {
      return loudspeakers;
    }
    horn = new HornChannel(config.horn(), clock);
    return new Horns(
        horn,
        loudspeakers,
        id -> config.horn().devices().has(id, device(id).model(), device(id).playMode()));
  }

  private Voices voices(LoudspeakerConfig config, Clock clock) throws IOException {
    if (config.rendering() == null) {
      return null;
    }
    Voices voices = part(Voices.open(config.rendering(), clock, System::nanoTime));
    clips = voices.clips();
    return voices;
  }

  /** What the ledger says of a loudspeaker; asked for every command. */
  private SpeakingChannel.Device device(String id) {
    return registries
        .current()
        .loudspeaker(id)
        .map(l -> new SpeakingChannel.Device(l.model(), l.playMode()))
        .orElse(SpeakingChannel.Device.UNKNOWN);
  }

  private void channel(String name, Planner.Address address, Channel channel) {
    channels.put(name, part(channel));
    addresses.put(name, address);
  }

  private static Staff staff(WeComChannel wecom) {
    return mobile ->
        wecom
            .find(mobile)
            .thenApply(
                found -> {
                  if (found instanceof WeComChannel.Lookup.Found there) {
                    return there.userid();
                  }
                  if (found instanceof WeComChannel.Lookup.NotNow not) {
                    throw new Staff.Unavailable(not.why());
                  }
                  return "";
                });
  }

  private static Callback callback(WeChatCallback wechat) {
    return new Callback() {
      @Override
      public Reply verify(Map<String, String> query) {
        return reply(wechat.verify(query));
      }

      @Override
      public CompletionStage<Reply> receive(Map<String, String> query, byte[] body) {
        return wechat.receive(query, body).thenApply(this::reply);
      }

      private Reply reply(WeChatCallback.Reply reply) {
        return new Reply(reply.status(), reply.body(), reply.contentType());
      }
    };
  }

  /** Where Camel hangs its intake: on the console's own server, behind its gate. */
  private static final class Intakes extends VertxPlatformHttpRouter {
    private final int bodyLimit;

    Intakes(Vertx vertx, Router router, int bodyLimit) {
      super(null, vertx, router, PLATFORM_HTTP_ROUTER_NAME_ZERO);
      this.bodyLimit = bodyLimit;
    }

    @Override
    public Handler<RoutingContext> bodyHandler() {
      return BodyHandler.create(false).setBodyLimit(bodyLimit);
    }
  }

  private int listen(Config.Http http, Vertx vertx, Router router) throws IOException {
    HttpServer server = vertx.createHttpServer().requestHandler(router);
    part(() -> server.close().toCompletionStage().toCompletableFuture().join());
    Future<Integer> listening = server.listen(http.port(), http.host()).map(HttpServer::actualPort);
    return bound("http.port", http.host(), http.port(), listening);
  }

  private static int bound(String path, String host, int port, Future<Integer> listening)
      throws IOException {
    try {
      return listening.toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IOException(
          "%s: can't listen on %s:%d (%s): stop what uses it, or name another"
              .formatted(path, host, port, e.getCause().getMessage()),
          e);
    }
  }

  private int observe(
      Config.Http http, Vertx vertx, Map<String, Supplier<Health>> health, List<Lane> lanes)
      throws IOException {
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(metrics);
    new JvmThreadMetrics().bindTo(metrics);
    new ProcessorMetrics().bindTo(metrics);
    JvmGcMetrics gc = part(new JvmGcMetrics());
    gc.bindTo(metrics);
    Gauge.builder("lastmile_desk_active", desk, d -> d.active() ? 1 : 0).register(metrics);
    if (loudspeakers != null) {
      for (Condition condition : Condition.values()) {
        Gauge.builder("lastmile_loudspeakers", loudspeakers, l -> count(l, condition))
            .description("loudspeakers by what one can expect of them")
            .tag("state", condition.name().toLowerCase(Locale.ROOT))
            .register(metrics);
      }
    }
    for (Lane lane : lanes) {
      Gauge.builder("lastmile_lane_flying", lane, Lane::flying)
          .tag("channel", lane.name())
          .register(metrics);
      Gauge.builder("lastmile_lane_circuit_open", lane, l -> l.open() ? 1 : 0)
          .tag("channel", lane.name())
          .register(metrics);
    }
    Map<String, Supplier<Health>> vital = new LinkedHashMap<>();
    vital.put("store", this::storeHealth);
    vital.put("desk", this::deskHealth);
    Observation observation = new Observation(vertx, vital, health, metrics);
    part(() -> observation.close().toCompletionStage().toCompletableFuture().join());
    int port = http.managementPort();
    return bound("http.management-port", "127.0.0.1", port, observation.listen(port));
  }

  private static int count(LoudspeakerChannel channel, Condition condition) {
    return channel.counts().getOrDefault(condition, 0);
  }

  private Health storeHealth() {
    String trouble = desk.storeTrouble();
    Health.State state = trouble.isEmpty() ? Health.State.UP : Health.State.DOWN;
    return Health.of(List.of(new Health.Part("store", state, trouble, Map.of())));
  }

  private Health deskHealth() {
    boolean active = desk.active();
    return Health.of(
        List.of(
            new Health.Part(
                "desk",
                active ? Health.State.UP : Health.State.DEGRADED,
                active ? "" : "standby: another node is active, or the store is away",
                Map.of("devices", Integer.toString(desk.devices().size())))));
  }

  private static int perMinute(Config config, String channel) {
    Config.Carrier carrier = config.carriers().get(channel);
    return carrier == null ? 0 : carrier.perMinute();
  }

  /**
   * Whoever holds the folder of an embedded store is its only gateway, so that the one before is
   * dead: under one name it goes on at once, instead of when the old lease has run out.
   */
  private static String owner(Config config) {
    if (!config.desk().owner().isEmpty()) {
      return config.desk().owner();
    }
    if (config.store().embedded()) {
      return "embedded";
    }
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "unnamed"; // a host that does not know its own name still has process ids
    }
    return host + "-" + ProcessHandle.current().pid();
  }

  /** Start of links; empty when nobody knows it before the port is bound. */
  private static String publicUrl(Config.Http http) {
    if (!http.publicUrl().isEmpty()) {
      return http.publicUrl();
    }
    return http.port() == 0 ? "" : "http://localhost:" + http.port();
  }

  /** Where people and machines reach the console and the API. */
  public int port() {
    return port;
  }

  /** Where health and metrics are, on localhost. */
  public int managementPort() {
    return managementPort;
  }

  /** Where loudspeakers connect; empty with a broker or without loudspeakers. */
  public OptionalInt mqttPort() {
    return loudspeakers == null ? OptionalInt.empty() : loudspeakers.port();
  }

  /** The loudspeaker channel, for provisioning; null when it is off. */
  public LoudspeakerChannel loudspeakers() {
    return loudspeakers;
  }

  public Accounts accounts() {
    return accounts;
  }

  public Registries registries() {
    return registries;
  }

  public Desk desk() {
    return desk;
  }

  /** Channels by name. */
  public Map<String, Channel> channels() {
    return Map.copyOf(channels);
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        // The others still have to stop; what failed is in the log.
        log.warn("{} did not stop cleanly", part, e);
      }
    }
  }
}

package org.lastmile.dist.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.lastmile.App;
import org.lastmile.config.Config;
import org.lastmile.dist.Logs;
import org.lastmile.dist.Parts;
import org.lastmile.dist.command.Gateway;
import org.lastmile.dist.command.Run;
import org.lastmile.dist.command.Trouble;
import org.lastmile.dist.sample.SampleTownship;
import org.lastmile.dist.terminal.Board;
import org.lastmile.dist.terminal.Columns;
import org.lastmile.dist.terminal.Screen;
import org.lastmile.registry.NamedBytes;
import org.lastmile.simulators.wechat.AccountSettings;

/**
 * The main job from one end to the other: a township, a red rainstorm, and a gateway that does not
 * stop until every point is covered. Everything goes through the gateway's real outsides: its
 * configuration file, its HTTP API, its serial ports, its MQTT endpoint, its WeChat callback.
 */
final class Demo {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration IDLE = Duration.ofSeconds(2);
  private static final Duration READY = Duration.ofSeconds(40);
  private static final int STORY = 4;

  private final Settings settings;
  private final Screen screen;
  private final Clock clock = Clock.systemUTC();
  private final Parts parts;
  private final Queue<String> happened = new ConcurrentLinkedQueue<>();
  private final Deque<String> recent = new ArrayDeque<>();
  private final Story story = new Story();
  private final long started = System.nanoTime();
  private Folder folder;
  private Gateway gateway;
  private String warning;
  private String password;
  private Instant released;
  private String lastCounts = "";

  /**
   * @param parts whatever it starts is added there
   */
  Demo(Settings settings, Screen screen, Parts parts) {
    this.settings = settings;
    this.screen = screen;
    this.parts = parts;
  }

  /** True when it ended as it was to end. */
  boolean run() throws Exception {
    folder = parts.add(new Folder());
    Logs.toFile(folder.log());
    try {
      return play();
    } catch (Exception | Error e) {
      folder.keepLog();
      screen.say("the log is kept: " + folder.log());
      throw e;
    }
  }

  private boolean play() throws Exception {
    SampleTownship township =
        SampleTownship.generate(settings.seed(), settings.points(), settings.speakers());
    int port = settings.port() == 0 ? freePort() : settings.port();
    URI url = URI.create("http://localhost:" + port);
    String admin = secret();
    Path dev = Files.createDirectory(folder.path().resolve("dev"));
    screen.say(
        "LastMile demo · seed %d · %d hazard points, %d loudspeakers, %d modems"
            .formatted(settings.seed(), settings.points(), settings.speakers(), settings.modems()));
    Town town = parts.add(new Town(township, settings, dev, url, happened::add));
    App app = parts.add(Run.started(config(port, town, dev), clock, admin));
    Gateway asAdmin = new Gateway(url, admin);
    town.populate(app.loudspeakers());
    load(asAdmin, township.files().get(0));
    ObjectNode officer = Gateway.object().put("name", "duty-officer").put("role", "OPERATOR");
    String officersToken = asAdmin.post("/api/v1/tokens", officer).path("secret").asText();
    ObjectNode visitor = Gateway.object().put("name", "demo").put("role", "ADMIN");
    password = asAdmin.post("/api/v1/users", visitor).path("secret").asText();
    gateway = asAdmin;
    introduce(town);
    await("the modems", () -> channelUp("sms"));
    await("the loudspeakers", () -> town.fleet.statistics().online() >= town.expectedOnline());
    issue(township, asAdmin);
    town.begin();
    return watch(new DutyOfficer(new Gateway(url, officersToken), clock));
  }

  private Config config(int port, Town town, Path dev) throws IOException {
    AccountSettings account = town.wechat.account().settings();
    Path policy = folder.path().resolve("policy.yaml");
    Files.writeString(policy, policy(settings));
    Path file = folder.path().resolve("lastmile.yaml");
    Files.writeString(
        file,
        """
        jurisdiction: demo
        http: { host: 127.0.0.1, port: %d, management-port: 0 }
        store: { redis: embedded, data: data }
        channels:
          %s
          loudspeaker: { broker: embedded, host: 127.0.0.1, port: 0 }
          wechat:
            official-account:
              base-url: %s
              app-id: %s
              secret: %s
              template-id: %s
              callback-token: %s
              aes-key: %s
        policy: policy.yaml
        """
            .formatted(
                port,
                "sms: { modems: [ { port: %s/ttyUSB* } ] }".formatted(dev),
                town.wechat.baseUrl(),
                account.appId(),
                account.secret(),
                AccountSettings.WARNING_TEMPLATE,
                account.callbackToken(),
                account.aesKey()));
    return Config.read(file);
  }

  /** The demo's practice, with the times that this township needs. */
  static String policy(Settings settings) throws IOException {
    try (InputStream in = Demo.class.getResourceAsStream("/demo-policy.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("${deadline}", settings.deadline().toSeconds() + "s")
          .replace("${spill}", settings.spill().toSeconds() + "s");
    }
  }

  private void load(Gateway asAdmin, NamedBytes ledger) {
    asAdmin.post(
        "/api/v1/registry/import?name=" + Gateway.escaped(ledger.name()),
        "application/octet-stream",
        ledger.bytes());
  }

  private void introduce(Town town) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("console " + gateway.url() + "   sign in as demo, password " + password);
    lines.add("");
    lines.add("The demo's ladder for RED (seconds instead of minutes; file demo-policy.yaml):");
    policy(settings)
        .lines()
        .filter(l -> l.matches("\\s+(- \\{ after|deadline|spill).*"))
        .map(l -> "  " + Columns.cut(l.strip(), screen.columns() - 2))
        .forEach(lines::add);
    lines.add("What goes wrong on purpose:");
    town.faults().forEach(f -> lines.add("  " + Columns.cut(f, screen.columns() - 2)));
    lines.add("");
    screen.say(lines);
  }

  private void issue(SampleTownship township, Gateway asAdmin) throws IOException {
    String cap = township.redRainstorm(clock.instant());
    Path file = folder.path().resolve("red-rainstorm.xml");
    Files.writeString(file, cap);
    Gateway.Answer receipt =
        asAdmin.post("/api/v1/warnings", "application/cap+xml", Files.readAllBytes(file));
    warning = receipt.body().path("id").asText();
    if (!receipt.body().path("status").asText().equals("RELEASED")) {
      throw new Trouble("the warning was not released: " + receipt.body());
    }
    released = Instant.parse(view().path("released").asText());
    screen.say(
        "red-rainstorm.xml → %d %s: %d points, %d deliveries"
            .formatted(
                receipt.status(),
                receipt.body().path("status").asText(),
                receipt.body().path("points").asInt(),
                receipt.body().path("deliveries").asInt()),
        "");
  }

  private JsonNode view() {
    return gateway.get("/api/v1/warnings/" + warning);
  }

  private boolean watch(DutyOfficer officer) throws Exception {
    boolean reported = false;
    while (true) {
      JsonNode view = view();
      JsonNode coverage = gateway.get("/api/v1/warnings/" + warning + "/coverage");
      tell(coverage);
      officer.turn().forEach(this::say);
      if (!reported) {
        show(view, coverage);
      }
      boolean covered = coverage.path("covered").asInt() == coverage.path("total").asInt();
      boolean over = covered || clock.instant().isAfter(released.plus(settings.limit()));
      if (over && !reported) {
        reported = true;
        Summary summary = report(view, coverage);
        if (settings.exitWhenCovered()) {
          return summary.allCovered();
        }
        screen.say(
            "The demo stays up until Ctrl-C.\nconsole %s   sign in as demo, password %s"
                .formatted(gateway.url(), password));
      }
      Thread.sleep(over ? IDLE.toMillis() : LOOK.toMillis());
    }
  }

  private void tell(JsonNode coverage) {
    for (String what = happened.poll(); what != null; what = happened.poll()) {
      say(what);
    }
    story.since(coverage).forEach(this::say);
  }

  private void say(String what) {
    String line =
        Columns.right(Board.clock(Duration.between(released, clock.instant())), 5) + "  " + what;
    if (screen.live()) {
      recent.addLast(" " + Columns.cut(line, screen.columns() - 2));
      while (recent.size() > STORY) {
        recent.removeFirst();
      }
    } else {
      screen.say(line);
    }
  }

  private void show(JsonNode view, JsonNode coverage) {
    if (screen.live()) {
      List<String> frame =
          new ArrayList<>(
              new Board(screen.columns(), true)
                  .lines(view, coverage, clock.instant(), screen.rows() - STORY - 1));
      frame.add("");
      frame.addAll(recent);
      screen.draw(frame);
      return;
    }
    String counts =
        "%d of %d points covered, %d told, %d untold"
            .formatted(
                coverage.path("covered").asInt(),
                coverage.path("total").asInt(),
                coverage.path("reached").asInt(),
                coverage.path("unreached").asInt());
    if (!counts.equals(lastCounts)) {
      lastCounts = counts;
      say(counts);
    }
  }

  private Summary report(JsonNode view, JsonNode coverage) throws IOException {
    JsonNode timeline = gateway.get("/api/v1/warnings/" + warning + "/timeline");
    Summary summary =
        Summary.of(
            settings, view, coverage, timeline, Duration.ofNanos(System.nanoTime() - started));
    screen.keep();
    screen.say("");
    screen.say(summary.words(screen.columns()));
    if (settings.report() != null) {
      summary.write(settings.report());
      screen.say("report: " + settings.report());
    }
    if (!summary.allCovered()) {
      folder.keepLog();
      screen.say("the log is kept: " + folder.log());
    }
    return summary;
  }

  private boolean channelUp(String name) {
    for (JsonNode channel : gateway.get("/api/v1/channels")) {
      if (channel.path("name").asText().equals(name)) {
        return channel.path("state").asText().equals("UP");
      }
    }
    return true;
  }

  private void await(String what, BooleanSupplier ready) throws InterruptedException {
    long end = System.nanoTime() + READY.toNanos();
    while (!ready.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new Trouble(what + " are not ready after " + READY.toSeconds() + " s");
      }
      Thread.sleep(100); // what is waited for is another program's port, seen over the API
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String secret() {
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }
}

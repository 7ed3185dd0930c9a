package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.lastmile.App;
import org.lastmile.config.Config;
import org.lastmile.dist.Lastmile;
import org.lastmile.dist.command.Gateway;
import org.lastmile.warning.Loudspeaker;

/**
 * A whole site: a registry with loudspeakers, what {@code lastmile provision} wrote for them, and
 * then a running gateway, with a Mosquitto on the provisioned files or with its own endpoint.
 */
final class LiveSite implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(60);
  static final String ACCOUNT = "lastmile-gateway";
  static final String PASSWORD = "of the gateway";
  private static final String KEYS = "/api/v1/loudspeakers/keys";

  private final Path folder;
  private final int port = ProvisionedBroker.freePort();
  private final ProvisionedBroker broker;
  private final App app;
  private final Gateway gateway;
  private int warnings;

  /** Opens it: when that is done the gateway runs. */
  LiveSite(Path folder, boolean brokered, String... devices) throws Exception {
    this(
        folder,
        brokered,
        "http: { host: 127.0.0.1, port: 0, management-port: 0 }",
        "",
        "",
        Stream.of(devices).map(Township::speaker).toArray(Loudspeaker[]::new));
  }

  /**
   * One with its own endpoint whose HTTP server has a known port.
   *
   * @param speaker more of the loudspeakers' section
   * @param channels further channels, indented
   */
  static LiveSite reachable(
      Path folder, int port, String speaker, String channels, Loudspeaker... devices)
      throws Exception {
    String http =
        "http: { host: 127.0.0.1, port: %1$d, management-port: 0, public-url: 'http://127.0.0.1:%1$d' }"
            .formatted(port);
    return new LiveSite(folder, false, http, speaker, channels, devices);
  }

  private LiveSite(
      Path folder,
      boolean brokered,
      String http,
      String speaker,
      String channels,
      Loudspeaker... devices)
      throws Exception {
    this.folder = folder;
    Path policy =
        Files.writeString(
            folder.resolve("policy.yaml"),
            """
            name: horns
            ladders:
              BLUE:
                rungs:
                  - { after: 0s, audiences: [LOUDSPEAKER] }
                  - { after: 5m, duty: true }
                deadline: 10m
            waits: { receipt: 20s, retry: 200ms, retry-most: 1s }
            """);
    Path config =
        Files.writeString(
            folder.resolve("lastmile.yaml"),
            """
            %s
            store: { data: data }
            channels:
              loudspeaker: { %s, patience: 3s%s }
            %s
            policy: %s
            """
                .formatted(
                    http,
                    brokered
                        ? "broker: 'mqtt://127.0.0.1:%d', username: %s, password: %s"
                            .formatted(port, ACCOUNT, PASSWORD)
                        : "broker: embedded, host: 127.0.0.1, port: " + port,
                    speaker,
                    channels.stripTrailing(),
                    policy));
    new Township(folder, devices).close();
    provision(config);
    broker = brokered ? ProvisionedBroker.files(folder.resolve("out/broker"), port) : null;
    app = App.start(Config.read(config), Clock.systemUTC(), "token of the test");
    await().atMost(SOON).until(app.desk()::active);
    gateway = new Gateway(URI.create("http://127.0.0.1:" + app.port()), "token of the test");
  }

  private void provision(Path config) {
    StringWriter said = new StringWriter();
    int exit =
        Lastmile.commandLine()
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute(
                "provision",
                "--config",
                config.toString(),
                "--all",
                "--host",
                "127.0.0.1",
                "--out",
                folder.resolve("out").toString());
    assertThat(exit).as(said.toString()).isZero();
  }

  /** What provisioning wrote for that device. */
  Path bundle(String device) {
    return new Bundles(folder.resolve("out"), false).folderOf(device);
  }

  JsonNode bundled(String device) throws Exception {
    return Frames.JSON.readTree(bundle(device).resolve("device.json").toFile());
  }

  int port() {
    return port;
  }

  App app() {
    return app;
  }

  /** Until that many loudspeakers are there for the gateway. */
  void awaitOnline(int devices) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(keys().path("online").asInt()).isEqualTo(devices));
  }

  /** A blue warning over the village, in force for that long; its id. */
  String issue(Duration force) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    ObjectNode warning = Gateway.object();
    warning.put("identifier", "w-" + ++warnings).put("sender", "qx@example.cn");
    warning.put("sent", time(now)).put("expires", time(now.plus(force)));
    warning.put("status", "Actual").put("type", "Alert").put("scope", "Public");
    warning.put("grade", "BLUE").put("hazard", "11B03").put("senderName", "云岭县气象台");
    warning.put("headline", "云岭县气象台发布暴雨蓝色预警").put("language", "zh-CN");
    warning.putObject("area").put("description", "上坝村").putArray("codes").add("510723104000");
    JsonNode receipt = gateway.post("/api/v1/warnings", warning);
    assertThat(receipt.path("status").asText()).as(receipt.toString()).isEqualTo("RELEASED");
    return receipt.path("id").asText();
  }

  /** What became of that device's delivery. */
  JsonNode delivery(String warning, String device) {
    for (JsonNode row : gateway.get("/api/v1/warnings/" + warning + "/deliveries")) {
      if (row.path("recipient").asText().equals(device)) {
        return row;
      }
    }
    throw new AssertionError("no delivery of " + warning + " to " + device);
  }

  void awaitState(String warning, String device, String state) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              JsonNode row = delivery(warning, device);
              assertThat(row.path("state").asText()).as(row.toString()).isEqualTo(state);
            });
  }

  /** Of a device's delivery, every line of the timeline as "TYPE detail". */
  List<String> timeline(String warning, String device) {
    int number = delivery(warning, device).path("number").asInt();
    List<String> lines = new ArrayList<>();
    for (JsonNode line : gateway.get("/api/v1/warnings/" + warning + "/timeline")) {
      if (line.path("delivery").asInt(-1) == number) {
        lines.add((line.path("type").asText() + " " + line.path("detail").asText()).strip());
      }
    }
    return lines;
  }

  JsonNode coverage(String warning) {
    return gateway.get("/api/v1/warnings/" + warning + "/coverage");
  }

  private JsonNode keys() {
    return gateway.get(KEYS);
  }

  /**
   * As a technician does over some days: the next key, everybody has it, it signs, the old goes.
   */
  void rotatesKeys() {
    String old = state("current");
    gateway.post(KEYS, Gateway.object());
    awaitEverybodyFollows();
    gateway.post(KEYS + "/use", Gateway.object());
    assertThat(state("previous")).isEqualTo(old);
    gateway.delete(KEYS + "/" + old);
    awaitEverybodyFollows();
  }

  private String state(String wanted) {
    for (JsonNode key : keys().path("keys")) {
      if (key.path("state").asText().equalsIgnoreCase(wanted)) {
        return key.path("kid").asText();
      }
    }
    throw new AssertionError("no key is " + wanted + ": " + keys());
  }

  private void awaitEverybodyFollows() {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(keys().path("follow").asInt())
                    .as(keys().toString())
                    .isEqualTo(keys().path("online").asInt()));
  }

  private static String time(Instant at) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(at.atOffset(ZoneOffset.ofHours(8)));
  }

  @Override
  public void close() {
    app.close();
    if (broker != null) {
      broker.close();
    }
  }
}

package org.lastmile.story;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.lastmile.channel.loudspeaker.Broker;
import org.lastmile.registry.Ledgers;
import org.lastmile.registry.NamedBytes;
import org.lastmile.registry.RegistryImport;
import org.lastmile.simulators.speakers.FleetSettings;
import org.lastmile.simulators.speakers.Play;
import org.lastmile.simulators.speakers.Speaker;
import org.lastmile.simulators.speakers.SpeakerFleet;
import org.lastmile.simulators.speakers.SpeakerSettings;

/**
 * Nothing but loudspeakers, by the thousand, ten to a hazard point: a whole gateway with its own
 * store, and a fleet that counts what each device plays.
 */
final class Valley implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Path folder;
  private final List<String> devices;
  private final int port = Township.freePort();
  private final int mqttPort = Township.freePort();
  private Gateway gateway;
  private SpeakerFleet fleet;
  private URI server = URI.create("mqtt://127.0.0.1:" + mqttPort);
  private String link;
  private boolean own = true;
  private String speech = "";
  private Set<String> byHand = Set.of();
  private Set<String> elsewhere = Set.of();
  private Set<String> mute = Set.of();

  Valley(Path folder, int loudspeakers) {
    this.folder = folder;
    this.devices = IntStream.rangeClosed(1, loudspeakers).mapToObj(n -> "v" + n).toList();
    this.link = "broker: embedded, host: 127.0.0.1, port: " + mqttPort;
  }

  String[] devices() {
    return devices.toArray(String[]::new);
  }

  Valley broker(Broker broker) {
    own = false;
    server = URI.create("mqtt://127.0.0.1:" + broker.port());
    link =
        "broker: '%s', username: %s, password: %s"
            .formatted(server, Broker.GATEWAY, Broker.PASSWORD);
    return this;
  }

  /** Those are played by the test. */
  Valley byHand(String... ids) {
    byHand = Set.of(ids);
    return this;
  }

  /** Those were provisioned for another village than the registry says. */
  Valley elsewhere(String... ids) {
    elsewhere = Set.of(ids);
    return this;
  }

  /** Those can't speak and need audio, as the registry says. */
  Valley mute(String... ids) {
    mute = Set.of(ids);
    return this;
  }

  /** Clips are made, and brought to who needs them every day at that local time, all at once. */
  Valley bringsClipsAt(LocalTime at) {
    String voice = "{ printf 'RIFF0000WAVE'; printf '%300s' x; cat; } >$0";
    speech =
        ", speech: { command: [sh, -c, \"%s\", '{out}'], folder: ./clips, preload: { at: '%s', spread: 0s } }"
            .formatted(voice, at.truncatedTo(ChronoUnit.MINUTES));
    return this;
  }

  URI server() {
    return server;
  }

  /** What a device has to say of itself to be let in. */
  String password(String device) {
    return own ? gateway.passwords().get(device) : Broker.PASSWORD;
  }

  /** The gateway's configuration; its practice is the one that is shipped. */
  Path config() throws IOException {
    return Files.writeString(
        folder.resolve("gateway.yaml"),
        """
        http: { host: 127.0.0.1, port: %d, management-port: 0, public-url: 'http://127.0.0.1:%d' }
        store: { redis: embedded, data: ./data }
        desk: { term: 1h }
        channels:
          loudspeaker: { %s%s }
        """
            .formatted(port, port, link, speech));
  }

  /** With a gateway that runs: takes the devices in and waits until all are there. */
  Valley opens(Gateway running) {
    gateway = running;
    imports(devices);
    Map<String, String> passwords = gateway.passwords();
    fleet =
        new SpeakerFleet(
            FleetSettings.of(server, gateway.keys())
                .withPlayTime(Duration.ofMillis(300))
                .withRetry(Duration.ofMillis(500), Duration.ofSeconds(4))
                .withConnectWithin(Duration.ofMillis(devices.size() / 2)));
    int inFleet = devices.size() - byHand.size();
    for (String device : devices) {
      if (byHand.contains(device)) {
        continue;
      }
      String village = elsewhere.contains(device) ? Roster.OTHER_VILLAGE : Roster.VILLAGE;
      fleet.add(
          SpeakerSettings.of(device, village)
              .withPassword(own ? passwords.get(device) : Broker.PASSWORD));
    }
    fleet.start();
    until("all devices are there", () -> fleet.statistics().online() == inFleet);
    until(
        "the gateway knows it",
        () -> part("devices").path("facts").path("online").asInt() >= inFleet);
    return this;
  }

  /** Those are all the loudspeakers that the registry knows from now on. */
  void imports(List<String> known) {
    byte[] workbook = workbook(known, mute);
    String path = "/api/v1/registry/import?name=valley.xlsx";
    until(
        "the registry is taken in",
        () -> gateway.post(path, "application/octet-stream", workbook).statusCode() == 200);
  }

  SpeakerFleet fleet() {
    return fleet;
  }

  Gateway gateway() {
    return gateway;
  }

  /** A part of the channel's health, as the console shows it. */
  JsonNode part(String name) {
    for (JsonNode channel : gateway.get("/api/v1/channels")) {
      for (JsonNode part : channel.path("parts")) {
        if (part.path("name").asText().equals(name)) {
          return part;
        }
      }
    }
    return MissingNode.getInstance();
  }

  /** Hands a red alert in and answers the warning's id. */
  String warns() {
    return warns("r1");
  }

  String warns(String identifier) {
    HttpResponse<String> answer =
        gateway.post("/api/v1/warnings", "application/cap+xml", Alert.red(identifier).bytes());
    if (answer.statusCode() != 202) {
      throw new AssertionError("not accepted: " + answer.statusCode() + " " + answer.body());
    }
    return Gateway.json(answer.body()).path("id").asText();
  }

  List<JsonNode> deliveries(String warning) {
    JsonNode rows = gateway.get("/api/v1/warnings/" + warning + "/deliveries?channel=loudspeaker");
    return StreamSupport.stream(rows.spliterator(), false)
        .filter(row -> !row.path("asleep").asBoolean())
        .toList();
  }

  long confirmed(String warning) {
    return deliveries(warning).stream()
        .filter(row -> row.path("state").asText().equals("CONFIRMED"))
        .count();
  }

  /** Devices that played something twice. */
  List<String> playedTwice() {
    return fleet.devices().stream()
        .filter(d -> d.played().stream().map(Play::content).distinct().count() < d.played().size())
        .map(Speaker::id)
        .toList();
  }

  /** How many were tried how often. */
  Map<Integer, Long> tries(String warning) {
    return deliveries(warning).stream()
        .collect(
            Collectors.groupingBy(
                row -> row.path("attempts").asInt(), TreeMap::new, Collectors.counting()));
  }

  static void until(String what, Callable<Boolean> isSo) {
    await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(50))
        .ignoreException(Gateway.Unreachable.class)
        .until(isSo);
  }

  private static byte[] workbook(List<String> devices, Set<String> mute) {
    List<String> places = new ArrayList<>();
    List<String> speakers = new ArrayList<>();
    places.add("编号,名称,乡镇,村,行政区划代码,经度,纬度,坐标系,灾害类型,威胁户数,威胁人数,撤离路线,安置地点");
    speakers.add("设备编号,名称,村,经度,纬度,覆盖隐患点,播报方式");
    for (int n = 0; n < devices.size(); n++) {
      int point = n / 10;
      int row = point / 100;
      String at = "%.4f,%.4f".formatted(106.9 + point % 100 * 0.001, 29.55 + row * 0.001);
      if (n % 10 == 0) {
        places.add(
            "p%d,%d号滑坡,青石镇,大湾村,%s,%s,CGCS2000,滑坡,1,4,沿山脊路,村小学"
                .formatted(point, point, Roster.VILLAGE, at));
      }
      String device = devices.get(n);
      String mode = mute.contains(device) ? "音频" : "";
      speakers.add("%s,%d号大喇叭,大湾村,%s,p%d,%s".formatted(device, n, at, point, mode));
    }
    return Ledgers.workbook(
        RegistryImport.read(List.of(csv("隐患点台账", places), csv("大喇叭台账", speakers)))
            .candidate()
            .entries());
  }

  private static NamedBytes csv(String name, List<String> rows) {
    return new NamedBytes(
        name + ".csv", String.join("\r\n", rows).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    if (fleet != null) {
      fleet.close();
    }
    if (gateway != null) {
      gateway.close();
    }
    String store = folder.resolve("data").resolve("redis.conf").toString();
    ProcessHandle.allProcesses()
        .filter(p -> List.of(p.info().arguments().orElse(new String[0])).contains(store))
        .forEach(ProcessHandle::destroy);
  }
}

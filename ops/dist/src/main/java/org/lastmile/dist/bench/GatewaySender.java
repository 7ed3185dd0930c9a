package org.lastmile.dist.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.lastmile.dist.sample.SampleTownship;
import org.lastmile.ledger.Ledger;
import org.lastmile.ledger.RedisAddress;
import org.lastmile.ledger.RedisLedger;
import org.lastmile.registry.Entries;
import org.lastmile.registry.Registries;
import org.lastmile.registry.Registry;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Position;
import org.lastmile.warning.ResponsiblePerson;

/**
 * The whole gateway in a JVM of its own, from the POST of a warning to the modems, over a store
 * that keeps every step.
 */
final class GatewaySender implements Sender {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private static final String VILLAGE = "999901101200";
  private static final double LATITUDE = 29.6;
  private static final double LONGITUDE = 106.9;

  /** Shipped practice, but for who is told what: one text to one person a point. */
  private static final String ONE_TEXT =
      """
      name: one text to one person a point
      dated: 2026-11-22
      texts:
        - { kind: WARN, one: "%s" }
      ladders:
        RED:
          rungs:
            - { after: 0s, audiences: [RESPONSIBLE_A] }
            - { after: 2h, duty: true }
          deadline: 2h
          flash: false
      waits: { unknown: %ds }
      """;

  private final Child child;
  private final SampleTownship township;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * Ready when this returns: the desk decides and every modem can carry something.
   *
   * @param policy text of a policy file; empty = as shipped
   */
  GatewaySender(
      Path folder, List<String> ports, SampleTownship township, String policy, RedisAddress store)
      throws Exception {
    this.township = township;
    String office = "bench-" + NUMBERS.incrementAndGet() + "-" + ProcessHandle.current().pid();
    try (Ledger ledger = new RedisLedger(store, office)) {
      new Registries(ledger.memory("registry"), Clock.systemUTC())
          .swap(Registry.of(township.entries()));
    }
    String modems =
        ports.stream().map(p -> "{ port: " + p + " }").collect(Collectors.joining(", "));
    Path config = folder.resolve("lastmile.yaml");
    Files.writeString(
        config,
        """
        http: { port: 0, management-port: 0 }
        jurisdiction: %s
        store: { redis: "%s" }
        channels: { sms: { modems: [ %s ], budget: { per-hour: 0, per-day: 0, reserve: 0 } } }
        """
            .formatted(office, SendingChild.url(store), modems));
    if (!policy.isEmpty()) {
      Files.writeString(folder.resolve("policy.yaml"), policy);
      Files.writeString(config, "policy: ./policy.yaml\n", java.nio.file.StandardOpenOption.APPEND);
    }
    child = new Child(config);
    long start = System.nanoTime();
    while (child.modems() < ports.size()) {
      if (Samples.millis(start) > 60_000) {
        throw new IllegalStateException("the gateway's modems did not come up within a minute");
      }
      Thread.sleep(20);
    }
  }

  /**
   * One point, one person and one message for each letter.
   *
   * @param unknown how long an outcome that nobody knows is left alone before one more try
   */
  static Maker oneText(RedisAddress store, Duration unknown) {
    return (folder, ports, letters) ->
        new GatewaySender(
            folder,
            ports,
            village(letters),
            ONE_TEXT.formatted(letters.get(0).text(), unknown.toSeconds()),
            store);
  }

  private static SampleTownship village(List<Letter> letters) {
    List<HazardPoint> points = new ArrayList<>();
    List<ResponsiblePerson> people = new ArrayList<>();
    for (int i = 0; i < letters.size(); i++) {
      String id = "P-%05d".formatted(i);
      points.add(
          new HazardPoint(
              id,
              "滑坡" + i,
              "青石镇",
              "石门村",
              "",
              VILLAGE,
              new Position(LATITUDE, LONGITUDE),
              List.of("滑坡"),
              List.of(Hazard.Family.GEOLOGICAL, Hazard.Family.RAIN),
              "",
              "",
              1,
              3,
              "",
              "",
              "",
              "",
              false));
      people.add(
          new ResponsiblePerson(
              "R-%05d".formatted(i),
              "责任人" + i,
              "",
              ResponsiblePerson.Level.VILLAGE,
              ResponsiblePerson.Part.A,
              letters.get(i).phone(),
              "",
              List.of(id),
              VILLAGE,
              "",
              "",
              null));
    }
    Entries entries =
        new Entries(
            points, people, List.of(), List.of(), List.of(new AdminArea(VILLAGE, "石门村")), Map.of());
    double south = LATITUDE - 0.1;
    double north = LATITUDE + 0.1;
    double west = LONGITUDE - 0.1;
    double east = LONGITUDE + 0.1;
    return new SampleTownship(
        entries,
        List.of(
            new Position(south, west),
            new Position(south, east),
            new Position(north, east),
            new Position(north, west),
            new Position(south, west)));
  }

  @Override
  public void start() throws IOException, InterruptedException {
    issue(new Caps(township).town());
  }

  /** Hands a warning in as an office does; answers its id. Throws unless it is accepted. */
  String issue(String cap) throws IOException, InterruptedException {
    return new ObjectMapper()
        .readTree(post("", "application/cap+xml", cap))
        .required("id")
        .asText();
  }

  /** Calls a warning off. */
  void lift(String id) throws IOException, InterruptedException {
    post("/" + id + "/lift", "application/json", "{\"reason\":\"measured\"}");
  }

  private String post(String path, String type, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(
                    URI.create("http://localhost:" + child.port() + "/api/v1/warnings" + path))
                .header("Content-Type", type)
                .header("Authorization", "Bearer " + Site.TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IllegalStateException(answer.statusCode() + ": " + answer.body());
    }
    return answer.body();
  }

  @Override
  public long cpu() {
    try {
      return child.cpu();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    child.close();
  }
}

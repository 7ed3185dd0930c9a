package org.lastmile.dist.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.lastmile.ledger.Ledger;
import org.lastmile.ledger.RedisAddress;
import org.lastmile.ledger.RedisLedger;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Progress;

/**
 * A gateway, its store, a fleet in processes of their own and, beside it, the bare reference with
 * the same fleet processes. By broker each side has a Mosquitto of its own, set up alike, since a
 * receipt would else reach both.
 */
final class HornSite implements AutoCloseable {
  /** Descriptors of a process, less what it needs for itself. */
  static final int SOCKETS = 19_500;

  private final List<AutoCloseable> parts = new ArrayList<>();
  private final List<Station> fleets = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final RawRedis store;
  private final Station gateway;
  private Station bare;
  private Mosquitto broker;
  private Mosquitto bareBroker;
  private final URI warnings;
  private final int devices;

  /**
   * Ready when this returns: every device is connected.
   *
   * @param users of the broker beside gateway and devices, who may write any state
   */
  HornSite(Path folder, boolean byBroker, int devices, boolean reference, List<String> users)
      throws Exception {
    this.devices = devices;
    Files.createDirectories(folder);
    try {
      List<String> all = new ArrayList<>(IntStream.range(0, devices).mapToObj(Horns::id).toList());
      all.addAll(users);
      StringBuilder more = new StringBuilder();
      users.forEach(u -> more.append("user ").append(u).append("\ntopic write lm/v1/d/+/state\n"));
      if (byBroker) {
        broker = part(new Mosquitto(folder.resolve("ours"), all, more.toString()));
      }
      store = part(new RawRedis(folder.resolve("store")));
      gateway = part(new Station(HornGateway.class, heap(devices), gateway(folder, devices)));
      gateway.ready();
      Path passwords = folder.resolve("passwords");
      List<String> sides = new ArrayList<>();
      if (byBroker) {
        Files.write(passwords, java.util.Collections.nCopies(devices, Mosquitto.PASSWORD));
        sides.addAll(List.of(broker.uri().toString(), gateway.ask("key"), passwords.toString()));
      } else {
        gateway.ask("passwords " + passwords + " " + devices);
        String port = gateway.ask("mqtt");
        sides.addAll(List.of("mqtt://127.0.0.1:" + port, gateway.ask("key"), passwords.toString()));
      }
      if (reference) {
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(devices)));
        if (byBroker) {
          bareBroker = part(new Mosquitto(folder.resolve("bare"), all, more.toString()));
          arguments.add(bareBroker.uri().toString());
        }
        bare = part(new Station(BareGateway.class, "512m", arguments).ready());
        String at = byBroker ? bareBroker.uri().toString() : "mqtt://127.0.0.1:" + bare.ask("port");
        sides.addAll(List.of(at, bare.ask("key"), passwords.toString()));
      }
      fleets(sides, reference ? 2 : 1);
      warnings = URI.create("http://127.0.0.1:" + gateway.ask("port") + "/api/v1/warnings");
    } catch (Exception | Error e) { // thrown on; processes that were started must not stay
      close();
      throw e;
    }
  }

  private void fleets(List<String> sides, int connections) throws Exception {
    int most = SOCKETS / connections;
    int processes = Math.max(1, (devices + most - 1) / most);
    int within = Math.max(1, devices * connections / 2_500);
    for (int i = 0; i < processes; i++) {
      int first = (int) ((long) devices * i / processes);
      int next = (int) ((long) devices * (i + 1) / processes);
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  Integer.toString(first),
                  Integer.toString(next - first),
                  "127.0.0." + (2 + i),
                  Integer.toString(within)));
      arguments.addAll(sides);
      fleets.add(part(new Station(HornFleet.class, "1g", arguments).ready()));
    }
    Site.await("the loudspeakers", () -> sum("online") >= (long) devices * connections);
  }

  private static String heap(int devices) {
    return devices > 30_000 ? "3g" : "1g";
  }

  private List<String> gateway(Path folder, int devices) throws IOException {
    RedisAddress at = store.address();
    Path policy = folder.resolve("policy.yaml");
    Files.writeString(policy, Horns.POLICY);
    Path config = folder.resolve("lastmile.yaml");
    Files.writeString(
        config,
        """
        http: { port: 0, management-port: 0 }
        store: { redis: "redis://%s:%s@%s" }
        policy: %s
        channels:
          loudspeaker: { %s }
        """
            .formatted(
                Optional.ofNullable(at.user()).orElse(""),
                Optional.ofNullable(at.password()).orElse(""),
                at.hosts().iterator().next(),
                policy,
                broker == null
                    ? "broker: embedded, host: 127.0.0.1, port: 0"
                    : "broker: \"%s\", username: %s, password: %s"
                        .formatted(broker.uri(), Mosquitto.GATEWAY, Mosquitto.PASSWORD)));
    return List.of(config.toString(), Integer.toString(devices));
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.add(0, part);
    return part;
  }

  Station gateway() {
    return gateway;
  }

  Station bare() {
    return bare;
  }

  List<Station> fleets() {
    return fleets;
  }

  Mosquitto broker() {
    return broker;
  }

  /** Octets of the newest command. */
  int octets() throws IOException {
    return (int) fleets.get(0).number("octets");
  }

  long sum(String question) {
    long sum = 0;
    for (Station fleet : fleets) {
      try {
        sum += fleet.number(question);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    return sum;
  }

  /** Seconds of processor time so far. */
  record Cpu(double gateway, double store, double bare, double broker, double fleet) {
    Cpu minus(Cpu before) {
      return new Cpu(
          gateway - before.gateway,
          store - before.store,
          bare - before.bare,
          broker - before.broker,
          fleet - before.fleet);
    }
  }

  Cpu cpu() {
    double redis =
        ProcessHandle.current()
                .children()
                .filter(p -> p.info().command().map(c -> c.contains("redis")).orElse(false))
                .mapToLong(p -> Processor.of(p.pid()))
                .sum()
            / 1e9;
    return new Cpu(
        gateway.cpu(),
        redis,
        bare == null ? 0 : bare.cpu(),
        (broker == null ? 0 : broker.cpu()) + (bareBroker == null ? 0 : bareBroker.cpu()),
        fleets.stream().mapToDouble(Station::cpu).sum());
  }

  /** Hands a warning in as an office does; answers its id. */
  String issue(String cap) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(warnings)
                .header("Content-Type", "application/cap+xml")
                .header("Authorization", "Bearer " + Site.TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString(cap))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 202 || !answer.body().contains("RELEASED")) {
      throw new IllegalStateException(answer.statusCode() + ": " + answer.body());
    }
    return PlanLatency.id(answer.body());
  }

  /** Deliveries that the ledger itself, asked anew, holds as confirmed. */
  long inLedger(String warning) {
    try (RedisLedger ledger = new RedisLedger(store.address(), "default")) {
      Ledger.Entry entry = ledger.read(warning).orElseThrow();
      return Progress.of(entry.warning(), entry.plan(), entry.events()).rows().stream()
          .filter(row -> row.state() == DeliveryState.CONFIRMED)
          .count();
    }
  }

  @Override
  public void close() {
    parts.forEach(
        part -> {
          try {
            part.close();
          } catch (Exception e) { // AutoCloseable allows any; the others still have to close
            System.err.println("could not close " + part + ": " + e);
          }
        });
  }
}

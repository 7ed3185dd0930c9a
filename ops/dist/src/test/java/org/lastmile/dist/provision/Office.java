package org.lastmile.dist.provision;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.lastmile.App;
import org.lastmile.config.Config;
import org.lastmile.dist.Lastmile;
import org.lastmile.registry.Entries;
import org.lastmile.registry.Registry;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;

/** A whole gateway with its store and one point, asked over HTTP as everybody outside asks it. */
final class Office implements AutoCloseable {
  static final String VILLAGE = "510723104201";
  private static final String TOKEN = "bootstrap-of-the-stories";
  private static final String SENDER = "qx@ceshi.example";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Path folder;
  private final Path config;
  private final App app;

  /** Opens with those loudspeakers at its point; the policy is what is not as shipped. */
  Office(Path folder, String policy, List<Loudspeaker> loudspeakers) throws Exception {
    this.folder = folder;
    Files.writeString(folder.resolve("policy.yaml"), policy);
    config =
        Files.writeString(
            folder.resolve("lastmile.yaml"),
            """
            http: { host: 127.0.0.1, port: 0, management-port: 0 }
            store: { redis: embedded, data: ./data }
            channels:
              loudspeaker: { broker: embedded, host: 127.0.0.1, port: %d }
            policy: ./policy.yaml
            """
                .formatted(ProvisionedBroker.freePort()));
    app = App.start(Config.read(config), Clock.systemUTC(), TOKEN);
    await().atMost(PATIENCE).until(app.desk()::active);
    HazardPoint point =
        new HazardPoint(
            "P-1", "上坝滑坡", "测试镇", "上坝村", "三组", VILLAGE, null, List.of(), List.of(), "", "", 0, 0,
            "", "", "", "", false);
    app.registries()
        .swap(
            Registry.of(
                new Entries(
                    List.of(point), List.of(), List.of(), loudspeakers, List.of(), Map.of())));
  }

  /** What {@code lastmile provision} writes for a device while the gateway runs. */
  Path bundle(String device) {
    Path out = folder.resolve("out");
    StringWriter said = new StringWriter();
    int exit =
        Lastmile.commandLine()
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute(
                "provision",
                "--config",
                config.toString(),
                "--device",
                device,
                "--host",
                "127.0.0.1",
                "--replace",
                "--out",
                out.toString());
    if (exit != 0) {
      throw new IllegalStateException(said.toString());
    }
    return out.resolve("devices").resolve(device);
  }

  /** A warning as a weather office writes it. */
  record Alert(String identifier, Instant sent, String type, String status, String colour) {
    static Alert of(String identifier, String colour) {
      return new Alert(identifier, Instant.now(), "Alert", "Actual", colour);
    }

    Alert drill() {
      return new Alert(identifier, sent, type, "Exercise", colour);
    }

    /** What changes or cancels this one says of it. */
    String reference() {
      return SENDER + "," + identifier + "," + time(sent);
    }
  }

  /** Hands it in; it has to be taken. Answers with its id. */
  String issues(Alert alert) throws Exception {
    return issues(alert, "");
  }

  /** The same, with another one that it changes or cancels. */
  String issues(Alert alert, String reference) throws Exception {
    HttpResponse<String> answer =
        ask(TOKEN, "POST", "/api/v1/warnings", "application/cap+xml", xml(alert, reference));
    if (answer.statusCode() != 202) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body()).path("id").asText();
  }

  /** A token of that department, which may speak at any hour. */
  String department(String name) throws Exception {
    String body =
        "{\"name\":\"%s\",\"role\":\"department\",\"areas\":[\"%s\"],\"hours\":\"00:00-23:59\"}"
            .formatted(name, VILLAGE);
    HttpResponse<String> made = ask(TOKEN, "POST", "/api/v1/tokens", "application/json", body);
    return JSON.readTree(made.body()).path("secret").asText();
  }

  /** A notice to the village, said once; it has to be taken. Answers with its id. */
  String says(String token, String text) throws Exception {
    String body = "{\"text\":\"%s\",\"targets\":[\"%s\"],\"repeats\":1}".formatted(text, VILLAGE);
    HttpResponse<String> answer = ask(token, "POST", "/api/v1/notices", "application/json", body);
    if (answer.statusCode() != 202) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body()).path("id").asText();
  }

  HttpResponse<String> ask(String token, String method, String path, String type, String body)
      throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + path))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", type)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  JsonNode get(String path) throws Exception {
    HttpResponse<String> answer = ask(TOKEN, "GET", path, "application/json", "");
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  /** State of the one loudspeaker's delivery of a warning. */
  String stateOf(String warning) throws Exception {
    return get("/api/v1/warnings/" + warning + "/deliveries").path(0).path("state").asText();
  }

  void awaitState(String warning, String state) {
    await()
        .atMost(PATIENCE)
        .conditionEvaluationListener(null)
        .until(() -> stateOf(warning).equals(state));
  }

  /** What stands on a warning's timeline under that type. */
  List<String> timeline(String warning, String type) throws Exception {
    JsonNode lines = get("/api/v1/warnings/" + warning + "/timeline");
    return StreamSupport.stream(lines.spliterator(), false)
        .filter(l -> l.path("type").asText().equals(type))
        .map(l -> l.path("detail").asText())
        .toList();
  }

  @Override
  public void close() throws IOException {
    app.close();
  }

  private static String xml(Alert alert, String reference) {
    String severity =
        switch (alert.colour()) {
          case "红" -> "Extreme";
          case "橙" -> "Severe";
          case "黄" -> "Moderate";
          default -> "Minor";
        };
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
      <identifier>%s</identifier><sender>%s</sender><sent>%s</sent>
      <status>%s</status><msgType>%s</msgType><scope>Public</scope>%s
      <info>
        <language>zh-CN</language><category>Met</category><event>暴雨</event>
        <urgency>Immediate</urgency><severity>%s</severity><certainty>Likely</certainty>
        <eventCode><valueName>NationalEventCode</valueName><value>11B03</value></eventCode>
        <expires>%s</expires>
        <senderName>云岭县气象台</senderName>
        <headline>云岭县气象台发布暴雨%s色预警</headline>
        <area><areaDesc>上坝村</areaDesc>
          <geocode><valueName>AreaCode</valueName><value>%s</value></geocode></area>
      </info>
    </alert>
    """
        .formatted(
            alert.identifier(),
            SENDER,
            time(alert.sent()),
            alert.status(),
            alert.type(),
            reference.isEmpty() ? "" : "<references>" + reference + "</references>",
            severity,
            time(alert.sent().plus(6, ChronoUnit.HOURS)),
            alert.colour(),
            VILLAGE);
  }

  private static String time(Instant at) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
        at.truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.ofHours(8)));
  }
}

package org.lastmile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.config.Config;

/** The whole gateway with nothing configured: embedded store and MQTT endpoint, no modem. */
class AppTest {
  private static final String TOKEN = "bootstrap-of-this-test";

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private App app;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(
        folder.resolve("lastmile.yaml"),
        """
        http: { port: 0, management-port: 0 }
        store: { redis: embedded, data: ./data }
        channels: { loudspeaker: { broker: embedded, port: 0, speech: {} } }
        intake: { folder: ./inbox }
        """);
    Files.createDirectories(folder.resolve("data/clips"));
    Files.writeString(folder.resolve("data/clips/" + "0".repeat(64) + ".wav"), "a clip");
    app = App.start(Config.read(folder.resolve("lastmile.yaml")), Clock.systemUTC(), TOKEN);
    await().until(app.desk()::active);
  }

  @AfterEach
  void stop() {
    app.close();
  }

  private HttpResponse<String> post(String type, String body, String token) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + app.port() + "/api/v1/warnings"))
            .header("Content-Type", type)
            .header("Authorization", "Bearer " + token)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(int port, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .header("Authorization", "Bearer " + TOKEN)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String cap(String identifier) {
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
      <identifier>%s</identifier><sender>test</sender>
      <sent>2026-07-05T12:00:00+08:00</sent><status>Actual</status>
      <msgType>Alert</msgType><scope>Public</scope>
      <info><language>zh-CN</language><category>Met</category><event>暴雨</event>
        <urgency>Immediate</urgency><severity>Extreme</severity><certainty>Observed</certainty>
        <headline>暴雨红色预警</headline>
        <area><areaDesc>木耳镇</areaDesc><polygon>29,106 29,107 30,107 30,106 29,106</polygon></area>
      </info>
    </alert>
    """
        .formatted(identifier);
  }

  @Test
  void takes_a_warning_once_and_gives_the_same_receipt_again() throws Exception {
    HttpResponse<String> first = post("application/cap+xml", cap("a1"), TOKEN);
    assertThat(first.statusCode()).as(first.body()).isEqualTo(202);
    assertThat(first.body()).contains("\"status\":\"NOT_APPLICABLE\"", "\"grade\":\"RED\"");
    assertThat(first.headers().firstValue("Location")).isPresent();
    HttpResponse<String> again = post("application/cap+xml", cap("a1"), TOKEN);
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(get(app.port(), first.headers().firstValue("Location").orElseThrow()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void refuses_what_it_must_with_the_status_that_the_contract_names() throws Exception {
    HttpResponse<String> broken = post("application/xml", "<alert><sender>x</sender>", TOKEN);
    assertThat(broken.statusCode()).isEqualTo(400);
    assertThat(broken.body()).contains("\"problems\":[{\"at\":", "\"line\":", "\"what\":");
    assertThat(post("application/xml", cap("a2"), "nobody").statusCode()).isEqualTo(401);
    assertThat(post("text/plain", cap("a2"), TOKEN).statusCode()).isEqualTo(415);
    HttpResponse<String> large = post("application/xml", "x".repeat(8 * 1024 * 1024 + 1), TOKEN);
    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(get(app.port(), "/api/v1/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void takes_files_from_its_folder_and_answers_beside_them() throws Exception {
    Path inbox = folder.resolve("inbox");
    Files.createDirectories(inbox);
    Files.writeString(inbox.resolve("good.xml"), cap("f1"));
    Files.writeString(inbox.resolve("bad.xml"), "<nothing/>");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                Files.exists(inbox.resolve("accepted/good.xml.answer.json"))
                    && Files.exists(inbox.resolve("refused/bad.xml.answer.json")));
    assertThat(Files.readString(inbox.resolve("accepted/good.xml.answer.json")))
        .contains("NOT_APPLICABLE");
    await().until(() -> !Files.exists(inbox.resolve("good.xml")));
  }

  @Test
  void says_how_it_is_on_the_management_port() throws Exception {
    assertThat(get(app.managementPort(), "/observe/health").statusCode()).isEqualTo(200);
    assertThat(get(app.managementPort(), "/observe/metrics").body())
        .contains("lastmile_desk_active 1.0");
  }

  @Test
  void lets_loudspeakers_fetch_audio() throws Exception {
    assertThat(get(app.port(), "/audio/" + "0".repeat(64) + ".wav").body()).isEqualTo("a clip");
    assertThat(get(app.port(), "/audio/" + "1".repeat(64) + ".wav").statusCode()).isEqualTo(404);
    assertThat(app.channels().get("loudspeaker").check().why()).contains("http.public-url");
  }

  @Test
  void shows_the_console_to_a_browser() throws Exception {
    HttpResponse<String> page = get(app.port(), "/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("LastMile");
  }
}

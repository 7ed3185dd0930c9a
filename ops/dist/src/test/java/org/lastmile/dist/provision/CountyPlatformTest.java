package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A horn of the county's platform, from a filled {@code channels.horn} to the platform's call at
 * the gateway's own HTTP server.
 */
class CountyPlatformTest {
  private static final String DEVICE = "GY-1";
  private static final String TOKEN = "a token that the county knows".replace(' ', '-');

  @TempDir private Path folder;
  private final Queue<String> bodies = new ConcurrentLinkedQueue<>();
  private final Queue<String> keys = new ConcurrentLinkedQueue<>();
  private HttpServer platform;

  @BeforeEach
  void start() throws Exception {
    platform = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    platform.createContext(
        "/api/broadcast",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          keys.add(exchange.getRequestHeaders().getFirst("X-Api-Key"));
          byte[] answer = "{\"code\":0,\"data\":{\"taskId\":77}}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    platform.start();
  }

  @AfterEach
  void stop() {
    platform.stop(0);
  }

  @Test
  void itsMessageGoesToThePlatformAndWhatThePlatformSaysOfItConfirmsIt() throws Exception {
    int web = ProvisionedBroker.freePort();
    try (LiveSite site = LiveSite.reachable(folder, web, "", horn(), Township.speaker(DEVICE))) {
      String warning = site.issue(Duration.ofMinutes(10));
      await().atMost(LiveSite.SOON).until(() -> !bodies.isEmpty());
      JsonNode sent = Frames.JSON.readTree(bodies.peek());
      assertThat(keys).contains("of the county");
      assertThat(sent.path("devices").path(0).asText()).isEqualTo(DEVICE);
      assertThat(sent.path("msgType").asText()).isEqualTo("1");
      assertThat(sent.path("msgDesc").asText()).contains("暴雨蓝色预警").doesNotContain("{");
      String id = sent.path("msgId").asText();
      site.awaitState(warning, DEVICE, "SENT");

      String callback = "http://127.0.0.1:" + web + "/horn/";
      assertThat(post(callback + "a-token-that-nobody-gave", said(id, "3"))).isEqualTo(404);
      assertThat(post(callback + TOKEN, "no JSON")).isEqualTo(400);
      assertThat(post(callback + TOKEN, "x".repeat(65 * 1024))).isEqualTo(413);
      assertThat(post(callback + TOKEN, said("<script>", "3"))).isEqualTo(400);
      assertThat(post(callback + TOKEN, said(id, "9"))).as("a word we do not know").isEqualTo(200);
      assertThat(site.delivery(warning, DEVICE).path("state").asText()).isEqualTo("SENT");

      assertThat(post(callback + TOKEN, said(id, "3"))).isEqualTo(200);
      site.awaitState(warning, DEVICE, "CONFIRMED");
    }
  }

  private String horn() {
    return """
      horn:
        url: http://127.0.0.1:%d/api/broadcast
        headers: { X-Api-Key: of the county }
        body: |
          {"msgId":"{id}","msgType":"{kind}","isDrill":{drill},"msgDesc":"{text}","volume":{volume},
           "times":{repeats},"level":{priority},"devices":["{device}"]}
        stop: '{"msgId":"{id}","msgType":"2","relatedMsgId":"{supersedes}","devices":["{device}"]}'
        kinds: { WARN: ["1"], UPDATE: ["1"], LIFT: ["1"], TEST: ["5"], NOTICE: ["1"] }
        answer: { code: /code, good: ["0"], refused: ["1404"], reference: /data/taskId }
        receipts: { token: %s, id: /msgId, outcome: /state, received: ["1"], playing: ["2"], played: ["3"], failed: ["4", "5"] }
        devices: { prefixes: [GY-] }
    """
        .formatted(platform.getAddress().getPort(), TOKEN);
  }

  private static String said(String id, String state) {
    return "{\"msgId\":\"%s\",\"state\":\"%s\"}".formatted(id, state);
  }

  private static int post(String url, String body) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}

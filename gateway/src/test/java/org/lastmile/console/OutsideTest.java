package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Health;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Warning;
import org.w3c.dom.Document;

/** What stands open to the outside: the feed, the page's files, callbacks, imports, observation. */
class OutsideTest {
  private House house;

  @BeforeEach
  void open() {
    house = new House(Map.of("official-account", new Echo()));
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void theLinkInAMessageOpensTheWarningAndNothingThatNobodyReleased() throws Exception {
    String id = house.release(Township.red("A1", house.clock.instant()));
    HttpResponse<String> page = open("/w/" + id);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
    assertThat(page.body()).contains("生效中").doesNotContain("<script");
    String held = house.handIn(Township.red("A2", house.clock.instant()));
    assertThat(open("/w/" + held).statusCode()).isEqualTo(404);
    assertThat(open("/w/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void theFeedCarriesWhatIsInForceAndNeverADrill() throws Exception {
    String id = house.release(Township.red("A1", house.clock.instant()));
    house.release(
        Township.warning("D1", house.clock.instant(), Warning.Nature.EXERCISE, Grade.RED));
    house.handIn(Township.red("A2", house.clock.instant()));
    HttpResponse<String> feed = open("/feed/cap.atom");
    assertThat(feed.statusCode()).isEqualTo(200);
    assertThat(feed.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/atom+xml");
    Document atom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(feed.body().getBytes(StandardCharsets.UTF_8)));
    assertThat(atom.getElementsByTagName("entry").getLength()).isEqualTo(1);
    assertThat(feed.body()).contains("/feed/cap/" + id + ".xml").doesNotContain("1380000");
    HttpResponse<String> cap = open("/feed/cap/" + id + ".xml");
    assertThat(cap.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/cap+xml");
    assertThat(cap.body()).contains("<identifier>A1</identifier>");
  }

  @Test
  void whatIsNotInForceIsNotInTheFeed() throws Exception {
    String id = house.release(Township.red("A1", house.clock.instant()));
    String drill =
        house.release(
            Township.warning("D1", house.clock.instant(), Warning.Nature.EXERCISE, Grade.RED));
    String waiting = house.handIn(Township.red("A2", house.clock.instant()));
    House.get(house.desk.lift(id, "王芳", "雨停了"));
    for (String other : List.of(id, drill, waiting, "w0")) {
      assertThat(open("/feed/cap/" + other + ".xml").statusCode()).as(other).isEqualTo(404);
    }
    assertThat(open("/feed/cap/" + id).statusCode()).isEqualTo(404);
  }

  @Test
  void anUnchangedFeedIsNotSentAgain() throws Exception {
    house.release(Township.red("A1", house.clock.instant()));
    String tag = open("/feed/cap.atom").headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again =
        house.send(
            HttpRequest.newBuilder(URI.create(house.url("/feed/cap.atom")))
                .header("If-None-Match", tag));
    assertThat(again.statusCode()).isEqualTo(304);
  }

  @Test
  void thePageAndEveryFileThatItAsksForAreThereAndNothingElse() throws Exception {
    assertThat(open("/").body()).contains("<script type=\"module\" src=\"/main.js\">");
    for (String path : List.of("/main.js", "/views/page.js", "/lib/lit-html/lit-html.js")) {
      HttpResponse<String> file = open(path);
      assertThat(file.statusCode()).as(path).isEqualTo(200);
      assertThat(file.headers().firstValue("Content-Type").orElse(""))
          .startsWith("text/javascript");
    }
    for (String path :
        List.of(
            "/web/main.js", "/../pom.xml", "/lib/lit-html/package.json", "/views/..%2fmain.js")) {
      assertThat(open(path).statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void aPlatformsCallIsHandedOnWithQueryAndBodyAndALargeOneIsNot() throws Exception {
    assertThat(open("/wechat/official-account?echostr=%E4%BD%A0&nonce=1").body()).isEqualTo("你");
    HttpResponse<String> posted = call("/wechat/official-account?nonce=7", "<xml>1</xml>");
    assertThat(posted.body()).isEqualTo("7 <xml>1</xml>");
    assertThat(call("/wechat/official-account", "x".repeat(70_000)).statusCode()).isEqualTo(413);
    assertThat(call("/wechat/wecom", "<xml/>").statusCode()).isEqualTo(404);
  }

  @Test
  void ledgersAreHandedInAsABodyOrAsAFormAndADryRunIsOne() throws Exception {
    String admin = House.BOOTSTRAP;
    String path = "/api/v1/registry/import";
    HttpResponse<String> dry =
        house.send(
            house
                .as(admin, path + "?dry-run=true&name=points.csv")
                .POST(HttpRequest.BodyPublishers.ofString("编号,名称")));
    assertThat(dry.statusCode()).isEqualTo(200);
    assertThat(json(dry).path("taken").asBoolean()).isFalse();
    String form =
        String.join(
            "\r\n",
            "--B",
            "Content-Disposition: form-data; name=\"file\"; filename=\"台账.csv\"",
            "Content-Type: text/csv",
            "",
            "姓名,电话",
            "--B--",
            "");
    HttpResponse<String> taken =
        house.send(
            house
                .as(admin, path)
                .header("Content-Type", "multipart/form-data; boundary=B")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    assertThat(taken.statusCode()).isEqualTo(200);
    assertThat(json(taken).path("version").asInt()).isEqualTo(2);
    assertThat(house.rosters.read)
        .containsExactly("points.csv=编号,名称 dry bootstrap", "台账.csv=姓名,电话 bootstrap");
    assertThat(house.post(admin, path, "").statusCode()).isEqualTo(400);
  }

  @Test
  void ledgersWithProblemsChangeNothingUnlessSomebodyInsists() throws Exception {
    house.rosters.problems = List.of(new Problem.Finding("台账.csv 第 7 行", "没有编号"));
    String path = "/api/v1/registry/import";
    HttpResponse<String> refused = house.post(House.BOOTSTRAP, path, "编号,名称");
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(json(refused).path("problems").path(0).path("at").asText()).contains("第 7 行");
    assertThat(
            json(house.post(House.BOOTSTRAP, path + "?despite-problems=true", "编号,名称"))
                .path("taken")
                .asBoolean())
        .isTrue();
    String town = house.token(Role.ADMIN, Township.TOWN);
    assertThat(house.post(town, path, "编号,名称").statusCode()).isEqualTo(403);
  }

  @Test
  void observationTellsHealthAndMetricsOnThisMachineAlone() throws Exception {
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    metrics.counter("lastmile.test").increment();
    Health[] store = {Health.of(List.of(new Health.Part("redis", Health.State.UP, "", Map.of())))};
    Map<String, Supplier<Health>> vital = Map.of("store", () -> store[0]);
    Observation observation = new Observation(house.vertx, vital, house.channels, metrics);
    int port = observation.listen(0).toCompletionStage().toCompletableFuture().join();
    URI health = URI.create("http://127.0.0.1:" + port + "/observe/health");
    HttpResponse<String> up = house.send(HttpRequest.newBuilder(health));
    assertThat(up.statusCode()).isEqualTo(200);
    assertThat(json(up).path("state").asText()).isEqualTo("DEGRADED");
    assertThat(json(up).path("parts").path("loudspeaker").path("why").asText())
        .contains("no connection");
    store[0] =
        Health.of(
            List.of(new Health.Part("redis", Health.State.DOWN, "does not answer", Map.of())));
    HttpResponse<String> down = house.send(HttpRequest.newBuilder(health));
    assertThat(down.statusCode()).isEqualTo(503);
    assertThat(json(down).path("parts").path("store").path("why").asText()).contains("redis");
    assertThat(house.send(HttpRequest.newBuilder(health.resolve("/observe/metrics"))).body())
        .contains("lastmile_test_total 1.0");
    assertThat(house.send(HttpRequest.newBuilder(health.resolve("/api/v1/users"))).statusCode())
        .isEqualTo(404);
    for (InetAddress address : otherAddresses()) {
      assertThat(connects(address, port)).as(address.toString()).isFalse();
    }
    observation.close().toCompletionStage().toCompletableFuture().join();
  }

  private static List<InetAddress> otherAddresses() throws IOException {
    return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
        .flatMap(i -> i.inetAddresses())
        .filter(a -> !a.isLoopbackAddress() && a instanceof Inet4Address)
        .toList();
  }

  private static boolean connects(InetAddress address, int port) {
    try (Socket socket = new Socket(address, port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private HttpResponse<String> open(String path) throws Exception {
    return house.send(HttpRequest.newBuilder(URI.create(house.url(path))));
  }

  private HttpResponse<String> call(String path, String body) throws Exception {
    return house.send(
        HttpRequest.newBuilder(URI.create(house.url(path)))
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    return Json.MAPPER.readTree(response.body());
  }

  /** A platform that says back what it was asked. */
  private static final class Echo implements Callback {
    @Override
    public Reply verify(Map<String, String> query) {
      return new Reply(200, query.get("echostr"), "text/plain; charset=utf-8");
    }

    @Override
    public CompletionStage<Reply> receive(Map<String, String> query, byte[] body) {
      String nonce = Optional.ofNullable(query.get("nonce")).orElse("");
      String text = nonce + " " + new String(body, StandardCharsets.UTF_8);
      return CompletableFuture.completedFuture(new Reply(200, text, "text/plain; charset=utf-8"));
    }
  }
}

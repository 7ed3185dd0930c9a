package org.lastmile.channel.horn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lastmile.channel.Channel;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Speech;
import org.xml.sax.InputSource;

class HornChannelTest implements ChannelContract {
  private static final String NASTY = "“上坝\"滑坡\\点</Msg>&\n请{device}转移😀";
  private static final HornConfig.Receipts RECEIPTS =
      new HornConfig.Receipts(
          "callback-token", "/id", "/state", Set.of("1"), Set.of("2"), Set.of("3"), Set.of("4"));

  private static HornConfig config(URI url, String type, String body, String stop) {
    return new HornConfig(
        url + "/play?device={device}",
        "POST",
        Map.of("X-Api-Key", "geheim"),
        type,
        body,
        stop,
        Map.of("LIFT", "2"),
        new HornConfig.Answer("/code", Set.of("0"), Set.of("404"), "/task"),
        RECEIPTS,
        new HornConfig.Devices(List.of("GY-"), List.of("县平台")),
        Duration.ofSeconds(5),
        8,
        ZoneId.of("Asia/Shanghai"));
  }

  private static final String JSON_BODY =
      "{\"id\":\"{id}\",\"device\":\"{device}\",\"type\":\"{kind}\",\"drill\":{drill},\"text\":\"{text}\","
          + "\"volume\":{volume},\"until\":{notAfter},\"end\":\"{expiresAt}\"}";

  /** A platform with one horn that calls back until it is heard. */
  private static final class Platform implements Rig {
    private final Queue<String> bodies = new ConcurrentLinkedQueue<>();
    private final Queue<String> queries = new ConcurrentLinkedQueue<>();
    private final Queue<String> keys = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private HttpServer server = server(0);
    private final int port = server.getAddress().getPort();
    private final HornChannel channel;
    private volatile int status = 200;
    private volatile String answer;

    Platform(String type, String body, String stop) {
      channel =
          new HornChannel(
              config(URI.create("http://localhost:" + port), type, body, stop), Clock.systemUTC());
    }

    private HttpServer server(int at) {
      try {
        HttpServer made =
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 0);
        made.createContext("/", this::play);
        made.start();
        return made;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void play(HttpExchange exchange) throws IOException {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String query = exchange.getRequestURI().getRawQuery();
      boolean known = query.equals("device=horn-1");
      keys.add(exchange.getRequestHeaders().getFirst("X-Api-Key"));
      queries.add(query);
      bodies.add(body);
      String code = known ? "0" : "404";
      byte[] said =
          (answer == null ? "{\"code\":" + code + ",\"task\":\"t-1\"}" : answer)
              .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, said.length);
      exchange.getResponseBody().write(said);
      exchange.close();
      if (known && body.startsWith("{")) {
        String id = new ObjectMapper().readTree(body).path("id").asText();
        callBack("{\"id\":\"" + id + "\",\"state\":3}");
      }
    }

    private void callBack(String body) {
      channel
          .receipt("callback-token", body.getBytes(StandardCharsets.UTF_8))
          .thenAccept(
              status -> {
                if (status != 200) {
                  var unused = timer.schedule(() -> callBack(body), 100, TimeUnit.MILLISECONDS);
                }
              });
    }

    @Override
    public Channel channel() {
      return channel;
    }

    @Override
    public String goodAddress() {
      return "horn-1";
    }

    @Override
    public String badAddress() {
      return "horn-9";
    }

    @Override
    public void cut() {
      server.stop(0);
    }

    @Override
    public void mend() {
      server = server(port);
    }

    @Override
    public Set<Signal.Evidence> told() {
      return Set.of(Signal.Evidence.PLAYED);
    }

    @Override
    public void close() {
      channel.close();
      timer.shutdownNow();
      server.stop(0);
    }
  }

  @Override
  public Rig rig() {
    return new Platform("application/json", JSON_BODY, "");
  }

  private static Message message(Content.Kind kind, String device, String text) {
    Instant issued = Instant.now();
    return new Message(
        "w1.7.1",
        device,
        new Content(
            "c1",
            kind,
            "w1",
            text,
            Map.of(Field.PLACE, "上坝"),
            new Speech(2, Duration.ofSeconds(3), 80, "alert", null, ""),
            issued,
            issued.plusSeconds(3600),
            1,
            true,
            List.of(),
            List.of("c0")),
        Map.of(),
        Set.of());
  }

  private static Outcome send(Platform platform, Message message) throws Exception {
    platform.channel.listen(signal -> CompletableFuture.completedFuture(null));
    return platform.channel.send(message).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void no_quotation_mark_in_a_warning_breaks_the_json() throws Exception {
    try (Platform platform = new Platform("application/json", JSON_BODY, "")) {
      Outcome outcome = send(platform, message(Content.Kind.LIFT, "horn-1", NASTY));

      assertThat(outcome).isEqualTo(new Outcome.Accepted(List.of("t-1")));
      JsonNode body = new ObjectMapper().readTree(platform.bodies.peek());
      assertThat(body.path("text").asText()).isEqualTo(NASTY);
      assertThat(body.path("type").asText()).isEqualTo("2");
      assertThat(body.path("drill").isBoolean()).isTrue();
      assertThat(body.path("volume").asInt()).isEqualTo(80);
      assertThat(body.path("end").asText()).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
      assertThat(platform.keys.peek()).isEqualTo("geheim");
    }
  }

  @Test
  void nor_the_xml_nor_the_form_nor_the_address() throws Exception {
    try (Platform xml = new Platform("application/xml", "<Msg><Desc>{text}</Desc></Msg>", "")) {
      send(xml, message(Content.Kind.WARN, "horn-1", NASTY + "\u0001"));
      assertThat(
              DocumentBuilderFactory.newInstance()
                  .newDocumentBuilder()
                  .parse(new InputSource(new StringReader(xml.bodies.peek())))
                  .getElementsByTagName("Desc")
                  .item(0)
                  .getTextContent())
          .isEqualTo(NASTY);
    }
    try (Platform form =
        new Platform("application/x-www-form-urlencoded", "a={device}&text={text}", "")) {
      send(form, message(Content.Kind.WARN, "x&y=1/..", NASTY));
      assertThat(
              URLDecoder.decode(
                  form.bodies.peek().replaceFirst(".*&text=", ""), StandardCharsets.UTF_8))
          .isEqualTo(NASTY);
      assertThat(form.queries.peek()).isEqualTo("device=x%26y%3D1%2F..");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, '{\"code\":0,\"task\":7}', Accepted",
    "200, '{\"code\":\"0\"}', Accepted",
    "200, '{\"code\":404}', Permanent",
    "200, '{\"code\":9}', Retry",
    "200, '{}', Unknown",
    "200, 'OK', Unknown",
    "400, '', Permanent",
    "404, '', Permanent",
    "301, '', Permanent",
    "401, '', LaneDown",
    "403, '', LaneDown",
    "408, '', Retry",
    "429, '', Retry",
    "500, '', Retry",
    "503, '', Retry"
  })
  void the_answer_decides(int status, String answer, String outcome) throws Exception {
    try (Platform platform = new Platform("application/json", JSON_BODY, "")) {
      platform.status = status;
      platform.answer = answer;

      assertThat(
              send(platform, message(Content.Kind.WARN, "horn-1", "请转移"))
                  .getClass()
                  .getSimpleName())
          .isEqualTo(outcome);
    }
  }

  @Test
  void a_play_is_stopped_where_the_platform_can() throws Exception {
    try (Platform platform =
        new Platform("application/json", JSON_BODY, "{\"cancel\":\"{supersedes}\"}")) {
      send(platform, message(Content.Kind.STOP, "horn-1", ""));
      assertThat(platform.bodies).containsExactly("{\"cancel\":\"c0\"}");
    }
    try (Platform platform = new Platform("application/json", JSON_BODY, "")) {
      assertThat(send(platform, message(Content.Kind.STOP, "horn-1", "")))
          .isInstanceOf(Outcome.Permanent.class);
      assertThat(platform.bodies).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "callback-token, '{\"id\":\"w1.7.1\",\"state\":\"3\"}', 200, PLAYED",
    "callback-token, '{\"id\":\"w1.7.1\",\"state\":2}', 200, PLAYING",
    "callback-token, '{\"id\":\"w1.7.1\",\"state\":1}', 200, RECEIVED",
    "callback-token, '{\"id\":\"w1.7.1\",\"state\":4}', 200, FAILED",
    "callback-token, '{\"id\":\"w1.7.1\",\"state\":77}', 200, ",
    "callback-token, '{\"id\":\"../1\",\"state\":3}', 400, ",
    "callback-token, '{\"state\":3}', 400, ",
    "callback-token, 'nonsense', 400, ",
    "'', '{\"id\":\"w1.7.1\",\"state\":3}', 404, ",
    "another, '{\"id\":\"w1.7.1\",\"state\":3}', 404, "
  })
  void only_who_knows_the_token_is_believed(
      String token, String body, int status, Signal.Evidence evidence) throws Exception {
    try (Platform platform = new Platform("application/json", JSON_BODY, "")) {
      Heard heard = Heard.by(platform.channel);

      int answered =
          platform
              .channel
              .receipt(token, body.getBytes(StandardCharsets.UTF_8))
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS);

      assertThat(answered).isEqualTo(status);
      assertThat(heard.confirmations().stream().map(Signal.Confirmation::evidence).toList())
          .isEqualTo(evidence == null ? List.of() : List.of(evidence));
    }
  }

  @Test
  void the_ledger_says_which_devices_the_platform_has_and_the_others_stay_where_they_were()
      throws Exception {
    HornConfig.Devices devices = new HornConfig.Devices(List.of("GY-"), List.of("县平台"));
    assertThat(devices.has("GY-1", "", "")).isTrue();
    assertThat(devices.has("LS-1", "", "县平台转发")).isTrue();
    assertThat(devices.has("LS-1", "县平台", "")).isTrue();
    assertThat(devices.has("LS-1", "YX-20", "自动")).isFalse();

    try (Platform platform = new Platform("application/json", JSON_BODY, "");
        Platform own = new Platform("application/json", JSON_BODY, "")) {
      Horns horns = new Horns(platform.channel, own.channel, id -> id.equals("horn-1"));
      horns.listen(signal -> CompletableFuture.completedFuture(null));
      platform.cut();

      Message other = message(Content.Kind.WARN, "horn-2", "请转移");
      horns.send(other).toCompletableFuture().get(20, TimeUnit.SECONDS);
      Outcome down =
          horns
              .send(message(Content.Kind.WARN, "horn-1", "请转移"))
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS);

      assertThat(own.bodies).hasSize(1);
      assertThat(platform.bodies).isEmpty();
      assertThat(down).isInstanceOf(Outcome.Retry.class);
      assertThat(horns.check().state()).isEqualTo(Health.State.DEGRADED);
      horns.close();
      assertThat(horns.send(other).toCompletableFuture().get())
          .isInstanceOf(Outcome.LaneDown.class);
      assertThat(horns.room()).isZero();
    }
  }

  @Test
  void a_template_that_can_not_work_is_named_before_it_is_needed() {
    assertThat(Template.problems(JSON_BODY, Template.Escape.JSON)).isEmpty();
    assertThat(Template.problems("{\"a\":\"{txt}\"}", Template.Escape.JSON))
        .singleElement()
        .asString()
        .contains("{txt}");
    assertThat(Template.problems("{\"a\":\"{text}}", Template.Escape.JSON))
        .singleElement()
        .asString()
        .contains("not JSON");
  }

  @Test
  void no_secret_is_shown() {
    HornConfig config = config(URI.create("http://localhost:1"), "application/json", JSON_BODY, "");
    assertThat(config + " " + config.receipts()).doesNotContain("geheim", "callback-token");
  }
}

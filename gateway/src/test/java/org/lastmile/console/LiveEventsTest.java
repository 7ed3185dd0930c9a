package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveEventsTest {
  private House house;
  private String viewer;
  private String operator;

  @BeforeEach
  void open() {
    house = new House();
    viewer = house.token(Role.VIEWER);
    operator = house.token(Role.OPERATOR);
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void aStreamBeginsWithEverythingAndGoesOnWithWhatChanges() throws Exception {
    String id = house.release(Township.red("A1", house.clock.instant()));
    try (Stream stream = new Stream(viewer, null)) {
      Event snapshot = stream.await("snapshot");
      assertThat(snapshot.data().path("warnings").path(0).path("id").asText()).isEqualTo(id);
      assertThat(snapshot.data().path("active").asBoolean()).isTrue();
      confirm(id, "P-02");
      Event change = stream.covered("P-02");
      JsonNode told = change.data().path("warnings").path(0);
      assertThat(told.path("warning").path("covered").asInt()).isEqualTo(1);
      assertThat(told.path("byArea").path(0).path("covered").asInt()).isEqualTo(1);
      assertThat(change.id()).isNotEmpty();
      confirm(id, "P-03");
      JsonNode points = stream.covered("P-03").data().path("warnings").path(0).path("points");
      assertThat(points).extracting(p -> p.path("id").asText()).containsExactly("P-03");
    }
  }

  @Test
  void whoComesBackHearsWhatWasMissedAndNothingTwice() throws Exception {
    String id = house.release(Township.red("A1", house.clock.instant()));
    String last;
    try (Stream stream = new Stream(viewer, null)) {
      stream.await("snapshot");
      confirm(id, "P-01");
      last = stream.covered("P-01").id();
    }
    try (Stream other = new Stream(viewer, null)) {
      other.await("snapshot");
      confirm(id, "P-02");
      other.covered("P-02");
    }
    try (Stream again = new Stream(viewer, last)) {
      again.covered("P-02");
      assertThat(again.events).noneMatch(e -> e.name().equals("snapshot"));
      assertThat(again.events).noneMatch(e -> e.raw().contains("\"P-01\""));
    }
  }

  @Test
  void whoWasAwayTooLongGetsEverythingAgain() throws Exception {
    house.release(Township.red("A1", house.clock.instant()));
    try (Stream stream = new Stream(viewer, "0.12345")) {
      assertThat(stream.await("snapshot").data().path("warnings")).hasSize(1);
    }
  }

  @Test
  void whatNobodyWatchesIsNotRemembered() throws Exception {
    String id = house.release(Township.red("A1", house.clock.instant()));
    try (Own own = new Own()) {
      String last;
      try (Stream stream = new Stream(own.url(), viewer, null)) {
        stream.await("snapshot");
        confirm(id, "P-01");
        last = stream.covered("P-01").id();
      }
      Awaitility.await().until(() -> own.events.clients() == 0);
      house.clock.pass(Duration.ofMinutes(2));
      confirm(id, "P-02");
      Awaitility.await().until(() -> own.events.remembered() == 0);
      try (Stream again = new Stream(own.url(), viewer, last)) {
        JsonNode snapshot = again.await("snapshot").data();
        assertThat(snapshot.path("warnings").path(0).path("covered").asInt()).isEqualTo(2);
      }
    }
  }

  @Test
  void aVillagesAccountHearsOfItsOwnPointsAlone() throws Exception {
    String id = house.release(Township.red("A1", house.clock.instant()));
    String east = house.token(Role.VIEWER, Township.EAST);
    try (Stream stream = new Stream(east, null)) {
      JsonNode snapshot = stream.await("snapshot").data();
      assertThat(snapshot.path("warnings").path(0).path("points").asInt()).isEqualTo(3);
      confirm(id, "P-04");
      confirm(id, "P-01");
      stream.covered("P-01");
      assertThat(stream.events).noneMatch(e -> e.raw().contains("P-04"));
    }
  }

  @Test
  void theEndOfASelfTestIsToldEachOfItsOwnLoudspeakersAndOfNobodyElses() throws Exception {
    house.speakers.report =
        new Speakers.Report(
            LocalDate.of(2026, 7, 1),
            TestSpeakers.SINCE,
            TestSpeakers.SINCE.plusSeconds(1800),
            Map.of("FAILED", 1, "HEARD", 2),
            List.of(
                new Speakers.Line("spk-1", TestSpeakers.SINCE, "FAILED", true, "NO_SOUND"),
                new Speakers.Line("spk-2", TestSpeakers.SINCE, "HEARD", false, ""),
                new Speakers.Line("spk-4", TestSpeakers.SINCE, "HEARD", false, "")));
    String west = house.token(Role.VIEWER, Township.WEST);
    String elsewhere = house.token(Role.VIEWER, "511826102000");
    try (Stream all = new Stream(viewer, null);
        Stream there = new Stream(west, null);
        Stream nowhere = new Stream(elsewhere, null)) {
      for (Stream stream : List.of(all, there, nowhere)) {
        stream.await("snapshot");
      }
      house.console.selfTested();
      JsonNode told = all.await("self-test").data();
      assertThat(told.path("day").asText()).isEqualTo("2026-07-01");
      assertThat(told.path("ended").asText()).isEqualTo("2026-07-01T02:30:00Z");
      assertThat(told.path("devices").asInt()).isEqualTo(3);
      assertThat(told.path("bad").asInt()).isEqualTo(1);
      assertThat(told.path("counts").path("FAILED").asInt()).isEqualTo(1);
      assertThat(told.path("counts").path("HEARD").asInt()).isEqualTo(2);
      JsonNode own = there.await("self-test").data();
      assertThat(own.path("devices").asInt()).isEqualTo(1);
      assertThat(own.path("bad").asInt()).isZero();
      assertThat(own.path("counts").has("FAILED")).isFalse();
      house.writes("15000000000", "请问桥通了吗");
      nowhere.await("words");
      assertThat(nowhere.events).noneMatch(e -> e.name().equals("self-test"));
    }
  }

  @Test
  void aStreamNeedsSignIn() throws Exception {
    HttpResponse<String> response = house.fetch("wrong", "/api/v1/events");
    assertThat(response.statusCode()).isEqualTo(401);
  }

  @Test
  void aQuietLineBeatsAndAnEndedTokenIsCut() throws Exception {
    try (Own own = new Own()) {
      Stream stream = new Stream(own.url(), viewer, null);
      stream.await("snapshot");
      assertThat(stream.await("beat").data().path("active").asBoolean()).isTrue();
      assertThat(stream.comments.get()).isPositive();
      assertThat(own.events.clients()).isEqualTo(1);
      house.accounts.tokens().forEach(t -> house.accounts.endToken(t.id()));
      Awaitility.await().until(() -> own.events.clients() == 0);
    }
  }

  @Test
  void whoDoesNotReadIsCutAndOthersGoOn() throws Exception {
    for (int i = 0; i < 60; i++) {
      house.release(Township.wordy("A" + i, house.clock.instant(), 50_000));
    }
    try (Own own = new Own();
        Socket deaf = new Socket()) {
      deaf.setReceiveBufferSize(2048);
      deaf.connect(new InetSocketAddress("localhost", own.port));
      String request = "GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n";
      deaf.getOutputStream().write(request.formatted(viewer).getBytes(StandardCharsets.US_ASCII));
      Awaitility.await().until(() -> own.events.clients() == 1);
      Stream stream = new Stream(own.url(), viewer, null);
      stream.await("snapshot");
      Awaitility.await().until(() -> own.events.clients() == 1);
      stream.events.clear();
      stream.await("beat");
    }
  }

  /** A hub of live events at a quick pace, on a server of its own. */
  private final class Own implements AutoCloseable {
    final LiveEvents events;
    final int port;
    private final HttpServer server;
    private final ExecutorService work = Executors.newFixedThreadPool(2);

    Own() {
      Router router = Router.router(house.vertx);
      Failures.handleAll(router);
      Api api = new Api(router, work);
      Sessions sessions = new Sessions(house.memory, new SecureRandom(), house.clock);
      Audit audit = new Audit(house.memory);
      Gate gate = new Gate(house.accounts, sessions, audit, house.clock, false);
      WarningsApi warnings = new WarningsApi(house.desk, api, House.ZONE);
      LiveEvents.Pace quick = new LiveEvents.Pace(Duration.ofMillis(20), Duration.ofMillis(500), 8);
      events = new LiveEvents(house.vertx, house.desk, warnings, api, gate, house.clock, quick);
      router.route().handler(gate);
      router.get("/").handler(events::open);
      server = house.vertx.createHttpServer().requestHandler(router);
      port = House.get(server.listen(0).toCompletionStage().toCompletableFuture()).actualPort();
    }

    String url() {
      return "http://localhost:" + port + "/";
    }

    @Override
    public void close() {
      events.close();
      House.get(server.close().toCompletionStage().toCompletableFuture());
      work.shutdown();
    }
  }

  private void confirm(String id, String point) throws Exception {
    HttpResponse<String> done =
        house.post(
            operator,
            "/api/v1/warnings/" + id + "/points/" + point + "/confirm",
            "{\"how\":\"电话\"}");
    assertThat(done.statusCode()).isEqualTo(200);
  }

  private record Event(String id, String name, String raw) {
    JsonNode data() {
      try {
        return Json.MAPPER.readTree(raw);
      } catch (IOException e) {
        throw new AssertionError("not JSON: " + raw, e);
      }
    }
  }

  /** Reads a stream as a browser does. */
  private final class Stream implements AutoCloseable {
    final List<Event> events = new CopyOnWriteArrayList<>();
    final AtomicInteger comments = new AtomicInteger();
    private final InputStream in;

    Stream(String token, String lastEventId) throws Exception {
      this(house.url("/api/v1/events"), token, lastEventId);
    }

    Stream(String url, String token, String lastEventId) throws Exception {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + token);
      if (lastEventId != null) {
        request.header("Last-Event-ID", lastEventId);
      }
      HttpResponse<InputStream> response =
          house.http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
      in = response.body();
      Thread reader = new Thread(this::read, "stream");
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
        String id = "";
        String name = "";
        String data = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith(":")) {
            comments.incrementAndGet();
          } else if (line.startsWith("id: ")) {
            id = line.substring(4);
          } else if (line.startsWith("event: ")) {
            name = line.substring(7);
          } else if (line.startsWith("data: ")) {
            data = line.substring(6);
          } else if (line.isEmpty() && !name.isEmpty()) {
            events.add(new Event(id, name, data));
            name = "";
          }
        }
      } catch (IOException e) {
        // The test has closed the stream: there is nothing more to read.
      }
    }

    Event await(String name) {
      return await(e -> e.name().equals(name));
    }

    /** The first change that tells this point as covered. */
    Event covered(String point) {
      return await(
          e ->
              e.name().equals("change")
                  && e.data().findParents("missing").stream()
                      .anyMatch(
                          p ->
                              p.path("id").asText().equals(point)
                                  && p.path("state").asText().equals("COVERED")));
    }

    private Event await(Predicate<Event> wanted) {
      return Awaitility.await()
          .until(() -> events.stream().filter(wanted).findFirst().orElse(null), Objects::nonNull);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}

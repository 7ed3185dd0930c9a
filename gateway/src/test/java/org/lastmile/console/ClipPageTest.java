package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClipPageTest {
  private static final String SHA = "a".repeat(64);
  private static final String LARGE = "b".repeat(64);
  private static final int LARGE_SIZE = 8 * 1024 * 1024;

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = HttpClient.newHttpClient();
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    Path file = Files.writeString(folder.resolve("clip"), "0123456789");
    Path large = Files.write(folder.resolve("large"), new byte[LARGE_SIZE]);
    Files.writeString(folder.resolve("secret"), "secret");
    Router router = Router.router(vertx);
    router.route().handler(request -> request.response().setStatusCode(599).end());
    new ClipPage(
            name ->
                name.equals(SHA + ".wav")
                    ? Optional.of(new ClipPage.Clip(file, SHA, "wav", 10))
                    : name.equals(LARGE + ".mp3")
                        ? Optional.of(new ClipPage.Clip(large, LARGE, "mp3", LARGE_SIZE))
                        : Optional.empty())
        .mount(router);
    server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get();
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  private HttpResponse<String> ask(String method, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void a_clip_is_there_for_everybody_and_never_changes() throws Exception {
    HttpResponse<String> whole = ask("GET", "/audio/" + SHA + ".wav");

    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo("0123456789");
    assertThat(header(whole, "Content-Type")).isEqualTo("audio/wav");
    assertThat(header(whole, "ETag")).isEqualTo("\"" + SHA + "\"");
    assertThat(header(whole, "Cache-Control")).contains("immutable");
    assertThat(header(whole, "Accept-Ranges")).isEqualTo("bytes");
    HttpResponse<String> again =
        ask("GET", "/audio/" + SHA + ".wav", "If-None-Match", "\"" + SHA + "\"");
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void its_head_says_how_large_it_is() throws Exception {
    HttpResponse<String> head = ask("HEAD", "/audio/" + SHA + ".wav");

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(header(head, "Content-Length")).isEqualTo("10");
    assertThat(head.body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-3, 206, 0123, bytes 0-3/10",
    "bytes=4-, 206, 456789, bytes 4-9/10",
    "bytes=-3, 206, 789, bytes 7-9/10",
    "bytes=-99, 206, 0123456789, bytes 0-9/10",
    "bytes=9-99, 206, 9, bytes 9-9/10",
    "bytes=10-, 416, '', bytes */10",
    "bytes=99-100, 416, '', bytes */10",
    "bytes=-0, 416, '', bytes */10",
    "bytes=5-2, 200, 0123456789, ''",
    "'bytes=0-1,4-5', 200, 0123456789, ''",
    "bytes=-, 200, 0123456789, ''",
    "lines=1-2, 200, 0123456789, ''",
    "bytes=99999999999999999999-, 200, 0123456789, ''"
  })
  void a_part_of_it(String range, int status, String body, String said) throws Exception {
    HttpResponse<String> part = ask("GET", "/audio/" + SHA + ".wav", "Range", range);

    assertThat(part.statusCode()).isEqualTo(status);
    assertThat(part.body()).isEqualTo(body);
    assertThat(header(part, "Content-Range")).isEqualTo(said);
  }

  @Test
  void a_part_of_another_clip_is_the_whole_of_this_one() throws Exception {
    HttpResponse<String> whole =
        ask("GET", "/audio/" + SHA + ".wav", "Range", "bytes=0-3", "If-Range", "\"other\"");

    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo("0123456789");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/audio/secret",
        "/audio/..%2fsecret",
        "/audio/%2e%2e%2fsecret",
        "/audio/cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.wav"
      })
  void nothing_else_can_be_had(String path) throws Exception {
    HttpResponse<String> nothing = ask("GET", path);

    assertThat(nothing.statusCode()).isEqualTo(404);
    assertThat(nothing.body()).doesNotContain("secret");
  }

  @Test
  void who_fetches_too_much_at_once_waits_and_is_let_in_again() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort()));
        socket
            .getOutputStream()
            .write(
                ("GET /audio/" + LARGE + ".mp3 HTTP/1.1\r\nHost: x\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        assertThat(in.read()).isEqualTo('H');
        slow.add(socket);
      }
      HttpResponse<String> refused = ask("GET", "/audio/" + SHA + ".wav");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(header(refused, "Retry-After")).isNotEmpty();
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
    await()
        .untilAsserted(
            () -> assertThat(ask("GET", "/audio/" + SHA + ".wav").statusCode()).isEqualTo(200));
  }
}

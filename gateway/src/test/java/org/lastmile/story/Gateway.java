package org.lastmile.story;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A gateway as everybody outside sees it: over HTTP. In this JVM ({@link GatewayHere}) or, where it
 * has to be killed, in one of its own ({@link GatewayProcess}).
 */
abstract class Gateway implements AutoCloseable {
  static final String TOKEN = "bootstrap-of-the-stories";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /** What a device is provisioned with: its password at the gateway's own endpoint, by id. */
  abstract Map<String, String> passwords();

  /** Public keys of commands, raw, by key id. */
  abstract Map<String, byte[]> keys();

  abstract int port();

  @Override
  public abstract void close();

  HttpResponse<String> post(String path, String type, byte[] body) {
    return post(TOKEN, path, type, body);
  }

  /** As whoever has that token. */
  HttpResponse<String> post(String token, String path, String type, byte[] body) {
    return answer(
        request(token, path)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build());
  }

  JsonNode get(String path) {
    return json(text(path));
  }

  /** Whatever is answered. */
  HttpResponse<String> asks(String path) {
    return answer(request(TOKEN, path).build());
  }

  String text(String path) {
    HttpResponse<String> answer = asks(path);
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  /** Everything of that kind that the live events tell from now on. */
  List<JsonNode> hears(String event) {
    List<JsonNode> heard = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> begun = new CompletableFuture<>();
    HttpRequest live =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port() + "/api/v1/events"))
            .header("Authorization", "Bearer " + TOKEN)
            .build();
    var unused =
        HTTP.sendAsync(live, HttpResponse.BodyHandlers.ofLines())
            .thenAcceptAsync(
                answer -> {
                  String name = "";
                  for (String line : (Iterable<String>) answer.body()::iterator) {
                    if (line.startsWith("event: ")) {
                      name = line.substring("event: ".length());
                      begun.complete(null);
                    } else if (line.startsWith("data: ") && name.equals(event)) {
                      heard.add(json(line.substring("data: ".length())));
                    }
                  }
                },
                reader -> {
                  Thread thread = new Thread(reader, "live-events");
                  thread.setDaemon(true);
                  thread.start();
                })
            .whenComplete((over, broken) -> begun.complete(null)); // it ends with the gateway
    begun.orTimeout(30, TimeUnit.SECONDS).join();
    return heard;
  }

  /** A page for people, as somebody without an account opens it. */
  HttpResponse<String> open(String path) {
    return answer(page(path).build());
  }

  /** A form of such a page is sent. */
  HttpResponse<String> submit(String path, String form) {
    return answer(
        page(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build());
  }

  private HttpRequest.Builder page(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  /** What a monitoring system reads. */
  static String metrics(String managementPort) {
    URI uri = URI.create("http://localhost:" + managementPort + "/observe/metrics");
    return answer(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build()).body();
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException("not JSON: " + text, e);
    }
  }

  private HttpRequest.Builder request(String token, String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + token);
  }

  private static HttpResponse<String> answer(HttpRequest request) {
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new Unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unreachable(new IOException("interrupted", e));
    }
  }

  /** Nobody answers there, or not to the end. */
  static final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unreachable(IOException cause) {
      super(cause);
    }
  }
}

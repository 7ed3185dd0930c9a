package org.lastmile.story;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

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
    return answer(
        request(path)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build());
  }

  JsonNode get(String path) {
    HttpResponse<String> answer = answer(request(path).build());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return json(answer.body());
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

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + TOKEN);
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

package org.lastmile.dist.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A running gateway, as programs reach it: its HTTP API with a bearer token. */
public final class Gateway {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final URI url;
  private final String token;

  /**
   * What was answered.
   *
   * @param body null when there was none
   */
  public record Answer(int status, JsonNode body) {}

  /** It does not answer now, or says that it can't now: it may be back in a moment. */
  static final class Away extends Trouble {
    private static final long serialVersionUID = 1;

    Away(String what, Throwable cause) {
      super(what, cause);
    }
  }

  /** With an empty token requests go out without one. */
  public Gateway(URI url, String token) {
    this.url = url;
    this.token = token;
  }

  public URI url() {
    return url;
  }

  /** Throws {@link Trouble} for everything but a good answer. */
  public JsonNode get(String path) {
    return good(path, send(request(path).GET())).body();
  }

  /** Throws {@link Trouble} for everything but a good answer. */
  public Answer post(String path, String type, byte[] body) {
    return good(path, tried(path, type, body));
  }

  /** Throws {@link Trouble} for everything but a good answer. */
  public JsonNode post(String path, ObjectNode body) {
    return post(path, "application/json", body.toString().getBytes(StandardCharsets.UTF_8)).body();
  }

  /** Throws {@link Trouble} for everything but a good answer. */
  public JsonNode delete(String path) {
    return good(path, send(request(path).DELETE())).body();
  }

  /** Whatever is answered; throws {@link Trouble} only when nothing is. */
  public Answer tried(String path, String type, byte[] body) {
    return send(request(path).header("Content-Type", type).POST(BodyPublishers.ofByteArray(body)));
  }

  public static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** A text as part of a path or query. */
  public static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path)).timeout(PATIENCE);
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return request;
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), json(response.body()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Trouble("interrupted while asking " + url, e);
    } catch (IOException e) {
      throw new Away(
          "no gateway answers at "
              + url
              + " ("
              + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
              + "): start one with 'lastmile run', or name another with --url",
          e);
    }
  }

  private static JsonNode json(byte[] body) {
    if (body.length == 0) {
      return null;
    }
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      // Not our gateway's words: shown as they are.
      return JSON.getNodeFactory().textNode(new String(body, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new Trouble("the answer can't be read: " + e.getMessage(), e);
    }
  }

  private Answer good(String path, Answer answer) {
    if (answer.status() < 300) {
      return answer;
    }
    String words = words(url.resolve(path), answer);
    throw answer.status() == 503 ? new Away(words, null) : new Trouble(words);
  }

  /** A problem as people read it: what is wrong, then every finding on a line of its own. */
  public static String words(URI where, Answer answer) {
    JsonNode body = answer.body() == null ? JSON.createObjectNode() : answer.body();
    StringBuilder words = new StringBuilder();
    words.append(body.path("title").asText("the gateway refused"));
    words.append(" (").append(answer.status()).append(" from ").append(where.getPath()).append(")");
    String detail = body.path("detail").asText("");
    if (!detail.isEmpty() && body.path("problems").isEmpty()) {
      words.append(": ").append(detail);
    }
    for (JsonNode problem : body.path("problems")) {
      words.append("\n  ").append(problem.path("at").asText());
      if (problem.path("line").asInt() > 0) {
        words.append(" line ").append(problem.path("line").asInt());
      }
      words.append(": ").append(problem.path("what").asText());
    }
    if (answer.status() == 401) {
      words.append("\n  give a token with --token, or in LASTMILE_TOKEN");
    }
    return words.toString();
  }
}

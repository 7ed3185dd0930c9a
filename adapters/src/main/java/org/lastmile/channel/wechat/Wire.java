package org.lastmile.channel.wechat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/**
 * JSON over HTTP to the platform, and an honest word on what is known when that goes wrong. Never
 * puts a URL into a reason: its query carries the token.
 */
final class Wire {
  static final ObjectMapper JSON = new ObjectMapper();

  /** Real answers are below 2 KiB. */
  private static final int LARGEST_ANSWER = 64 * 1024;

  private static final Duration DEFAULT_SLOW_DOWN = Duration.ofSeconds(5);
  private static final long LONGEST_SLOW_DOWN_S = 3600;

  private final String base;
  private final String host;
  private final WeChatConfig.Limits limits;
  private final HttpClient http;

  /** So many requests are under way at one time, however many threads have something to send. */
  private final Semaphore room;

  Wire(URI base, WeChatConfig.Limits limits) {
    this.base = base.toString().replaceAll("/+$", "");
    this.host = base.getHost();
    this.limits = limits;
    this.room = new Semaphore(limits.concurrency());
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(limits.connect())
            .build();
  }

  /** What is known after a call. */
  sealed interface Answer {
    /** The platform answered; {@code code} is 0 when its errcode is 0 or absent. */
    record Json(int code, String words, JsonNode body) implements Answer {}

    /** The platform itself did not answer. */
    sealed interface Missing extends Answer {
      String why();
    }

    /** The request did not reach the platform, or something before it refused it. */
    record NotTaken(String why) implements Missing {}

    /** HTTP 429: not taken, and not before that time. */
    record SlowDown(Duration after, String why) implements Missing {}

    /** The request was written and nobody knows what became of it. */
    record Unclear(String why) implements Missing {}

    /** The same, and the next one would fare no better: a server failed over it. */
    record Failed(String why) implements Missing {}
  }

  /** Posts without a token. Blocks for at most the connect and answer limits together. */
  Answer post(String path, JsonNode body) {
    return call(
        path,
        HttpRequest.newBuilder()
            .header("Content-Type", "application/json; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
  }

  /** Gets. Blocks as long as {@link #post(String, JsonNode)}. */
  Answer get(String path) {
    return call(path, HttpRequest.newBuilder().GET());
  }

  /** Posts with {@code access_token} in the query, as this platform wants it. */
  Answer post(String path, String token, JsonNode body) {
    return post(path + "?access_token=" + URLEncoder.encode(token, StandardCharsets.UTF_8), body);
  }

  /** Gets with {@code access_token} behind a query that is there already. */
  Answer get(String path, String token) {
    return get(path + "&access_token=" + URLEncoder.encode(token, StandardCharsets.UTF_8));
  }

  private Answer call(String path, HttpRequest.Builder how) {
    HttpRequest request = how.uri(URI.create(base + path)).build();
    try {
      room.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.NotTaken("the channel was closed before it was written");
    }
    try {
      return answer(request);
    } finally {
      room.release();
    }
  }

  private Answer answer(HttpRequest request) {
    CompletableFuture<HttpResponse<byte[]>> call =
        http.sendAsync(request, info -> new BoundedBody(LARGEST_ANSWER));
    try {
      Duration longest = limits.connect().plus(limits.answer());
      return read(call.get(longest.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      call.cancel(true);
      return new Answer.Unclear("no answer within " + limits.answer().toSeconds() + " s");
    } catch (InterruptedException e) {
      call.cancel(true);
      Thread.currentThread().interrupt();
      return new Answer.Unclear("the channel was closed before the answer came");
    } catch (ExecutionException e) {
      return failed(e.getCause());
    }
  }

  private Answer failed(Throwable cause) {
    if (cause instanceof HttpConnectTimeoutException) {
      return new Answer.NotTaken("no connection within " + limits.connect().toSeconds() + " s");
    }
    if (cause instanceof ConnectException || cause instanceof SSLHandshakeException) {
      return new Answer.NotTaken("no connection to " + host + ": " + words(cause));
    }
    return new Answer.Unclear("the connection broke before the answer came: " + words(cause));
  }

  private static Answer read(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    String text = new String(response.body(), StandardCharsets.UTF_8).strip();
    if (status == 429) {
      return new Answer.SlowDown(slowDown(response), "HTTP 429: too many calls");
    }
    if (status == 504) {
      return new Answer.Failed("HTTP 504: a server on the way got no answer in time");
    }
    if (status >= 500 && status != 503) {
      // Whoever answers so may have passed the request on, or done half of it.
      return new Answer.Failed("HTTP " + status + kind(text));
    }
    if (status != 200) {
      return new Answer.NotTaken("HTTP " + status + kind(text));
    }
    if (text.startsWith("<")) {
      return new Answer.NotTaken("HTTP 200" + kind(text));
    }
    try {
      JsonNode body = JSON.readTree(text);
      if (body != null && body.isObject()) {
        return new Answer.Json(body.path("errcode").asInt(0), body.path("errmsg").asText(""), body);
      }
    } catch (JsonProcessingException e) {
      // said below: the parser's own words would quote the body
    }
    return new Answer.Unclear("HTTP 200 with something that is not the platform's JSON");
  }

  private static String kind(String text) {
    return text.startsWith("<")
        ? ": a web page instead of JSON; is a proxy or a sign-in page in between?"
        : ": not an answer of the platform";
  }

  /** Whole seconds from Retry-After, within an hour; its date form is not worth a parser here. */
  private static Duration slowDown(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(v -> v.matches("\\d{1,6}"))
        .map(v -> Duration.ofSeconds(Math.max(1, Math.min(LONGEST_SLOW_DOWN_S, Long.parseLong(v)))))
        .orElse(DEFAULT_SLOW_DOWN);
  }

  private static String words(Throwable cause) {
    String message = cause instanceof IOException ? cause.getMessage() : null;
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}

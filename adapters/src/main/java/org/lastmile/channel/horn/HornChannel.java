package org.lastmile.channel.horn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.lastmile.channel.Speech;

/**
 * Horns of a vendor's or a county's own platform. ACCEPTED means that the platform took the
 * message; that anybody heard it only its callback says, and a platform without one never does.
 */
public final class HornChannel implements Channel {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final int LONGEST_ANSWER = 64 * 1024;

  private final HornConfig config;
  private final InstantSource clock;
  private final HttpClient http;
  private final AtomicInteger flying = new AtomicInteger();
  private volatile Sink sink;
  private volatile String trouble = "";
  private volatile boolean closed;

  public HornChannel(HornConfig config, InstantSource clock) {
    this.config = config;
    this.clock = clock;
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(config.patience())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  @Override
  public CompletionStage<Outcome> send(Message message) {
    if (closed) {
      return done(new Outcome.LaneDown("the channel is closed"));
    }
    boolean stop = message.content().kind() == Content.Kind.STOP;
    String template = stop ? config.stop() : config.body();
    if (template.isBlank()) {
      return done(new Outcome.Permanent("the platform has no way to stop a play"));
    }
    if (!message.content().playBy().isAfter(clock.instant())) {
      return done(new Outcome.Permanent("its play-by time has passed"));
    }
    Map<String, String> values = values(message);
    HttpRequest request;
    try {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(
                  URI.create(Template.fill(config.url(), Template.Escape.URL, values)))
              .timeout(config.patience())
              .header("Content-Type", config.type())
              .method(
                  config.method(),
                  HttpRequest.BodyPublishers.ofString(
                      Template.fill(template, Template.Escape.forType(config.type()), values),
                      StandardCharsets.UTF_8));
      config.headers().forEach(builder::header);
      request = builder.build();
    } catch (IllegalArgumentException e) {
      return done(new Outcome.Permanent("channels.horn makes no request of it: " + e.getMessage()));
    }
    flying.incrementAndGet();
    return http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
        .thenApplyAsync(this::outcome)
        .exceptionally(this::failed)
        .whenComplete((outcome, failure) -> flying.decrementAndGet());
  }

  private Outcome outcome(HttpResponse<java.io.InputStream> response) {
    byte[] body;
    try (java.io.InputStream in = response.body()) {
      body = in.readNBytes(LONGEST_ANSWER);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
    int status = response.statusCode();
    if (status == 401 || status == 403) {
      return down(
          "HTTP %d: %s does not let us in: check channels.horn.headers".formatted(status, where()));
    }
    if (status == 408 || status == 425 || status == 429 || status >= 500) {
      trouble = "HTTP " + status + " from " + where();
      return new Outcome.Retry(retryAfter(response), trouble);
    }
    trouble = "";
    if (status / 100 != 2) {
      return new Outcome.Permanent("HTTP " + status);
    }
    return answered(body);
  }

  private Outcome answered(byte[] body) {
    HornConfig.Answer answer = config.answer();
    if (answer.code().isEmpty() && answer.reference().isEmpty()) {
      return new Outcome.Accepted(List.of());
    }
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (IOException e) {
      // It was taken, or not: a second request could make it sound twice.
      return new Outcome.Unknown("the platform's answer is not JSON");
    }
    if (!answer.code().isEmpty()) {
      JsonNode at = json.at(answer.code());
      if (at.isMissingNode()) {
        return new Outcome.Unknown("the platform's answer has no " + answer.code());
      }
      String code = at.asText();
      if (answer.refused().contains(code)) {
        return new Outcome.Permanent(code + ": refused by the platform");
      }
      if (!answer.good().contains(code)) {
        return new Outcome.Retry(SOON, code + ": not taken by the platform");
      }
    }
    String reference = answer.reference().isEmpty() ? "" : json.at(answer.reference()).asText();
    return new Outcome.Accepted(reference.isEmpty() ? List.of() : List.of(reference));
  }

  private Outcome failed(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
      return down("can't connect to " + where());
    }
    // The request may have arrived: evidence decides, and nothing sounds twice.
    trouble = "no answer from " + where() + ": " + cause.getClass().getSimpleName();
    return new Outcome.Unknown(trouble);
  }

  private Outcome down(String why) {
    trouble = why;
    return new Outcome.LaneDown(why);
  }

  private static Duration retryAfter(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(after -> after.matches("\\d{1,4}"))
        .map(after -> Duration.ofSeconds(Math.max(1, Long.parseLong(after))))
        .orElse(SOON);
  }

  private Map<String, String> values(Message message) {
    Content content = message.content();
    Speech speech = content.speech() == null ? Speech.PLAIN : content.speech();
    Map<String, String> values = new HashMap<>();
    values.put("id", message.attempt());
    values.put("device", message.address());
    values.put("content", content.id());
    values.put("about", content.about() == null ? "" : content.about());
    values.put("kind", config.kinds().getOrDefault(content.kind().name(), content.kind().name()));
    values.put("drill", Boolean.toString(content.drill()));
    values.put("text", content.text() == null ? "" : content.text());
    values.put("audio", speech.audio() == null ? "" : speech.audio().toString());
    values.put("sha256", speech.sha256());
    values.put("siren", speech.siren());
    values.put("priority", Integer.toString(content.priority()));
    values.put("volume", Integer.toString(speech.volume()));
    values.put("repeats", Integer.toString(speech.repeats()));
    values.put("pause", Long.toString(speech.pause().toSeconds()));
    values.put("issued", Long.toString(content.issued().getEpochSecond()));
    values.put("notAfter", Long.toString(content.playBy().getEpochSecond()));
    values.put("issuedAt", LOCAL.format(content.issued().atZone(config.zone())));
    values.put("expiresAt", LOCAL.format(content.playBy().atZone(config.zone())));
    values.put("supersedes", String.join(",", content.supersedes()));
    for (String field :
        List.of(
            Field.PLACE, Field.GRADE, Field.HAZARD, Field.ACTION, Field.HEADLINE, Field.SENDER)) {
      values.put(field, message.field(field));
    }
    return values;
  }

  /** The callback's answer: an HTTP status. */
  public CompletionStage<Integer> receipt(String token, byte[] body) {
    HornConfig.Receipts receipts = config.receipts();
    if (receipts == null || !same(receipts.token(), token)) {
      return CompletableFuture.completedFuture(404);
    }
    String attempt;
    Signal.Evidence evidence;
    String said;
    try {
      JsonNode json = JSON.readTree(body);
      attempt = json.at(receipts.id()).asText();
      said = json.at(receipts.outcome()).asText();
      evidence = evidence(receipts, said);
    } catch (IOException e) {
      return CompletableFuture.completedFuture(400);
    }
    if (!attempt.matches("[A-Za-z0-9._-]{1,64}")) {
      return CompletableFuture.completedFuture(400);
    }
    if (evidence == null || sink == null) {
      return CompletableFuture.completedFuture(evidence == null ? 200 : 503);
    }
    return sink.accept(
            new Signal.Confirmation(
                attempt,
                evidence,
                evidence == Signal.Evidence.FAILED ? said : "",
                clock.instant(),
                Map.of("outcome", said)))
        .handle((kept, failure) -> failure == null ? 200 : 503);
  }

  private static Signal.Evidence evidence(HornConfig.Receipts receipts, String said) {
    return receipts.played().contains(said)
        ? Signal.Evidence.PLAYED
        : receipts.failed().contains(said)
            ? Signal.Evidence.FAILED
            : receipts.playing().contains(said)
                ? Signal.Evidence.PLAYING
                : receipts.received().contains(said) ? Signal.Evidence.RECEIVED : null;
  }

  private static boolean same(String one, String other) {
    return !one.isEmpty()
        && MessageDigest.isEqual(
            one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private String where() {
    return config.where();
  }

  @Override
  public void listen(Sink sink) {
    this.sink = sink;
  }

  @Override
  public int room() {
    return closed ? 0 : Math.max(0, config.inFlight() - flying.get());
  }

  @Override
  public Health check() {
    String why = closed ? "the channel is closed" : trouble;
    Health.State state = why.isEmpty() ? Health.State.UP : Health.State.DOWN;
    return Health.of(
        List.of(
            new Health.Part(
                "horn platform",
                state,
                why,
                Map.of("receipts", config.receipts() == null ? "none: handed over only" : "yes"))));
  }

  @Override
  public void close() {
    closed = true;
  }

  private static CompletionStage<Outcome> done(Outcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }
}

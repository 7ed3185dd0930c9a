package org.lastmile.channel.siren;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;

/** Sirens behind a relay that answers a POST to /SIREN with 200 once the siren was heard. */
public final class SirenChannel implements Channel {
  private static final int MOST_AT_ONCE = 8;
  private static final Executor SOON = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI relay;
  private final InstantSource clock;
  private final AtomicInteger flying = new AtomicInteger();
  private volatile Sink sink;
  private volatile String trouble = "";
  private volatile boolean closed;

  public SirenChannel(URI relay, InstantSource clock) {
    this.relay = relay;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Outcome> send(Message message) {
    if (closed) {
      return CompletableFuture.completedFuture(new Outcome.LaneDown("closed"));
    }
    flying.incrementAndGet();
    HttpRequest blow =
        HttpRequest.newBuilder(relay.resolve("/" + message.address()))
            .timeout(Duration.ofSeconds(10))
            .POST(HttpRequest.BodyPublishers.ofString(message.content().text()))
            .build();
    return http.sendAsync(blow, HttpResponse.BodyHandlers.discarding())
        .handle((answer, failure) -> outcome(message, answer, failure));
  }

  private Outcome outcome(Message message, HttpResponse<?> answer, Throwable failure) {
    flying.decrementAndGet();
    trouble = failure == null ? "" : "no answer from " + relay;
    if (failure != null) {
      // Without a connection nothing left; whatever broke later may have been heard.
      return failure.getCause() instanceof ConnectException
          ? new Outcome.LaneDown(trouble)
          : new Outcome.Unknown(trouble);
    }
    if (answer.statusCode() != 200) {
      return new Outcome.Permanent("HTTP " + answer.statusCode());
    }
    tell(
        new Signal.Confirmation(
            message.attempt(), Signal.Evidence.PLAYED, "", clock.instant(), Map.of()));
    return new Outcome.Accepted(List.of());
  }

  /** Again until it is kept: this wire has nothing to acknowledge and won't say it twice. */
  private void tell(Signal signal) {
    sink.accept(signal)
        .whenComplete(
            (kept, failure) -> {
              if (failure != null && !closed) {
                SOON.execute(() -> tell(signal));
              }
            });
  }

  @Override
  public void listen(Sink sink) {
    this.sink = sink;
  }

  @Override
  public int room() {
    return closed ? 0 : Math.max(0, MOST_AT_ONCE - flying.get());
  }

  @Override
  public Health check() {
    boolean up = !closed && trouble.isEmpty();
    Health.State state = up ? Health.State.UP : Health.State.DOWN;
    return Health.of(List.of(new Health.Part("relay", state, trouble, Map.of())));
  }

  @Override
  public void close() {
    closed = true;
  }
}

package org.lastmile.routes;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Field;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Sink;

/**
 * A channel that is any Camel endpoint, so that a new carrier can be a config entry only. The
 * endpoint gets the text as body, and as headers {@code address}, {@code To}, {@code Subject},
 * {@code attempt}; {@code smpp:} gets what {@link Smpp} says. It brings no receipts: what it took
 * stays SENT, and covers no point.
 */
public final class CarrierChannel implements Channel {
  private static final int MOST_AT_ONCE = 20;

  private final String name;
  private final String uri;
  private final ProducerTemplate producer;
  private final InstantSource clock;
  private final Optional<Smpp> smpp;
  private final AtomicInteger flying = new AtomicInteger();
  private volatile String trouble = "";
  private volatile boolean closed;

  /**
   * @param cut how an SMS centre's messages are cut, see {@link Smpp}
   */
  public CarrierChannel(
      String name,
      String uri,
      CamelContext camel,
      InstantSource clock,
      BiFunction<String, String, List<String>> cut) {
    this.clock = clock;
    this.smpp = Smpp.is(uri) ? Optional.of(new Smpp(cut)) : Optional.empty();
    this.name = name;
    this.uri = uri;
    this.producer = camel.createProducerTemplate();
  }

  @Override
  public CompletionStage<Outcome> send(Message message) {
    if (closed) {
      return CompletableFuture.completedFuture(new Outcome.LaneDown("closed"));
    }
    Optional<Outcome> refused = smpp.flatMap(endpoint -> Smpp.refused(message));
    if (refused.isPresent()) {
      return CompletableFuture.completedFuture(refused.get());
    }
    flying.incrementAndGet();
    return producer
        .asyncSend(uri, exchange -> write(message, exchange.getMessage()))
        .handle(
            (exchange, failure) -> {
              flying.decrementAndGet();
              Throwable cause = failure != null ? failure : exchange.getException();
              Outcome outcome = cause == null ? accepted(exchange) : failed(cause);
              trouble =
                  outcome instanceof Outcome.LaneDown down
                      ? down.why()
                      : outcome instanceof Outcome.Unknown unknown ? unknown.why() : "";
              return outcome;
            });
  }

  private void write(Message message, org.apache.camel.Message out) {
    String text = text(message);
    out.setBody(text);
    out.setHeader("address", message.address());
    out.setHeader("To", message.address());
    out.setHeader("Subject", message.field(Field.HEADLINE));
    out.setHeader("attempt", message.attempt());
    smpp.ifPresent(endpoint -> endpoint.write(message, text, clock.instant(), out));
  }

  /** A field of this very message may stand in the shared text as {@code {name}}. */
  private static String text(Message message) {
    String text = message.content().text();
    for (Map.Entry<String, String> field : message.fields().entrySet()) {
      text = text.replace("{" + field.getKey() + "}", field.getValue());
    }
    return text;
  }

  private Outcome accepted(Exchange exchange) {
    return smpp.isPresent() ? Smpp.accepted(exchange) : new Outcome.Accepted(List.of());
  }

  private Outcome failed(Throwable cause) {
    // Most endpoints' failures do not say whether anything left: they count as the lane's.
    return smpp.isPresent()
        ? Smpp.failed(name, cause)
        : new Outcome.LaneDown(name + ": " + cause.getClass().getSimpleName());
  }

  @Override
  public void listen(Sink sink) {
    // An endpoint that only sends has nothing to say.
  }

  @Override
  public int room() {
    return closed ? 0 : Math.max(0, MOST_AT_ONCE - flying.get());
  }

  @Override
  public Health check() {
    Health.State state =
        closed ? Health.State.DOWN : trouble.isEmpty() ? Health.State.UP : Health.State.DEGRADED;
    return Health.of(List.of(new Health.Part(name, state, closed ? "closed" : trouble, Map.of())));
  }

  @Override
  public void close() {
    closed = true;
    producer.stop();
  }
}

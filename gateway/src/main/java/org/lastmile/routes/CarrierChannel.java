package org.lastmile.routes;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
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
 * {@code attempt}. It brings no receipts: what it took stays SENT, and covers no point.
 */
public final class CarrierChannel implements Channel {
  private static final int MOST_AT_ONCE = 20;

  private final String name;
  private final String uri;
  private final ProducerTemplate producer;
  private final AtomicInteger flying = new AtomicInteger();
  private volatile String trouble = "";
  private volatile boolean closed;

  public CarrierChannel(String name, String uri, CamelContext camel) {
    this.name = name;
    this.uri = uri;
    this.producer = camel.createProducerTemplate();
  }

  @Override
  public CompletionStage<Outcome> send(Message message) {
    if (closed) {
      return CompletableFuture.completedFuture(new Outcome.LaneDown("closed"));
    }
    flying.incrementAndGet();
    return producer
        .asyncSend(
            uri,
            exchange -> {
              exchange.getMessage().setBody(message.content().text());
              exchange.getMessage().setHeader("address", message.address());
              exchange.getMessage().setHeader("To", message.address());
              exchange.getMessage().setHeader("Subject", message.field(Field.HEADLINE));
              exchange.getMessage().setHeader("attempt", message.attempt());
            })
        .handle(
            (exchange, failure) -> {
              flying.decrementAndGet();
              Throwable cause = failure != null ? failure : exchange.getException();
              trouble = cause == null ? "" : cause.getClass().getSimpleName();
              // An endpoint's failure does not say whether anything left: it counts as the lane's.
              return cause == null
                  ? new Outcome.Accepted(List.of())
                  : new Outcome.LaneDown(name + ": " + trouble);
            });
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

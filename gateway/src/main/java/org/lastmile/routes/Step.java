package org.lastmile.routes;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** One step of a route that ends later: the exchange goes on when the stage has ended. */
final class Step<T> extends AsyncProcessorSupport {
  private final Class<T> type;
  private final Function<T, CompletionStage<?>> work;

  private Step(Class<T> type, Function<T, CompletionStage<?>> work) {
    this.type = type;
    this.work = work;
  }

  /** The stage's result becomes the body, unless it is null. */
  static <T> Step<T> of(Class<T> type, Function<T, CompletionStage<?>> work) {
    return new Step<>(type, work);
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    work.apply(exchange.getMessage().getBody(type))
        .whenComplete(
            (result, failure) -> {
              if (failure != null) {
                exchange.setException(failure);
              } else if (result != null) {
                exchange.getMessage().setBody(result);
              }
              callback.done(false);
            });
    return false;
  }
}

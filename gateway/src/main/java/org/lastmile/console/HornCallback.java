package org.lastmile.console;

import io.vertx.core.Context;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** Where a platform for horns tells what became of a message: its token in the path lets it in. */
public final class HornCallback {
  private static final int LARGEST = 64 * 1024;

  private final BiFunction<String, byte[], CompletionStage<Integer>> receipt;

  /**
   * For those receipts.
   *
   * @param receipt takes token and body, answers with an HTTP status
   */
  public HornCallback(BiFunction<String, byte[], CompletionStage<Integer>> receipt) {
    this.receipt = receipt;
  }

  /** Before the routes that are there already. */
  public void mount(Router router) {
    router.post("/horn/:token").order(-4).handler(BodyHandler.create(false).setBodyLimit(LARGEST));
    router.post("/horn/:token").order(-3).handler(this::answer);
  }

  private void answer(RoutingContext request) {
    byte[] body =
        request.body().buffer() == null ? new byte[0] : request.body().buffer().getBytes();
    Context here = request.vertx().getOrCreateContext();
    receipt
        .apply(request.pathParam("token"), body)
        .whenComplete(
            (status, failure) ->
                here.runOnContext(
                    now -> request.response().setStatusCode(failure == null ? status : 503).end()));
  }
}

package org.lastmile.console;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * How a path under {@code /api} is declared: method, path, the right it needs, and a function from
 * the request to what is answered. The function runs off the event loop and off the desk's thread.
 */
final class Api {
  static final int SMALL_BODY = 64 * 1024;

  /**
   * A desk whose store is away repeats what it decided; nobody waits longer than this to hear so.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Router router;
  private final Executor work;

  /** Answered as JSON with 202, and where it is found. */
  record Accepted(String location, Object value) {}

  private record Taken(String location, Buffer json) {}

  /** Answered as it is instead of as JSON. */
  record Download(String name, String type, Buffer bytes) {}

  Api(Router router, Executor work) {
    this.router = router;
    this.work = work;
  }

  /** Answers with the function's value as JSON; null is 204. */
  void on(
      HttpMethod method, String path, Right right, Function<Request, CompletionStage<?>> answer) {
    router.route(method, path).handler(Gate.needs(right));
    if (!method.equals(HttpMethod.GET)) {
      router.route(method, path).handler(BodyHandler.create(false).setBodyLimit(SMALL_BODY));
    }
    router.route(method, path).handler(request -> answer(request, answer));
  }

  /** Where functions that follow a desk's future must run. */
  Executor work() {
    return work;
  }

  void answer(RoutingContext context, Function<Request, CompletionStage<?>> answer) {
    Request request = Request.of(context);
    Context here = context.vertx().getOrCreateContext();
    CompletionStage<Object> value;
    try {
      value =
          CompletableFuture.supplyAsync(() -> answer.apply(request), work)
              .thenCompose(stage -> stage)
              .thenApplyAsync(Api::written, work)
              .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (RejectedExecutionException e) {
      context.fail(Problem.away("this gateway is closing"));
      return;
    }
    value.whenComplete(
        (written, problem) ->
            here.runOnContext(
                now -> {
                  if (problem != null) {
                    context.fail(problem);
                  } else {
                    send(context, written);
                  }
                }));
  }

  private static Object written(Object value) {
    if (value instanceof Accepted accepted) {
      return new Taken(accepted.location(), Buffer.buffer(Json.bytes(accepted.value())));
    }
    return value == null || value instanceof Download ? value : Json.bytes(value);
  }

  private static void send(RoutingContext context, Object written) {
    HttpServerResponse response = context.response();
    if (response.closed() || response.ended()) {
      return;
    }
    if (written == null) {
      response.setStatusCode(204).end();
    } else if (written instanceof Download download) {
      response
          .putHeader("Content-Type", download.type())
          .putHeader("Content-Disposition", "attachment; filename=\"" + download.name() + "\"")
          .end(download.bytes());
    } else if (written instanceof Taken taken) {
      response
          .setStatusCode(202)
          .putHeader("Location", taken.location())
          .putHeader("Content-Type", "application/json")
          .end(taken.json());
    } else {
      response.putHeader("Content-Type", "application/json").end(Buffer.buffer((byte[]) written));
    }
  }
}

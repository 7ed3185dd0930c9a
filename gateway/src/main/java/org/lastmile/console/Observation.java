package org.lastmile.console;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.lastmile.channel.Health;

/**
 * {@code /observe/health} and {@code /observe/metrics} on a port of their own that only this
 * machine reaches. Unhealthy (503) means that accepted warnings can't go out: a vital part is down.
 * A channel that is down is told, and does not make the whole unhealthy while others carry.
 */
public final class Observation {
  private final Map<String, Supplier<Health>> vital;
  private final Map<String, Supplier<Health>> channels;
  private final PrometheusMeterRegistry metrics;
  private final ModemMetrics modems;
  private final HttpServer server;

  private record Whole(Health.State state, Map<String, Health> parts) {}

  /**
   * @param vital the store, the desk…: answered without waiting, down = unhealthy
   */
  public Observation(
      Vertx vertx,
      Map<String, Supplier<Health>> vital,
      Map<String, Supplier<Health>> channels,
      PrometheusMeterRegistry metrics) {
    this.vital = Map.copyOf(vital);
    this.channels = Map.copyOf(channels);
    this.metrics = metrics;
    this.modems = new ModemMetrics(this.channels, metrics);
    Router router = Router.router(vertx);
    Failures.handleAll(router);
    router.get("/observe/health").handler(this::health);
    router.get("/observe/metrics").handler(request -> metrics(vertx, request));
    this.server =
        vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1")).requestHandler(router);
  }

  /** Listens on localhost; 0 = any free port. The future says which. */
  public Future<Integer> listen(int port) {
    return server.listen(port, "127.0.0.1").map(HttpServer::actualPort);
  }

  public Future<Void> close() {
    return server.close();
  }

  private void health(RoutingContext request) {
    Map<String, Health> parts = new TreeMap<>();
    vital.forEach((name, part) -> parts.put(name, part.get()));
    Health.State state =
        parts.values().stream()
            .map(Health::state)
            .max(Comparator.naturalOrder())
            .orElse(Health.State.UP);
    channels.forEach((name, channel) -> parts.put(name, channel.get()));
    boolean limping = parts.values().stream().anyMatch(h -> h.state() != Health.State.UP);
    Health.State whole = state == Health.State.UP && limping ? Health.State.DEGRADED : state;
    request
        .response()
        .setStatusCode(whole == Health.State.DOWN ? 503 : 200)
        .putHeader("Content-Type", "application/json")
        .end(Buffer.buffer(Json.bytes(new Whole(whole, parts))));
  }

  private void metrics(Vertx vertx, RoutingContext request) {
    vertx
        .executeBlocking(
            () -> {
              modems.refresh();
              return metrics.scrape();
            },
            false)
        .onSuccess(
            text ->
                request
                    .response()
                    .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                    .end(text))
        .onFailure(request::fail);
  }
}

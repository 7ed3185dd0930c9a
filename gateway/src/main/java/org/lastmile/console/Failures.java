package org.lastmile.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.lastmile.channel.Memory;
import org.lastmile.desk.Desk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers every failure as problem+json: what was thrown, and what the router itself refuses. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /** Call it before anything else is routed. */
  static void handleAll(Router router) {
    router.route().failureHandler(request -> answer(router, request));
    for (int status : new int[] {400, 401, 403, 404, 405, 406, 408, 413, 414, 415, 500, 503}) {
      router.errorHandler(status, request -> answer(router, request));
    }
  }

  /** What a throwable means to the one who asked. Defects are logged, and told as little more. */
  static Problem problem(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof Problem problem) {
      return problem;
    }
    if (cause instanceof HttpException http) {
      return Problem.of(http.getStatusCode(), "The request can't be answered", http.getPayload());
    }
    if (cause instanceof Desk.Refused refused) {
      return Problem.of(409, "That can't be done now", refused.getMessage());
    }
    if (cause instanceof Memory.Away away) {
      return Problem.away(away.getMessage());
    }
    if (cause instanceof TimeoutException) {
      return new Problem(
          503,
          "The desk does not answer",
          "its store may be away; whether anything was done is not known yet, look again shortly",
          List.of(),
          Map.of("Retry-After", "5"));
    }
    LOG.error("A request failed by a defect", cause);
    return Problem.of(500, "The gateway failed", "it is a defect; the gateway's log has the cause");
  }

  private static void answer(Router router, RoutingContext request) {
    Problem problem =
        request.failure() == null ? ofStatus(router, request) : problem(request.failure());
    send(request, problem);
  }

  static void send(RoutingContext request, Problem problem) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return;
    }
    if (response.headWritten()) {
      response.reset();
      return;
    }
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("type", "about:blank");
    body.put("title", problem.title());
    body.put("status", problem.status());
    body.put("detail", problem.getMessage());
    body.put("instance", request.normalizedPath());
    body.set("problems", Json.MAPPER.valueToTree(problem.findings()));
    problem.headers().forEach(response::putHeader);
    response
        .setStatusCode(problem.status())
        .putHeader("Content-Type", "application/problem+json")
        .end(Buffer.buffer(Json.bytes(body)));
  }

  private static Problem ofStatus(Router router, RoutingContext request) {
    String path = request.normalizedPath();
    return switch (request.statusCode()) {
      case 404 -> Problem.of(404, "There is nothing here", "nothing is found at " + path);
      case 405 ->
          new Problem(
              405,
              "The method does not fit",
              request.request().method() + " can't be done to " + path,
              List.of(),
              Map.of("Allow", allowed(router, path)));
      case 413 -> Problem.of(413, "The body is too large", "send less than the limit of " + path);
      case 415 -> Problem.of(415, "The content type does not fit", "it is not taken at " + path);
      default ->
          Problem.of(
              request.statusCode(), "The request can't be answered", "it was refused: " + path);
    };
  }

  private static String allowed(Router router, String path) {
    TreeSet<String> methods = new TreeSet<>();
    for (Route route : router.getRoutes()) {
      if (route.methods() != null && route.getPath() != null && matches(route.getPath(), path)) {
        route.methods().stream().map(HttpMethod::name).forEach(methods::add);
      }
    }
    return String.join(", ", methods);
  }

  private static boolean matches(String declared, String path) {
    String regex =
        Pattern.compile(":[A-Za-z]+").matcher(declared).replaceAll("[^/]+").replace(".", "\\\\.");
    return path.matches(regex);
  }
}

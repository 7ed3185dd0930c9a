package org.lastmile.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A request that has passed the gate, with its body read. Safe to use off the event loop. */
record Request(Caller caller, Map<String, String> path, MultiMap query, Buffer body) {

  static Request of(RoutingContext context) {
    HttpServerRequest request = context.request();
    Buffer body = context.body().buffer() == null ? Buffer.buffer() : context.body().buffer();
    return new Request(
        Caller.of(context), Map.copyOf(context.pathParams()), request.params(), body);
  }

  String path(String name) {
    return path.get(name);
  }

  /** A query parameter; empty when absent. */
  String query(String name) {
    String value = query.get(name);
    return value == null ? "" : value;
  }

  /** A query parameter that names one of an enum's values, in any case; null when absent. */
  <E extends Enum<E>> E query(String name, Class<E> type) {
    String text = query(name);
    if (text.isEmpty()) {
      return null;
    }
    return Arrays.stream(type.getEnumConstants())
        .filter(v -> v.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                Problem.invalid(
                    List.of(
                        new Problem.Finding(
                            "?" + name,
                            "is not one of " + Arrays.toString(type.getEnumConstants())))));
  }

  /** A query parameter that is a whole number in a range. */
  int query(String name, int least, int most, int absent) {
    String text = query(name);
    if (text.isEmpty()) {
      return absent;
    }
    int value = text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
    if (value < least || value > most) {
      throw Problem.invalid(
          List.of(
              new Problem.Finding(
                  "?" + name, "is not a whole number from " + least + " to " + most)));
    }
    return value;
  }

  JsonNode json() {
    return Json.object(body.getBytes());
  }
}

package org.lastmile.story;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;
import org.awaitility.core.ConditionTimeoutException;

/** A warning that was accepted, as the gateway shows it. */
record Issued(Township town, String id) {

  JsonNode summary() {
    return town.gateway().get("/api/v1/warnings/" + id);
  }

  String status() {
    return summary().path("status").asText();
  }

  JsonNode coverage() {
    return town.gateway().get("/api/v1/warnings/" + id + "/coverage");
  }

  List<JsonNode> deliveries() {
    return list(town.gateway().get("/api/v1/warnings/" + id + "/deliveries"));
  }

  List<JsonNode> timeline() {
    return list(town.gateway().get("/api/v1/warnings/" + id + "/timeline"));
  }

  Point point(String point) {
    return new Point(this, point);
  }

  /** Waits until every point is covered; says in the end which were not. */
  void coversEveryPoint() {
    try {
      Township.until(
          "every point is covered",
          () -> {
            JsonNode now = coverage();
            return now.path("covered").asInt() == now.path("total").asInt();
          });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(whatIsMissing(), e);
    }
  }

  /** Open points, and what became of every delivery that was not confirmed. */
  String whatIsMissing() {
    String open =
        list(coverage().path("points")).stream()
            .filter(p -> !p.path("state").asText().equals("COVERED"))
            .map(JsonNode::toString)
            .collect(joining("\n"));
    String rows =
        deliveries().stream()
            .filter(d -> !d.path("state").asText().equals("CONFIRMED"))
            .filter(d -> !d.path("asleep").asBoolean())
            .map(JsonNode::toString)
            .collect(joining("\n"));
    return "not covered:\n" + open + "\nnot confirmed:\n" + rows;
  }

  private static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}

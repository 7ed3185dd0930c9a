package org.lastmile.dist.demo;

import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.lastmile.dist.terminal.Columns;

/**
 * What a demo came to, from the gateway's own record over the API: counts, and times from release
 * on by the gateway's clock.
 */
record Summary(ObjectNode json) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> HEARD = Set.of("RECEIVED", "PLAYING", "CONFIRMED", "UNHEARD");

  static Summary of(
      Settings settings, JsonNode warning, JsonNode coverage, JsonNode timeline, Duration took) {
    Instant released = Instant.parse(warning.path("released").asText());
    ObjectNode json = JSON.createObjectNode();
    json.put("warning", warning.path("id").asText());
    json.put("headline", warning.path("headline").asText());
    json.put("seed", settings.seed());
    json.put("points", coverage.path("total").asInt());
    json.put("covered", coverage.path("covered").asInt());
    json.put("reached", coverage.path("reached").asInt());
    json.put("unreached", coverage.path("unreached").asInt());
    json.put("allCovered", coverage.path("total").asInt() == coverage.path("covered").asInt());
    json.set("deliveries", warning.path("byChannel"));
    json.put("retries", warning.path("retries").asInt());

    Map<Integer, Integer> rungs = new TreeMap<>();
    int steps = 0;
    int duties = 0;
    int words = 0;
    Instant firstDevice = null;
    for (JsonNode line : timeline) {
      switch (line.path("type").asText()) {
        case "STAGE" -> {
          steps++;
          String[] detail = line.path("detail").asText().split(" ", 3);
          rungs.merge(Integer.parseInt(detail[1]), 1, Integer::sum);
        }
        case "DUTY_OPENED" -> duties++;
        case "WORD" -> words++;
        default -> {
          boolean device =
              line.path("channel").asText().equals("loudspeaker")
                  && HEARD.contains(line.path("type").asText());
          if (device && firstDevice == null) {
            firstDevice = Instant.parse(line.path("at").asText());
          }
        }
      }
    }
    json.put("ladderSteps", steps);
    ObjectNode byRung = json.putObject("ladderStepsByRung");
    rungs.forEach((rung, count) -> byRung.put(Integer.toString(rung), count));
    json.put("dutyTasks", duties);
    json.put("closedByPeople", words);
    put(json, "secondsToFirstDevice", released, firstDevice);
    ObjectNode times = json.putObject("secondsToCoverage");
    List<Instant> covered = covered(coverage);
    for (int percent : new int[] {50, 90, 100}) {
      int needed = (int) Math.ceil(coverage.path("total").asInt() * percent / 100.0);
      Instant at = needed >= 1 && needed <= covered.size() ? covered.get(needed - 1) : null;
      put(times, Integer.toString(percent), released, at);
    }
    json.put("secondsInAll", took.toMillis() / 1000.0);
    var open = json.putArray("open");
    for (JsonNode point : coverage.path("points")) {
      if (!point.path("state").asText().equals("COVERED")) {
        ObjectNode one = open.addObject();
        one.put("id", point.path("id").asText());
        one.put("name", point.path("name").asText());
        one.put("state", point.path("state").asText());
        one.set("missing", point.path("missing"));
        one.put("why", point.path("why").asText());
      }
    }
    return new Summary(json);
  }

  private static List<Instant> covered(JsonNode coverage) {
    List<Instant> covered = new ArrayList<>();
    for (JsonNode point : coverage.path("points")) {
      if (point.path("state").asText().equals("COVERED")) {
        covered.add(Instant.parse(point.path("since").asText()));
      }
    }
    return covered.stream().sorted().toList();
  }

  private static void put(ObjectNode json, String name, Instant released, Instant at) {
    if (at == null) {
      json.putNull(name);
    } else {
      json.put(name, Duration.between(released, at).toMillis() / 1000.0);
    }
  }

  /** For the terminal. */
  List<String> words(int columns) {
    List<String> lines = new ArrayList<>();
    lines.add(
        allCovered()
            ? "All %d points are covered.".formatted(json.path("points").asInt())
            : "%d of %d points are covered; open:"
                .formatted(json.path("covered").asInt(), json.path("points").asInt()));
    for (JsonNode point : json.path("open")) {
      lines.add(
          Columns.cut(
              "  %s %s: lacks %s %s"
                  .formatted(
                      point.path("id").asText(),
                      point.path("name").asText(),
                      point.path("missing"),
                      point.path("why").asText()),
              columns));
    }
    JsonNode times = json.path("secondsToCoverage");
    lines.add("  first device after %s".formatted(seconds(json.path("secondsToFirstDevice"))));
    lines.add(
        "  points covered: 50 %% after %s, 90 %% after %s, all after %s"
            .formatted(
                seconds(times.path("50")), seconds(times.path("90")), seconds(times.path("100"))));
    lines.add(
        "  retries %d · steps up the ladder %d · duty tasks %d · closed by a person's word %d"
            .formatted(
                json.path("retries").asInt(),
                json.path("ladderSteps").asInt(),
                json.path("dutyTasks").asInt(),
                json.path("closedByPeople").asInt()));
    int waiting = json.path("deliveries").path("sms").path("QUEUED").asInt();
    if (waiting > 0) {
      lines.add("  %d messages to residents still wait for a modem".formatted(waiting));
    }
    return lines;
  }

  private static String seconds(JsonNode time) {
    return time.isNull() ? "–" : "%.1f s".formatted(time.asDouble());
  }

  boolean allCovered() {
    return json.path("allCovered").asBoolean();
  }

  void write(Path file) throws IOException {
    Files.writeString(
        file, JSON.writer(new DefaultPrettyPrinter()).writeValueAsString(json) + "\n");
  }
}

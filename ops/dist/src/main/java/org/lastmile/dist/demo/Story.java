package org.lastmile.dist.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.lastmile.dist.terminal.Board;

/** Tells what happened between two looks at the coverage; many at once in one line. */
final class Story {
  private static final int ONE_BY_ONE = 3;

  private final Map<String, Integer> stages = new HashMap<>();
  private final Set<String> duties = new HashSet<>();

  List<String> since(JsonNode coverage) {
    Map<Integer, List<String>> up = new TreeMap<>();
    List<String> opened = new ArrayList<>();
    for (JsonNode point : coverage.path("points")) {
      String id = point.path("id").asText();
      String name = id + " " + point.path("name").asText();
      int stage = point.path("stage").asInt();
      if (stage > stages.getOrDefault(id, 0)) {
        stages.put(id, stage);
        up.computeIfAbsent(stage, s -> new ArrayList<>()).add(name + lacks(point));
      }
      if (point.path("duty").asBoolean() && duties.add(id)) {
        opened.add(name + lacks(point));
      }
    }
    List<String> lines = new ArrayList<>();
    up.forEach((stage, names) -> tell(lines, "ladder, rung " + stage + ": ", names));
    tell(lines, "duty task: ", opened);
    return lines;
  }

  private static void tell(List<String> lines, String what, List<String> names) {
    if (names.size() <= ONE_BY_ONE) {
      names.forEach(n -> lines.add(what + n));
    } else {
      lines.add(what + names.get(0) + " and " + (names.size() - 1) + " more points");
    }
  }

  private static String lacks(JsonNode point) {
    List<String> words = new ArrayList<>();
    point.path("missing").forEach(m -> words.add(Board.word(m.asText())));
    return words.isEmpty() ? "" : " lacks " + String.join(", ", words);
  }
}

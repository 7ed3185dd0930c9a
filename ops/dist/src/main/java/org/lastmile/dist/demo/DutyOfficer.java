package org.lastmile.dist.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lastmile.dist.command.Gateway;

/**
 * The simulated officer on duty: sees the duty tasks over the API, sends somebody with a gong or
 * picks up the phone, and writes down what came of it, as an operator does in the console.
 */
final class DutyOfficer {
  /** From a task's opening to the word that somebody was there. */
  private static final Duration ON_THE_WAY = Duration.ofSeconds(8);

  private static final String NAME = "模拟值班员老罗";

  private final Gateway gateway;
  private final InstantSource clock;
  private final Map<String, Instant> seen = new HashMap<>();

  DutyOfficer(Gateway gateway, InstantSource clock) {
    this.gateway = gateway;
    this.clock = clock;
  }

  /** Looks at the tasks once and closes what is due; says what was written down. */
  List<String> turn() {
    List<String> done = new ArrayList<>();
    for (JsonNode task : gateway.get("/api/v1/duty-tasks")) {
      for (JsonNode item : task.path("items")) {
        String point = item.path("point").asText();
        Instant since = seen.computeIfAbsent(point, p -> clock.instant());
        if (!clock.instant().isBefore(since.plus(ON_THE_WAY))) {
          String how = how(item);
          ObjectNode word = Gateway.object();
          word.put("who", NAME);
          word.put("how", how);
          word.put("note", "演示中由程序代填");
          gateway.post(
              "/api/v1/warnings/%s/points/%s/confirm"
                  .formatted(task.path("warning").asText(), Gateway.escaped(point)),
              word);
          seen.remove(point);
          done.add(
              "simulated duty officer closes %s %s: %s"
                  .formatted(point, item.path("name").asText(), how));
        }
      }
    }
    return done;
  }

  private static String how(JsonNode item) {
    for (JsonNode missing : item.path("missing")) {
      if (missing.asText().equals("PLAYED")) {
        return "派人敲锣，逐户通知";
      }
    }
    return "电话未通，派人上门";
  }
}

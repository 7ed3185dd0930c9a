package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.simulators.speakers.Play;

/**
 * A loudspeaker that was provisioned for another village than the registry says does not find
 * itself in a command that names its village: it is told once more, alone, and people are told.
 */
class StrangerTest {
  private static final String STRANGER = "v2";

  @TempDir Path folder;

  @Test
  void it_plays_all_the_same_is_shown_and_is_named_by_itself_from_then_on() throws Exception {
    try (Valley valley = new Valley(folder, 3).elsewhere(STRANGER)) {
      valley.opens(new GatewayHere(valley.config(), List.of(valley.devices())));
      assertThat(valley.part("targets").path("state").asText()).isEqualTo("UP");

      String warning = valley.warns();
      Valley.until("all are confirmed", () -> valley.confirmed(warning) == 3);
      assertThat(commands(valley)).as("commands to v1, v2, v3").containsExactly(1L, 2L, 1L);
      assertThat(valley.tries(warning)).as("tries, as the desk counts").containsOnlyKeys(1);
      List<JsonNode> refusals =
          StreamSupport.stream(
                  valley.gateway().get("/api/v1/warnings/" + warning + "/timeline").spliterator(),
                  false)
              .filter(l -> l.path("detail").asText().startsWith("NOT_FOR_ME"))
              .toList();
      assertThat(refusals).hasSize(1);
      assertThat(refusals.get(0).path("recipient").asText()).isEqualTo("1号大喇叭");
      JsonNode shown = valley.part("targets");
      assertThat(shown.path("state").asText()).isEqualTo("DEGRADED");
      assertThat(shown.path("why").asText())
          .contains("code or groups differ from the registry's: " + STRANGER);

      int lifted =
          valley
              .gateway()
              .post(
                  "/api/v1/warnings/" + warning + "/lift",
                  "application/json",
                  "{\"why\":\"雨停了\"}".getBytes(StandardCharsets.UTF_8))
              .statusCode();
      assertThat(lifted).isEqualTo(200);
      Valley.until("all have played the lift", () -> valley.fleet().statistics().plays() == 6);
      assertThat(commands(valley)).as("commands to v1, v2, v3").containsExactly(2L, 3L, 2L);
      assertThat(valley.fleet().device(STRANGER).played())
          .extracting(Play::kind)
          .containsExactly("WARN", "LIFT");
    }
  }

  private static List<Long> commands(Valley valley) {
    return List.of(
        valley.fleet().device("v1").commands(),
        valley.fleet().device(STRANGER).commands(),
        valley.fleet().device("v3").commands());
  }
}

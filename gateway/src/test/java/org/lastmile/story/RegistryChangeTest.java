package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry is changed while a warning is on its way: what was planned goes on to its end. */
class RegistryChangeTest {
  @TempDir Path folder;

  @Test
  void a_loudspeaker_taken_out_in_mid_warning_still_gets_what_was_meant_for_it() throws Exception {
    try (Valley valley = new Valley(folder, 3).byHand("v3")) {
      valley.opens(new GatewayHere(valley.config(), List.of(valley.devices())));
      String warning = valley.warns();
      Valley.until("the others are confirmed", () -> valley.confirmed(warning) == 2);
      assertThat(valley.deliveries(warning)).hasSize(3);

      valley.imports(List.of("v1"));
      assertThat(valley.deliveries(warning)).hasSize(3);
      try (Hand late = new Hand(valley, "v3")) {
        Valley.until("it gets its command on its return", late::has);
        JsonNode command = late.command();
        late.says(Hand.played(command.path("id").asText(), command, 0));
        Valley.until("all are confirmed", () -> valley.confirmed(warning) == 3);
      }
      String next = valley.warns("r2");
      Valley.until("only who is left is warned next", () -> valley.confirmed(next) == 1);
      assertThat(valley.deliveries(next)).hasSize(1);
    }
  }
}

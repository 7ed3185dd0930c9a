package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a storm will say is brought, on a quiet day, to the loudspeakers that can't speak. */
class PreloadTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** The same to the letter, whoever warns and whenever. */
  private static final String TEXTS =
      """
      name: own texts
      texts:
        - { kind: WARN, audiences: [LOUDSPEAKER], one: "{grade}预警。{place}附近的群众请{action}。" }
      """;

  @TempDir Path folder;

  @Test
  void who_needs_audio_fetches_it_from_the_gateway_and_what_became_of_it_is_shown()
      throws Exception {
    MovedTime time = new MovedTime();
    LocalTime inHalfAnHour =
        LocalTime.ofInstant(
            time.instant().plus(Duration.ofMinutes(30)), ZoneId.of("Asia/Shanghai"));
    Files.writeString(folder.resolve("policy.yaml"), TEXTS);
    try (Valley valley =
        new Valley(folder, 3)
            .byHand("v1", "v2", "v3")
            .mute("v1", "v2")
            .bringsClipsAt(inHalfAnHour)) {
      Path config =
          Files.writeString(valley.config(), "policy: ./policy.yaml\n", StandardOpenOption.APPEND);
      valley.opens(new GatewayHere(config, List.of(valley.devices()), time));
      try (Hand fetches = new Hand(valley, "v1");
          Hand fails = new Hand(valley, "v2");
          Hand speaks = new Hand(valley, "v3")) {
        // Right after its start a gateway brings nothing, and then only to who is there.
        time.pass(Duration.ofMinutes(11));
        for (Hand hand : List.of(fetches, fails, speaks)) {
          hand.lives();
        }
        Valley.until(
            "all are there",
            () -> valley.part("devices").path("facts").path("online").asInt() == 3);
        time.setForward(Duration.ofMinutes(31));

        Valley.until("the other is told", () -> !preloads(fails).isEmpty());
        fails.says(answer(preloads(fails).get(0), "failed", "AUDIO_FETCH"));
        Set<String> fetched = new HashSet<>();
        Valley.until(
            "nobody is waited for",
            () -> {
              for (JsonNode command : preloads(fetches)) {
                if (fetched.add(command.path("id").asText())) {
                  fetch(Hand.body(command).path("speech"));
                  fetches.says(answer(command, "done", ""));
                }
              }
              return facts(valley).path("waiting").asInt(-1) == 0;
            });

        assertThat(fetched).isNotEmpty();
        assertThat(preloads(speaks)).as("it needs no audio").isEmpty();
        JsonNode kept = told(valley, "v1");
        assertThat(kept.path("kind").asText()).isEqualTo("preload");
        assertThat(kept.path("answer").asText()).isEqualTo("done");
        JsonNode failed = told(valley, "v2");
        assertThat(failed.path("kind").asText()).isEqualTo("preload");
        assertThat(failed.path("answer").asText()).isEqualTo("failed");
        assertThat(failed.path("why").asText()).isEqualTo("AUDIO_FETCH");
        assertThat(facts(valley).path("clips kept by devices").asInt()).isEqualTo(fetched.size());
        assertThat(valley.part("preload").path("state").asText()).isEqualTo("DEGRADED");
        assertThat(valley.part("preload").path("why").asText())
            .contains("1 loudspeakers", "v2 AUDIO_FETCH");
      }
    }
  }

  /** As a device does: what it gets has to be what was signed. */
  private static void fetch(JsonNode speech) throws Exception {
    HttpResponse<byte[]> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(speech.path("audio").asText())).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(answer.body());
    assertThat(HexFormat.of().formatHex(hash)).isEqualTo(speech.path("sha256").asText());
  }

  private static List<JsonNode> preloads(Hand hand) {
    return hand.commands().stream()
        .filter(c -> Hand.body(c).path("kind").asText().equals("PRELOAD"))
        .toList();
  }

  private static String answer(JsonNode command, String outcome, String reason) {
    return "{\"v\":1,\"id\":\"%s\",\"content\":\"%s\",\"outcome\":\"%s\",\"reason\":\"%s\",\"at\":0}"
        .formatted(
            command.path("id").asText(),
            Hand.body(command).path("content").asText(),
            outcome,
            reason);
  }

  private static JsonNode facts(Valley valley) {
    return valley.part("preload").path("facts");
  }

  private static JsonNode told(Valley valley, String device) {
    return valley.gateway().get("/api/v1/registry/speakers/" + device).path("told");
  }
}

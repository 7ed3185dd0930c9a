package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.loudspeaker.Broker;

/**
 * Everything that a device can say wrongly, through the whole gateway and on both links: nothing
 * that is false counts, nothing that is true is lost, and the console says what came.
 */
class BadReceiptsTest {
  private static final String NONSENSE = "ignored unreadable receipt";
  private static final String NOT_ITS_OWN =
      "ignored receipt for a command that was not sent to this device";

  @TempDir Path folder;

  @Test
  void on_the_gateways_own_endpoint() throws Exception {
    try (Valley valley = new Valley(folder, 4).byHand("v3", "v4")) {
      valley.opens(new GatewayHere(valley.config(), List.of(valley.devices())));
      saysEverythingWrongly(valley);
    }
  }

  @Test
  void by_broker() throws Exception {
    try (Valley valley = new Valley(folder, 4).byHand("v3", "v4");
        Broker broker = Broker.best(valley.devices())) {
      valley.broker(broker).opens(new GatewayHere(valley.config(), List.of(valley.devices())));
      saysEverythingWrongly(valley);
    }
  }

  private static void saysEverythingWrongly(Valley valley) throws Exception {
    try (Hand three = new Hand(valley, "v3");
        Hand four = new Hand(valley, "v4")) {
      String warning = valley.warns();
      Valley.until("both have their command", () -> three.has() && four.has());
      Valley.until("the others are confirmed", () -> valley.confirmed(warning) == 2);
      JsonNode own = three.command();
      JsonNode others = four.command();
      Map<String, String> before = ignored(valley);
      assertThat(before).doesNotContainKeys(NONSENSE, NOT_ITS_OWN);

      // What it says on its own topic, and what the gateway makes of it.
      Map<String, String> table = new TreeMap<>();
      table.put("", NONSENSE);
      table.put("{", NONSENSE);
      table.put("[]", NONSENSE);
      table.put("{\"v\":1}", NONSENSE);
      table.put(Hand.played("5", own, 0).replace("\"5\"", "5"), NONSENSE);
      table.put(
          Hand.played(id(own), own, 0).replace("\"seconds\":9", "\"seconds\":\"nine\""), NONSENSE);
      table.put(Hand.played(id(own), own, 0).replace("\"played\"", "\"applauded\""), NONSENSE);
      table.put("x".repeat(60_000), NONSENSE);
      table.put(Hand.played("w0000000000000.0.1.AAAAAAAAAAAAAAAA", own, 0), NOT_ITS_OWN);
      table.put(Hand.played(id(others), others, 0), NOT_ITS_OWN);
      table.put(Hand.played(forged(id(own)), own, 0), NOT_ITS_OWN);
      table.put(Hand.played(id(own), "another-content", 0), NOT_ITS_OWN);
      for (String receipt : table.keySet()) {
        three.says(receipt);
      }
      Map<String, Long> expected = new TreeMap<>();
      table.values().forEach(word -> expected.merge(word, 1L, Long::sum));
      Valley.until(
          "all of it is counted",
          () ->
              expected.entrySet().stream()
                  .allMatch(
                      e -> Long.toString(e.getValue()).equals(ignored(valley).get(e.getKey()))));
      assertThat(valley.confirmed(warning)).isEqualTo(2);

      // True ones of devices whose clocks are wrong count, at the gateway's own time.
      Instant now = Instant.now();
      three.says(Hand.played(id(own), own, now.getEpochSecond() + 10L * 365 * 86_400));
      four.says(Hand.played(id(others), others, 1));
      Valley.until("all are confirmed", () -> valley.confirmed(warning) == 4);
      for (int again = 0; again < 5; again++) {
        three.says(Hand.played(id(own), own, 0));
      }
      three.says("{");
      Valley.until(
          "the repetitions have been read",
          () -> Long.toString(expected.get(NONSENSE) + 1).equals(ignored(valley).get(NONSENSE)));
      List<JsonNode> confirmations = new ArrayList<>();
      for (JsonNode line : valley.gateway().get("/api/v1/warnings/" + warning + "/timeline")) {
        if (line.path("type").asText().equals("CONFIRMED")) {
          confirmations.add(line);
        }
      }
      assertThat(confirmations).hasSize(4);
      assertThat(confirmations)
          .allSatisfy(
              line ->
                  assertThat(Instant.parse(line.path("at").asText()))
                      .isBetween(now.minusSeconds(120), now.plusSeconds(120)));
    }
  }

  private static Map<String, String> ignored(Valley valley) {
    Map<String, String> facts = new TreeMap<>();
    valley
        .part("link")
        .path("facts")
        .fields()
        .forEachRemaining(f -> facts.put(f.getKey(), f.getValue().asText()));
    facts.keySet().removeIf(k -> !k.startsWith("ignored"));
    return facts;
  }

  private static String id(JsonNode command) {
    return command.path("id").asText();
  }

  private static String forged(String id) {
    char last = id.charAt(id.length() - 1);
    return id.substring(0, id.length() - 1) + (last == 'A' ? 'B' : 'A');
  }
}

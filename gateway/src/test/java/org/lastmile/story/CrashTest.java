package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.lastmile.ledger.RedisLedger;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Progress;

/**
 * kill -9 of the gateway at ten moments of one fan-out. A seed draws the moments from what happens
 * outside: so many more parts on the network, messages on phones, receipts of devices. Accepted
 * means kept; who has answered is left alone; no try arrives twice.
 */
class CrashTest extends Story {
  private static final int KILLS = 10;
  private static final int POINTS = 24;

  /** Other moments: {@code -Dstory.seed=…}. */
  private static final long SEED = Long.getLong("story.seed", 20_260_705);

  /** What was known of a recipient when the gateway died: how many questions they had then. */
  private final Map<String, Integer> settled = new HashMap<>();

  @Test
  void the_gateway_is_killed_ten_times_in_one_fan_out(TestReporter reporter) throws Exception {
    reporter.publishEntry("seed", Long.toString(SEED));
    SplittableRandom random = new SplittableRandom(SEED);
    township(POINTS, Duration.ofMillis(150)).wechatAtOnce(1).asksAgainAfter("5s");
    town.everybodyAnswers().wechatTakes(Duration.ofMillis(100));
    GatewayProcess gateway = town.process();
    town.opens(gateway.start());
    Alert alert = Alert.red("r1");

    // The first moment is the intake itself. Without a 202 nothing was promised, and the office
    // hands its warning in again.
    CompletableFuture<HttpResponse<String>> posted =
        CompletableFuture.supplyAsync(() -> town.handsIn(alert));
    gateway.kill();
    boolean promised = posted.handle((a, lost) -> lost == null && a.statusCode() == 202).join();
    gateway.start();
    HttpResponse<String> answer = handsInAgain(alert);
    assertThat(answer.statusCode()).isIn(promised ? List.of(200) : List.of(200, 202));
    String id = Gateway.json(answer.body()).path("id").asText();
    for (int kill = 2; kill <= KILLS; kill++) {
      happens(random.nextInt(1, 12));
      gateway.kill();
      assertThat(town.everybodyWasToldAlready()).as("done before kill " + kill).isFalse();
      remember(id);
      gateway.launch();
    }
    gateway.listens();
    answer = handsInAgain(alert);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Gateway.json(answer.body()).path("id").asText()).isEqualTo(id);

    Issued warning = new Issued(town, id);
    warning.coversEveryPoint();
    town.everybodyWasTold();
    Township.until("nothing waits to be sent", () -> waiting(warning).isEmpty());
    settled.forEach(
        (name, before) ->
            assertThat(town.questions(name))
                .as("questions to %s, who had answered with %d", name, before)
                .isEqualTo(before));
    everyTryArrivedOnceAtMost(warning);
    reporter.publishEntry(
        Map.of(
            "left alone after their answer", Integer.toString(settled.size()),
            "second copies", Integer.toString(town.copies())));
  }

  /** A desk that starts again says 503 until it has its lease. */
  private HttpResponse<String> handsInAgain(Alert alert) {
    List<HttpResponse<String>> last = new ArrayList<>();
    Township.until(
        "the gateway takes warnings",
        () -> {
          last.add(town.handsIn(alert));
          return last.get(last.size() - 1).statusCode() != 503;
        });
    return last.get(last.size() - 1);
  }

  private void happens(int more) {
    long before = town.happened();
    Township.until(more + " more things happen", () -> town.happened() >= before + more);
  }

  /** With the gateway dead: whose answers has the ledger kept, and what do they have by now. */
  private void remember(String id) {
    town.comesToRest();
    try (RedisLedger ledger = new RedisLedger(town.ownStore(), "story")) {
      var entry = ledger.read(id).orElseThrow();
      Progress progress = Progress.of(entry.warning(), entry.plan(), entry.events());
      for (Progress.Row row : progress.rows()) {
        String name = row.delivery().name();
        if (row.state() == DeliveryState.CONFIRMED) {
          settled.putIfAbsent(name, town.questions(name));
        }
      }
    }
  }

  /** Awake rows without any try. */
  private static List<JsonNode> waiting(Issued warning) {
    return warning.deliveries().stream()
        .filter(d -> d.path("state").asText().equals("QUEUED") && !d.path("asleep").asBoolean())
        .toList();
  }

  /**
   * A person gets a message again only by a try of which nobody knows what became of the one before
   * it; a loudspeaker is asked as often as need be and speaks once.
   */
  private void everyTryArrivedOnceAtMost(Issued warning) {
    Map<String, Integer> tries = new HashMap<>();
    for (JsonNode row : warning.deliveries()) {
      int attempts = row.path("attempts").asInt();
      if (row.path("audience").asText().equals("RESIDENT")) {
        assertThat(town.messages(row.path("name").asText())).as(row.toString()).isPositive();
      }
      tries.merge(row.path("name").asText(), attempts, Integer::sum);
    }
    for (String device : town.roster().loudspeakers()) {
      assertThat(speaker(device).played()).as("plays of %s", device).hasSize(1);
    }
    tries.forEach(
        (name, count) ->
            assertThat(town.messages(name))
                .as("messages of %s after %d tries", name, count)
                .isLessThanOrEqualTo(count));
  }
}

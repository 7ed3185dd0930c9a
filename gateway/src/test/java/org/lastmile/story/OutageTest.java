package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.loudspeaker.Broker;

/**
 * What carries the commands dies in the middle of a warning and stays away for a while: in the end
 * every loudspeaker is confirmed in the ledger, and none has spoken twice. The whole of it: {@code
 * -Dstory.speakers=10000 -Dstory.outage=10}.
 */
class OutageTest {
  private static final int SPEAKERS = Integer.getInteger("story.speakers", 300);
  private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("story.outage", 2));

  @TempDir Path folder;

  @Test
  void the_broker_is_killed_in_the_middle_of_a_warning(TestReporter reporter) throws Exception {
    try (Valley valley = new Valley(folder, SPEAKERS);
        Broker broker = Broker.best(valley.devices())) {
      valley.broker(broker).opens(new GatewayHere(valley.config(), List.of(valley.devices())));
      long start = System.nanoTime();
      String warning = valley.warns();
      Valley.until("a third has played", () -> plays(valley) > SPEAKERS / 3);
      broker.kill();
      long playedBefore = plays(valley);
      Valley.until(
          "the channel says so", () -> valley.part("link").path("state").asText().equals("DOWN"));
      await().pollDelay(OUTAGE).atMost(OUTAGE.plusMinutes(1)).until(() -> true);
      broker.start();
      long back = System.nanoTime();

      isConfirmedOnceEverywhere(valley, warning);
      reporter.publishEntry(
          Map.of(
              "played before the kill", Long.toString(playedBefore),
              "all confirmed after its return in s", seconds(back),
              "in all in s", seconds(start),
              "tries", valley.tries(warning).toString(),
              "fleet", valley.fleet().statistics().toString()));
    }
  }

  @Test
  void the_gateway_is_killed_in_the_middle_of_a_warning(TestReporter reporter) throws Exception {
    try (Valley valley = new Valley(folder, SPEAKERS)) {
      GatewayProcess gateway = new GatewayProcess(valley.config(), List.of(valley.devices()));
      valley.opens(gateway.start());
      long start = System.nanoTime();
      String warning = valley.warns();
      Valley.until("a third has played", () -> plays(valley) > SPEAKERS / 3);
      gateway.kill();
      long playedBefore = plays(valley);
      await().pollDelay(OUTAGE).atMost(OUTAGE.plusMinutes(1)).until(() -> true);
      gateway.start();
      long back = System.nanoTime();

      isConfirmedOnceEverywhere(valley, warning);
      reporter.publishEntry(
          Map.of(
              "played before the kill", Long.toString(playedBefore),
              "all confirmed after its return in s", seconds(back),
              "in all in s", seconds(start),
              "tries", valley.tries(warning).toString(),
              "fleet", valley.fleet().statistics().toString()));
    }
  }

  private static void isConfirmedOnceEverywhere(Valley valley, String warning) {
    try {
      Valley.until("all are confirmed in the ledger", () -> valley.confirmed(warning) == SPEAKERS);
    } catch (ConditionTimeoutException e) {
      List<JsonNode> left =
          valley.deliveries(warning).stream()
              .filter(row -> !row.path("state").asText().equals("CONFIRMED"))
              .toList();
      throw new AssertionError(
          left.size() + " not confirmed: " + left.stream().limit(10).toList(), e);
    }
    assertThat(valley.deliveries(warning)).hasSize(SPEAKERS);
    assertThat(valley.playedTwice()).isEmpty();
    assertThat(plays(valley)).isEqualTo(SPEAKERS);
  }

  private static long plays(Valley valley) {
    return valley.fleet().statistics().plays();
  }

  private static String seconds(long since) {
    return "%.1f".formatted((System.nanoTime() - since) / 1e9);
  }
}

package org.lastmile.simulators.speakers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.lastmile.simulators.MovableClock;

/** Runs on an endpoint like the gateway's, and on a real broker where one is installed. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class SpeakerFleetTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String LS = "LS-0001";

  @Parameter String kind;
  private TestServer server;
  private SpeakerFleet fleet;
  private MovableClock clock;

  static List<String> servers() {
    boolean broker = Mosquitto.installed().isPresent();
    return List.of("endpoint 3.1.1", broker ? "mosquitto 5" : "endpoint 5");
  }

  @BeforeEach
  void start() throws Exception {
    server = kind.startsWith("endpoint") ? new VertxServer() : new Mosquitto();
    clock = new MovableClock(() -> Instant.ofEpochSecond(Commands.ISSUED));
    fleet =
        new SpeakerFleet(
            FleetSettings.of(server.uri(), Map.of("test-1", Commands.publicKey()))
                .withVersion(kind.endsWith("5") ? 5 : 4)
                .withPlayTime(Duration.ofMillis(40))
                .withHeartbeat(Duration.ofSeconds(1))
                .withRetry(Duration.ofMillis(20), Duration.ofMillis(100))
                .withClock(clock));
    fleet.add(SpeakerSettings.of(LS, "510723104201").withGroups("school").withPassword("secret"));
    fleet.start();
    awaitOnline();
  }

  @AfterEach
  void stop() throws Exception {
    fleet.close();
    server.end();
  }

  private void awaitOnline() {
    await().atMost(SOON).until(() -> fleet.device(LS).isOnline());
  }

  private Speaker speaker() {
    return fleet.device(LS);
  }

  private void awaitOutcomes(String... outcomes) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(server.outcomes(LS)).containsExactly(outcomes));
  }

  @Test
  void publishesItsBirthRetainedOnceTheSubscriptionStands() {
    await().atMost(SOON).until(() -> !server.states(LS).isEmpty());
    JsonNode birth = server.states(LS).get(0);
    assertThat(birth.path("type").asText()).isEqualTo("birth");
    assertThat(birth.path("at").asLong()).isEqualTo(Commands.ISSUED);
    await()
        .atMost(SOON)
        .until(
            () ->
                server.states(LS).stream()
                    .anyMatch(state -> state.path("type").asText().equals("heartbeat")));
  }

  @Test
  void playsASignedCommandAndTellsEveryStep() throws Exception {
    List<Play> heard = new ArrayList<>();
    fleet.onPlayed(heard::add);
    server.command(LS, Commands.golden("command-warn.json"), false);
    awaitOutcomes("received", "playing", "played");
    JsonNode played = server.receipts(LS).get(2);
    assertThat(played.path("id").asText()).isEqualTo("w1-0.1");
    assertThat(played.path("content").asText()).isEqualTo("w1-red");
    assertThat(played.path("repeats").asInt()).isEqualTo(3);
    assertThat(speaker().played()).hasSize(1).isEqualTo(heard);
    assertThat(heard.get(0).audible()).isTrue();
  }

  @Test
  void tellsOfEveryCommandAsItCame() throws Exception {
    List<byte[]> came = new CopyOnWriteArrayList<>();
    fleet.onCommand(came::add);
    byte[] command = Commands.golden("command-warn.json");
    server.command(LS, command, false);
    await().atMost(SOON).until(() -> !came.isEmpty());
    assertThat(came.get(0)).isEqualTo(command);
  }

  @Test
  void obeysTheLeavesOfATreeAndNothingElseThatLeadsToItsRoot() throws Exception {
    for (String frame :
        List.of(
            "tree-wrong-sibling",
            "tree-wrong-order",
            "tree-without-a-level",
            "tree-malformed-path")) {
      server.command(LS, Commands.golden(frame + ".json"), false);
    }
    awaitOutcomes(
        "refused BAD_SIGNATURE",
        "refused BAD_SIGNATURE",
        "refused BAD_SIGNATURE",
        "refused MALFORMED");
    server.command(LS, Commands.golden("tree-first.json"), false);
    server.command(LS, Commands.golden("tree-last.json"), false);
    await().atMost(SOON).until(() -> speaker().played().size() == 2);
  }

  @Test
  void keepsAClipForLaterWithoutASound() throws Exception {
    server.command(LS, Commands.golden("preload.json"), false);
    awaitOutcomes("received", "done");
    assertThat(speaker().clips())
        .containsExactly("e899537b4c9149cd5edb2000ea1e14f1d8eb76be0ceec7868ad01c7e389eb5b9");
    assertThat(speaker().played()).isEmpty();
  }

  @Test
  void refusesEveryGoldenFrameWithItsReason() throws Exception {
    for (String reason :
        List.of(
            "bad-signature",
            "not-for-me",
            "unknown-key",
            "unsupported-type",
            "unsigned",
            "expired")) {
      server.command(LS, Commands.golden("refuse-" + reason + ".json"), false);
    }
    server.command(LS, "no JSON".getBytes(java.nio.charset.StandardCharsets.UTF_8), false);
    awaitOutcomes(
        "refused BAD_SIGNATURE",
        "refused NOT_FOR_ME",
        "refused UNKNOWN_KEY",
        "refused UNSUPPORTED",
        "refused BAD_SIGNATURE",
        "expired",
        "refused MALFORMED");
    assertThat(speaker().played()).isEmpty();
  }

  @Test
  void ignoresARetainedCommand() throws Exception {
    if (kind.startsWith("mosquitto")) {
      // A broker passes the flag on only to those who subscribe later.
      speaker().powerOff();
      await().atMost(SOON).until(() -> !speaker().isOnline());
      server.command(LS, Commands.golden("command-warn.json"), true);
      speaker().powerOn();
      awaitOnline();
    } else {
      server.command(LS, Commands.golden("command-warn.json"), true);
    }
    server.command(LS, Commands.seal("d9", Commands.warning("w9", 900)), false);
    awaitOutcomes("received", "playing", "played");
    assertThat(speaker().played()).extracting(Play::content).containsExactly("w9");
  }

  @Test
  void answersAKnownContentAgainWithoutPlayingIt() throws Exception {
    server.command(LS, Commands.golden("command-warn.json"), false);
    awaitOutcomes("received", "playing", "played");
    server.command(LS, Commands.seal("again", Commands.warning("w1-red", 101)), false);
    awaitOutcomes("received", "playing", "played", "played");
    assertThat(server.receipts(LS).get(3).path("id").asText()).isEqualTo("again");
    assertThat(speaker().played()).hasSize(1);
  }

  @Test
  void playsAgainWhatNobodyHeard() throws Exception {
    speaker().muted(true);
    server.command(LS, Commands.seal("d1", Commands.warning("w", 1)), false);
    awaitOutcomes("received", "playing", "played");
    assertThat(server.receipts(LS).get(2).path("muted").asBoolean()).isTrue();
    speaker().muted(false);
    server.command(LS, Commands.seal("d2", Commands.warning("w", 1)), false);
    awaitOutcomes("received", "playing", "played", "received", "playing", "played");
    assertThat(speaker().played()).extracting(Play::audible).containsExactly(false, true);
  }

  @Test
  void refusesAReplayAndWhatIsOvertaken() throws Exception {
    server.command(LS, Commands.golden("command-warn.json"), false);
    awaitOutcomes("received", "playing", "played");
    server.command(LS, Commands.seal("d2", Commands.warning("other", 101)), false);
    server.command(
        LS, Commands.seal("d3", Commands.warning("older", 90).put("issued", 1795318100L)), false);
    ObjectNode lift = Commands.warning("lift", 200).put("kind", "LIFT").put("priority", 0);
    lift.withArray("supersedes").add("never-came");
    server.command(LS, Commands.seal("d4", lift), false);
    server.command(
        LS, Commands.seal("d5", Commands.warning("never-came", 201).put("about", "")), false);
    await().atMost(SOON).until(() -> server.outcomes(LS).size() == 9);
    assertThat(server.outcomes(LS))
        .contains("refused REPLAYED")
        .filteredOn("refused SUPERSEDED"::equals)
        .hasSize(2);
  }

  @Test
  void aHigherPriorityInterruptsAndTheInterruptedGoesOn() throws Exception {
    restartWithPlayTime(Duration.ofMillis(600));
    server.command(LS, Commands.seal("low", Commands.warning("low", 1).put("about", "a")), false);
    awaitOutcomes("received", "playing");
    server.command(
        LS,
        Commands.seal("high", Commands.warning("high", 2).put("about", "b").put("priority", 0)),
        false);
    await().atMost(SOON).until(() -> speaker().played().size() == 2);
    assertThat(speaker().played()).extracting(Play::content).containsExactly("high", "low");
    awaitOutcomes("received", "playing", "received", "playing", "played", "playing", "played");
  }

  @Test
  void aStopEndsThePlay() throws Exception {
    restartWithPlayTime(Duration.ofSeconds(30));
    server.command(LS, Commands.seal("d1", Commands.warning("w", 1)), false);
    awaitOutcomes("received", "playing");
    ObjectNode stop = Commands.warning("stop", 2).put("kind", "STOP").put("text", "");
    server.command(LS, Commands.seal("d2", stop), false);
    awaitOutcomes("received", "playing", "received", "stopped STOPPED", "stopped DONE");
    assertThat(speaker().played()).isEmpty();
  }

  @Test
  void anUpdateReplacesThePlayInOneStep() throws Exception {
    restartWithPlayTime(Duration.ofSeconds(3));
    server.command(LS, Commands.seal("d1", Commands.warning("w", 1)), false);
    awaitOutcomes("received", "playing");
    ObjectNode update = Commands.warning("w-2", 2).put("kind", "UPDATE");
    update.withArray("supersedes").add("w");
    server.command(LS, Commands.seal("d2", update), false);
    awaitOutcomes("received", "playing", "received", "stopped SUPERSEDED", "playing", "played");
  }

  private void restartWithPlayTime(Duration time) throws Exception {
    fleet.close();
    server.said.clear();
    fleet =
        new SpeakerFleet(
            FleetSettings.of(server.uri(), Map.of("test-1", Commands.publicKey()))
                .withVersion(kind.endsWith("5") ? 5 : 4)
                .withPlayTime(time)
                .withClock(clock));
    fleet.add(SpeakerSettings.of(LS, "510723104201"));
    fleet.start();
    awaitOnline();
  }

  @Test
  void aPulledPlugPublishesTheLastWillAndALaterDeliveryIsPlayed() throws Exception {
    restartWithPlayTime(Duration.ofMillis(400));
    server.command(LS, Commands.seal("d1", Commands.warning("w", 1)), false);
    awaitOutcomes("received", "playing");
    speaker().reboots(Duration.ofMillis(50));
    await()
        .atMost(SOON)
        .until(
            () ->
                server.states(LS).stream().anyMatch(s -> s.path("reason").asText().equals("will")));
    await().atMost(SOON).until(() -> speaker().connects() == 2 && speaker().isOnline());
    server.command(LS, Commands.seal("d2", Commands.warning("w", 1)), false);
    await().atMost(SOON).until(() -> speaker().played().size() == 1);
  }

  @Test
  void comesBackByItselfWhenTheServerDoesAndBringsItsReceipts() throws Exception {
    restartWithPlayTime(Duration.ofMillis(400));
    server.command(LS, Commands.seal("d1", Commands.warning("w", 1)), false);
    awaitOutcomes("received", "playing");
    server.stop();
    await().atMost(SOON).until(() -> !speaker().isOnline());
    await().atMost(SOON).until(() -> speaker().played().size() == 1);
    assertThat(speaker().unacknowledged()).isEqualTo(1);
    server.start();
    awaitOnline();
    // A broker may have taken the receipt before this test listened again.
    await().atMost(SOON).until(() -> speaker().unacknowledged() == 0);
    if (kind.startsWith("endpoint")) {
      assertThat(server.outcomes(LS)).contains("played");
    }
  }

  @Test
  void misbehavesOnDemand() throws Exception {
    speaker().refuses("BUSY");
    server.command(LS, Commands.seal("d1", Commands.warning("w", 1)), false);
    awaitOutcomes("refused BUSY");
    speaker().refuses(null).fails("NO_SOUND").repeatsReceipts(true);
    server.command(LS, Commands.seal("d2", Commands.warning("w", 1)), false);
    awaitOutcomes("refused BUSY", "received", "received", "failed NO_SOUND", "failed NO_SOUND");
    server.said.clear();
    speaker().fails(null).repeatsReceipts(false).swapsReceipts(true).clockSet(false);
    server.command(LS, Commands.seal("d3", Commands.warning("w", 1)), false);
    awaitOutcomes("playing", "received", "played");
    assertThat(server.receipts(LS)).allMatch(receipt -> receipt.path("at").asLong() == 0);
    speaker().neverAnswers(true);
    server.command(LS, Commands.seal("d4", Commands.warning("x", 2)), false);
    await().atMost(SOON).until(() -> speaker().commands() == 4);
    assertThat(speaker().played()).hasSize(1);
  }

  @Test
  void everythingItSaysObeysTheSchemas() throws Exception {
    server.command(LS, Commands.golden("command-warn.json"), false);
    server.command(LS, Commands.golden("refuse-not-for-me.json"), false);
    server.command(LS, Commands.golden("command-stop.json"), false);
    await().atMost(SOON).until(() -> server.outcomes(LS).size() >= 5);
    fleet.close();
    await()
        .atMost(SOON)
        .until(
            () ->
                server.states(LS).stream().anyMatch(s -> s.path("reason").asText().equals("bye")));
    JsonSchema receipt = schema("receipt");
    JsonSchema state = schema("state");
    assertThat(server.receipts(LS)).allSatisfy(r -> assertThat(receipt.validate(r)).isEmpty());
    assertThat(server.states(LS)).allSatisfy(s -> assertThat(state.validate(s)).isEmpty());
  }

  private static JsonSchema schema(String name) throws IOException {
    try (InputStream in =
        SpeakerFleetTest.class.getResourceAsStream(
            "/lastmile/device/v1/schema/" + name + ".schema.json")) {
      return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
    }
  }
}

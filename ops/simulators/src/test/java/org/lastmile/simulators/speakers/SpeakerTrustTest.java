package org.lastmile.simulators.speakers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.simulators.MovableClock;

/** Whom and what time a device believes: floors, key lists and recoveries, by the golden frames. */
class SpeakerTrustTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String LS = "LS-0001";
  private static final String BOOT = "5f3a9c01d2e4b687";

  private TestServer server;
  private SpeakerFleet fleet;
  private Speaker speaker;

  @BeforeEach
  void start() throws Exception {
    server = new VertxServer();
    fleet =
        new SpeakerFleet(
            FleetSettings.of(server.uri(), Map.of("test-1", Commands.publicKey()))
                .withRecoveryKey("test-recovery", Commands.publicKey("test-key-recovery.json"))
                .withPlayTime(Duration.ofMillis(20))
                .withHeartbeat(Duration.ofSeconds(30))
                .withRetry(Duration.ofMillis(20), Duration.ofMillis(100))
                .withClock(new MovableClock(() -> Instant.ofEpochSecond(Commands.ISSUED))));
    speaker =
        fleet.add(
            SpeakerSettings.of(LS, "510723104201").withGroups("school").withPassword("secret"));
  }

  @AfterEach
  void stop() throws Exception {
    fleet.close();
    server.end();
  }

  private void on() {
    fleet.start();
    await().atMost(SOON).until(() -> !server.states(LS).isEmpty());
  }

  private JsonNode lastState() {
    List<JsonNode> states = server.states(LS);
    return states.get(states.size() - 1);
  }

  private void command(String golden) throws Exception {
    server.command(LS, Commands.golden(golden), false);
  }

  private void awaitOutcomes(String... outcomes) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(server.outcomes(LS)).containsExactly(outcomes));
  }

  private void awaitStates(int count) {
    await().atMost(SOON).until(() -> server.states(LS).size() == count);
  }

  @Test
  void aDeviceWithAClockAndAHistoryNeedsNoFloor() throws Exception {
    on();
    assertThat(lastState().path("boot").asText()).matches("[0-9a-f]{16}");
    assertThat(lastState().has("needs")).isFalse();
    command("command-warn.json");
    awaitOutcomes("received", "playing", "played");
  }

  @Test
  void aNewDeviceObeysNothingBeforeItsFloorAndEverythingAbove() throws Exception {
    speaker.forgets().keepsTime(false).clockSet(false).bootsAs(BOOT);
    on();
    assertThat(lastState().path("needs").asText()).isEqualTo("floor");
    assertThat(lastState().path("at").asLong()).isZero();
    command("command-warn.json");
    awaitOutcomes("refused NO_FLOOR");
    awaitStates(2);
    assertThat(lastState().path("boot").asText()).isEqualTo(BOOT);
    command("floor.json");
    awaitStates(3);
    assertThat(lastState().has("needs")).isFalse();
    assertThat(lastState().path("at").asLong()).isEqualTo(Commands.ISSUED);
    command("command-warn.json");
    awaitOutcomes("refused NO_FLOOR", "received", "playing", "played");
  }

  @Test
  void whatIsNotAboveTheFloorOrHasEndedIsRefused() throws Exception {
    speaker.forgets().bootsAs(BOOT);
    on();
    command("floor.json");
    awaitStates(2);
    server.command(LS, Commands.seal("a", Commands.warning("old-red", 100)), false);
    ObjectNode ended = Commands.warning("w0-red", 150).put("about", "w0");
    server.command(LS, Commands.seal("b", ended), false);
    server.command(LS, Commands.seal("c", Commands.warning("late", 101)), false);
    awaitOutcomes("refused REPLAYED", "refused SUPERSEDED", "received", "playing", "played");
  }

  @Test
  void anotherBootsOrDevicesFloorIsWorthNothing() throws Exception {
    speaker.forgets().bootsAs(BOOT);
    on();
    command("floor-of-another-boot.json");
    command("floor-of-another-device.json");
    awaitOutcomes("refused REPLAYED", "refused NOT_FOR_ME");
    assertThat(speaker.needsFloor()).isTrue();
  }

  @Test
  void theFloorOfTheLastBootIsAReplayAfterTheNext() throws Exception {
    speaker.forgets().keepsTime(false).bootsAs(BOOT);
    on();
    command("floor.json");
    awaitStates(2);
    speaker.reboots(Duration.ofMillis(10));
    await().atMost(SOON).until(() -> speaker.connects() == 2 && speaker.needsFloor());
    command("floor.json");
    awaitOutcomes("refused REPLAYED");
  }

  @Test
  void aFloorNeverLowersWhatADeviceRemembers() throws Exception {
    speaker.keepsTime(false).clockSet(false).bootsAs(BOOT);
    on();
    ObjectNode high = floor(900);
    server.command(LS, Commands.seal("f1", high), false);
    awaitStates(2);
    command("floor.json");
    awaitStates(3);
    server.command(LS, Commands.seal("a", Commands.warning("old", 101)), false);
    awaitOutcomes("refused REPLAYED");
  }

  private static ObjectNode floor(long seq) throws Exception {
    ObjectNode floor =
        (ObjectNode)
            new com.fasterxml.jackson.databind.ObjectMapper()
                .readTree(Commands.golden("floor.body.json"));
    return floor.put("seq", seq);
  }

  @Test
  void aSecondKeyOverlapsAndTheRetiredOneIsUnknownAlsoAfterAReboot() throws Exception {
    on();
    ObjectNode first = Commands.warning("by-next", 201).put("about", "a");
    server.command(LS, Commands.seal("test-key-next.json", "a", first), false);
    awaitOutcomes("refused UNKNOWN_KEY");
    command("keys-two.json");
    await().atMost(SOON).until(() -> speaker.trusted().contains("test-next"));
    await().atMost(SOON).until(() -> lastState().path("trust").path("issued").asLong() > 0);
    server.said.clear();
    server.command(LS, Commands.seal("test-key-next.json", "a", first), false);
    awaitOutcomes("received", "playing", "played");
    server.command(
        LS, Commands.seal("b", Commands.warning("by-first", 202).put("about", "b")), false);
    awaitOutcomes("received", "playing", "played", "received", "playing", "played");

    command("keys-retired.json");
    await().atMost(SOON).until(() -> !speaker.trusted().contains("test-1"));
    assertThat(speaker.trusted()).containsExactlyInAnyOrder("test-next", "test-recovery");
    server.said.clear();
    speaker.reboots(Duration.ofMillis(10));
    await().atMost(SOON).until(() -> speaker.connects() == 2);
    await().atMost(SOON).until(() -> !server.states(LS).isEmpty());
    server.command(
        LS, Commands.seal("c", Commands.warning("by-old", 203).put("about", "c")), false);
    command("keys-two.json");
    awaitOutcomes("refused UNKNOWN_KEY", "refused UNKNOWN_KEY");
  }

  @Test
  void anOlderListSignedByAKeyThatStillCountsIsAReplay() throws Exception {
    on();
    ObjectNode newer = keys("keys-two.body.json");
    server.command(LS, Commands.seal("a", newer.put("issued", Commands.ISSUED + 500)), false);
    await().atMost(SOON).until(() -> speaker.trusted().contains("test-next"));
    command("keys-two.json");
    awaitOutcomes("refused REPLAYED");
  }

  @Test
  void theSameListAgainChangesNothingAndIsAnsweredByTheState() throws Exception {
    on();
    command("keys-two.json");
    command("keys-two.json");
    await().atMost(SOON).until(() -> server.states(LS).size() >= 3);
    assertThat(server.outcomes(LS)).isEmpty();
  }

  @Test
  void aThiefOfTheSigningKeyCannotReplaceTheRecoveryKey() throws Exception {
    on();
    ObjectNode mine = keys("keys-two.body.json");
    ObjectNode entry = (ObjectNode) mine.path("keys").get(2);
    entry.put("kid", "thief").put("public", mine.path("keys").get(0).path("public").asText());
    server.command(LS, Commands.seal("a", mine), false);
    await().atMost(SOON).until(() -> speaker.trusted().contains("test-next"));
    assertThat(speaker.trusted()).contains("test-recovery").doesNotContain("thief");
    command("recovery-by-a-command-key.json");
    awaitOutcomes("refused UNKNOWN_KEY");
  }

  @Test
  void aRecoveryBeginsAnewAndOnlyOnce() throws Exception {
    on();
    server.command(
        LS, Commands.seal("a", Commands.warning("future", 1).put("epoch", 9_000_000_000L)), false);
    awaitOutcomes("received", "playing", "played");
    command("recovery.json");
    await().atMost(SOON).until(() -> !speaker.trusted().contains("test-1"));
    assertThat(lastState().path("trust").path("epoch").asLong()).isEqualTo(1795318300L);
    server.said.clear();
    ObjectNode after = Commands.warning("after", 1).put("about", "a").put("epoch", 1795318300L);
    server.command(LS, Commands.seal("test-key-next.json", "b", after), false);
    awaitOutcomes("received", "playing", "played");
    ObjectNode before = Commands.warning("before", 500).put("about", "b");
    server.command(LS, Commands.seal("test-key-next.json", "c", before), false);
    command("keys-two.json");
    awaitOutcomes("received", "playing", "played", "refused REPLAYED", "refused UNKNOWN_KEY");
  }

  @Test
  void aListWithoutAKeyForCommandsWouldSilenceItAndIsRefused() throws Exception {
    on();
    ObjectNode none = keys("keys-two.body.json");
    none.withArray("keys").remove(0);
    none.withArray("keys").remove(0);
    server.command(LS, Commands.seal("a", none), false);
    awaitOutcomes("refused UNSUPPORTED");
    assertThat(speaker.trusted()).contains("test-1");
  }

  @Test
  void obeysWhatAnSm2KeySignedOnceItTrustsOne() throws Exception {
    on();
    command("sm2-warn.json");
    awaitOutcomes("refused UNKNOWN_KEY");
    command("keys-with-sm2.json");
    await().atMost(SOON).until(() -> speaker.trusted().contains("test-sm2"));
    command("sm2-warn.json");
    ObjectNode forged =
        (ObjectNode)
            new com.fasterxml.jackson.databind.ObjectMapper()
                .readTree(Commands.golden("sm2-warn.json"));
    forged.put("id", "forged").put("body", wrapped("command-warn.json"));
    server.command(LS, forged.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8), false);
    await().atMost(SOON).until(() -> server.outcomes(LS).size() == 5);
    assertThat(server.outcomes(LS))
        .containsSubsequence("refused UNKNOWN_KEY", "received", "playing", "played")
        .contains("refused BAD_SIGNATURE");
  }

  private static String wrapped(String golden) throws Exception {
    return new com.fasterxml.jackson.databind.ObjectMapper()
        .readTree(Commands.golden(golden))
        .path("body")
        .asText();
  }

  @Test
  void isConfiguredAndReportsWithoutASound() throws Exception {
    on();
    command("config.json");
    awaitOutcomes("done");
    await().atMost(SOON).until(() -> lastState().path("config").asText().equals("config-1"));
    assertThat(lastState().path("volume").asInt()).isEqualTo(80);
    assertThat(lastState().path("groups")).hasSize(2);
    int states = server.states(LS).size();
    command("report.json");
    awaitStates(states + 1);
    assertThat(lastState().path("last").asText()).isEqualTo("report-1");
    ObjectNode toGroup = Commands.warning("to-river", 300);
    toGroup.putArray("targets").add("river");
    server.command(LS, Commands.seal("g", toGroup), false);
    awaitOutcomes("done", "done", "received", "playing", "played");
    assertThat(server.receipts(LS).get(4).path("volume").asInt()).isEqualTo(80);
  }

  @Test
  void anOlderConfigurationThatComesLateChangesNothing() throws Exception {
    on();
    command("config.json");
    awaitOutcomes("done");
    ObjectNode older = keys("config.body.json").put("content", "config-0").put("seq", 119);
    older.put("issued", Commands.ISSUED - 60);
    ((ObjectNode) older.path("config")).put("volume", 10);
    server.command(LS, Commands.seal("c0", older), false);
    awaitOutcomes("done", "refused SUPERSEDED");
  }

  @Test
  void aKeyPastItsEndIsUnknown() throws Exception {
    on();
    ObjectNode keys = keys("keys-two.body.json");
    ((ObjectNode) keys.path("keys").get(0)).put("notAfter", Commands.ISSUED);
    server.command(LS, Commands.seal("a", keys), false);
    await().atMost(SOON).until(() -> speaker.trusted().contains("test-next"));
    command("command-warn.json");
    awaitOutcomes("refused UNKNOWN_KEY");
  }

  private static ObjectNode keys(String golden) throws Exception {
    return (ObjectNode)
        new com.fasterxml.jackson.databind.ObjectMapper().readTree(Commands.golden(golden));
  }
}

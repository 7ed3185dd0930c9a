package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The reference loudspeaker's checks, with frames that no gateway would send. */
class SpeakerChecksTest extends AgentOnABroker {
  @Test
  void everyGoldenFrameGetsItsGoldenOutcome() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      for (String[] frame :
          new String[][] {
            {"refuse-unsigned", "refused BAD_SIGNATURE"},
            {"refuse-bad-signature", "refused BAD_SIGNATURE"},
            {"refuse-unknown-key", "refused UNKNOWN_KEY"},
            {"refuse-not-for-me", "refused NOT_FOR_ME"},
            {"refuse-unsupported-type", "refused UNSUPPORTED"},
            {"refuse-expired", "expired"},
            {"command-test", "received, playing, played"},
            {"command-warn-one-device", "received, playing, played"},
            // Its audio is nowhere: the signed text is spoken.
            {"command-drill-audio", "received, playing, played"},
            {"command-warn", "received, playing, played"},
            {"command-update", "received, playing, played"},
            {"command-stop", "received, stopped DONE"},
            {"command-lift", "received, playing, played"},
          }) {
        golden(frame[0], frame[1]);
      }
      try (Stream<Path> frames = Files.list(GOLDEN_FOLDER)) {
        assertThat(frames.map(f -> f.getFileName().toString()))
            .as("golden commands, all of them here and in the tests below")
            .filteredOn(
                n -> n.matches("(command|refuse|tree)-.*|(sm2|pre).*") && !n.endsWith(".body.json"))
            .hasSize(21);
      }
      assertThat(agent.said()).doesNotContain("Traceback");
      everyAnswerObeysItsSchema();
    }
  }

  @Test
  void goldenFramesUnderOneSignatureAndTheGoldenPreloadGetTheirOutcomes() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      golden("tree-wrong-sibling", "refused BAD_SIGNATURE");
      golden("tree-wrong-order", "refused BAD_SIGNATURE");
      golden("tree-without-a-level", "refused BAD_SIGNATURE");
      golden("tree-malformed-path", "refused MALFORMED");
      assertThat(agent.sounds("tree-1")).isEmpty();
      golden("tree-first", "received, playing, played");
      golden("tree-last", "received, playing, played");
      assertThat(agent.sounds("tree-1")).hasSize(3);
      // Its gateway is an example's.
      golden("preload", "received, failed AUDIO_FETCH");
      assertThat(agent.sounds("preload-1")).isEmpty();
      assertThat(agent.said()).doesNotContain("Traceback");
      everyAnswerObeysItsSchema();
    }
  }

  @Test
  void whatIsNotSignedByAKnownKeyOrNotNewIsRefusedWithItsReason() throws Exception {
    String[] openssl = {"--now", "" + Frames.NOW, "--speed", "200", "--verify", "openssl"};
    try (Agent agent = agent(false, testKey, openssl)) {
      ObjectNode body = Frames.body();
      command(Frames.signed("good.1", body));
      assertThat(outcome("good.1")).isEqualTo("received, playing, played");

      ObjectNode unsigned = (ObjectNode) Frames.JSON.readTree(Frames.signed("u.1", body));
      unsigned.remove("sig");
      command(unsigned.toString());
      assertThat(outcome("u.1")).isEqualTo("refused BAD_SIGNATURE");

      ObjectNode moved = (ObjectNode) Frames.JSON.readTree(Frames.signed("m.1", body));
      moved.put("sig", "A".repeat(86) + "==");
      command(moved.toString());
      assertThat(outcome("m.1")).isEqualTo("refused BAD_SIGNATURE");

      // The very bytes again, under a name the gateway did not give: answered, not played.
      command(Frames.signed("good.2", body));
      assertThat(outcome("good.2")).isEqualTo("played");
      body.put("content", "other");
      command(Frames.signed("replay.1", body));
      assertThat(outcome("replay.1")).isEqualTo("refused REPLAYED");

      body.put("content", "old").put("seq", 200).put("notAfter", Frames.NOW - 1);
      command(Frames.signed("old.1", body));
      assertThat(outcome("old.1")).isEqualTo("expired");

      body.put("content", "earlier").put("seq", 201).put("notAfter", Frames.NOW + 600);
      body.put("issued", Frames.NOW - 60);
      command(Frames.signed("earlier.1", body));
      assertThat(outcome("earlier.1")).isEqualTo("refused SUPERSEDED");

      command("{\"v\":1,\"id\":\"bad.1\"");
      command("{\"v\":1,\"id\":\"bad.2\",\"body\":7}");
      assertThat(outcome("bad.2")).isEqualTo("refused MALFORMED");
      assertThat(agent.sounds("w1-red")).hasSize(1);
      assertThat(agent.sounds("other")).isEmpty();
      everyAnswerObeysItsSchema();
    }
  }

  @Test
  void afterARotationTheOldKeyIsRefusedAndAFullMemoryStillKnowsWhatIsOld() throws Exception {
    try (Agent agent = agent(false, site.keys().get(0).key(), GOLDEN)) {
      command(Frames.signed("old-key.1", Frames.body()));
      assertThat(outcome("old-key.1")).isEqualTo("refused UNKNOWN_KEY");
      agent.kill();
    }
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      ObjectNode body = Frames.body();
      body.put("kind", "STOP").put("text", "").put("about", "");
      for (int seq = 1001; seq <= 1064; seq++) {
        command(Frames.signed("s-" + seq, body.put("content", "c-" + seq).put("seq", seq)));
      }
      assertThat(outcome("s-1064")).isEqualTo("received, stopped DONE");
      agent.kill();
      long before = births();
      agent.start(); // what it knows it knows after a power cut
      await().atMost(SOON).until(() -> births() > before);
      ObjectNode old = Frames.body().put("content", "lower").put("seq", 1000);
      command(Frames.signed("lower.1", old));
      assertThat(outcome("lower.1")).isEqualTo("refused REPLAYED");
    }
  }

  @Test
  void withoutHistoryItObeysNothingBeforeItsOwnBootsFloor() throws Exception {
    try (Agent agent = agent(true, testKey, "--clock", "none", "--speed", "200")) {
      JsonNode birth = state("birth");
      assertThat(birth.path("needs").asText()).isEqualTo("floor");
      assertThat(birth.path("at").asLong()).isZero();
      ObjectNode warn = Frames.body();
      command(Frames.signed("w.1", warn));
      assertThat(outcome("w.1")).isEqualTo("refused NO_FLOOR");

      ObjectNode floor = Frames.JSON.createObjectNode().put("v", 1).put("type", "floor");
      floor.put("device", Site.DEVICE).put("boot", "another").put("now", Frames.NOW);
      floor.put("epoch", warn.path("epoch").asLong()).put("seq", 100);
      command(Frames.signed("f.1", floor));
      assertThat(outcome("f.1")).isEqualTo("refused REPLAYED");
      command(Frames.signed("f.2", floor.put("boot", birth.path("boot").asText())));
      JsonNode after = state("heartbeat");
      assertThat(after.has("needs")).isFalse();
      assertThat(after.path("at").asLong()).isBetween(Frames.NOW, Frames.NOW + 60);

      command(Frames.signed("below.1", Frames.body().put("content", "below").put("seq", 99)));
      assertThat(outcome("below.1")).isEqualTo("refused REPLAYED");
      command(Frames.signed("w.2", warn));
      assertThat(outcome("w.2")).isEqualTo("received, playing, played");
      assertThat(agent.said()).doesNotContain("Traceback");
    }
  }

  @Test
  void aDiskThatTakesNothingMoreDoesNotSilenceItAndIsTold() throws Exception {
    String[] often = {"--now", "" + Frames.NOW, "--speed", "200", "--heartbeat", "0.2"};
    try (Agent agent = agent(false, testKey, often)) {
      agent.spoilStorage();
      command(Frames.signed("w.1", Frames.body()));
      assertThat(outcome("w.1")).isEqualTo("received, playing, played");
      await().atMost(SOON).until(() -> state("heartbeat").path("fault").asText().equals("STORAGE"));
    }
  }

  @Test
  void goldenFloorIsTakenByItsOwnBootAndWhatIsNotAboveItOrEndedIsRefused() throws Exception {
    String boot =
        Frames.JSON.readTree(Frames.text("state-birth-needs-floor")).path("boot").asText();
    try (Agent agent = agent(true, testKey, "--clock", "none", "--speed", "200", "--boot", boot)) {
      assertThat(state("birth").path("boot").asText()).isEqualTo(boot);
      golden("floor-of-another-boot", "refused REPLAYED");
      golden("floor-of-another-device", "refused NOT_FOR_ME");
      golden("command-warn", "refused NO_FLOOR");
      command(Frames.text("floor"));
      await().atMost(SOON).until(() -> !state("heartbeat").has("needs"));
      assertThat(state("heartbeat").path("at").asLong()).isBetween(Frames.NOW, Frames.NOW + 60);

      ObjectNode body = Frames.body().put("about", "");
      command(Frames.signed("at.1", body.put("content", "at").put("seq", 100)));
      assertThat(outcome("at.1")).as("not above the floor").isEqualTo("refused REPLAYED");
      command(Frames.signed("ended.1", body.put("content", "w0-red").put("seq", 150)));
      assertThat(outcome("ended.1")).isEqualTo("refused SUPERSEDED");
      restart(agent);
      await().atMost(SOON).until(() -> state("birth").path("needs").asText().equals("floor"));
    }
  }

  @Test
  void goldenConfigurationIsObeyedKeptAndSaid() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      golden("config", "done");
      golden("report", "done");
      configured("heartbeat", 121);
      ObjectNode loud = Frames.body().put("about", "");
      loud.putArray("targets").add("river");
      command(Frames.signed("river.1", loud.put("content", "river").put("seq", 150)));
      assertThat(outcome("river.1")).as("a new group").isEqualTo("received, playing, played");
      assertThat(receipt("river.1", "played").path("volume").asInt()).isEqualTo(80);
      restart(agent);
      configured("birth", 150);
      everyAnswerObeysItsSchema();
    }
  }

  private void configured(String type, int seq) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(state(type).path("seen").path("seq").asInt()).isEqualTo(seq));
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              JsonNode state = state(type);
              assertThat(state.path("config").asText()).isEqualTo("config-1");
              assertThat(state.path("groups").toString()).isEqualTo("[\"school\",\"river\"]");
              assertThat(state.path("volume").asInt()).isEqualTo(80);
              assertThat(state.path("last").asText()).isEqualTo(seq == 121 ? "report-1" : "river");
            });
  }

  @Test
  void aConfigurationOutOfBoundsIsRefusedAndTheHeartbeatOfARightOneKept() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      ObjectNode config = (ObjectNode) Frames.JSON.readTree(Frames.golden("config.body.json"));
      ((ObjectNode) config.path("config")).put("volume", 101);
      command(Frames.signed("loud.1", config));
      assertThat(outcome("loud.1")).isEqualTo("refused MALFORMED");
      assertThat(agent.said()).doesNotContain("Traceback");
    }
  }

  @Test
  void whatWasRefusedBusyIsConsideredAnew() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      ObjectNode body = Frames.body().put("about", "");
      ((ObjectNode) body.path("speech")).put("repeats", 1000).put("pauseMs", 3_600_000);
      for (int i = 0; i < 8; i++) {
        command(Frames.signed("q." + i, body.put("content", "q" + i).put("seq", 200 + i)));
        assertThat(receipt("q." + i, "received").path("outcome").asText()).isEqualTo("received");
      }
      agent.awaitAction("play q0");
      body.put("content", "q8").put("seq", 208);
      command(Frames.signed("q.8", body));
      ObjectNode late = Frames.body().put("about", "").put("content", "late").put("seq", 209);
      command(Frames.signed("late.1", late.put("priority", 9)));
      assertThat(outcome("late.1")).isEqualTo("received, refused BUSY");
      ObjectNode stop = Frames.body().put("about", "").put("kind", "STOP").put("text", "");
      stop.put("content", "stop").put("seq", 210);
      for (int i = 0; i < 9; i++) {
        ((com.fasterxml.jackson.databind.node.ArrayNode) stop.path("supersedes")).add("q" + i);
      }
      command(Frames.signed("stop.1", stop));
      assertThat(outcome("stop.1")).isEqualTo("received, stopped DONE");
      command(Frames.signed("late.2", late));
      assertThat(outcome("late.2")).isEqualTo("received, playing, played");
    }
  }

  @Test
  void aBootThatNoFloorCameForGetsAnotherName() throws Exception {
    try (Agent agent = agent(true, testKey, "--clock", "none", "--floor-patience", "0.2")) {
      String first = state("birth").path("boot").asText();
      JsonNode later = state("heartbeat");
      assertThat(later.path("needs").asText()).isEqualTo("floor");
      assertThat(later.path("boot").asText()).isNotEqualTo(first).hasSize(32);
      assertThat(agent.said()).doesNotContain("Traceback");
    }
  }

  @Test
  void oneSignatureOverATreeOfHashesCoversEachOfItsBodies() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      ObjectNode one = Frames.body().put("about", "").put("content", "t1").put("seq", 201);
      ObjectNode two = Frames.body().put("about", "").put("content", "t2").put("seq", 202);
      ObjectNode three = Frames.body().put("about", "").put("content", "t3").put("seq", 203);
      byte[] left = Frames.node(Frames.leaf(one), Frames.leaf(two));
      byte[] root = Frames.node(left, Frames.leaf(three));
      byte[] pathOfOne = Frames.joined(Frames.leaf(two), Frames.leaf(three));
      byte[] pathOfTwo = Frames.joined(Frames.leaf(one), Frames.leaf(three));
      command(Frames.inTree("t1.1", one, pathOfOne, root));
      assertThat(outcome("t1.1")).isEqualTo("received, playing, played");
      command(Frames.inTree("t3.1", three, left, root));
      assertThat(outcome("t3.1")).isEqualTo("received, playing, played");
      command(Frames.inTree("t2.1", two, pathOfOne, root));
      assertThat(outcome("t2.1")).as("another body's path").isEqualTo("refused BAD_SIGNATURE");
      command(Frames.inTree("t2.2", two, new byte[33], root));
      assertThat(outcome("t2.2")).isEqualTo("refused MALFORMED");
      command(Frames.inTree("t2.3", two, new byte[17 * 32], root));
      assertThat(outcome("t2.3")).isEqualTo("refused MALFORMED");
      command(Frames.inTree("t2.4", two, pathOfTwo, root));
      assertThat(outcome("t2.4")).isEqualTo("received, playing, played");

      ObjectNode plain = Frames.body().put("about", "").put("content", "t4").put("seq", 204);
      ObjectNode wrapper = (ObjectNode) Frames.JSON.readTree(Frames.signed("t4.1", plain));
      command(wrapper.put("path", "").toString());
      assertThat(outcome("t4.1")).as("an empty path").isEqualTo("received, playing, played");
      assertThat(agent.said()).doesNotContain("Traceback");
    }
  }

  @Test
  void aPowerCutInMidPlayIsAnsweredAndThatDeliveryIsNeverPlayedAgain() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      ObjectNode body = Frames.body();
      ((ObjectNode) body.path("speech")).put("repeats", 1000).put("pauseMs", 3_600_000);
      String frame = Frames.signed("cut.1", body);
      command(frame);
      agent.awaitAction("play w1-red");
      restart(agent);
      assertThat(receipt("cut.1", "failed").path("reason").asText()).isEqualTo("INTERNAL");
      command(frame);
      golden("report", "done");
      assertThat(receipts("cut.1")).containsExactly("received", "playing", "failed INTERNAL");
      assertThat(agent.story().stream().filter("play w1-red"::equals)).hasSize(1);
    }
  }
}

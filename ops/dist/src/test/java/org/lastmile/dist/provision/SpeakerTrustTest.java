package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.loudspeaker.PublicKey;
import org.lastmile.channel.loudspeaker.TrustedKey;

/**
 * Whom the reference loudspeaker believes after lists of keys and recoveries, also when power
 * fails.
 */
class SpeakerTrustTest extends AgentOnABroker {
  @Test
  void goldenListsAndTheRecoveryAreFollowedStepByStepAndOutliveAPowerCut() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      golden("recovery-by-a-command-key", "refused UNKNOWN_KEY");
      taken("keys-two", 0, 1795318200);
      golden("command-warn", "received, playing, played");
      taken("keys-retired", 0, 1795318260);
      golden("command-stop", "refused UNKNOWN_KEY");
      taken("recovery", 1795318300, 1795318300);
      restart(agent);
      edition("birth", 1795318300, 1795318300);
      golden("command-lift", "refused UNKNOWN_KEY");

      ObjectNode body = Frames.body().put("about", "").put("content", "new");
      body.put("epoch", 1795318300).put("seq", 1);
      command(Frames.signed("test-key-next", "new.1", body));
      assertThat(outcome("new.1")).isEqualTo("received, playing, played");
      everyAnswerObeysItsSchema();
    }
  }

  @Test
  void goldenSm2ListAndCommandAreVerifiedWithSm3() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      golden("sm2-warn", "refused UNKNOWN_KEY");
      taken("keys-with-sm2", 0, 1795318230);
      ObjectNode forged = (ObjectNode) Frames.JSON.readTree(Frames.text("sm2-warn"));
      JsonNode other = Frames.JSON.readTree(Frames.text("command-warn"));
      command(forged.put("id", "forged.1").set("body", other.path("body")).toString());
      assertThat(outcome("forged.1")).isEqualTo("refused BAD_SIGNATURE");
      command(Frames.text("sm2-warn").replaceFirst("\"id\":\"[^\"]*\"", "\"id\":\"sm2.2\""));
      assertThat(outcome("sm2.2")).isEqualTo("received, playing, played");
      assertThat(agent.said()).doesNotContain("Traceback");
    }
  }

  @Test
  void aListCountsOnlyWhenItIsNewerAndLeavesSomebodyToObey() throws Exception {
    List<TrustedKey> keys = new ArrayList<>(List.of(TrustedKey.command(testKey)));
    keys.add(TrustedKey.recovery(key("test-key-recovery")));
    try (Agent agent = agent(bundle(false, keys), GOLDEN)) {
      ObjectNode list = list("keys", 0, 50).put("content", "l1");
      ArrayNode named = (ArrayNode) list.path("keys");
      add(named, "test-key", "command", 0);
      add(named, "test-key-next", "command", Frames.NOW - 1);
      // A thief of the command key names a recovery key of his own.
      add(named, "test-key-next", "recovery", 0);
      command(Frames.signed("l.1", list));
      edition("heartbeat", 0, 50);

      ObjectNode body = Frames.body().put("about", "").put("content", "late").put("seq", 200);
      command(Frames.signed("test-key-next", "late.1", body));
      assertThat(outcome("late.1")).as("past its notAfter").isEqualTo("refused UNKNOWN_KEY");

      long before = published("state").size();
      command(Frames.signed("l.2", list));
      await().atMost(SOON).until(() -> published("state").size() > before);
      assertThat(receipts("l.2")).as("the same again").isEmpty();
      command(Frames.signed("l.3", list.put("issued", 49)));
      assertThat(outcome("l.3")).isEqualTo("refused REPLAYED");
      command(Frames.signed("l.4", list.put("issued", 60).put("epoch", 1)));
      assertThat(outcome("l.4")).as("of an epoch not begun").isEqualTo("refused REPLAYED");
      ObjectNode mute = list("keys", 0, 70).put("content", "l5");
      add((ArrayNode) mute.path("keys"), "test-key-next", "recovery", 0);
      command(Frames.signed("l.5", mute));
      assertThat(outcome("l.5")).isEqualTo("refused UNSUPPORTED");
      ObjectNode none = list("keys", 0, 80).put("content", "l6");
      command(Frames.signed("l.6", none));
      assertThat(outcome("l.6")).isEqualTo("refused MALFORMED");

      ObjectNode thief = list("recovery", 100, 100).put("content", "r1").put("seqFloor", 0);
      add((ArrayNode) thief.path("keys"), "test-key-next", "command", 0);
      command(Frames.signed("test-key-next", "r.1", thief));
      assertThat(outcome("r.1")).isEqualTo("refused UNKNOWN_KEY");
      command(Frames.signed("test-key-recovery", "r.2", thief));
      edition("heartbeat", 100, 100);
      assertThat(agent.said()).doesNotContain("Traceback");
    }
  }

  @Test
  void aRecoveryBeginsPlacesAnewBelowAThiefsAndContentsStayKnown() throws Exception {
    List<TrustedKey> keys = new ArrayList<>(List.of(TrustedKey.command(testKey)));
    keys.add(TrustedKey.recovery(key("test-key-recovery")));
    try (Agent agent = agent(bundle(false, keys), GOLDEN)) {
      ObjectNode body = Frames.body().put("about", "");
      body.put("content", "thief").put("epoch", 4_000_000_000L).put("seq", 7);
      command(Frames.signed("thief.1", body));
      assertThat(outcome("thief.1")).isEqualTo("received, playing, played");
      ObjectNode recovery = list("recovery", Frames.NOW, Frames.NOW).put("content", "r");
      recovery.put("seqFloor", 5);
      add((ArrayNode) recovery.path("keys"), "test-key", "command", 0);
      command(Frames.signed("test-key-recovery", "r.1", recovery));
      edition("heartbeat", Frames.NOW, Frames.NOW);
      restart(agent);
      edition("birth", Frames.NOW, Frames.NOW);
      assertThat(state("birth").path("seen").path("epoch").asLong()).isZero();

      body.put("content", "five").put("epoch", Frames.NOW).put("seq", 5);
      command(Frames.signed("five.1", body));
      assertThat(outcome("five.1")).isEqualTo("refused REPLAYED");
      command(Frames.signed("six.1", body.put("content", "six").put("seq", 6)));
      assertThat(outcome("six.1")).isEqualTo("received, playing, played");
      body.put("content", "thief").put("epoch", 4_000_000_000L).put("seq", 7);
      command(Frames.signed("thief.2", body));
      assertThat(outcome("thief.2")).as("known, answered").isEqualTo("played");
      assertThat(agent.sounds("thief")).hasSize(1);
    }
  }

  @Test
  void aNewBundleIsANewBeginning() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      taken("keys-two", 0, 1795318200);
      agent.bundle(bundle(false, key("test-key-next")));
      restart(agent);
      assertThat(state("birth").has("trust")).isFalse();
      golden("command-warn", "refused UNKNOWN_KEY");
    }
  }

  private void taken(String name, long epoch, long issued) throws Exception {
    command(Frames.text(name));
    edition("heartbeat", epoch, issued);
    assertThat(receipts(Frames.JSON.readTree(Frames.text(name)).path("id").asText())).isEmpty();
  }

  private void edition(String type, long epoch, long issued) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(state(type).path("trust").toString())
                    .isEqualTo("{\"epoch\":%d,\"issued\":%d}".formatted(epoch, issued)));
  }

  private static ObjectNode list(String type, long epoch, long issued) {
    ObjectNode list = Frames.JSON.createObjectNode().put("v", 1).put("type", type);
    list.put("epoch", epoch).put("issued", issued).putArray("keys");
    return list;
  }

  private static void add(ArrayNode keys, String golden, String use, long notAfter)
      throws Exception {
    PublicKey key = key(golden);
    keys.addObject()
        .put("kid", key.kid())
        .put("alg", key.alg())
        .put("use", use)
        .put("public", key.base64())
        .put("notAfter", notAfter);
  }

  private static PublicKey key(String golden) throws Exception {
    JsonNode key = Frames.JSON.readTree(Frames.golden(golden + ".json"));
    return new PublicKey(
        key.path("kid").asText(), key.path("alg").asText("Ed25519"), key.path("public").asText());
  }
}

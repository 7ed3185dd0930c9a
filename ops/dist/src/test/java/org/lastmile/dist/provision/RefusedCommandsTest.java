package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.loudspeaker.Mosquitto;
import org.lastmile.simulators.speakers.FleetSettings;
import org.lastmile.simulators.speakers.SpeakerFleet;
import org.lastmile.simulators.speakers.SpeakerSettings;

/**
 * Somebody on the broker, who can write to every topic and has no key, brings the reference
 * loudspeaker and a simulated one commands under ids that the gateway made. Both refuse, both say
 * why, the warning's timeline shows it, and what was played stays played.
 */
class RefusedCommandsTest {
  private static final String AGENT = "LS-0001";
  private static final String SIMULATED = "LS-0002";
  private static final List<String> BOTH = List.of(AGENT, SIMULATED);
  private static final int WINDOW = 64;

  @TempDir private Path folder;
  private final Map<String, Wire> taps = new LinkedHashMap<>();
  private LiveSite site;
  private Agent agent;
  private SpeakerFleet fleet;
  private Wire attacker;

  @BeforeEach
  void open() throws Exception {
    Agent.need();
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
    site = new LiveSite(folder, true, AGENT, SIMULATED);
    agent = new Agent(site.bundle(AGENT), folder.resolve("agent"), "--speed", "100");
    fleet =
        new SpeakerFleet(
            FleetSettings.of(URI.create("mqtt://127.0.0.1:" + site.port()), keys())
                .withPlayTime(Duration.ofMillis(200)));
    fleet.add(
        SpeakerSettings.of(SIMULATED, "510723104201")
            .withPassword(site.bundled(SIMULATED).path("password").asText()));
    fleet.start();
    for (String device : BOTH) {
      taps.put(device, new Wire(site.port(), device, password(device)));
      taps.get(device).subscribe("lm/v1/d/" + device + "/cmd");
    }
    attacker = new Wire(site.port(), LiveSite.ACCOUNT, LiveSite.PASSWORD);
    attacker.subscribe("lm/v1/d/+/rcpt");
    site.awaitOnline(2);
  }

  @AfterEach
  void close() {
    taps.values().forEach(Wire::close);
    if (attacker != null) {
      attacker.close();
    }
    if (fleet != null) {
      fleet.close();
    }
    if (agent != null) {
      agent.close();
    }
    if (site != null) {
      site.close();
    }
  }

  @Test
  void unsignedOldKeyAndReplayedAreRefusedByBothAndTheTimelineSaysWhy() throws Exception {
    String first = site.issue(Duration.ofHours(1));
    BOTH.forEach(device -> site.awaitState(first, device, "CONFIRMED"));
    Map<String, String> wrappers = lastCommands();

    for (String device : BOTH) {
      ObjectNode unsigned = (ObjectNode) Frames.JSON.readTree(wrappers.get(device));
      bring(device, unsigned.put("sig", "").toString());
      refused(first, device, "BAD_SIGNATURE");
    }

    site.rotatesKeys();
    for (String device : BOTH) {
      bring(device, wrappers.get(device));
      refused(first, device, "UNKNOWN_KEY");
    }

    String second = site.issue(Duration.ofHours(1));
    BOTH.forEach(device -> site.awaitState(second, device, "CONFIRMED"));
    Map<String, String> replays = lastCommands();
    for (String device : BOTH) {
      // So many later commands that its memory of the second warning's is full and gone.
      for (int i = 0; i <= WINDOW; i++) {
        site.app().loudspeakers().report(device);
      }
      await().atMost(LiveSite.SOON).until(() -> answers(device, "done").size() > WINDOW);
      bring(device, replays.get(device));
      refused(second, device, "REPLAYED");
    }
    assertThat(fleet.device(SIMULATED).played()).hasSize(2);
    assertThat(agent.story().stream().filter(s -> s.startsWith("play "))).hasSize(2);
    assertThat(agent.said()).doesNotContain("Traceback");
  }

  @Test
  void aRefusalBeforeThePlayDoesNotEndTheDelivery() throws Exception {
    fleet.device(SIMULATED).slow(Duration.ofSeconds(3));
    String warning = site.issue(Duration.ofHours(1));
    await().atMost(LiveSite.SOON).until(() -> !taps.get(SIMULATED).heard().isEmpty());
    ObjectNode forged = (ObjectNode) Frames.JSON.readTree(lastCommand(SIMULATED));
    // As if the device had refused it at once; the genuine one is still being looked at.
    fleet.device(SIMULATED).slow(Duration.ZERO);
    bring(SIMULATED, forged.put("sig", "").toString());
    await()
        .atMost(LiveSite.SOON)
        .until(() -> site.timeline(warning, SIMULATED).contains("REFUSED BAD_SIGNATURE"));
    assertThat(site.delivery(warning, SIMULATED).path("state").asText()).isEqualTo("SENT");
    site.awaitState(warning, SIMULATED, "CONFIRMED");
  }

  @Test
  void whatComesTooLateIsAnsweredExpiredByBothAndTheTimelineSaysSo() throws Exception {
    fleet.device(SIMULATED).slow(Duration.ofSeconds(12));
    agent.freezes();
    String warning = site.issue(Duration.ofSeconds(8));
    await()
        .atMost(LiveSite.SOON)
        .until(() -> taps.values().stream().noneMatch(t -> t.heard().isEmpty()));
    long notAfter =
        Frames.JSON
            .readTree(
                Base64.getDecoder()
                    .decode(Frames.JSON.readTree(lastCommand(AGENT)).path("body").asText()))
            .path("notAfter")
            .asLong();
    await().atMost(LiveSite.SOON).until(() -> System.currentTimeMillis() / 1000 > notAfter);
    agent.goesOn();
    for (String device : BOTH) {
      await().atMost(LiveSite.SOON).until(() -> !answers(device, "expired").isEmpty());
      await()
          .atMost(LiveSite.SOON)
          .untilAsserted(
              () ->
                  assertThat(site.timeline(warning, device))
                      .anyMatch(l -> l.startsWith("EXPIRED") || l.equals("REFUSED expired")));
    }
    assertThat(agent.story()).noneMatch(s -> s.startsWith("play "));
    assertThat(fleet.device(SIMULATED).played()).isEmpty();
  }

  /** In the receipt and on the timeline; and the play that was stays one. */
  private void refused(String warning, String device, String reason) {
    await()
        .atMost(LiveSite.SOON)
        .untilAsserted(
            () -> {
              assertThat(answers(device, "refused")).contains(reason);
              assertThat(site.timeline(warning, device))
                  .anyMatch(l -> l.startsWith("REFUSED " + reason));
            });
    assertThat(site.delivery(warning, device).path("state").asText()).isEqualTo("CONFIRMED");
  }

  private void bring(String device, String wrapper) throws Exception {
    attacker.publish("lm/v1/d/" + device + "/cmd", wrapper);
  }

  /** Reasons of that device's receipts with that outcome. */
  private List<String> answers(String device, String outcome) throws IOException {
    List<String> reasons = new ArrayList<>();
    for (Wire.Message message : attacker.heard()) {
      JsonNode receipt = Frames.JSON.readTree(message.payload());
      if (message.topic().equals("lm/v1/d/" + device + "/rcpt")
          && receipt.path("outcome").asText().equals(outcome)) {
        reasons.add(receipt.path("reason").asText());
      }
    }
    return reasons;
  }

  private Map<String, String> lastCommands() throws IOException {
    Map<String, String> wrappers = new LinkedHashMap<>();
    for (String device : BOTH) {
      wrappers.put(device, lastCommand(device));
    }
    return wrappers;
  }

  /** The last command for that device, as it came over the wire. */
  private String lastCommand(String device) throws IOException {
    String last = null;
    for (Wire.Message message : taps.get(device).heard()) {
      JsonNode wrapper = Frames.JSON.readTree(message.payload());
      JsonNode body =
          Frames.JSON.readTree(Base64.getDecoder().decode(wrapper.path("body").asText()));
      last = body.path("kind").asText().equals("WARN") ? message.payload() : last;
    }
    assertThat(last).as("a warning for " + device).isNotNull();
    return last;
  }

  private String password(String device) throws Exception {
    return site.bundled(device).path("password").asText();
  }

  private Map<String, byte[]> keys() throws Exception {
    Map<String, byte[]> keys = new LinkedHashMap<>();
    for (JsonNode key : site.bundled(SIMULATED).path("keys")) {
      keys.put(key.path("kid").asText(), Base64.getDecoder().decode(key.path("public").asText()));
    }
    return keys;
  }
}

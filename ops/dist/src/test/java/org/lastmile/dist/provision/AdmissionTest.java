package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;
import org.lastmile.channel.loudspeaker.Mosquitto;
import org.lastmile.channel.loudspeaker.Provisioning;

/** The real Mosquitto on the provisioned files: a stolen device can speak only for itself. */
class AdmissionTest {
  @TempDir private Path folder;
  private int port;
  private Provisioning site;
  private Path broker;

  @BeforeEach
  void provision() throws IOException {
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
    port = ProvisionedBroker.freePort();
    site = Provisioning.of(LoudspeakerConfig.embedded(port), new MemoryInHeap(), Clock.systemUTC());
    Server server = new Server("127.0.0.1", port, false, null);
    List<Bundle> all =
        List.of("LS-0001", "LS-0002").stream()
            .map(
                id ->
                    new Bundle(
                        Township.speaker(id),
                        List.of(),
                        site.password(id),
                        server,
                        site.keys(),
                        false))
            .toList();
    new Bundles(folder, false).writeBroker(all, server, "lastmile-gateway", "of the gateway");
    broker = folder.resolve("broker");
  }

  @Test
  void passwordFileAndAccessListLetADeviceSpeakForItselfAlone() throws Exception {
    try (ProvisionedBroker mosquitto = ProvisionedBroker.files(broker, port)) {
      devicesSpeakOnlyForThemselves();
      assertThat(mosquitto.log()).doesNotContain("Error");
    }
  }

  @Test
  void dynamicSecurityLetsADeviceSpeakForItselfAlone() throws Exception {
    Optional<Path> plugin = ProvisionedBroker.pluginFile();
    assumeTrue(plugin.isPresent(), "this mosquitto has no dynamic-security plugin");
    try (ProvisionedBroker mosquitto =
        ProvisionedBroker.plugin(broker, port, plugin.orElseThrow())) {
      devicesSpeakOnlyForThemselves();
      assertThat(mosquitto.log()).doesNotContain("Error");
    }
  }

  @Test
  void passwordsAreWrittenAsMosquittoWritesThem() throws Exception {
    Path theirs = folder.resolve("theirs");
    Process process =
        new ProcessBuilder(
                Mosquitto.program("mosquitto_passwd").orElseThrow().toString(),
                "-b",
                "-c",
                theirs.toString(),
                "LS-0001",
                site.password("LS-0001"))
            .redirectErrorStream(true)
            .start();
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    String form = "LS-0001:\\$7\\$101\\$[A-Za-z0-9+/]{16}\\$[A-Za-z0-9+/]{86}==";
    assertThat(Files.readAllLines(theirs)).singleElement().asString().matches(form);
    assertThat(Files.readAllLines(broker.resolve("mosquitto.passwd")))
        .anyMatch(l -> l.matches(form));
  }

  private void devicesSpeakOnlyForThemselves() throws Exception {
    try (Wire gateway = new Wire(port, "lastmile-gateway", "of the gateway");
        Wire one = new Wire(port, "LS-0001", site.password("LS-0001"))) {
      gateway.subscribe("lm/v1/d/+/rcpt");
      gateway.subscribe("lm/v1/d/+/state");
      one.subscribe("lm/v1/d/LS-0001/cmd");
      one.subscribe("lm/v1/d/LS-0002/cmd");
      one.subscribe("lm/v1/d/+/cmd");
      one.subscribe("#");

      // A broker handles one connection's packets in order: the last shows that the first are done.
      one.publish("lm/v1/d/LS-0002/rcpt", "forged");
      one.publish("lm/v1/d/LS-0002/state", "forged");
      one.publish("lm/v1/d/LS-0002/cmd", "forged");
      one.publish("lm/v1/d/LS-0001/cmd", "forged");
      one.publish("lm/v1/d/LS-0001/state", "own state");
      one.publish("lm/v1/d/LS-0001/rcpt", "own receipt");
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(gateway.heard())
                      .containsExactly(
                          new Wire.Message("lm/v1/d/LS-0001/state", "own state"),
                          new Wire.Message("lm/v1/d/LS-0001/rcpt", "own receipt")));

      gateway.publish("lm/v1/d/LS-0002/cmd", "for the other");
      gateway.publish("lm/v1/d/LS-0001/cmd", "for me");
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(one.heard())
                      .isNotEmpty()
                      .allMatch(m -> m.equals(new Wire.Message("lm/v1/d/LS-0001/cmd", "for me"))));
    }
    assertThatThrownBy(() -> new Wire(port, "LS-0001", site.password("LS-0002")))
        .hasMessageContaining("REFUSED");
    assertThatThrownBy(() -> new Wire(port, "LS-0003", site.password("LS-0003")))
        .hasMessageContaining("REFUSED");
  }
}

package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.loudspeaker.Mosquitto;
import org.lastmile.simulators.speakers.Speaker;
import org.lastmile.simulators.speakers.SpeakerFleet;

/** The gateway tells simulated devices to keep a clip, and hears whether they do. */
class PreloadOnTheWireTest {
  private static final String SHA = "ab".repeat(32);
  private static final URI AUDIO = URI.create("http://gateway.example/audio/" + SHA + ".wav");

  @TempDir private Path folder;

  @Test
  void onTheGatewaysOwnEndpoint() throws Exception {
    try (Site site = Site.embedded(folder)) {
      preloads(site);
    }
  }

  @Test
  void throughAProvisionedBroker() throws Exception {
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
    try (Site site = Site.broker(folder)) {
      preloads(site);
    }
  }

  private static void preloads(Site site) {
    try (SpeakerFleet fleet = site.simulated(Duration.ofMillis(50))) {
      fleet.start();
      Speaker speaker = fleet.device(Site.DEVICE);
      await().atMost(Duration.ofSeconds(20)).until(speaker::isOnline);

      assertThat(site.preload(AUDIO, SHA).why()).isEmpty();
      assertThat(speaker.clips()).containsExactly(SHA);

      speaker.fails("AUDIO_HASH");
      String other = "cd".repeat(32);
      assertThat(site.preload(AUDIO, other).why()).isEqualTo("AUDIO_HASH");
      assertThat(speaker.clips()).containsExactly(SHA);
      assertThat(fleet.statistics().plays()).as("no sound").isZero();
    }
  }
}

package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.loudspeaker.Mosquitto;

/**
 * What {@code lastmile provision} writes is enough: with it alone mosquitto_sub and mosquitto_pub,
 * and the reference loudspeaker, each play a device whose play meets the point's clause.
 */
class PlayedByBundleTest {
  private static final String DEVICE = "LS-0001";

  /** Knows nothing but device.env beside it; each answer waits for the gateway's moment. */
  private static final String BY_HAND =
      """
      set -eu
      . ./device.env
      topic=lm/v1/d/$LASTMILE_DEVICE
      to="-h $LASTMILE_HOST -p $LASTMILE_PORT -u $LASTMILE_DEVICE -q 1"
      pub() { mosquitto_pub $to -P "$LASTMILE_PASSWORD" -i "$LASTMILE_DEVICE-pub" "$@"; }
      mosquitto_sub $to -P "$LASTMILE_PASSWORD" -i "$LASTMILE_DEVICE" -t $topic/cmd \\
        --will-topic $topic/state --will-qos 1 --will-retain \\
        --will-payload '{"v":1,"type":"offline","session":1,"reason":"will"}' > commands &
      trap "kill $!" EXIT
      sleep 1
      pub -r -t $topic/state -m '{"v":1,"type":"birth","session":1,"at":0,"uptime":1,"volume":100,"muted":false,"firmware":"hand"}'
      while [ ! -s commands ]; do sleep 0.1; done
      line=$(head -1 commands)
      jq -r .body <<<"$line" | base64 -d > body
      jq -r .sig <<<"$line" | base64 -d > sig
      set -- $LASTMILE_KEY_1
      [ "$(jq -r .kid <<<"$line")" = "$1" ]
      [ "$2 $3" = "Ed25519 command" ]
      { printf '\\x30\\x2a\\x30\\x05\\x06\\x03\\x2b\\x65\\x70\\x03\\x21\\x00'; base64 -d <<<"$4"; } > key
      openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in body -sigfile sig
      answer() {
        pub -t $topic/rcpt -m "{\\"v\\":1,\\"id\\":$(jq .id <<<"$line"),\\"content\\":$(jq .content body),\\"at\\":0,$1}"
      }
      answer '"outcome":"received"'
      answer '"outcome":"playing","volume":100,"muted":false'
      answer '"outcome":"played","seconds":20,"repeats":1,"volume":100,"muted":false'
      while [ ! -e enough ]; do sleep 0.1; done
      """;

  @TempDir private Path folder;

  @BeforeEach
  void tools() {
    Agent.need();
    for (String tool : new String[] {"bash", "mosquitto_sub", "mosquitto_pub", "jq", "openssl"}) {
      assumeTrue(Mosquitto.program(tool).isPresent(), tool + " is not installed");
    }
  }

  @Test
  void byHandOnMosquittoWithTheProvisionedFiles() throws Exception {
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
    byHand(true);
  }

  @Test
  void byHandOnTheGatewaysOwnEndpoint() throws Exception {
    byHand(false);
  }

  @Test
  void byTheReferenceLoudspeakerOnMosquittoWithTheProvisionedFiles() throws Exception {
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
    byTheAgent(true);
  }

  @Test
  void byTheReferenceLoudspeakerOnTheGatewaysOwnEndpoint() throws Exception {
    byTheAgent(false);
  }

  private void byHand(boolean brokered) throws Exception {
    try (LiveSite site = new LiveSite(folder, brokered, DEVICE)) {
      Path said = folder.resolve("said");
      Process hand =
          new ProcessBuilder("bash", "-c", BY_HAND)
              .directory(site.bundle(DEVICE).toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      try {
        site.awaitOnline(1);
        String warning = site.issue(Duration.ofHours(1));
        covered(site, warning);
        Files.createFile(site.bundle(DEVICE).resolve("enough"));
        assertThat(hand.waitFor()).as(Files.readString(said)).isZero();
        assertThat(Files.readString(said, StandardCharsets.UTF_8))
            .contains("Verified Successfully");
      } finally {
        hand.descendants().forEach(ProcessHandle::destroyForcibly);
        hand.destroyForcibly();
      }
    }
  }

  private void byTheAgent(boolean brokered) throws Exception {
    try (LiveSite site = new LiveSite(folder, brokered, DEVICE);
        Agent agent = new Agent(site.bundle(DEVICE), folder.resolve("agent"), "--speed", "100")) {
      site.awaitOnline(1);
      String warning = site.issue(Duration.ofHours(1));
      covered(site, warning);
      assertThat(agent.story()).anyMatch(s -> s.startsWith("play "));
      agent.stop();
      assertThat(agent.said()).doesNotContain("Traceback");
    }
  }

  private static void covered(LiveSite site, String warning) {
    site.awaitState(warning, DEVICE, "CONFIRMED");
    await()
        .atMost(LiveSite.SOON)
        .untilAsserted(
            () ->
                assertThat(site.coverage(warning).findValuesAsText("state"))
                    .as(site.coverage(warning).toString())
                    .contains("COVERED"));
    assertThat(site.timeline(warning, DEVICE)).contains("PLAYING", "CONFIRMED");
  }
}

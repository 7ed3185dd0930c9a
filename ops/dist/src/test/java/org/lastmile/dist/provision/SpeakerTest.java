package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.Content;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Signal.Confirmation;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.loudspeaker.LoudspeakerChannel;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;
import org.lastmile.channel.loudspeaker.Mosquitto;
import org.lastmile.channel.loudspeaker.Provisioning;

/** The reference loudspeaker, started from its bundle alone, on the gateway's real wires. */
class SpeakerTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Content RED =
      Site.content("red", Content.Kind.WARN, 1, "暴雨红色预警，请立即转移", Site.times(2, "alert"));

  /** Four and a half seconds of siren and words, at twenty times the speed. */
  private static final String FAST = "20";

  @TempDir private Path folder;

  @BeforeEach
  void tools() {
    Agent.need();
  }

  @Test
  void aRedWarningIsSpokenOnTheGatewaysOwnEndpoint() throws Exception {
    try (Site site = Site.embedded(folder)) {
      spoken(site);
    }
  }

  @Test
  void aRedWarningIsSpokenThroughAProvisionedBroker() throws Exception {
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
    try (Site site = Site.broker(folder)) {
      spoken(site);
    }
  }

  private void spoken(Site site) throws Exception {
    try (Agent agent = new Agent(site.bundle(), folder.resolve("agent"), "--speed", FAST)) {
      site.send("w1-0.1", RED);
      Confirmation played = site.awaitEvidence("w1-0.1", Evidence.PLAYED);
      site.awaitEvidence("w1-0.1", Evidence.RECEIVED);
      site.awaitEvidence("w1-0.1", Evidence.PLAYING);

      List<Path> sounds = agent.sounds("red");
      assertThat(sounds).hasSize(2);
      // Three seconds of siren, and twelve syllables that no voice says in one second.
      assertThat(seconds(sounds.get(0))).isBetween(4.5, 9.0);
      assertThat(seconds(sounds.get(1))).isEqualTo(seconds(sounds.get(0)));
      assertThat(Double.parseDouble(played.facts().get("seconds")))
          .isEqualTo(2 * seconds(sounds.get(0)), within(0.1));
      assertThat(loudest(sounds.get(0), 3.2)).as("words after the siren").isGreaterThan(3_000);

      // The same content under another attempt is answered, not spoken again.
      site.send("w1-0.2", RED);
      site.awaitEvidence("w1-0.2", Evidence.PLAYED);
      assertThat(agent.sounds("red")).hasSize(2);
      agent.stop();
      assertThat(agent.said()).doesNotContain("Traceback");
    }
  }

  @Test
  void aPowerCutReplaysNothingThatWasFinishedAndLosesNoReceipt() throws Exception {
    Content first =
        Site.content("first", Content.Kind.NOTICE, 6, "请各家各户今天晚上七点到村委会开会", Site.times(2, ""));
    try (Site site = Site.embedded(folder);
        Agent agent = new Agent(site.bundle(), folder.resolve("agent"), "--speed", "8")) {
      site.send("w1-0.1", first);
      agent.awaitAction("play first");
      site.stop(); // while it speaks: its receipt finds nobody
      agent.awaitAction("end first played");
      agent.kill();
      site.start();
      agent.start();
      site.awaitEvidence("w1-0.1", Evidence.PLAYED);

      site.send("w1-1.1", RED);
      agent.awaitAction("play red");
      agent.kill();
      agent.start();
      Confirmation cut = site.awaitEvidence("w1-1.1", Evidence.FAILED);
      assertThat(cut.why()).startsWith("INTERNAL").contains("power");

      // Both are sent again: what was heard to its end is only answered, the other is spoken.
      site.send("w1-0.2", first);
      site.awaitEvidence("w1-0.2", Evidence.PLAYED);
      site.send("w1-1.2", RED);
      site.awaitEvidence("w1-1.2", Evidence.PLAYED);
      assertThat(agent.story().stream().filter("play first"::equals)).hasSize(1);
      assertThat(agent.story().stream().filter("play red"::equals)).hasSize(2);
    }
  }

  @Test
  void bluePlaysRedInterruptsIsUpdatedWithoutSilenceAndLiftedAndBlueGoesOn() throws Exception {
    Content blue = Site.content("blue", Content.Kind.WARN, 4, "暴雨蓝色预警", Site.times(1000, ""));
    Content notice = Site.content("notice", Content.Kind.NOTICE, 7, "开会", Site.times(1, ""));
    Content red = Site.content("red", Content.Kind.WARN, 1, "红色预警", Site.times(1000, "alert"));
    Content red2 =
        Site.content("red2", Content.Kind.UPDATE, 1, "红色预警更新", Site.times(1000, "alert"), "red");
    Content lift =
        Site.content("lift", Content.Kind.LIFT, 0, "预警解除", Site.times(1, ""), "red", "red2");
    Content stop = Site.content("stop", Content.Kind.STOP, 4, "", Site.times(1, ""), "blue");
    try (Site site = Site.embedded(folder);
        Agent agent = new Agent(site.bundle(), folder.resolve("agent"), "--speed", FAST)) {
      site.send("blue.1", blue);
      agent.awaitAction("play blue");
      site.send("notice.1", notice);
      site.awaitEvidence("notice.1", Evidence.RECEIVED);
      site.send("red.1", red);
      agent.awaitAction("play red");
      site.send("red2.1", red2);
      agent.awaitAction("play red2");
      site.send("lift.1", lift);
      agent.awaitAction("resume blue");
      site.send("stop.1", stop);
      agent.awaitAction("end notice played");

      assertThat(agent.story())
          .containsExactly(
              "play blue",
              "interrupt blue",
              "play red",
              "end red SUPERSEDED",
              "play red2",
              "end red2 STOPPED",
              "play lift",
              "end lift played",
              "resume blue",
              "end blue STOPPED",
              "play notice",
              "end notice played");
      assertThat(at(agent, "play", "red2") - at(agent, "end", "red"))
          .as("silence between a warning and its update, in seconds")
          .isLessThan(1.0);
      site.awaitEvidence("lift.1", Evidence.PLAYED);
      site.awaitEvidence("notice.1", Evidence.PLAYED);
      assertThat(site.awaitEvidence("red.1", Evidence.STOPPED).why()).isEqualTo("SUPERSEDED");
      assertThat(site.awaitEvidence("red2.1", Evidence.STOPPED).why()).isEqualTo("STOPPED");
      assertThat(site.awaitEvidence("stop.1", Evidence.STOPPED).why()).isEqualTo("DONE");
      await().atMost(SOON).until(() -> site.evidence("blue.1", Evidence.PLAYING).size() >= 2);
      site.awaitEvidence("blue.1", Evidence.STOPPED);
    }
  }

  @Test
  void theInstallersCheckSaysWhatWorksAndTrustsOnlyTheBundlesAuthority() throws Exception {
    Path key = folder.resolve("server.key");
    Path certificate = certificate(key, "server.pem");
    Path other = certificate(folder.resolve("other.key"), "other.pem");
    LoudspeakerConfig config =
        new LoudspeakerConfig(
            null,
            "127.0.0.1",
            0,
            certificate,
            key,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            0,
            0,
            null);
    MemoryInHeap memory = new MemoryInHeap();
    LoudspeakerChannel channel = LoudspeakerChannel.open(config, memory, Clock.systemUTC(), null);
    try {
      ChannelContract.Heard.by(channel);
      int port = channel.port().orElseThrow();
      Provisioning site = Provisioning.of(config, memory, Clock.systemUTC());
      assertThat(checked(site, new Server("127.0.0.1", port, true, certificate)))
          .containsExactly(
              "0",
              "ok       bundle of LS-0001 for 127.0.0.1:" + port,
              "ok       signatures",
              "ok       tone",
              "ok       speech",
              "ok       connection");
      assertThat(checked(site, new Server("127.0.0.1", port, true, other)))
          .startsWith("1")
          .last()
          .asString()
          .startsWith("problem  connection: ")
          .contains("CERTIFICATE_VERIFY_FAILED");
    } finally {
      channel.close();
    }
  }

  private List<String> checked(Provisioning site, Server server) throws IOException {
    Path out = Files.createTempDirectory(folder, "check");
    Bundles bundles = new Bundles(out, false);
    String id = Site.DEVICE;
    bundles.write(
        new Bundle(Township.speaker(id), List.of(), site.password(id), server, site.keys(), false));
    return Agent.check(bundles.folderOf(id), out);
  }

  private Path certificate(Path key, String name) throws Exception {
    Path certificate = folder.resolve(name);
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(openssl.waitFor()).as(said).isZero();
    return certificate;
  }

  private static double at(Agent agent, String what, String content) throws IOException {
    for (JsonNode action : agent.actions()) {
      if (action.path("do").asText().equals(what)
          && action.path("content").asText().equals(content)) {
        return action.path("t").asDouble();
      }
    }
    throw new IOException("no " + what + " of " + content);
  }

  private static double seconds(Path wav) throws IOException, UnsupportedAudioFileException {
    try (AudioInputStream sound = AudioSystem.getAudioInputStream(wav.toFile())) {
      return sound.getFrameLength() / (double) sound.getFormat().getFrameRate();
    }
  }

  /** The largest sample from that second on. */
  private static int loudest(Path wav, double from)
      throws IOException, UnsupportedAudioFileException {
    try (AudioInputStream sound = AudioSystem.getAudioInputStream(wav.toFile())) {
      byte[] bytes = sound.readAllBytes();
      int loudest = 0;
      int start = 2 * (int) Math.round(from * sound.getFormat().getFrameRate());
      for (int i = start; i + 1 < bytes.length; i += 2) {
        loudest = Math.max(loudest, Math.abs((short) ((bytes[i] & 0xff) | (bytes[i + 1] << 8))));
      }
      return loudest;
    }
  }
}

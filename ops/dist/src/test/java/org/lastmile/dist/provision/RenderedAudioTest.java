package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole way of a warning to a loudspeaker that can't speak: rendered by the gateway's own
 * espeak-ng, fetched by the device from the gateway's HTTP server, played, and confirmed.
 */
class RenderedAudioTest {
  private static final String DEVICE = "LS-MUTE";

  @TempDir private Path folder;

  @BeforeEach
  void tools() {
    Agent.need();
  }

  @Test
  void aWarningIsRenderedFetchedByItsHashPlayedAndConfirmed() throws Exception {
    int web = ProvisionedBroker.freePort();
    // The device could speak by itself: a program that fails shows that it did not.
    String[] options = {"--speed", "20", "--speech", "false {text} {out}"};
    try (LiveSite site =
            LiveSite.reachable(
                folder, web, ", speech: { patience: 20s }", "", Township.mute(DEVICE));
        Agent agent = new Agent(site.bundle(DEVICE), folder.resolve("agent"), options)) {
      site.awaitOnline(1);

      String warning = site.issue(Duration.ofMinutes(10));
      site.awaitState(warning, DEVICE, "CONFIRMED");

      assertThat(agent.audio()).hasSize(1);
      String hash = agent.audio().get(0);
      byte[] clip = get("http://127.0.0.1:" + web + "/audio/" + hash + ".wav");
      assertThat(AudioServer.hash(clip)).isEqualTo(hash);
      Path kept = Files.write(folder.resolve("clip.wav"), clip);
      // "云岭县气象台发布暴雨蓝色预警。上坝…请相互转告。": some forty syllables, four or five a second.
      double said = seconds(kept);
      assertThat(said).isBetween(6.0, 25.0);

      List<Path> sounds = sounds(agent);
      assertThat(sounds).isNotEmpty();
      for (Path sound : sounds) {
        assertThat(seconds(sound))
            .as("with a siren of four seconds at most")
            .isBetween(said - 0.01, said + 4.1);
      }
      assertThat(agent.said()).doesNotContain("Traceback");
    }
  }

  private static List<Path> sounds(Agent agent) throws Exception {
    String content =
        agent.actions().stream()
            .filter(a -> a.path("do").asText().equals("play"))
            .map(a -> a.path("content").asText())
            .findFirst()
            .orElseThrow();
    await().until(() -> !agent.sounds(content).isEmpty());
    return agent.sounds(content);
  }

  private static byte[] get(String url) throws Exception {
    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private static double seconds(Path wav) throws Exception {
    try (AudioInputStream sound = AudioSystem.getAudioInputStream(wav.toFile())) {
      return sound.getFrameLength() / (double) sound.getFormat().getFrameRate();
    }
  }
}

package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The reference loudspeaker's audio: fetched, kept, decoded; and what its sensor says of it. */
class SpeakerSoundTest extends AgentOnABroker {
  private AudioServer server;
  private byte[] wav;

  @BeforeEach
  void serve() throws Exception {
    server = new AudioServer();
    wav = Files.readAllBytes(tone());
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void recordedAudioIsPlayedWhenItsHashIsRightAndFetchedOnce() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      String url = server.url("a.wav", wav);
      command(Frames.signed("a.1", audio("a1", 200, url, AudioServer.hash(wav))));
      assertThat(outcome("a.1")).isEqualTo("received, playing, played");
      command(Frames.signed("a.2", audio("a2", 201, url, AudioServer.hash(wav))));
      assertThat(outcome("a.2")).isEqualTo("received, playing, played");
      assertThat(server.asked()).containsExactly("a.wav");
      assertThat(Files.size(agent.sounds("a1").get(0))).isEqualTo(wav.length);

      command(Frames.signed("a.3", audio("a3", 202, url, "0".repeat(64))));
      assertThat(outcome("a.3")).isEqualTo("received, failed AUDIO_HASH");
      assertThat(agent.audio()).containsExactly(AudioServer.hash(wav));
    }
  }

  @Test
  void aPreloadedClipIsPlayedInTheStormWithoutAnyDownload() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      String url = server.url("red.wav", wav);
      ObjectNode preload = audio("pre", 200, url, AudioServer.hash(wav)).put("kind", "PRELOAD");
      command(Frames.signed("pre.1", preload));
      assertThat(outcome("pre.1")).isEqualTo("received, done");
      assertThat(agent.sounds("pre")).as("no sound").isEmpty();
      ObjectNode wrong = audio("wrong", 201, url, "1".repeat(64)).put("kind", "PRELOAD");
      command(Frames.signed("wrong.1", wrong));
      assertThat(outcome("wrong.1")).isEqualTo("received, failed AUDIO_HASH");
      ObjectNode away = audio("away", 202, url + ".gone", "2".repeat(64)).put("kind", "PRELOAD");
      command(Frames.signed("away.1", away));
      assertThat(outcome("away.1")).isEqualTo("received, failed AUDIO_FETCH");

      server.close();
      restart(agent);
      command(Frames.signed("red.1", audio("red", 203, url, AudioServer.hash(wav))));
      assertThat(outcome("red.1")).isEqualTo("received, playing, played");
      assertThat(agent.said()).doesNotContain("Traceback");
      everyAnswerObeysItsSchema();
    }
  }

  @Test
  void aDownloadThatBrokeOffGoesOnWhereItWas() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      int third = wav.length / 3;
      server.breaksAfter(third);
      String url = server.url("long.wav", wav);
      command(Frames.signed("l.1", audio("l1", 200, url, AudioServer.hash(wav))));
      assertThat(outcome("l.1")).matches("received, (playing, played|failed AUDIO_FETCH)");
      server.breaksAfter(Integer.MAX_VALUE);
      command(Frames.signed("l.2", audio("l2", 201, url, AudioServer.hash(wav))));
      assertThat(outcome("l.2")).isEqualTo("received, playing, played");
      assertThat(server.asked())
          .startsWith("long.wav", "long.wav bytes=" + third + "-")
          .doesNotHaveDuplicates();
      assertThat(agent.audio()).containsExactly(AudioServer.hash(wav));
    }
  }

  @Test
  void keptAudioStaysWithinItsBoundAndTheLeastLatelyUsedGoesFirst() throws Exception {
    byte[] big = new byte[600_000];
    try (Agent agent = agent(false, testKey, with("--cache", "1"))) {
      List<String> hashes = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        byte[] one = Arrays.copyOf(big, big.length + i);
        hashes.add(AudioServer.hash(one));
        String url = server.url(i + ".wav", one);
        ObjectNode preload = audio("p" + i, 200 + i, url, hashes.get(i)).put("kind", "PRELOAD");
        command(Frames.signed("p." + i, preload));
        assertThat(outcome("p." + i)).isEqualTo("received, done");
      }
      assertThat(agent.audio()).containsExactly(hashes.get(2));

      String url = server.url("0.wav", big);
      ObjectNode again = audio("p0", 200, url, hashes.get(0)).put("kind", "PRELOAD");
      command(Frames.signed("p.0.again", again));
      assertThat(outcome("p.0.again")).isEqualTo("received, done");
      assertThat(agent.audio()).as("dropped, and told again").containsExactly(hashes.get(0));
      command(Frames.signed("p.0.kept", again));
      assertThat(outcome("p.0.kept")).isEqualTo("done");
      assertThat(server.asked().stream().filter("0.wav"::equals)).hasSize(2);
      assertThat(agent.said()).doesNotContain("Traceback");
    }
  }

  @Test
  void whatIsNotWavGoesThroughTheDecoder() throws Exception {
    byte[] mp3 = Frames.joined("ID3".getBytes(StandardCharsets.US_ASCII), wav);
    String decoder = script("decoder", "tail -c +4 \"$1\" > \"$2\"") + " {in} {out}";
    try (Agent agent = agent(false, testKey, with("--decoder", decoder))) {
      String url = server.url("a.mp3", mp3);
      command(Frames.signed("m.1", audio("m1", 200, url, AudioServer.hash(mp3))));
      assertThat(outcome("m.1")).isEqualTo("received, playing, played");
      assertThat(Files.size(agent.sounds("m1").get(0))).isEqualTo(wav.length);
    }
    try (Agent agent = agent(false, testKey, with("--decoder", "false {in} {out}"))) {
      String url = server.url("b.mp3", mp3);
      command(Frames.signed("m.2", audio("m2", 201, url, AudioServer.hash(mp3))));
      assertThat(outcome("m.2")).isEqualTo("received, failed AUDIO_FETCH");
      assertThat(agent.sounds("m2")).isEmpty();
      assertThat(state("birth").has("fault")).as("the clip is broken, not the box").isFalse();
    }
  }

  @Test
  void whatTheSensorHeardStandsInTheReceiptAndTheSelfTestInTheState() throws Exception {
    String sensor = script("sensor", "sleep 0.05; echo $(cat level); exit $(cat exit)");
    says("71.5", "0");
    try (Agent agent =
        agent(false, testKey, with("--sensor", sensor, "--sensor-kind", "current"))) {
      golden("command-test", "received, playing, played");
      JsonNode played = receipt("selftest-1.1", "played");
      assertThat(played.path("heard").asBoolean()).isTrue();
      assertThat(played.path("sensor").asText()).isEqualTo("current");
      assertThat(played.path("level").asDouble()).isEqualTo(71.5);
      assertThat(played.path("volume").asInt()).isEqualTo(20);
      await().atMost(SOON).until(() -> state("heartbeat").path("test").path("heard").asBoolean());

      says("3", "1");
      ObjectNode body = Frames.body().put("about", "").put("content", "mute").put("seq", 200);
      command(Frames.signed("mute.1", body));
      assertThat(outcome("mute.1")).isEqualTo("received, playing, played");
      assertThat(receipt("mute.1", "played").path("heard").asBoolean(true)).isFalse();
      // Nobody heard it, so another delivery is another try.
      says("", "7");
      command(Frames.signed("mute.2", body));
      assertThat(outcome("mute.2")).isEqualTo("received, playing, played");
      assertThat(receipt("mute.2", "played").has("heard")).as("a broken sensor").isFalse();
      assertThat(agent.sounds("mute")).hasSize(2);
      everyAnswerObeysItsSchema();
    }
  }

  @Test
  void aSensorThatStillListensDoesNotDelayWhatIsMoreUrgent() throws Exception {
    String sensor = script("sensor", "sleep 60 | cat");
    try (Agent agent = agent(false, testKey, with("--sensor", sensor))) {
      ObjectNode blue = Frames.body().put("about", "").put("content", "blue").put("priority", 4);
      ((ObjectNode) blue.path("speech")).put("repeats", 1000).put("pauseMs", 3_600_000);
      command(Frames.signed("blue.1", blue));
      agent.awaitAction("play blue");
      ObjectNode red = Frames.body().put("about", "").put("content", "red").put("seq", 200);
      command(Frames.signed("red.1", red));
      assertThat(outcome("red.1")).isEqualTo("received, playing, played");
      assertThat(receipt("red.1", "played").has("heard")).isFalse();
    }
  }

  @Test
  void onceInAQuietTimeItTestsItselfAndSaysSo() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      ObjectNode config = (ObjectNode) Frames.JSON.readTree(Frames.golden("config.body.json"));
      int minute = (int) (Frames.NOW / 60 % 1440);
      ((ObjectNode) config.path("config"))
          .put("quietFrom", (minute + 2) % 1440)
          .put("quietTo", (minute + 1) % 1440);
      command(Frames.signed("config-1.1", config));
      agent.awaitAction("end self-test played");
      await()
          .atMost(SOON)
          .until(() -> state("heartbeat").path("test").path("outcome").asText().equals("played"));
      assertThat(published("rcpt")).as("nobody asked").hasSize(1);
      restart(agent);
      await().atMost(SOON).until(() -> state("birth").has("test"));
      golden("report", "done");
      assertThat(agent.story().stream().filter("test self-test"::equals)).hasSize(1);
      everyAnswerObeysItsSchema();
    }
  }

  @Test
  void whatASpeechProgramComplainsOfIsReadableForTheGateway() throws Exception {
    String speech = script("speech", "printf 'no voice\\nnone at all' >&2; exit 1");
    try (Agent agent = agent(false, testKey, with("--speech", speech))) {
      command(Frames.signed("s.1", Frames.body().put("about", "")));
      assertThat(outcome("s.1")).isEqualTo("received, failed NO_SPEECH");
      assertThat(receipt("s.1", "failed").path("note").asText()).isEqualTo("no voice none at all");
      assertThat(agent.said()).doesNotContain("Traceback");
    }
  }

  /**
   * What the voice itself makes of the characters: {@code cmn} would read their pinyin as English.
   */
  @Test
  void itsOwnVoiceSaysTheCharacters() throws Exception {
    Path words = Files.writeString(folder.resolve("words.txt"), "立即转移");
    String phonemes = phonemes("cmn-latn-pinyin", words);
    assertThat(phonemes).contains("tS;'i35").doesNotContain("(en)");
    String help = agentHelp();
    assertThat(help).contains("espeak-ng -v cmn-latn-pinyin -s 150 -f {text} -w {out}");
  }

  private static String phonemes(String voice, Path words) throws Exception {
    return said("espeak-ng", "-v", voice, "-q", "-x", "-f", words.toString());
  }

  private static String agentHelp() throws Exception {
    return said("env", "COLUMNS=400", "python3", "-B", Agent.PROGRAM.toString(), "--help")
        .replaceAll("\\s+", " ");
  }

  private static String said(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }

  private static String[] with(String... more) {
    return Stream.of(GOLDEN, more).flatMap(Arrays::stream).toArray(String[]::new);
  }

  private static ObjectNode audio(String content, int seq, String url, String hash)
      throws Exception {
    ObjectNode body = Frames.body().put("text", "").put("about", "").put("content", content);
    ((ObjectNode) body.put("seq", seq).path("speech")).put("audio", url).put("sha256", hash);
    return body;
  }

  private void says(String level, String exit) throws Exception {
    Files.writeString(folder.resolve("level"), level);
    Files.writeString(folder.resolve("exit"), exit);
  }

  private String script(String name, String lines) throws Exception {
    Path script = folder.resolve(name);
    Files.writeString(script, "#!/bin/sh\ncd '" + folder + "'\n" + lines + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }

  private Path tone() throws Exception {
    Path tone = folder.resolve("tone.wav");
    Process process =
        new ProcessBuilder("espeak-ng", "-v", "cmn-latn-pinyin", "-w", tone.toString(), "转移")
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
    return tone;
  }
}

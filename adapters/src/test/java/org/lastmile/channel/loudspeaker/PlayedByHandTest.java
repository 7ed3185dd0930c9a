package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.Signal.Presence;

/**
 * Plays a device with the very shell lines of {@code device-firmware-config/README.md}: the
 * contract can be obeyed by somebody who has only that page, mosquitto-clients, jq and openssl.
 */
class PlayedByHandTest {
  private static final Path README = Path.of("..", "device-firmware-config", "README.md");

  @TempDir Path folder;
  private LoudspeakerChannel channel;
  private Process listener;

  @BeforeEach
  void tools() {
    for (String tool : new String[] {"bash", "mosquitto_sub", "mosquitto_pub", "jq", "openssl"}) {
      assumeTrue(Mosquitto.program(tool).isPresent(), tool + " is not installed");
    }
  }

  @AfterEach
  void close() {
    if (listener != null) {
      listener.descendants().forEach(ProcessHandle::destroyForcibly);
      listener.destroyForcibly();
    }
    if (channel != null) {
      channel.close();
    }
  }

  @Test
  void a_device_is_played_by_hand_on_the_embedded_endpoint() throws Exception {
    channel =
        LoudspeakerChannel.open(
            LoudspeakerConfig.embedded(0), new MemoryInHeap(), Clock.systemUTC(), null);
    play(channel.port().orElseThrow(), channel.passwordOf("LS-0001"));
  }

  @Test
  void a_device_is_played_by_hand_through_a_broker_and_its_power_cut_is_told() throws Exception {
    try (Broker broker = Broker.best("LS-0001")) {
      channel =
          LoudspeakerChannel.open(
              LoudspeakerConfig.broker(
                  "mqtt://127.0.0.1:" + broker.port(), Broker.GATEWAY, Broker.PASSWORD),
              new MemoryInHeap(),
              Clock.systemUTC(),
              null);
      Heard heard = play(broker.port(), Broker.PASSWORD);
      // kill -9 sends no goodbye: the broker publishes the last will.
      listener.descendants().forEach(ProcessHandle::destroyForcibly);
      listener.destroyForcibly();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  heard.all().stream()
                      .anyMatch(
                          s ->
                              s instanceof Presence p
                                  && p.id().equals("LS-0001")
                                  && p.state() == Signal.State.OFFLINE
                                  && p.why().equals("lost its connection")));
    }
  }

  @Test
  void a_command_out_of_a_burst_is_verified_by_the_page_alone() throws Exception {
    assumeTrue(Mosquitto.program("xxd").isPresent(), "xxd is not installed");
    String key = new String(GoldenFramesTest.golden("test-key.json"), StandardCharsets.UTF_8);
    Files.writeString(folder.resolve("pub.pem"), SigningKey.parse(key).publicKey().pem());
    String look = line("jq -r .body") + "\n" + block("lastmile-tree-v1:");
    assertThat(run(look, Map.of("LINE", frame("tree-first")))).isZero();
    assertThat(run(look, Map.of("LINE", frame("tree-last")))).isZero();
    assertThat(run(look, Map.of("LINE", frame("tree-wrong-sibling")))).isNotZero();
    assertThat(run(look, Map.of("LINE", frame("tree-wrong-order")))).isNotZero();
  }

  private static String frame(String name) throws IOException {
    return new String(GoldenFramesTest.golden(name + ".json"), StandardCharsets.UTF_8);
  }

  private Heard play(int port, String password) throws Exception {
    Map<String, String> env =
        Map.of(
            "HOST",
            "127.0.0.1",
            "PORT",
            Integer.toString(port),
            "DEV",
            "LS-0001",
            "PASS",
            password);
    Heard heard = Heard.by(channel);
    await().until(() -> channel.room() > 0);

    listener = shell(block("mosquitto_sub"), env).start();
    BufferedReader commands = listener.inputReader(StandardCharsets.UTF_8);
    String pub = block("pub() {").lines().findFirst().orElseThrow() + "\n";
    String birth = line("\"type\":\"birth\"");
    assertThat(run(pub + birth, env)).isZero();
    Presences.awaitOnline(channel, 1);

    // The subscription is not seen from here: a command that nobody listens to is tried again.
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                channel
                        .send(ChannelContract.message("w1-0.1", "LS-0001"))
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS)
                    instanceof Outcome.Accepted);
    String command = commands.readLine();
    Path pem = folder.resolve("pub.pem");
    Files.writeString(pem, channel.publicKey().pem());
    Map<String, String> look = new HashMap<>(env);
    look.put("LINE", command);
    assertThat(run(block("openssl pkeyutl"), look)).as("signature of " + command).isZero();

    Map<String, String> answer = new HashMap<>(env);
    answer.put("ID", find(command, "\"id\":\"([^\"]+)\""));
    answer.put(
        "CONTENT", find(Files.readString(folder.resolve("body")), "\"content\":\"([^\"]+)\""));
    assertThat(run(pub + line("\"outcome\":\"received\""), answer)).isZero();
    assertThat(run(pub + line("\"outcome\":\"played\",\"at\":0"), answer)).isZero();
    for (Evidence evidence : new Evidence[] {Evidence.RECEIVED, Evidence.PLAYED}) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  heard.confirmations().stream()
                      .anyMatch(c -> c.attempt().equals("w1-0.1") && c.evidence() == evidence));
    }
    return heard;
  }

  private ProcessBuilder shell(String script, Map<String, String> env) {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", script)
            .directory(folder.toFile())
            .redirectError(folder.resolve("errors").toFile());
    builder.environment().putAll(env);
    return builder;
  }

  private int run(String script, Map<String, String> env) throws Exception {
    Process process = shell(script, env).redirectOutput(folder.resolve("output").toFile()).start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(script).isTrue();
    return process.exitValue();
  }

  /** The README's shell block that holds those words. */
  private static String block(String words) throws IOException {
    Matcher m =
        Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
    while (m.find()) {
      if (m.group(1).contains(words)) {
        return m.group(1);
      }
    }
    throw new IOException(README + " has no shell block with " + words);
  }

  /** The README's shell line that holds those words. */
  private static String line(String words) throws IOException {
    return block(words).lines().filter(l -> l.contains(words)).findFirst().orElseThrow();
  }

  private static String find(String text, String pattern) {
    Matcher m = Pattern.compile(pattern).matcher(text);
    assertThat(m.find()).as(pattern + " in " + text).isTrue();
    return m.group(1);
  }
}

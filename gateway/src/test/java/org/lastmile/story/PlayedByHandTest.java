package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.lastmile.story.Point.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.loudspeaker.Mosquitto;

/**
 * A loudspeaker played with the shell lines of {@code device-firmware-config/README.md} and nothing
 * else covers its point: whoever builds devices can try theirs against a whole gateway this way.
 */
class PlayedByHandTest extends Story {
  private static final Path README = Path.of("..", "device-firmware-config", "README.md");

  private final Map<String, String> environment = new HashMap<>();
  private Process listener;

  @BeforeEach
  void open() throws Exception {
    for (String tool : new String[] {"bash", "mosquitto_sub", "mosquitto_pub", "jq", "openssl"}) {
      assumeTrue(Mosquitto.program(tool).isPresent(), tool + " is not installed");
    }
    township(1, Duration.ofMillis(20)).loudspeakersByHand().opens();
    environment.put("HOST", "127.0.0.1");
    environment.put("PORT", Integer.toString(town.mqttPort()));
    environment.put("DEV", "v1");
    environment.put("PASS", town.gateway().passwords().get("v1"));
  }

  @AfterEach
  void hangUp() {
    if (listener != null) {
      listener.descendants().forEach(ProcessHandle::destroyForcibly);
      listener.destroyForcibly();
    }
  }

  @Test
  void a_loudspeaker_played_by_hand_covers_its_point() throws Exception {
    listener = shell(block("mosquitto_sub")).start();
    BufferedReader commands = listener.inputReader(StandardCharsets.UTF_8);
    Township.until("the device is there", () -> devicesOnline() == 1);
    String pub = block("pub() {").lines().findFirst().orElseThrow() + "\n";
    run(pub + line("\"type\":\"birth\""));

    Issued warning = town.issues(Alert.red("r1"));
    person("王").repliesTo("1号滑坡", "收到");
    environment.put("LINE", commands.readLine());
    Files.writeString(folder.resolve("pub.pem"), ((GatewayHere) town.gateway()).pem());
    run(block("openssl pkeyutl"));
    JsonNode body = Gateway.json(Files.readString(folder.resolve("body")));
    assertThat(body.path("text").asText()).contains("暴雨红色预警");

    environment.put("ID", Gateway.json(environment.get("LINE")).path("id").asText());
    environment.put("CONTENT", body.path("content").asText());
    run(pub + line("\"outcome\":\"received\""));
    Township.until("the person's answer is in", () -> Township.answered(warning) == 1);
    assertThat(warning.point("p1")).isNotCovered();

    run(pub + line("\"outcome\":\"played\",\"at\":0"));
    assertThat(warning.point("p1")).isCovered();
  }

  private int devicesOnline() {
    for (JsonNode channel : town.gateway().get("/api/v1/channels")) {
      for (JsonNode part : channel.path("parts")) {
        if (part.path("name").asText().equals("devices")) {
          return part.path("facts").path("online").asInt();
        }
      }
    }
    return 0;
  }

  private ProcessBuilder shell(String script) {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", script)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("errors").toFile()));
    builder.environment().putAll(environment);
    return builder;
  }

  private void run(String script) throws Exception {
    Process process = shell(script).redirectOutput(folder.resolve("output").toFile()).start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(script).isTrue();
    assertThat(process.exitValue())
        .as("%s%n%s", script, Files.readString(folder.resolve("errors")))
        .isZero();
  }

  /** The README's shell block that holds those words. */
  private static String block(String words) throws IOException {
    Matcher block =
        Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
    while (block.find()) {
      if (block.group(1).contains(words)) {
        return block.group(1);
      }
    }
    throw new IOException(README + " has no shell block with " + words);
  }

  /** The README's shell line that holds those words. */
  private static String line(String words) throws IOException {
    return block(words).lines().filter(l -> l.contains(words)).findFirst().orElseThrow();
  }
}

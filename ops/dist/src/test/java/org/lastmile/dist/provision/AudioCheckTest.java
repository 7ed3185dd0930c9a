package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lastmile.dist.Lastmile;

/** {@code check} names the loudspeakers that need audio where no device could fetch it. */
class AudioCheckTest {
  private static final String ANYWHERE = "broker: embedded, port: 0";

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void registry() {
    new Township(
            folder,
            Township.mute("LS-MUTE"),
            Township.speaker("LS-TALKS"),
            Township.mute("GY-MUTE"))
        .close();
  }

  private int check(String url, String loudspeaker) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("lastmile.yaml"),
            """
            http: { host: 127.0.0.1, port: 0, management-port: 0, public-url: "%s" }
            store: { data: data }
            channels:
              loudspeaker: { %s }
              horn: { url: 'http://county.example/x', body: '{"a":"{text}"}', devices: { prefixes: [GY-] } }
            """
                .formatted(url, loudspeaker));
    return Lastmile.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute("check", "--config", file.toString());
  }

  @Test
  void whereNothingMakesAudio() throws Exception {
    assertThat(check("http://10.0.0.5:8080", ANYWHERE)).isEqualTo(1);
    assertThat(err.toString())
        .contains("channels.loudspeaker.speech: 1 loudspeakers", "speech: {}", ": LS-MUTE")
        .doesNotContain("LS-TALKS", "GY-MUTE");
  }

  @Test
  void whereNoAddressIsConfigured() throws Exception {
    assertThat(check("", ANYWHERE + ", speech: {}")).isEqualTo(1);
    assertThat(err.toString()).contains("set http.public-url", ": LS-MUTE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "[::1]"})
  void whereTheAddressIsTheDeviceItself(String host) throws Exception {
    String url = "http://" + host + ":8080";
    assertThat(check(url, ANYWHERE + ", speech: {}")).isEqualTo(1);
    assertThat(err.toString()).contains(url + "/audio is the device itself", ": LS-MUTE");
  }

  @Test
  void devicesOnThisMachineReachIt() throws Exception {
    String here = "broker: embedded, host: 127.0.0.1, port: 0, speech: {}";
    assertThat(check("http://localhost:8080", here)).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("ok       channels.loudspeaker.speech: audio for 1 loudspeakers");
  }

  @Test
  void anAddressOfTheNetworkIsGood() throws Exception {
    assertThat(check("http://10.0.0.5:8080", ANYWHERE + ", speech: {}"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .contains("ok       channels.loudspeaker.speech: audio for 1 loudspeakers");
  }
}

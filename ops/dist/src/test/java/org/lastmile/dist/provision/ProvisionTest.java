package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.zxing.BinaryBitmap;
import com.google.zxing.LuminanceSource;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.loudspeaker.Mosquitto;
import org.lastmile.channel.loudspeaker.Provisioning;
import org.lastmile.config.Config;
import org.lastmile.dist.Lastmile;
import org.lastmile.ledger.RedisLedger;
import org.lastmile.warning.Loudspeaker;

/** What an installer gets from {@code lastmile provision}. */
class ProvisionTest {
  @TempDir private Path folder;
  private final List<Township> towns = new ArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private Township town(Path where, Loudspeaker... loudspeakers) {
    Township town = new Township(where, loudspeakers);
    towns.add(town);
    return town;
  }

  @AfterEach
  void close() {
    towns.forEach(Township::close);
  }

  private int run(String... args) {
    return Lastmile.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  private int provision(String config, String... more) {
    String[] usual = {"provision", "--config", config, "--out", out().toString()};
    return run(Stream.of(usual, more).flatMap(Arrays::stream).toArray(String[]::new));
  }

  private Path out() {
    return folder.resolve("out");
  }

  private String written(String file) throws IOException {
    return Files.readString(out().resolve(file));
  }

  @Test
  void everyDeviceGetsABundleBesideARunningGatewayAndNobodyElseCanReadIt() throws Exception {
    Township town = town(folder, Township.speaker("LS-0001"), Township.speaker("LS-0002"));
    String config = town.config("broker: embedded, port: 1884");
    Provisioning site;
    try (RedisLedger ledger = town.ledger()) {
      assertThat(provision(config, "--all", "--host", "gw.example", "--floor"))
          .as(err.toString())
          .isZero();
      site =
          Provisioning.of(
              Config.read(Path.of(config)).loudspeaker(),
              ledger.memory("loudspeaker"),
              Clock.systemUTC());
    }
    JsonNode json = Frames.JSON.readTree(written("devices/LS-0001/device.json"));
    assertThat(json.path("contract").asInt()).isEqualTo(1);
    assertThat(json.path("device").asText()).isEqualTo("LS-0001");
    assertThat(json.path("password").asText()).isEqualTo(site.password("LS-0001"));
    assertThat(json.path("server").toString())
        .isEqualTo("{\"host\":\"gw.example\",\"port\":1884,\"tls\":false,\"ca\":\"\"}");
    assertThat(json.path("code").asText()).isEqualTo("510723104201");
    assertThat(json.path("groups").toString()).isEqualTo("[\"P-1\",\"510723104201-三组\"]");
    assertThat(json.path("keys").path(0).path("public").asText())
        .isEqualTo(site.keys().get(0).key().base64());
    assertThat(json.path("keys").path(0).path("use").asText()).isEqualTo("command");
    assertThat(json.path("floor").asBoolean()).isTrue();
    assertThat(out.toString()).contains("2 bundles for gw.example:1884", "without TLS");
    try (Stream<Path> files = Files.walk(out())) {
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  void shellAndUciSayTheSameAsJson() throws Exception {
    assumeTrue(Mosquitto.program("python3").isPresent(), "python3 is not installed");
    String config = town(folder, Township.speaker("LS-0001")).config("broker: embedded");
    assertThat(provision(config, "--device", "LS-0001", "--host", "h")).as(err.toString()).isZero();
    String agent = Path.of("../../device-firmware-config/agent").toAbsolutePath().toString();
    String same =
        """
        import os, sys
        sys.path.insert(0, sys.argv[1])
        from lastmile_speaker.bundle import Bundle
        json, uci = (vars(Bundle.read(f)) for f in ("device.json", "device.uci"))
        assert json == uci, (json, uci)
        env = {k[9:].lower(): v for k, v in os.environ.items() if k.startswith("LASTMILE_")}
        assert env["device"] == json["device"] and env["password"] == json["password"], env
        assert env["groups"].split() == sorted(json["groups"], reverse=True), env
        """;
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "set -a; . ./device.env; exec python3 -B -c \"$1\" \"$2\"",
                "sh",
                same,
                agent)
            .directory(out().resolve("devices/LS-0001").toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  @Test
  void aCameraReadsTheLabelAndLearnsNoPasswordUnlessAskedFor() throws Exception {
    String config = town(folder, Township.speaker("LS-0001")).config("broker: embedded");
    assertThat(provision(config, "--all", "--host", "h")).as(err.toString()).isZero();
    JsonNode json = Frames.JSON.readTree(written("devices/LS-0001/device.json"));
    String label = written("devices/LS-0001/label.svg");
    String fingerprint = json.path("fingerprint").asText();
    assertThat(scanned(label)).isEqualTo("lastmile:speaker?id=LS-0001&fp=" + fingerprint);
    assertThat(label)
        .contains(">LS-0001<", ">上坝村<", ">上坝&lt;滑坡&gt;<", ">" + fingerprint + "<")
        .doesNotContain(json.path("password").asText());

    assertThat(provision(config, "--all", "--host", "h", "--secret-in-label")).isZero();
    assertThat(scanned(written("devices/LS-0001/label.svg")))
        .endsWith("&password=" + json.path("password").asText());
  }

  @Test
  void everyProblemOfTheRegistryIsToldAtOnceAndNothingIsWritten() throws Exception {
    Township town =
        town(
            folder,
            Township.speaker("LS-1"),
            Township.speaker("ls-1"),
            Township.speaker("a:b"),
            Township.speaker("lastmile-gateway"),
            Township.speaker("x".repeat(65)),
            Township.without("LS-2", ""));
    String config = town.config("broker: embedded");
    assertThat(provision(config, "--all", "--host", "h")).isEqualTo(1);
    assertThat(err.toString())
        .contains(
            "'ls-1'",
            "capitals",
            "'a:b'",
            "colon",
            "'lastmile-gateway'",
            "64 characters",
            "'LS-2'",
            "nothing was written");
    assertThat(out()).doesNotExist();

    assertThat(provision(config, "--all", "--host", "h", "--despite-problems")).isZero();
    assertThat(out().resolve("devices")).isDirectoryContaining("glob:**/LS-1");
    assertThat(out().resolve("devices/LS-2")).doesNotExist();
  }

  @Test
  void aDeviceThatTheRegistryDoesNotHaveIsNamed() throws Exception {
    Township town = town(folder, Township.speaker("LS-1"));
    String config = town.config("broker: embedded");
    town.close(); // also without a gateway
    assertThat(provision(config, "--device", "LS-9", "--host", "h")).isEqualTo(1);
    assertThat(err.toString()).contains("'LS-9': the registry has no such device");
    assertThat(provision(config, "--all")).isEqualTo(1);
    assertThat(err.toString()).contains("Give --host");
  }

  @Test
  void whatAnotherSiteLeftIsNotOverwrittenSilently() throws Exception {
    Township town = town(folder, Township.speaker("LS-1"), Township.speaker("LS-2"));
    String config = town.config("broker: embedded");
    assertThat(provision(config, "--all", "--host", "h")).isZero();
    assertThat(provision(config, "--all", "--host", "other")).as("the same device again").isZero();
    String before = written("devices/LS-1/device.json");

    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    String other = town(elsewhere, Township.speaker("LS-1")).config("broker: embedded");
    assertThat(provision(other, "--all", "--host", "h")).isEqualTo(1);
    assertThat(err.toString())
        .contains("LS-1/device.json: has another password", "mosquitto.passwd: admits LS-2");
    assertThat(written("devices/LS-1/device.json")).isEqualTo(before);

    assertThat(provision(other, "--all", "--host", "h", "--replace")).isZero();
    assertThat(written("devices/LS-1/device.json")).isNotEqualTo(before);
    assertThat(written("broker/mosquitto.passwd")).doesNotContain("LS-2:");
  }

  @Test
  void oneDeviceAloneKeepsTheOthersAdmittedAndTheGatewaysPassword() throws Exception {
    Township town = town(folder, Township.speaker("LS-1"), Township.speaker("LS-2"));
    String config = town.config("broker: embedded");
    assertThat(provision(config, "--all", "--host", "h")).isZero();
    String password = written("broker/gateway.password");
    assertThat(provision(config, "--device", "LS-2", "--host", "h")).isZero();
    assertThat(written("broker/mosquitto.passwd")).contains("LS-1:$7$101$", "LS-2:$7$101$");
    assertThat(written("broker/gateway.password")).isEqualTo(password).hasSizeGreaterThan(20);
  }

  @Test
  void withABrokerItsAddressAndItsTlsAreTheDevices() throws Exception {
    Path ca = Files.writeString(folder.resolve("ca.crt"), "-----BEGIN CERTIFICATE-----\n");
    String config =
        town(folder, Township.speaker("LS-1"))
            .config("broker: 'mqtts://mqtt.example', username: gw, password: secret");
    assertThat(provision(config, "--all", "--tls-ca", ca.toString())).as(err.toString()).isZero();
    JsonNode server = Frames.JSON.readTree(written("devices/LS-1/device.json")).path("server");
    assertThat(server.toString())
        .isEqualTo("{\"host\":\"mqtt.example\",\"port\":8883,\"tls\":true,\"ca\":\"ca.pem\"}");
    assertThat(written("devices/LS-1/ca.pem")).isEqualTo(Files.readString(ca));
    assertThat(written("broker/mosquitto.conf"))
        .contains("\nlistener 8883\ncertfile ", "max_inflight_messages 1000", "\nkeyfile ")
        .doesNotContain("listener 1883");
    assertThat(written("broker/gateway.password")).isEqualTo("secret\n");
    assertThat(written("broker/mosquitto.passwd")).contains("gw:$7$50000$");
  }

  private static String scanned(String svg) throws Exception {
    Matcher size = Pattern.compile("viewBox=\"0 0 (\\d+) \\1\"").matcher(svg);
    assertThat(size.find()).isTrue();
    int modules = Integer.parseInt(size.group(1));
    int dot = 4;
    int side = modules * dot;
    int[] pixels = new int[side * side];
    Arrays.fill(pixels, 0xffffff);
    Matcher module = Pattern.compile("M(\\d+) (\\d+)h1v1h-1z").matcher(svg);
    while (module.find()) {
      int left = Integer.parseInt(module.group(1)) * dot;
      int top = Integer.parseInt(module.group(2)) * dot;
      for (int y = top; y < top + dot; y++) {
        Arrays.fill(pixels, y * side + left, y * side + left + dot, 0);
      }
    }
    LuminanceSource source = new RGBLuminanceSource(side, side, pixels);
    return new QRCodeReader().decode(new BinaryBitmap(new HybridBinarizer(source))).getText();
  }
}

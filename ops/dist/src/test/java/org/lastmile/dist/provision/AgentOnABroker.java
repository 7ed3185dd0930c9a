package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;
import org.lastmile.channel.loudspeaker.Mosquitto;
import org.lastmile.channel.loudspeaker.Provisioning;
import org.lastmile.channel.loudspeaker.PublicKey;
import org.lastmile.channel.loudspeaker.TrustedKey;

/** The reference loudspeaker on a provisioned broker, and a bare client that plays its gateway. */
abstract class AgentOnABroker {
  static final Duration SOON = Duration.ofSeconds(20);
  static final String[] GOLDEN = {"--now", "" + Frames.NOW, "--speed", "200"};

  static final Path GOLDEN_FOLDER =
      Path.of("../../device-firmware-config/src/main/resources/lastmile/device/v1/golden");

  @TempDir Path folder;
  int port;
  Provisioning site;
  PublicKey testKey;
  ProvisionedBroker broker;
  Wire gateway;

  @BeforeEach
  void broker() throws Exception {
    Agent.need();
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
    port = ProvisionedBroker.freePort();
    site = Provisioning.of(LoudspeakerConfig.embedded(port), new MemoryInHeap(), Clock.systemUTC());
    testKey = new PublicKey(Frames.TEST_KEY, "Ed25519", Frames.testKey().path("public").asText());
    Bundles bundles = new Bundles(folder, false);
    Server server = new Server("127.0.0.1", port, false, null);
    bundles.writeBroker(
        List.of(bundle(false, testKey)), server, Site.GATEWAY, Site.GATEWAY_PASSWORD);
    broker = ProvisionedBroker.files(folder.resolve("broker"), port);
    gateway = new Wire(port, Site.GATEWAY, Site.GATEWAY_PASSWORD);
    gateway.subscribe("lm/v1/d/+/rcpt");
    gateway.subscribe("lm/v1/d/+/state");
  }

  @AfterEach
  void close() {
    if (gateway != null) {
      gateway.close();
      broker.close();
    }
  }

  Bundle bundle(boolean floor, PublicKey... keys) {
    return bundle(floor, Stream.of(keys).map(TrustedKey::command).toList());
  }

  Bundle bundle(boolean floor, List<TrustedKey> keys) {
    return new Bundle(
        new org.lastmile.warning.Loudspeaker(
            Site.DEVICE, "", "", null, List.of("school"), "", "", "", "510723104201"),
        List.of(),
        site.password(Site.DEVICE),
        new Server("127.0.0.1", port, false, null),
        keys,
        floor);
  }

  Agent agent(boolean floor, PublicKey key, String... options) throws Exception {
    return agent(bundle(floor, key), options);
  }

  Agent agent(Bundle bundle, String... options) throws Exception {
    Path out = Files.createTempDirectory(folder, "agent");
    Bundles bundles = new Bundles(out, false);
    bundles.write(bundle);
    long before = births();
    Agent agent = new Agent(bundles.folderOf(Site.DEVICE), out, options);
    await().atMost(SOON).until(() -> births() > before);
    return agent;
  }

  /** A power cut, and it is back. */
  void restart(Agent agent) throws Exception {
    agent.kill();
    long before = births();
    agent.start();
    await().atMost(SOON).until(() -> births() > before);
  }

  void command(String frame) throws Exception {
    gateway.publish("lm/v1/d/" + Site.DEVICE + "/cmd", frame);
  }

  /** Every receipt for a delivery up to the last word. */
  String outcome(String id) throws IOException {
    await()
        .atMost(SOON)
        .until(() -> receipts(id).stream().anyMatch(r -> !r.matches("received|playing")));
    return String.join(", ", receipts(id));
  }

  List<String> receipts(String id) throws IOException {
    List<String> outcomes = new ArrayList<>();
    for (JsonNode receipt : published("rcpt")) {
      if (receipt.path("id").asText().equals(id)) {
        outcomes.add(
            (receipt.path("outcome").asText() + " " + receipt.path("reason").asText()).strip());
      }
    }
    return outcomes.stream().distinct().toList();
  }

  long births() throws IOException {
    return published("state").stream().filter(s -> s.path("type").asText().equals("birth")).count();
  }

  JsonNode state(String type) throws IOException {
    await()
        .atMost(SOON)
        .until(
            () -> published("state").stream().anyMatch(s -> s.path("type").asText().equals(type)));
    JsonNode last = null;
    for (JsonNode state : published("state")) {
      last = state.path("type").asText().equals(type) ? state : last;
    }
    return Objects.requireNonNull(last);
  }

  List<JsonNode> published(String what) throws IOException {
    List<JsonNode> found = new ArrayList<>();
    for (Wire.Message message : gateway.heard()) {
      if (message.topic().endsWith("/" + what)) {
        found.add(Frames.JSON.readTree(message.payload()));
      }
    }
    return found;
  }

  void everyAnswerObeysItsSchema() throws IOException {
    for (String[] kind : new String[][] {{"rcpt", "receipt"}, {"state", "state"}}) {
      try (InputStream in =
          SpeakerChecksTest.class.getResourceAsStream(
              "/lastmile/device/v1/schema/" + kind[1] + ".schema.json")) {
        JsonSchema schema =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
        assertThat(published(kind[0])).isNotEmpty();
        for (JsonNode said : published(kind[0])) {
          assertThat(schema.validate(said)).as(said.toString()).isEmpty();
        }
      }
    }
  }

  /** A golden frame is sent, and answered so. */
  void golden(String name, String expected) throws Exception {
    String frame = Frames.text(name);
    command(frame);
    assertThat(outcome(Frames.JSON.readTree(frame).path("id").asText()))
        .as(name)
        .isEqualTo(expected);
  }

  /** The receipt for that delivery with that outcome, once it has come. */
  JsonNode receipt(String id, String outcome) {
    return await()
        .atMost(SOON)
        .until(
            () ->
                published("rcpt").stream()
                    .filter(r -> r.path("id").asText().equals(id))
                    .filter(r -> r.path("outcome").asText().equals(outcome))
                    .findFirst()
                    .orElse(null),
            Objects::nonNull);
  }
}

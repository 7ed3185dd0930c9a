package org.lastmile.dist.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;
import org.lastmile.channel.loudspeaker.Mosquitto;
import org.lastmile.channel.loudspeaker.Provisioning;
import org.lastmile.channel.loudspeaker.PublicKey;
import org.lastmile.channel.loudspeaker.TrustedKey;

/** The reference loudspeaker's checks, with frames that no gateway would send. */
class SpeakerChecksTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String[] GOLDEN = {"--now", "" + Frames.NOW, "--speed", "200"};

  private static final Path GOLDEN_FOLDER =
      Path.of("../../device-firmware-config/src/main/resources/lastmile/device/v1/golden");

  @TempDir private Path folder;
  private int port;
  private Provisioning site;
  private PublicKey testKey;
  private ProvisionedBroker broker;
  private Wire gateway;

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

  @Test
  void everyGoldenFrameGetsItsGoldenOutcome() throws Exception {
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      for (String[] frame :
          new String[][] {
            {"refuse-unsigned", "refused BAD_SIGNATURE"},
            {"refuse-bad-signature", "refused BAD_SIGNATURE"},
            {"refuse-unknown-key", "refused UNKNOWN_KEY"},
            {"refuse-not-for-me", "refused NOT_FOR_ME"},
            {"refuse-unsupported-type", "refused UNSUPPORTED"},
            {"refuse-expired", "expired"},
            {"command-test", "received, playing, played"},
            {"command-warn-one-device", "received, playing, played"},
            // Its audio is nowhere: the signed text is spoken.
            {"command-drill-audio", "received, playing, played"},
            {"command-warn", "received, playing, played"},
            {"command-update", "received, playing, played"},
            {"command-stop", "received, stopped DONE"},
            {"command-lift", "received, playing, played"},
          }) {
        String golden = Frames.text(frame[0]);
        command(golden);
        assertThat(outcome(Frames.JSON.readTree(golden).path("id").asText()))
            .as(frame[0])
            .isEqualTo(frame[1]);
      }
      try (Stream<Path> frames = Files.list(GOLDEN_FOLDER)) {
        assertThat(frames.map(f -> f.getFileName().toString()))
            .as("golden commands, all of them above")
            .filteredOn(n -> n.matches("(command|refuse)-.*") && !n.endsWith(".body.json"))
            .hasSize(13);
      }
      assertThat(agent.said()).doesNotContain("Traceback");
      everyAnswerObeysItsSchema();
    }
  }

  @Test
  void whatIsNotSignedByAKnownKeyOrNotNewIsRefusedWithItsReason() throws Exception {
    String[] openssl = {"--now", "" + Frames.NOW, "--speed", "200", "--verify", "openssl"};
    try (Agent agent = agent(false, testKey, openssl)) {
      ObjectNode body = Frames.body();
      command(Frames.signed("good.1", body));
      assertThat(outcome("good.1")).isEqualTo("received, playing, played");

      ObjectNode unsigned = (ObjectNode) Frames.JSON.readTree(Frames.signed("u.1", body));
      unsigned.remove("sig");
      command(unsigned.toString());
      assertThat(outcome("u.1")).isEqualTo("refused BAD_SIGNATURE");

      ObjectNode moved = (ObjectNode) Frames.JSON.readTree(Frames.signed("m.1", body));
      moved.put("sig", "A".repeat(86) + "==");
      command(moved.toString());
      assertThat(outcome("m.1")).isEqualTo("refused BAD_SIGNATURE");

      // The very bytes again, under a name the gateway did not give: answered, not played.
      command(Frames.signed("good.2", body));
      assertThat(outcome("good.2")).isEqualTo("played");
      body.put("content", "other");
      command(Frames.signed("replay.1", body));
      assertThat(outcome("replay.1")).isEqualTo("refused REPLAYED");

      body.put("content", "old").put("seq", 200).put("notAfter", Frames.NOW - 1);
      command(Frames.signed("old.1", body));
      assertThat(outcome("old.1")).isEqualTo("expired");

      body.put("content", "earlier").put("seq", 201).put("notAfter", Frames.NOW + 600);
      body.put("issued", Frames.NOW - 60);
      command(Frames.signed("earlier.1", body));
      assertThat(outcome("earlier.1")).isEqualTo("refused SUPERSEDED");

      command("{\"v\":1,\"id\":\"bad.1\"");
      command("{\"v\":1,\"id\":\"bad.2\",\"body\":7}");
      assertThat(outcome("bad.2")).isEqualTo("refused MALFORMED");
      assertThat(agent.sounds("w1-red")).hasSize(1);
      assertThat(agent.sounds("other")).isEmpty();
      everyAnswerObeysItsSchema();
    }
  }

  @Test
  void afterARotationTheOldKeyIsRefusedAndAFullMemoryStillKnowsWhatIsOld() throws Exception {
    try (Agent agent = agent(false, site.keys().get(0).key(), GOLDEN)) {
      command(Frames.signed("old-key.1", Frames.body()));
      assertThat(outcome("old-key.1")).isEqualTo("refused UNKNOWN_KEY");
      agent.kill();
    }
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      ObjectNode body = Frames.body();
      body.put("kind", "STOP").put("text", "").put("about", "");
      for (int seq = 1001; seq <= 1064; seq++) {
        command(Frames.signed("s-" + seq, body.put("content", "c-" + seq).put("seq", seq)));
      }
      assertThat(outcome("s-1064")).isEqualTo("received, stopped DONE");
      agent.kill();
      long before = births();
      agent.start(); // what it knows it knows after a power cut
      await().atMost(SOON).until(() -> births() > before);
      ObjectNode old = Frames.body().put("content", "lower").put("seq", 1000);
      command(Frames.signed("lower.1", old));
      assertThat(outcome("lower.1")).isEqualTo("refused REPLAYED");
    }
  }

  @Test
  void withoutHistoryItObeysNothingBeforeItsOwnBootsFloor() throws Exception {
    try (Agent agent = agent(true, testKey, "--clock", "none", "--speed", "200")) {
      JsonNode birth = state("birth");
      assertThat(birth.path("needs").asText()).isEqualTo("floor");
      assertThat(birth.path("at").asLong()).isZero();
      ObjectNode warn = Frames.body();
      command(Frames.signed("w.1", warn));
      assertThat(outcome("w.1")).isEqualTo("refused NO_FLOOR");

      ObjectNode floor = Frames.JSON.createObjectNode().put("v", 1).put("type", "floor");
      floor.put("device", Site.DEVICE).put("boot", "another").put("now", Frames.NOW);
      floor.put("epoch", warn.path("epoch").asLong()).put("seq", 100);
      command(Frames.signed("f.1", floor));
      assertThat(outcome("f.1")).isEqualTo("refused REPLAYED");
      command(Frames.signed("f.2", floor.put("boot", birth.path("boot").asText())));
      JsonNode after = state("heartbeat");
      assertThat(after.has("needs")).isFalse();
      assertThat(after.path("at").asLong()).isBetween(Frames.NOW, Frames.NOW + 60);

      command(Frames.signed("below.1", Frames.body().put("content", "below").put("seq", 99)));
      assertThat(outcome("below.1")).isEqualTo("refused REPLAYED");
      command(Frames.signed("w.2", warn));
      assertThat(outcome("w.2")).isEqualTo("received, playing, played");
      assertThat(agent.said()).doesNotContain("Traceback");
    }
  }

  @Test
  void aDiskThatTakesNothingMoreDoesNotSilenceItAndIsTold() throws Exception {
    String[] often = {"--now", "" + Frames.NOW, "--speed", "200", "--heartbeat", "0.2"};
    try (Agent agent = agent(false, testKey, often)) {
      agent.spoilStorage();
      command(Frames.signed("w.1", Frames.body()));
      assertThat(outcome("w.1")).isEqualTo("received, playing, played");
      await().atMost(SOON).until(() -> state("heartbeat").path("fault").asText().equals("STORAGE"));
    }
  }

  @Test
  void recordedAudioIsPlayedWhenItsHashIsRightAndFetchedOnce() throws Exception {
    AtomicInteger fetched = new AtomicInteger();
    byte[] wav = Files.readAllBytes(tone());
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          fetched.incrementAndGet();
          exchange.sendResponseHeaders(200, wav.length);
          exchange.getResponseBody().write(wav);
          exchange.close();
        });
    server.start();
    try (Agent agent = agent(false, testKey, GOLDEN)) {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/a.wav";
      String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(wav));
      ObjectNode body = Frames.body().put("text", "");
      ObjectNode speech = (ObjectNode) body.path("speech");
      speech.put("audio", url).put("sha256", hash);
      command(Frames.signed("a.1", body.put("content", "a1").put("about", "")));
      assertThat(outcome("a.1")).isEqualTo("received, playing, played");
      command(Frames.signed("a.2", body.put("content", "a2").put("seq", 200)));
      assertThat(outcome("a.2")).isEqualTo("received, playing, played");
      assertThat(fetched).hasValue(1);
      assertThat(Files.size(agent.sounds("a1").get(0))).isEqualTo(wav.length);

      speech.put("sha256", "0".repeat(64));
      command(Frames.signed("a.3", body.put("content", "a3").put("seq", 201)));
      assertThat(outcome("a.3")).isEqualTo("received, failed AUDIO_HASH");
    } finally {
      server.stop(0);
    }
  }

  private Bundle bundle(boolean floor, PublicKey... keys) {
    return new Bundle(
        new org.lastmile.warning.Loudspeaker(
            Site.DEVICE, "", "", null, List.of("school"), "", "", "", "510723104201"),
        List.of(),
        site.password(Site.DEVICE),
        new Server("127.0.0.1", port, false, null),
        Stream.of(keys).map(TrustedKey::command).toList(),
        floor);
  }

  private Agent agent(boolean floor, PublicKey key, String... options) throws Exception {
    Path out = Files.createTempDirectory(folder, "agent");
    Bundles bundles = new Bundles(out, false);
    bundles.write(bundle(floor, key));
    long before = births();
    Agent agent = new Agent(bundles.folderOf(Site.DEVICE), out, options);
    await().atMost(SOON).until(() -> births() > before);
    return agent;
  }

  private void command(String frame) throws Exception {
    gateway.publish("lm/v1/d/" + Site.DEVICE + "/cmd", frame);
  }

  /** Every receipt for a delivery up to the last word. */
  private String outcome(String id) throws IOException {
    await()
        .atMost(SOON)
        .until(() -> receipts(id).stream().anyMatch(r -> !r.matches("received|playing")));
    return String.join(", ", receipts(id));
  }

  private List<String> receipts(String id) throws IOException {
    List<String> outcomes = new ArrayList<>();
    for (JsonNode receipt : published("rcpt")) {
      if (receipt.path("id").asText().equals(id)) {
        outcomes.add(
            (receipt.path("outcome").asText() + " " + receipt.path("reason").asText()).strip());
      }
    }
    return outcomes.stream().distinct().toList();
  }

  private long births() throws IOException {
    return published("state").stream().filter(s -> s.path("type").asText().equals("birth")).count();
  }

  private JsonNode state(String type) throws IOException {
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

  private List<JsonNode> published(String what) throws IOException {
    List<JsonNode> found = new ArrayList<>();
    for (Wire.Message message : gateway.heard()) {
      if (message.topic().endsWith("/" + what)) {
        found.add(Frames.JSON.readTree(message.payload()));
      }
    }
    return found;
  }

  private void everyAnswerObeysItsSchema() throws IOException {
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

  private Path tone() throws Exception {
    Path wav = folder.resolve("tone.wav");
    Process process =
        new ProcessBuilder("espeak-ng", "-v", "cmn", "-w", wav.toString(), "转移")
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
    return wav;
  }
}

package org.lastmile.dist.provision;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.Content;
import org.lastmile.channel.Memory;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal.Confirmation;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.Speech;
import org.lastmile.channel.loudspeaker.LoudspeakerChannel;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;
import org.lastmile.channel.loudspeaker.Provisioning;
import org.lastmile.simulators.speakers.FleetSettings;
import org.lastmile.simulators.speakers.SpeakerFleet;
import org.lastmile.simulators.speakers.SpeakerSettings;

/** A gateway's loudspeaker channel and the one device that it provisioned. */
final class Site implements AutoCloseable {
  static final String DEVICE = "LS-0001";
  static final String GATEWAY = "lastmile-gateway";
  static final String GATEWAY_PASSWORD = "of the gateway";
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Memory memory = new MemoryInHeap();
  private final LoudspeakerConfig config;
  private final ProvisionedBroker broker;
  private final Path bundle;
  private final Provisioning site;
  private LoudspeakerChannel channel;
  private Heard heard;

  /** Devices connect to the gateway itself. */
  static Site embedded(Path folder) throws IOException {
    return new Site(folder, LoudspeakerConfig.embedded(ProvisionedBroker.freePort()), false);
  }

  /** Gateway and device connect to a Mosquitto with the provisioned files. */
  static Site broker(Path folder) throws IOException {
    String uri = "mqtt://127.0.0.1:" + ProvisionedBroker.freePort();
    return new Site(folder, LoudspeakerConfig.broker(uri, GATEWAY, GATEWAY_PASSWORD), true);
  }

  private Site(Path folder, LoudspeakerConfig config, boolean brokered) throws IOException {
    this.config = config;
    site = Provisioning.of(config, memory, Clock.systemUTC());
    Server server = new Server("127.0.0.1", port(), false, null);
    Bundle own =
        new Bundle(
            Township.speaker(DEVICE), List.of(), site.password(DEVICE), server, site.keys(), false);
    Bundles bundles = new Bundles(folder.resolve("out"), false);
    bundles.write(own);
    bundles.writeBroker(List.of(own), server, GATEWAY, GATEWAY_PASSWORD);
    bundle = bundles.folderOf(DEVICE);
    broker = brokered ? ProvisionedBroker.files(folder.resolve("out/broker"), port()) : null;
    start();
  }

  private int port() {
    return config.isEmbedded() ? config.port() : URI.create(config.broker()).getPort();
  }

  /** Again on the same port, as soon as that is free. */
  void start() {
    await()
        .atMost(SOON)
        .ignoreException(IOException.class)
        .until(
            () -> {
              channel = LoudspeakerChannel.open(config, memory, Clock.systemUTC(), null);
              return true;
            });
    heard = Heard.by(channel);
  }

  void stop() {
    channel.close();
  }

  Path bundle() {
    return bundle;
  }

  /** Tells the device to fetch a clip until it has heard, and waits for what it says. */
  LoudspeakerChannel.Preloaded preload(URI audio, String sha256) {
    Map<String, LoudspeakerChannel.Preloaded> answers = new ConcurrentHashMap<>();
    channel.onPreloaded(answer -> answers.put(answer.content(), answer));
    AtomicReference<String> content = new AtomicReference<>();
    await()
        .atMost(SOON)
        .until(
            () -> {
              LoudspeakerChannel.Told told = channel.preload(DEVICE, audio, sha256);
              content.set(told.content());
              return told.outcome().toCompletableFuture().get(20, TimeUnit.SECONDS)
                  instanceof Outcome.Accepted;
            });
    return await().atMost(SOON).until(() -> answers.get(content.get()), Objects::nonNull);
  }

  /** Sends until the device has it. */
  void send(String attempt, Content content) {
    await()
        .atMost(SOON)
        .until(
            () ->
                channel
                        .send(new Message(attempt, DEVICE, content, Map.of(), Set.of()))
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS)
                    instanceof Outcome.Accepted);
  }

  Confirmation awaitEvidence(String attempt, Evidence evidence) {
    await().atMost(SOON).until(() -> !evidence(attempt, evidence).isEmpty());
    return evidence(attempt, evidence).get(0);
  }

  List<Confirmation> evidence(String attempt, Evidence evidence) {
    return heard.confirmations().stream()
        .filter(c -> c.attempt().equals(attempt) && c.evidence() == evidence)
        .toList();
  }

  /** In this order sound began or went on, by attempt. */
  List<String> plays() {
    return heard.confirmations().stream()
        .filter(c -> c.evidence() == Evidence.PLAYING)
        .map(Confirmation::attempt)
        .toList();
  }

  /** The last that was heard of a command, with the reason where there is one. */
  String last(String attempt) {
    return heard.confirmations().stream()
        .filter(c -> c.attempt().equals(attempt))
        .reduce((a, b) -> b)
        .map(c -> (c.evidence() + " " + c.why()).strip())
        .orElse("");
  }

  /** The same device, simulated; every play takes that long. */
  SpeakerFleet simulated(Duration playTime) {
    Map<String, byte[]> keys =
        site.keys().stream()
            .filter(k -> k.use().equals("command"))
            .collect(
                Collectors.toMap(
                    k -> k.key().kid(), k -> Base64.getDecoder().decode(k.key().base64())));
    SpeakerFleet fleet =
        new SpeakerFleet(
            FleetSettings.of(URI.create("mqtt://127.0.0.1:" + port()), keys)
                .withPlayTime(playTime)
                .withRetry(Duration.ofMillis(200), Duration.ofSeconds(1)));
    fleet.add(SpeakerSettings.of(DEVICE, "510723104201").withPassword(site.password(DEVICE)));
    return fleet;
  }

  /** Words about the warning w1, unless it is a notice. */
  static Content content(
      String id, Content.Kind kind, int priority, String text, Speech speech, String... ended) {
    Instant now = Instant.now();
    String about = kind == Content.Kind.NOTICE ? "" : priority == 4 ? "w-blue" : "w-red";
    return new Content(
        id,
        kind,
        about,
        text,
        Map.of(),
        speech,
        now,
        now.plusSeconds(600),
        priority,
        false,
        List.of("510723104000"),
        List.of(ended));
  }

  static Speech times(int repeats, String siren) {
    return new Speech(repeats, Duration.ofSeconds(1), 100, siren, null, "");
  }

  @Override
  public void close() {
    channel.close();
    if (broker != null) {
      broker.close();
    }
  }
}

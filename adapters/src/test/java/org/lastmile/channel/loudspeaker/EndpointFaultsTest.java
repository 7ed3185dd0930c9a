package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Signal.Evidence;
import org.lastmile.channel.Signal.Presence;

/** One device that floods, is doubled or has lost its right must not cost the others anything. */
class EndpointFaultsTest {
  private static final String OTHER = "LS-1";
  private static final String MAD = "LS-2";

  private final Vertx vertx = Vertx.vertx();
  private final Map<String, String> passwords =
      new ConcurrentHashMap<>(Map.of(OTHER, "one", MAD, "two"));
  private final AtomicLong skew = new AtomicLong();
  private LoudspeakerChannel channel;
  private TestDevice other;
  private Heard heard;

  @BeforeEach
  void open() throws IOException {
    LoudspeakerConfig config =
        new LoudspeakerConfig(
            null,
            "127.0.0.1",
            0,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            (device, password) -> password.equals(passwords.get(device)),
            null,
            0,
            0,
            null);
    channel =
        LoudspeakerChannel.open(
            config,
            new MemoryInHeap(),
            Clock.systemUTC(),
            () -> System.nanoTime() + skew.get(),
            vertx);
    heard = Heard.by(channel);
    other = new TestDevice(vertx, port(), OTHER, "one", channel.publicKey()).on();
    Presences.awaitOnline(channel, 1);
  }

  @AfterEach
  void close() {
    other.close();
    channel.close();
    vertx.close();
  }

  @Test
  void a_flood_is_cut_off_and_the_others_receipts_come_in_time() throws Exception {
    MqttClient mad = connected(MAD, "two");
    Buffer nonsense = Buffer.buffer("{\"v\":1,\"id\":\"forged\",\"content\":\"c\"}");
    for (int i = 0; i < 10_000; i++) {
      mad.publish("lm/v1/d/LS-2/rcpt", nonsense, MqttQoS.AT_LEAST_ONCE, false, false);
    }
    assertThat(send("w1-0.1")).isInstanceOf(Outcome.Accepted.class);
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> heard.confirmations().stream().anyMatch(c -> c.evidence() == Evidence.PLAYED));
    await().until(() -> !mad.isConnected());
    assertThat(Presences.fact(channel, "ignored " + Allowance.WORDS)).isEqualTo("1");
    long seen = Long.parseLong(Presences.fact(channel, "ignored unreadable receipt"));
    assertThat(seen).isBetween(900L, 1500L);

    assertThat(refused(MAD, "two")).contains("flood, 1 time, last 20");
    skew.addAndGet(Duration.ofSeconds(31).toNanos());
    assertThat(connected(MAD, "two").isConnected()).isTrue();
  }

  @Test
  void a_megabyte_is_cut_off_with_a_word() throws Exception {
    MqttClient mad = connected(MAD, "two");
    mad.publish(
        "lm/v1/d/LS-2/rcpt",
        Buffer.buffer(new byte[1_000_000]),
        MqttQoS.AT_LEAST_ONCE,
        false,
        false);
    await().until(() -> !mad.isConnected());
    assertThat(Presences.fact(channel, "ignored message of more than 64 KiB")).isEqualTo("1");
    assertThat(send("w1-0.1")).isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void credentials_that_are_revoked_end_the_connection_at_its_next_word() {
    passwords.remove(OTHER);
    other.says("heartbeat");
    await()
        .until(
            () ->
                heard.all().stream()
                    .anyMatch(
                        s ->
                            s instanceof Presence p
                                && p.id().equals(OTHER)
                                && p.state() == Signal.State.OFFLINE
                                && p.why().equals("credentials revoked")));
    // It tries again with what it has, and that stands in the console.
    await()
        .until(
            () ->
                Presences.fact(channel, OTHER)
                    .matches(
                        "connection with a wrong user name or password, \\d+ times?, last .*"));
  }

  @Test
  void two_devices_that_throw_each_other_out_are_held_back_and_named() {
    MqttClient one = connected(MAD, "two");
    for (int i = 0; i < 6; i++) {
      MqttClient last = one;
      one = connected(MAD, "two");
      await().until(() -> !last.isConnected());
    }
    MqttClient holds = one;
    assertThat(refused(MAD, "two")).contains("two devices use this id");
    assertThat(holds.isConnected()).isTrue();
    skew.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(connected(MAD, "two").isConnected()).isTrue();
  }

  @Test
  void a_boot_that_comes_back_after_another_shows_two_devices_with_one_id() {
    for (int i = 0; i < 4; i++) {
      for (String boot : new String[] {"00000000000000aa", "00000000000000bb"}) {
        other.says(other.state("heartbeat").put("boot", boot));
      }
    }
    await()
        .until(
            () ->
                heard.all().stream()
                    .anyMatch(
                        s ->
                            s instanceof Presence p
                                && p.id().equals(OTHER)
                                && p.state() == Signal.State.DEGRADED
                                && p.why().contains("two devices use this id")));
  }

  /** What the console says of a device after it was turned away. */
  private String refused(String device, String password) {
    MqttClient client = client(device, password);
    await().until(() -> client.connect(port(), "127.0.0.1").failed() || !client.isConnected());
    await().until(() -> !Presences.fact(channel, device).isEmpty());
    return Presences.fact(channel, device);
  }

  private MqttClient connected(String device, String password) {
    MqttClient client = client(device, password);
    client.connect(port(), "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    return client;
  }

  private MqttClient client(String device, String password) {
    return MqttClient.create(
        vertx,
        new MqttClientOptions()
            .setClientId(device)
            .setUsername(device)
            .setPassword(password)
            .setMaxMessageSize(2_000_000)
            .setMaxInflightQueue(20_000));
  }

  private int port() {
    return channel.port().orElseThrow();
  }

  private Outcome send(String attempt) throws Exception {
    return channel
        .send(ChannelContract.message(attempt, OTHER))
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }
}

package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

/**
 * What only a broker can do to us: refuse, be killed, retain, keep what came while we were away.
 */
class BrokerLinkTest {
  private final Vertx vertx = Vertx.vertx();
  private final MemoryInHeap memory = new MemoryInHeap();
  private Broker broker;
  private LoudspeakerChannel channel;
  private TestDevice device;

  @BeforeEach
  void open() throws IOException {
    broker = Broker.best("LS-1", "LS-2");
    channel = channel();
    device = new TestDevice(vertx, broker.port(), "LS-1", Broker.PASSWORD, channel.publicKey());
  }

  @AfterEach
  void close() {
    device.close();
    channel.close();
    broker.close();
    vertx.close();
  }

  @Test
  void a_killed_broker_is_told_as_a_lane_and_everything_comes_back() throws Exception {
    Heard heard = Heard.by(channel);
    device.on();
    Presences.awaitOnline(channel, 1);
    broker.kill();
    awaitLane(heard, Signal.State.OFFLINE);
    assertThat(channel.room()).isZero();
    assertThat(send("w1-0.1")).isInstanceOf(Outcome.LaneDown.class);
    broker.start();
    awaitLane(heard, Signal.State.ONLINE);
    AtomicInteger n = new AtomicInteger(1);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> send("w1-0." + n.incrementAndGet()) instanceof Outcome.Accepted);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> heard.confirmations().stream().anyMatch(c -> c.evidence() == Evidence.PLAYED));
  }

  @Test
  void a_device_that_said_goodbye_is_not_published_to() throws Exception {
    Heard heard = Heard.by(channel);
    device.on();
    Presences.awaitOnline(channel, 1);
    device.says(device.state("offline").put("reason", "bye"));
    await().until(() -> Presences.online(channel) == 0);
    assertThat(send("w1-0.1"))
        .isEqualTo(new Outcome.Retry(Duration.ofSeconds(30), "device offline"));
    device.says("birth");
    Presences.awaitOnline(channel, 1);
    assertThat(send("w1-0.2")).isInstanceOf(Outcome.Accepted.class);
    assertThat(
            heard.all().stream()
                .filter(s -> s instanceof Presence p && p.id().equals("LS-1"))
                .map(s -> ((Presence) s).state())
                .toList())
        .startsWith(Signal.State.ONLINE, Signal.State.OFFLINE, Signal.State.ONLINE);
  }

  @Test
  void a_command_is_never_retained() throws Exception {
    Heard.by(channel);
    device.on();
    Presences.awaitOnline(channel, 1);
    assertThat(send("w1-0.1")).isInstanceOf(Outcome.Accepted.class);
    await().until(() -> device.commands.size() == 1);
    device.off();
    device.on();
    await().until(device::isOn);
    await().until(() -> send("w1-0.2") instanceof Outcome.Accepted);
    await().until(() -> device.commands.size() >= 2);
    assertThat(device.bodies.stream().map(b -> b.get("content").textValue()).toList())
        .isEqualTo(List.of("c-w1-0.1", "c-w1-0.2"));
  }

  @Test
  void mosquitto_says_when_no_device_listens() throws Exception {
    assumeTrue(
        Mosquitto.isInstalled(), "mosquitto is not installed; the small broker does not say it");
    Heard.by(channel);
    await().until(() -> channel.room() > 0);
    assertThat(send("w1-0.1"))
        .isEqualTo(new Outcome.Retry(Duration.ofSeconds(1), "MQTT 16: no device listens there"));
  }

  @Test
  void receipts_wait_at_mosquitto_for_a_gateway_that_is_away() throws Exception {
    assumeTrue(
        Mosquitto.isInstalled(), "mosquitto is not installed; the small broker has no sessions");
    Heard.by(channel);
    device.answers = false;
    device.on();
    Presences.awaitOnline(channel, 1);
    assertThat(send("w1-0.1")).isInstanceOf(Outcome.Accepted.class);
    await().until(() -> device.commands.size() == 1);
    channel.close();
    String receipt =
        "{\"v\":1,\"id\":\"%s\",\"content\":\"c-w1-0.1\",\"outcome\":\"played\",\"at\":0,\"seconds\":3,\"volume\":80,\"muted\":false}"
            .formatted(device.commands.get(0).get("id").textValue());
    device.publish("lm/v1/d/LS-1/rcpt", receipt);
    channel = channel();
    Heard heard = Heard.by(channel);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                heard.confirmations().stream()
                    .anyMatch(
                        c -> c.attempt().equals("w1-0.1") && c.evidence() == Evidence.PLAYED));
  }

  @Test
  void mosquitto_with_our_access_list_keeps_devices_apart() throws Exception {
    assumeTrue(
        Mosquitto.isInstalled(), "mosquitto is not installed; the small broker has no access list");
    Heard heard = Heard.by(channel);
    device.on();
    Presences.awaitOnline(channel, 1);
    try (TestDevice thief =
        new TestDevice(vertx, broker.port(), "LS-2", Broker.PASSWORD, channel.publicKey()).on()) {
      Presences.awaitOnline(channel, 2);
      thief.publish(
          "lm/v1/d/LS-1/state",
          "{\"v\":1,\"type\":\"birth\",\"session\":9,\"at\":0,\"volume\":0,\"muted\":true}");
      thief.says("heartbeat");
      assertThat(send("w1-0.1")).isInstanceOf(Outcome.Accepted.class);
      await()
          .until(
              () -> heard.confirmations().stream().anyMatch(c -> c.evidence() == Evidence.PLAYED));
      assertThat(thief.commands).isEmpty();
      assertThat(heard.all())
          .noneMatch(
              s -> s instanceof Presence p && p.id().equals("LS-1") && p.why().contains("muted"));
    }
  }

  private LoudspeakerChannel channel() throws IOException {
    return LoudspeakerChannel.open(
        LoudspeakerConfig.broker(
            "mqtt://127.0.0.1:" + broker.port(), Broker.GATEWAY, Broker.PASSWORD),
        memory,
        Clock.systemUTC(),
        vertx);
  }

  private Outcome send(String attempt) throws Exception {
    return channel
        .send(ChannelContract.message(attempt, "LS-1"))
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  private static void awaitLane(Heard heard, Signal.State state) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                heard.all().stream()
                    .filter(s -> s instanceof Presence p && p.subject() == Signal.Subject.LANE)
                    .reduce((a, b) -> b)
                    .filter(s -> s instanceof Presence p && p.state() == state)
                    .isPresent());
  }
}

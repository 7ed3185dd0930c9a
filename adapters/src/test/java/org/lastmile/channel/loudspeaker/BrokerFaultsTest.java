package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal.Evidence;

/** A device behind a broker that floods or sends far too much: counted, and harmless to others. */
class BrokerFaultsTest {
  private final Vertx vertx = Vertx.vertx();
  private Broker broker;
  private LoudspeakerChannel channel;
  private TestDevice other;
  private MqttClient mad;
  private Heard heard;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
    // A broker of somebody who has not limited its packets.
    broker = new Mosquitto(c -> c.replaceAll("(?m)^max_packet_size.*$", ""), "LS-1", "LS-2");
    channel =
        LoudspeakerChannel.open(
            LoudspeakerConfig.broker(
                "mqtt://127.0.0.1:" + broker.port(), Broker.GATEWAY, Broker.PASSWORD),
            new MemoryInHeap(),
            Clock.systemUTC(),
            vertx);
    heard = Heard.by(channel);
    other = new TestDevice(vertx, broker.port(), "LS-1", Broker.PASSWORD, channel.publicKey()).on();
    Presences.awaitOnline(channel, 1);
    mad =
        MqttClient.create(
            vertx,
            new MqttClientOptions()
                .setClientId("LS-2")
                .setUsername("LS-2")
                .setPassword(Broker.PASSWORD)
                .setMaxMessageSize(2_000_000)
                .setMaxInflightQueue(20_000));
    mad.connect(broker.port(), "127.0.0.1").toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void close() {
    if (channel != null) {
      other.close();
      channel.close();
      broker.close();
    }
    vertx.close();
  }

  @Test
  void ten_thousand_receipts_of_one_device_are_dropped_and_the_others_come_in_time()
      throws Exception {
    for (int i = 0; i < 10_000; i++) {
      mad.publish("lm/v1/d/LS-2/rcpt", Buffer.buffer("{}"), MqttQoS.AT_LEAST_ONCE, false, false);
    }
    assertThat(send("w1-0.1")).isInstanceOf(Outcome.Accepted.class);
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> heard.confirmations().stream().anyMatch(c -> c.evidence() == Evidence.PLAYED));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> count(Allowance.WORDS) + count("unreadable receipt") == 10_000);
    assertThat(count(Allowance.WORDS)).isGreaterThan(8000);
  }

  @Test
  void what_is_too_large_is_ignored_and_counted() throws Exception {
    mad.publish(
        "lm/v1/d/LS-2/rcpt", Buffer.buffer(new byte[100_000]), MqttQoS.AT_LEAST_ONCE, false, false);
    await().until(() -> count("message of more than 64 KiB") == 1);
    // A megabyte does not even reach us: we have told the broker to keep it.
    mad.publish(
        "lm/v1/d/LS-2/rcpt",
        Buffer.buffer(new byte[1_000_000]),
        MqttQoS.AT_LEAST_ONCE,
        false,
        false);
    mad.publish("lm/v1/d/LS-2/rcpt", Buffer.buffer("{}"), MqttQoS.AT_LEAST_ONCE, false, false);
    await().until(() -> count("unreadable receipt") == 1);
    assertThat(count("message of more than 64 KiB")).isEqualTo(1);
    assertThat(send("w1-0.1")).isInstanceOf(Outcome.Accepted.class);
  }

  private long count(String reason) {
    String count = Presences.fact(channel, "ignored " + reason);
    return count.isEmpty() ? 0 : Long.parseLong(count);
  }

  private Outcome send(String attempt) throws Exception {
    return channel
        .send(ChannelContract.message(attempt, "LS-1"))
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }
}

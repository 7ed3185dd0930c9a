package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.ChannelContract;
import org.lastmile.channel.ChannelContract.Heard;
import org.lastmile.channel.Health;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Outcome;

/** A broker that would lose receipts, or hold commands up, is found out before any storm. */
class BrokerLimitsTest {
  private static final String KEPT = "receipts kept while away";

  private final Vertx vertx = Vertx.vertx();
  private Broker broker;
  private LoudspeakerChannel channel;

  @AfterEach
  void close() {
    channel.close();
    broker.close();
    vertx.close();
  }

  @Test
  void mosquittos_own_limits_are_reported_with_what_to_set() throws IOException {
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed: nothing has its limits");
    opens(Mosquitto.withDefaultLimits());
    assertThat(part().state()).isEqualTo(Health.State.DEGRADED);
    assertThat(part().why())
        .contains("keeps only 1000 of 3000 receipts", "max_queued_messages 1000000")
        .contains("takes only 20 commands at once", "max_inflight_messages 1000");
    assertThat(channel.check().state()).isEqualTo(Health.State.DEGRADED);
  }

  @Test
  void the_settings_that_we_ship_lose_nothing() throws IOException {
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed: nothing reads its settings");
    opens(new Mosquitto());
    assertThat(part().why()).isEmpty();
    assertThat(part().state()).isEqualTo(Health.State.UP);
    assertThat(part().facts())
        .containsEntry(KEPT, "3000 of 3000")
        .containsEntry("protocol", "MQTT 5")
        .containsEntry("receive maximum", "1000");
  }

  @Test
  void an_access_list_that_does_not_allow_the_trial_is_named() throws IOException {
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed: nobody has an access list");
    Mosquitto strict = new Mosquitto();
    strict.kill();
    Path list = strict.folder().resolve("lastmile.acl");
    Files.writeString(list, Files.readString(list).replaceAll("(?m)^.*lm/v1/gateway.*$", ""));
    strict.start();
    opens(strict);
    assertThat(part().facts().get(KEPT)).contains("not known", "access list", "lm/v1/gateway/#");
    assertThat(part().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void a_broker_that_knows_no_mqtt_5_is_spoken_to_in_3_1_1() throws Exception {
    SmallBroker small = new SmallBroker();
    small.old = true;
    opens(small);
    assertThat(part().facts()).containsEntry("protocol", "MQTT 3.1.1");
    try (TestDevice device =
        new TestDevice(vertx, small.port(), "LS-1", Broker.PASSWORD, channel.publicKey()).on()) {
      Presences.awaitOnline(channel, 1);
      assertThat(
              channel
                  .send(ChannelContract.message("w1-0.1", "LS-1"))
                  .toCompletableFuture()
                  .get(20, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Accepted.class);
      await().until(() -> device.commands.size() == 1);
    }
  }

  @Test
  void a_broker_without_room_loses_nothing_of_ours() throws Exception {
    SmallBroker small = new SmallBroker();
    opens(small);
    small.full = true;
    assertThat(
            channel
                .send(ChannelContract.message("w1-0.1", "LS-1"))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            Outcome.Retry.class, retry -> assertThat(retry.why()).contains("disk full"));
  }

  private void opens(Broker with) throws IOException {
    broker = with;
    channel =
        LoudspeakerChannel.open(
            LoudspeakerConfig.broker(
                "mqtt://127.0.0.1:" + broker.port(), Broker.GATEWAY, Broker.PASSWORD),
            new MemoryInHeap(),
            Clock.systemUTC(),
            vertx);
    Heard.by(channel);
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> !Presences.fact(channel, KEPT).matches("|.*not tried yet"));
  }

  private Health.Part part() {
    return channel.check().parts().stream()
        .filter(p -> p.name().equals("broker"))
        .findFirst()
        .orElseThrow();
  }
}

package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.lastmile.channel.loudspeaker.Broker;
import org.lastmile.channel.loudspeaker.Mosquitto;
import org.lastmile.ledger.RedisLedger;
import org.lastmile.ledger.RedisProcess;

/**
 * One part dies in the middle of a fan-out and comes back: what does not need it goes on meanwhile,
 * and in the end everything is covered and nobody was forgotten.
 */
class FaultsTest extends Story {
  private static final int POINTS = 9;
  private static final Duration PER_PART = Duration.ofMillis(40);

  @Test
  void its_own_store_is_killed() throws Exception {
    township(POINTS, PER_PART).everybodyAnswers().opens();
    Issued warning = town.issues(Alert.red("r1"));
    Township.until("the fan-out is under way", () -> town.smsMessages() >= 2);

    List<HttpResponse<String>> answers;
    try (Poster poster = new Poster(town)) {
      Township.until(
          "a warning was refused while the store was away",
          () -> {
            town.killsItsStore();
            return poster.wasRefused();
          });
      Township.until(
          "warnings are taken again",
          () -> town.handsIn(Alert.red("afterwards").test()).statusCode() < 300);
      answers = poster.answers();
    }

    nothingWasTakenAndLost(answers);
    warning.coversEveryPoint();
    town.everybodyWasTold();
    assertThat(town.copies()).isZero();
  }

  @Test
  void an_external_store_is_killed_and_started_again() throws Exception {
    Path data = Files.createDirectory(folder.resolve("redis"));
    try (RedisProcess redis = RedisProcess.start(data)) {
      township(POINTS, PER_PART)
          .store("redis://127.0.0.1:" + redis.port())
          .everybodyAnswers()
          .opens();
      Issued warning = town.issues(Alert.red("r1"));
      Township.until("the fan-out is under way", () -> town.smsMessages() >= 2);

      redis.kill();
      HttpResponse<String> refused = town.handsIn(Alert.red("r2").test());
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      redis.start();

      warning.coversEveryPoint();
      town.everybodyWasTold();
      assertThat(town.copies()).isZero();
      assertThat(town.handsIn(Alert.red("r2").test()).statusCode()).isEqualTo(202);
      closesBeforeItsBroker();
    }
  }

  /** What a machine too slow to renew its lease in time finds when it writes. */
  @Test
  void another_desk_has_taken_over_and_it_was_not_noticed_yet() throws Exception {
    township(1, PER_PART).opens();
    try (RedisLedger ledger = new RedisLedger(town.ownStore(), "story")) {
      Instant whenItsTermIsOver = Instant.now().plus(Duration.ofHours(2));
      assertThat(ledger.claim("another", whenItsTermIsOver, Duration.ofHours(1))).isPresent();
    }
    for (String when : List.of("as it writes", "as it knows")) {
      HttpResponse<String> refused = town.handsIn(Alert.red("r1"));
      assertThat(refused.statusCode()).as(when + " " + refused.body()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).as(when).isPresent();
    }
  }

  private Township by(Broker broker) throws Exception {
    return township(POINTS, PER_PART)
        .broker(broker.port(), Broker.GATEWAY, Broker.PASSWORD)
        .everybodyAnswers();
  }

  private void closesBeforeItsBroker() throws Exception {
    town.close();
    town = null;
  }

  @Test
  void the_broker_is_killed_and_started_again(TestReporter reporter) throws Exception {
    reporter.publishEntry(
        "broker", Mosquitto.isInstalled() ? "mosquitto" : "a small stand-in: mosquitto is missing");
    String[] devices = new Roster(POINTS).loudspeakers().toArray(String[]::new);
    try (Broker broker = Broker.best(devices)) {
      by(broker).opens();
      Issued warning = town.issues(Alert.red("r1"));
      Township.until("the first command is there", () -> town.fleet().statistics().commands() > 0);

      broker.kill();
      Township.until(
          "the people of every point have answered meanwhile",
          () -> Township.answered(warning) == POINTS);
      assertThat(warning.coverage().path("covered").asInt()).isLessThan(POINTS);
      broker.start();

      warning.coversEveryPoint();
      town.everybodyWasTold();
      assertThat(town.copies()).isZero();
      closesBeforeItsBroker();
    }
  }

  @Test
  void the_brokers_disk_is_full() throws Exception {
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed: nothing keeps on a disk");
    String[] devices = new Roster(POINTS).loudspeakers().toArray(String[]::new);
    try (Mosquitto broker = Mosquitto.onAFullDisk(devices)) {
      by(broker).opens();
      Issued warning = town.issues(Alert.red("r1"));
      Township.until("the first command is there", () -> town.fleet().statistics().commands() > 0);
      Township.until("the broker can't save", broker::savesInVain);

      // It tells nobody but its log, and goes on from memory.
      warning.coversEveryPoint();
      town.everybodyWasTold();
      assertThat(town.copies()).isZero();
      closesBeforeItsBroker();
    }
  }

  /**
   * What devices said while the gateway was away, and the broker could only remember, dies with it:
   * without asking them again no point would be covered.
   */
  @Test
  void the_broker_on_a_full_disk_forgets_what_came_for_a_gateway_that_was_away() throws Exception {
    assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed: nothing keeps on a disk");
    String[] devices = new Roster(POINTS).loudspeakers().toArray(String[]::new);
    try (Mosquitto broker = Mosquitto.onAFullDisk(devices)) {
      by(broker).asksAgainAfter("5s");
      GatewayProcess gateway = town.process();
      town.opens(gateway.start());
      town.fleet().devices().forEach(d -> d.slow(Duration.ofSeconds(2)));
      Issued warning = town.issues(Alert.red("r1"));
      Township.until("the first command is there", () -> town.fleet().statistics().commands() > 0);
      gateway.kill();
      Township.until("who has the command has played it", () -> town.heard() > 0 && atRest());
      Township.until("the broker can't save", broker::savesInVain);
      broker.kill();
      broker.start();
      assertThat(remembers(broker, "lastmile-gateway")).isFalse();
      gateway.start();

      warning.coversEveryPoint();
      for (String device : devices) {
        assertThat(speaker(device).played()).as("plays of %s", device).hasSize(1);
      }
      closesBeforeItsBroker();
    }
  }

  @Test
  void the_modem_is_unplugged_for_a_while() throws Exception {
    township(POINTS, PER_PART).everybodyAnswers().opens();
    Issued warning = town.issues(Alert.red("r1"));
    Township.until("the first SMS has arrived", () -> town.smsMessages() >= 1);

    town.modem().unplug();
    Township.until("loudspeakers go on", () -> town.heard() == POINTS);
    Township.until("WeChat goes on", () -> town.wechatMessages() == town.roster().openids().size());
    assertThat(warning.coverage().path("covered").asInt()).isLessThan(POINTS);
    town.modem().plug();

    warning.coversEveryPoint();
    town.everybodyWasTold();
    // One message was on the modem when it went: nobody knows whether it had left.
    assertThat(town.copies()).isLessThanOrEqualTo(1);
  }

  @Test
  void wechat_answers_500_for_a_while() throws Exception {
    township(POINTS, PER_PART).wechatAtOnce(1).everybodyAnswers().opens();
    town.wechat().breaks(500);
    Issued warning = town.issues(Alert.red("r1"));

    Township.until("loudspeakers go on", () -> town.heard() == POINTS);
    Township.until("SMS goes on", () -> town.smsMessages() == town.roster().phones().size());
    assertThat(town.wechatMessages()).isZero();
    assertThat(warning.coverage().path("covered").asInt()).isLessThan(POINTS);
    town.wechat().recovers();

    warning.coversEveryPoint();
    town.everybodyWasTold();
    assertThat(town.copies()).isZero();
  }

  /** No loudspeaker has a command that it has not played, or a receipt that nobody has taken. */
  private boolean atRest() {
    return town.fleet().statistics().commands() == town.fleet().statistics().plays()
        && town.fleet().devices().stream().allMatch(d -> d.unacknowledged() == 0);
  }

  /** Whether the broker has a session of that client, and with it what came for it. */
  private static boolean remembers(Broker broker, String client) throws MqttException {
    MqttAsyncClient its =
        new MqttAsyncClient("tcp://127.0.0.1:" + broker.port(), client, new MemoryPersistence());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(false);
    options.setUserName(Broker.GATEWAY);
    options.setPassword(Broker.PASSWORD.getBytes(StandardCharsets.UTF_8));
    IMqttToken connected = its.connect(options);
    connected.waitForCompletion(10_000);
    boolean remembers = connected.getSessionPresent();
    its.disconnect().waitForCompletion(10_000);
    its.close();
    return remembers;
  }

  /** 202 or 503, and what was taken is there. */
  private void nothingWasTakenAndLost(List<HttpResponse<String>> answers) {
    for (HttpResponse<String> answer : answers) {
      if (answer.statusCode() == 503) {
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      } else {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        String id = Gateway.json(answer.body()).path("id").asText();
        assertThat(town.gateway().get("/api/v1/warnings/" + id).path("status").asText())
            .isEqualTo("ARCHIVED");
      }
    }
  }
}

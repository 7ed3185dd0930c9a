package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.loudspeaker.Broker;
import org.lastmile.ledger.RedisProcess;
import org.lastmile.simulators.modem.VirtualModem;

/**
 * Two gateways over one store and one broker, each with a modem of its own. One decides, the other
 * waits for its lease to run out; they never decide at once.
 */
class StandbyTest extends Story {
  private static final int POINTS = 9;
  private static final Duration PER_PART = Duration.ofMillis(80);

  private RedisProcess redis;
  private Broker broker;
  private GatewayProcess active;
  private GatewayProcess standby;

  @BeforeEach
  void open() throws Exception {
    redis = RedisProcess.start(Files.createDirectory(folder.resolve("redis")));
    broker = Broker.best(new Roster(POINTS).loudspeakers().toArray(String[]::new));
    township(POINTS, PER_PART)
        .store("redis://127.0.0.1:" + redis.port())
        .broker(broker.port(), Broker.GATEWAY, Broker.PASSWORD)
        .behindAFront()
        .asksAgainAfter("5s")
        .everybodyAnswers();
    active = town.process();
    town.opens(active.start());
    VirtualModem second = town.modem("modem-of-the-standby", "13700000002", PER_PART);
    standby = town.standby(second).start();
  }

  @AfterEach
  void closeAll() {
    active.close();
    standby.close();
    town.close();
    town = null;
    broker.close();
    redis.close();
  }

  @Test
  void the_standby_takes_over_when_the_active_one_is_killed() {
    assertThat(town.handsIn(standby, Alert.red("r0").test()).statusCode()).isEqualTo(503);
    Issued warning = town.issues(Alert.red("r1"));
    Township.until("the fan-out is under way", () -> town.smsMessages() >= 2);

    active.kill();
    town.turnsTo(standby);

    Township.until("the standby has the desk", standby::decides);
    warning.coversEveryPoint();
    town.everybodyWasTold();
    assertThat(triedTwice(warning)).isEmpty();
  }

  @Test
  void a_gateway_that_wakes_up_after_its_lease_decides_nothing_any_more() {
    Issued warning = town.issues(Alert.red("r1"));
    Township.until("the fan-out is under way", () -> town.smsMessages() >= 2);

    active.freezes();
    town.turnsTo(standby);
    Township.until("the standby has the desk", standby::decides);
    active.goesOn();

    Township.until("the one that slept knows it", () -> !active.decides());
    warning.coversEveryPoint();
    town.everybodyWasTold();
    assertThat(triedTwice(warning)).isEmpty();
    assertThat(standby.decides()).isTrue();
    assertThat(town.handsIn(active, Alert.red("r2").test()).statusCode()).isEqualTo(503);
  }

  /** Two desks that decided at once would both have written the same try down. */
  private static Set<String> triedTwice(Issued warning) {
    Map<Integer, Integer> tries = new HashMap<>();
    for (JsonNode line : warning.timeline()) {
      if (line.path("type").asText().equals("TRIED")) {
        tries.merge(line.path("delivery").asInt(), 1, Integer::sum);
      }
    }
    List<JsonNode> rows = warning.deliveries();
    Set<String> twice = new HashSet<>();
    tries.forEach(
        (row, count) -> {
          if (rows.get(row).path("attempts").asInt() != count) {
            twice.add(rows.get(row).toString());
          }
        });
    return twice;
  }
}

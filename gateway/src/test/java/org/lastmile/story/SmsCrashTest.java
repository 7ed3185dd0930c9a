package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.lastmile.simulators.modem.Sms;

/**
 * kill -9 in the middle of long messages: none is lost, every one comes whole, and a kill costs one
 * second copy at most, since what was about to leave is known again by its status report.
 *
 * <p>The long version, 500 messages: {@code -Dstory.warnings=10}.
 */
class SmsCrashTest extends Story {
  private static final int POINTS = 30;
  private static final int KILLS_A_WARNING = 2;
  private static final int PARTS = 3;

  /** Each is 50 messages. */
  private static final int WARNINGS = Integer.getInteger("story.warnings", 1);

  /** Other moments: {@code -Dstory.seed=…}. */
  private static final long SEED = Long.getLong("story.seed", 20_260_712);

  @Test
  void a_kill_in_the_middle_of_three_part_messages_loses_none_and_repeats_one_at_most(
      TestReporter reporter) throws Exception {
    reporter.publishEntry("seed", Long.toString(SEED));
    SplittableRandom random = new SplittableRandom(SEED);
    township(POINTS, Duration.ofMillis(60)).asksAgainAfter("20m").waitsForReports("5s");
    GatewayProcess gateway = town.process();
    town.opens(gateway.start());
    int kills = 0;
    long all = 0;
    for (int i = 1; i <= WARNINGS; i++) {
      Issued warning = issues(i);
      long before = town.smsc().statistics().parts();
      all += town.roster().phones().size();
      for (int kill = 0; kill < KILLS_A_WARNING; kill++) {
        long moment = before + random.nextInt(20, 60) + kill * 60L;
        Township.until("more parts", () -> town.smsc().statistics().parts() >= moment);
        gateway.kill();
        assertThat(town.smsc().statistics().unique()).as("in the middle").isLessThan(all);
        kills++;
        gateway.start();
      }
      Township.until("every SMS is delivered", () -> states(warning).equals(Set.of("DELIVERED")));
    }
    assertThat(texts()).hasSize((int) all).allSatisfy((sms, parts) -> assertThat(parts).isEqualTo(PARTS));
    long copies = town.smsc().statistics().duplicates();
    reporter.publishEntry(Map.of("kills", "" + kills, "second copies", "" + copies));
    assertThat(copies).isLessThanOrEqualTo(kills);
  }

  /** A warning of an office with a name so long that every message needs three parts. */
  private Issued issues(int number) {
    Alert alert = Alert.red("r" + number);
    String office = "云岭县气象台" + "与云岭县应急管理局".repeat(7) + number;
    String xml =
        new String(alert.bytes(), StandardCharsets.UTF_8)
            .replaceFirst("<senderName>[^<]*", "<senderName>" + office);
    HttpResponse<String> answer =
        town.gateway()
            .post(
                "/api/v1/warnings", "application/cap+xml", xml.getBytes(StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return new Issued(town, Gateway.json(answer.body()).path("id").asText());
  }

  /** States of all SMS that were to go out at once. */
  private static Set<String> states(Issued warning) {
    List<JsonNode> rows = warning.deliveries();
    return rows.stream()
        .filter(row -> row.path("channel").asText().equals("sms"))
        .filter(row -> !row.path("asleep").asBoolean())
        .map(row -> row.path("state").asText())
        .collect(Collectors.toSet());
  }

  /** What phones have, each text once, and in how many parts it came. */
  private Map<String, Integer> texts() {
    return town.roster().phones().stream()
        .flatMap(phone -> town.smsc().phone(phone).inbox().stream())
        .collect(
            Collectors.toMap(
                sms -> sms.to() + " " + sms.text(), (Sms sms) -> sms.parts().size(), Math::max));
  }
}

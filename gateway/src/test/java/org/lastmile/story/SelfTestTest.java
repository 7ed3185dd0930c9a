package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The day's self-test: every loudspeaker of a quiet valley, and none where a warning is open. */
class SelfTestTest extends Story {
  private static final Duration PER_PART = Duration.ofMillis(40);
  private static final String SPEAKERS = "/api/v1/registry/speakers";

  @Test
  void who_fails_is_faulty_stands_in_the_report_and_leaves_a_gap_before_any_storm()
      throws Exception {
    township(3, PER_PART).testsItselfIn(Duration.ofMinutes(30)).opens();
    speaker("v1").device().fails("NO_SOUND");
    speaker("v2").device().hears(true);
    List<JsonNode> told = town.gateway().hears("self-test");
    settles();
    town.time().setForward(Duration.ofMinutes(31));
    Township.until("the self-test is told of", () -> !told.isEmpty());
    JsonNode line = told.get(0);
    assertThat(line.path("devices").asInt()).isEqualTo(3);
    assertThat(line.path("bad").asInt()).isEqualTo(1);
    assertThat(line.path("counts").path("FAILED").asInt()).isEqualTo(1);
    assertThat(line.path("counts").path("HEARD").asInt()).isEqualTo(1);
    assertThat(line.path("counts").path("PLAYED").asInt()).isEqualTo(1);

    JsonNode report = town.gateway().get(SPEAKERS + "/self-test");
    assertThat(report.path("ended").isTextual()).isTrue();
    assertThat(report.path("lines").get(0).path("id").asText()).as("bad first").isEqualTo("v1");
    assertThat(report.path("lines").get(0).path("why").asText()).isEqualTo("NO_SOUND");
    assertThat(town.gateway().text(SPEAKERS + "/self-test.csv"))
        .contains("\"v1\",\"1号大喇叭\",\"大湾村\",\"FAILED\",\"是\"")
        .contains("\"v2\",\"2号大喇叭\",\"大湾村\",\"HEARD\",\"\"");
    JsonNode failed = town.gateway().get(SPEAKERS + "/v1");
    assertThat(failed.path("state").asText()).isEqualTo("FAULTY");
    assertThat(failed.path("whyZh").asText()).isEqualTo("上次自检失败：NO_SOUND");
    JsonNode gaps = town.gateway().get(SPEAKERS + "/gaps");
    assertThat(gaps.path("items")).hasSize(1);
    assertThat(gaps.path("items").get(0).path("id").asText()).isEqualTo("p1");
    assertThat(gaps.path("items").get(0).path("why").asText()).isEqualTo("NONE_WORKS");
    assertThat(tones("v2") + tones("v3")).isEqualTo(2);
  }

  @Test
  void none_sounds_where_a_warning_is_open() throws Exception {
    township(2, PER_PART).testsItselfIn(Duration.ofMinutes(30)).opens();
    settles();
    Issued warning = town.issues(Alert.red("r1"));
    speaker("v1").plays("暴雨红色预警");
    speaker("v2").plays("暴雨红色预警");
    List<JsonNode> told = town.gateway().hears("self-test");
    town.time().setForward(Duration.ofMinutes(31));
    for (int minute = 0; minute < 60 && told.isEmpty(); minute++) {
      // It is looked at once more after ten minutes, in which everybody lives.
      town.time().pass(Duration.ofMinutes(1));
      everybodyReports();
    }
    Township.until("the self-test is told of", () -> !told.isEmpty());
    assertThat(told.get(0).path("counts").path("SPARED").asInt()).isEqualTo(2);
    assertThat(told.get(0).path("bad").asInt()).isZero();
    assertThat(tones("v1") + tones("v2")).isZero();
    assertThat(warning.status()).isEqualTo("RELEASED");
  }

  /** Right after its start a gateway tests nobody. */
  private void settles() {
    town.time().pass(Duration.ofMinutes(11));
    everybodyReports();
  }

  private void everybodyReports() {
    for (String device : town.roster().loudspeakers()) {
      Township.until(
          device + " has reported",
          () ->
              town.gateway()
                      .post(
                          SPEAKERS + "/" + device + "/report",
                          "application/json",
                          "{}".getBytes(StandardCharsets.UTF_8))
                      .statusCode()
                  == 200);
      Township.until(
          device + " is there",
          () ->
              town.gateway().get(SPEAKERS + "/" + device).path("state").asText().equals("ONLINE"));
    }
  }

  private long tones(String device) {
    return speaker(device).played().stream().filter(p -> p.kind().equals("TEST")).count();
  }
}

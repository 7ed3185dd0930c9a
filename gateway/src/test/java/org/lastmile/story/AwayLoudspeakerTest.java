package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.lastmile.simulators.speakers.Play;

/**
 * A loudspeaker that does not work when a warning comes: its point is a person's duty at once, and
 * the loudspeaker is told all the same, as soon as it can hear.
 */
class AwayLoudspeakerTest extends Story {
  private static final Duration PER_PART = Duration.ofMillis(40);
  private static final String SPEAKERS = "/api/v1/registry/speakers";

  @Test
  void one_that_is_away_leaves_its_point_to_people_and_plays_when_it_is_back() throws Exception {
    township(2, PER_PART).everybodyAnswers().opens();
    speaker("v1").device().powerOff();
    shows("v1", "SILENT");
    assertThat(gaps()).containsExactly("p1");

    Issued warning = town.issues(Alert.red("r1"));
    isSomebodysDuty(warning, "p1", "loudspeaker offline: gong or knock");
    Point.assertThat(warning.point("p2")).isCovered();
    Point.assertThat(warning.point("p1")).isNotCovered();

    speaker("v1").device().powerOn();
    speaker("v1").plays("暴雨红色预警");
    Point.assertThat(warning.point("p1")).isCovered();
    Township.until("the duty is done", () -> duties().isEmpty());
    assertThat(opened(warning)).as("the other point never was a duty").hasSize(1);
    assertThat(plays("v1")).hasSize(1);
  }

  @Test
  void one_that_is_faulty_is_told_all_the_same_and_counts_when_it_was_heard() throws Exception {
    township(2, PER_PART).everybodyAnswers().opens();
    speaker("v2").device().fault("AMPLIFIER");
    assertThat(told("v2", "report")).isEqualTo(200);
    shows("v2", "FAULTY");
    assertThat(gaps()).containsExactly("p2");

    Issued warning = town.issues(Alert.red("r1"));
    isSomebodysDuty(warning, "p2", "loudspeaker faulty: gong or knock");
    speaker("v2").plays("暴雨红色预警");
    warning.coversEveryPoint();
  }

  @Test
  void one_that_comes_back_too_late_is_left_in_peace() throws Exception {
    township(2, PER_PART).everybodyAnswers().playsBy("5s").opens();
    speaker("v1").device().powerOff();
    shows("v1", "SILENT");

    Issued warning = town.issues(Alert.red("r1"));
    Point.assertThat(warning.point("p2")).isCovered();
    Township.until("it is too late to play", () -> lines(warning, "EXPIRED").size() == 1);
    speaker("v1").device().powerOn();
    shows("v1", "ONLINE");
    // What was on its way to it would have come before this.
    assertThat(told("v1", "report")).isEqualTo(200);
    Township.until(
        "it has reported", () -> now("v1").path("told").path("answer").asText().equals("done"));
    assertThat(speaker("v1").device().commands()).isEqualTo(1);
    assertThat(plays("v1")).isEmpty();
    Point.assertThat(warning.point("p1")).isNotCovered();
    assertThat(duties()).as("people still have to go").hasSize(1);
  }

  /** Long before the ladder's next rung, or the deadline, could have opened it. */
  private void isSomebodysDuty(Issued warning, String point, String why) {
    Township.until(
        point + " is somebody's duty",
        () ->
            duties().stream()
                .flatMap(d -> list(d.path("items")).stream())
                .anyMatch(
                    i ->
                        i.path("point").asText().equals(point)
                            && i.path("why").asText().equals(why)));
    Instant released = Instant.parse(lines(warning, "RELEASED").get(0).path("at").asText());
    Instant opened = Instant.parse(opened(warning).get(0).path("at").asText());
    assertThat(Duration.between(released, opened)).isLessThan(Duration.ofSeconds(2));
  }

  private static List<JsonNode> opened(Issued warning) {
    return lines(warning, "DUTY_OPENED");
  }

  private static List<JsonNode> lines(Issued warning, String type) {
    return warning.timeline().stream().filter(l -> l.path("type").asText().equals(type)).toList();
  }

  private List<JsonNode> duties() {
    return list(town.gateway().get("/api/v1/duty-tasks"));
  }

  private List<Play> plays(String device) {
    return speaker(device).played();
  }

  private JsonNode now(String device) {
    return town.gateway().get(SPEAKERS + "/" + device);
  }

  private void shows(String device, String state) {
    Township.until(device + " is " + state, () -> now(device).path("state").asText().equals(state));
  }

  private List<String> gaps() {
    return list(town.gateway().get(SPEAKERS + "/gaps").path("items")).stream()
        .map(g -> g.path("id").asText())
        .toList();
  }

  private int told(String device, String what) {
    return town.gateway()
        .post(
            SPEAKERS + "/" + device + "/" + what,
            "application/json",
            "{}".getBytes(StandardCharsets.UTF_8))
        .statusCode();
  }

  private static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}

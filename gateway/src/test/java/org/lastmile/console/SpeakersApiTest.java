package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.warning.Loudspeaker;

/** Loudspeakers over HTTP: what works, since when not, what nobody would hear, what one is told. */
class SpeakersApiTest {
  private static final String PATH = "/api/v1/registry/speakers";

  private House house;
  private String viewer;
  private String operator;
  private String admin;
  private List<String> ids;

  @BeforeEach
  void open() {
    house = new House();
    viewer = house.token(Role.VIEWER);
    operator = house.token(Role.OPERATOR);
    admin = house.token(Role.ADMIN);
    ids = house.rosters.loudspeakers().stream().map(Loudspeaker::id).toList();
    ids.forEach(id -> house.speakers.put(id, Speakers.State.ONLINE, "", ""));
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void every_loudspeaker_of_the_registry_has_a_state_a_reason_and_a_since() throws Exception {
    house.speakers.put(ids.get(1), Speakers.State.SILENT, "lost its connection", "连接中断");
    house.speakers.all.remove(ids.get(0));
    JsonNode page = house.json(viewer, PATH + "?order=worst");
    assertThat(page.path("total").asInt()).isEqualTo(ids.size());
    JsonNode first = page.path("items").get(0);
    assertThat(first.path("id").asText()).isEqualTo(ids.get(1));
    assertThat(first.path("state").asText()).isEqualTo("SILENT");
    assertThat(first.path("why").asText()).isEqualTo("lost its connection");
    assertThat(first.path("whyZh").asText()).isEqualTo("连接中断");
    assertThat(first.path("since").asText()).isEqualTo("2026-07-01T02:00:00Z");
    assertThat(first.path("facts").path("battery").asText()).isEqualTo("55");
    assertThat(first.path("points").isArray()).isTrue();
    assertThat(page.path("items").get(1).path("state").asText()).isEqualTo("NEVER_SEEN");
    assertThat(page.path("counts").path("SILENT").asInt()).isEqualTo(1);
    assertThat(page.path("counts").path("ONLINE").asInt()).isEqualTo(ids.size() - 2);
  }

  @Test
  void they_are_found_by_state_and_by_words_and_one_that_nobody_registered_is_shown()
      throws Exception {
    house.speakers.put("stranger", Speakers.State.DEGRADED, "muted", "已静音");
    assertThat(
            house.json(viewer, PATH + "?state=degraded").path("items").get(0).path("id").asText())
        .isEqualTo("stranger");
    JsonNode muted = house.json(viewer, PATH + "?q=%E9%9D%99%E9%9F%B3&size=1");
    assertThat(muted.path("total").asInt()).isEqualTo(1);
    assertThat(house.fetch(viewer, PATH + "?state=tired").statusCode()).isEqualTo(400);
    assertThat(house.json(viewer, PATH + "/stranger").path("state").asText()).isEqualTo("DEGRADED");
    assertThat(house.fetch(viewer, PATH + "/nobody").statusCode()).isEqualTo(404);
  }

  @Test
  void a_point_whose_loudspeakers_are_all_broken_is_a_gap_and_one_that_limps_is_not()
      throws Exception {
    int before = house.json(viewer, PATH + "/gaps").path("total").asInt();
    Loudspeaker speaker = house.rosters.loudspeakers().get(0);
    house.speakers.put(speaker.id(), Speakers.State.DEGRADED, "muted", "已静音");
    assertThat(house.json(viewer, PATH + "/gaps").path("total").asInt()).isEqualTo(before);
    house.speakers.put(speaker.id(), Speakers.State.FAULTY, "fault AMPLIFIER", "设备报故障 AMPLIFIER");
    JsonNode gaps = house.json(viewer, PATH + "/gaps");
    assertThat(gaps.path("total").asInt()).isGreaterThan(before);
    assertThat(gaps.toString()).contains("NONE_WORKS").contains("设备报故障 AMPLIFIER");
    assertThat(gaps.path("broken").asInt() + gaps.path("without").asInt())
        .isEqualTo(gaps.path("total").asInt());
  }

  @Test
  void an_operator_tests_one_and_only_an_administrator_configures_it() throws Exception {
    String one = PATH + "/" + ids.get(0);
    assertThat(house.post(viewer, one + "/test", "{}").statusCode()).isEqualTo(403);
    assertThat(house.post(operator, one + "/test", "{}").statusCode()).isEqualTo(200);
    assertThat(house.post(operator, one + "/report", "{}").statusCode()).isEqualTo(200);
    String settings = "{\"volume\":60,\"groups\":[\"east\"]}";
    assertThat(house.post(operator, one + "/configure", settings).statusCode()).isEqualTo(403);
    HttpResponse<String> told = house.post(admin, one + "/configure", settings);
    assertThat(told.body()).contains("\"content\":\"c-3\"");
    assertThat(house.speakers.asked)
        .containsExactly(
            "test " + ids.get(0) + " 20",
            "report " + ids.get(0),
            "configure "
                + ids.get(0)
                + " Settings[volume=60, heartbeat=null, quietFrom=null, quietTo=null,"
                + " groups=[east]]");
    assertThat(house.post(admin, PATH + "/nobody/test", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void what_is_wrong_is_named_and_what_did_not_arrive_is_no_success() throws Exception {
    String one = PATH + "/" + ids.get(0);
    assertThat(house.post(admin, one + "/configure", "{}").body()).contains("names nothing");
    assertThat(house.post(admin, one + "/configure", "{\"volume\":101}").body())
        .contains("/volume");
    assertThat(house.post(admin, one + "/configure", "{\"quietFrom\":\"02:00\"}").statusCode())
        .isEqualTo(400);
    house.speakers.refusal = "device offline";
    HttpResponse<String> refused = house.post(operator, one + "/test", "{\"volume\":30}");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("device offline");
  }

  @Test
  void the_self_test_of_all_is_a_report_and_a_table() throws Exception {
    assertThat(house.fetch(viewer, PATH + "/self-test").statusCode()).isEqualTo(404);
    house.speakers.report =
        new Speakers.Report(
            LocalDate.of(2026, 7, 1),
            TestSpeakers.SINCE,
            TestSpeakers.SINCE.plusSeconds(1800),
            Map.of("HEARD", 1, "FAILED", 1),
            List.of(
                new Speakers.Line(ids.get(0), TestSpeakers.SINCE, "FAILED", true, "NO_SOUND"),
                new Speakers.Line("=cmd()", TestSpeakers.SINCE, "HEARD", false, "")));
    JsonNode report = house.json(viewer, PATH + "/self-test");
    assertThat(report.path("counts").path("FAILED").asInt()).isEqualTo(1);
    assertThat(report.path("day").asText()).isEqualTo("2026-07-01");
    String csv = house.fetch(viewer, PATH + "/self-test.csv").body();
    assertThat(csv).contains("\"" + ids.get(0) + "\"").contains("\"FAILED\",\"是\"");
    assertThat(csv).as("no formula").contains("\"'=cmd()\"");
  }
}

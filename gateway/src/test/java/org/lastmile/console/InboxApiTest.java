package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What people wrote, over HTTP. */
class InboxApiTest {
  private static final String INBOX = "/api/v1/inbox";

  private House house;
  private String viewer;
  private String operator;

  @BeforeEach
  void open() {
    house = new House();
    viewer = house.token(Role.VIEWER);
    operator = house.token(Role.OPERATOR);
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void words_of_anybody_are_there_with_who_they_are() throws Exception {
    house.writes("15000000000", "河水漫过桥了");
    house.writes("13800000001", "路断了");
    house.writes("13700000002", "请问去哪里");
    JsonNode items = house.json(operator, INBOX).path("items");
    assertThat(items)
        .extracting(i -> i.path("text").asText() + " " + i.path("sender").path("name").asText(""))
        .containsExactly("请问去哪里 赵大山2", "路断了 王建国1", "河水漫过桥了 ");
    assertThat(items.path(1).path("sender").path("title").asText()).isEqualTo("网格员");
    assertThat(items.path(1).path("sender").path("place").asText()).isEqualTo("东溪村第1组");
    assertThat(items.path(1).path("warning").asText()).isEmpty();
  }

  @Test
  void words_after_a_warning_say_which_and_an_alarm_is_counted() throws Exception {
    String id = house.release(Township.red("A1", house.clock.instant()));
    house.carry("sms");
    house.writes("13800000001", "1人被困");
    JsonNode inbox = house.json(operator, INBOX);
    assertThat(inbox.path("unseen").asInt()).isEqualTo(1);
    assertThat(inbox.path("alarms").asInt()).isEqualTo(1);
    JsonNode alarm = inbox.path("items").path(0);
    assertThat(alarm.path("kind").asText()).isEqualTo("ALARM");
    assertThat(alarm.path("warning").asText()).isEqualTo(id);
    assertThat(alarm.path("point").asText()).isEqualTo("P-01");
  }

  @Test
  void phones_and_residents_are_masked_for_who_need_not_call() throws Exception {
    house.writes("13700000001", "我家电话13900001111，快来");
    String seen = house.fetch(viewer, INBOX).body();
    assertThat(seen)
        .contains("137****0001")
        .contains("赵**")
        .contains("快来")
        .doesNotContain("13700000001")
        .doesNotContain("赵大山")
        .doesNotContain("13900001111");
    assertThat(house.fetch(operator, INBOX).body()).contains("13700000001", "赵大山1");
  }

  @Test
  void somebody_sees_to_it_once_and_it_no_longer_waits() throws Exception {
    house.writes("15000000000", "有人落水，失联");
    house.writes("15000000001", "喂");
    long number = house.json(operator, INBOX).path("items").path(1).path("number").asLong();
    HttpResponse<String> seen = house.post(operator, INBOX + "/" + number + "/seen", "");
    assertThat(seen.statusCode()).isEqualTo(200);
    assertThat(Json.MAPPER.readTree(seen.body()).path("seenBy").asText()).isEqualTo("t-OPERATOR");
    assertThat(house.json(viewer, INBOX + "?seen=false").path("items")).hasSize(1);
    assertThat(house.json(viewer, INBOX).path("items")).hasSize(2);
    assertThat(house.post(operator, INBOX + "/999/seen", "").statusCode()).isEqualTo(404);
    assertThat(house.post(operator, INBOX + "/x/seen", "").statusCode()).isEqualTo(404);
    assertThat(house.fetch(operator, INBOX + "?seen=maybe").statusCode()).isEqualTo(400);
  }

  @Test
  void a_town_sees_its_own_and_what_has_no_place() throws Exception {
    house.writes("13800000001", "东溪来信");
    house.writes("13800000004", "西岭来信");
    house.writes("15000000000", "不知哪里");
    String east = house.token(Role.OPERATOR, Township.EAST);
    assertThat(house.fetch(east, INBOX).body()).contains("东溪来信", "不知哪里").doesNotContain("西岭来信");
    long west = house.json(operator, INBOX).path("items").path(1).path("number").asLong();
    assertThat(house.post(east, INBOX + "/" + west + "/seen", "").statusCode()).isEqualTo(404);
  }

  @Test
  void who_wants_no_more_is_listed_and_can_be_taken_back() throws Exception {
    house.writes("13700000001", "退订");
    HttpResponse<String> by =
        house.post(operator, "/api/v1/opt-outs", "{\"phone\":\"15000000009\",\"note\":\"来电\"}");
    assertThat(Json.MAPPER.readTree(by.body()).path("changed").asBoolean()).isTrue();
    JsonNode all = house.json(operator, "/api/v1/opt-outs");
    assertThat(all)
        .extracting(o -> o.path("phone").asText() + " " + o.path("by").asText())
        .containsExactlyInAnyOrder("13700000001 sms", "15000000009 t-OPERATOR");
    assertThat(house.fetch(viewer, "/api/v1/opt-outs").body())
        .contains("137****0001")
        .doesNotContain("13700000001");
    String back = "{\"phone\":\"13700000001\",\"out\":false}";
    assertThat(house.post(operator, "/api/v1/opt-outs", back).statusCode()).isEqualTo(200);
    assertThat(house.json(operator, "/api/v1/opt-outs")).hasSize(1);
    assertThat(house.post(operator, "/api/v1/opt-outs", "{\"phone\":\"x\"}").statusCode())
        .isEqualTo(400);
  }
}

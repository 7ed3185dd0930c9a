package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Content;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;

/** Test messages over HTTP. */
class ChannelsApiTest {
  private static final String TEST = "/api/v1/channels/sms/test";

  private House house;
  private String operator;
  private String admin;

  @BeforeEach
  void open() {
    house = new House();
    operator = house.token(Role.OPERATOR);
    admin = house.token(Role.ADMIN);
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void only_channels_to_phones_say_that_they_carry_tests() throws Exception {
    JsonNode channels = house.json(operator, "/api/v1/channels");
    assertThat(channels)
        .extracting(c -> c.path("name").asText() + " " + c.path("tests").asBoolean())
        .containsExactly("loudspeaker false", "sms true");
  }

  @Test
  void a_test_message_goes_out_marked_as_one_and_its_way_is_shown() throws Exception {
    HttpResponse<String> asked =
        house.post(operator, TEST, "{\"phone\":\"137 1234 5678\",\"text\":\"模块一\"}");
    assertThat(asked.statusCode()).isEqualTo(200);
    String id = json(asked).path("id").asText();
    assertThat(json(asked).path("state").asText()).isEqualTo("QUEUED");

    Message message = House.get(house.desk.due("sms", 10)).get(0);
    assertThat(message.content().kind()).isEqualTo(Content.Kind.TEST);
    assertThat(message.content().text()).isEqualTo("【测试】模块一");
    assertThat(message.address()).isEqualTo("13712345678");
    House.get(house.desk.outcome(message.attempt(), new Outcome.Accepted(List.of("7"))));
    assertThat(house.json(operator, TEST + "/" + id).path("state").asText()).isEqualTo("SENT");
    house.evidence("sms", message, Signal.Evidence.DELIVERED);
    assertThat(house.json(operator, TEST + "/" + id).path("state").asText()).isEqualTo("DELIVERED");
  }

  @Test
  void a_number_that_is_wrong_is_shown_with_its_reason() throws Exception {
    String id =
        json(house.post(operator, TEST, "{\"phone\":\"10000\",\"text\":\"x\"}"))
            .path("id")
            .asText();
    Message message = House.get(house.desk.due("sms", 10)).get(0);
    House.get(
        house.desk.outcome(
            message.attempt(), new Outcome.Permanent("CMS 28: number not identified")));
    JsonNode test = house.json(operator, TEST + "/" + id);
    assertThat(test.path("state").asText()).isEqualTo("FAILED");
    assertThat(test.path("reason").path("code").asText()).isEqualTo("BAD_NUMBER");
  }

  @Test
  void who_sent_what_to_whom_stands_in_the_audit_the_number_masked() throws Exception {
    house.post(operator, TEST, "{\"phone\":\"13712345678\",\"text\":\"模块一\"}");
    await()
        .untilAsserted(
            () ->
                assertThat(house.json(admin, "/api/v1/audit").toString())
                    .contains("test on sms to 137****5678: 模块一")
                    .contains("POST " + TEST)
                    .contains("t-OPERATOR")
                    .doesNotContain("13712345678"));
  }

  @Test
  void what_is_wrong_is_said_all_at_once_and_other_channels_take_none() throws Exception {
    HttpResponse<String> wrong = house.post(operator, TEST, "{\"phone\":\"call me\"}");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(json(wrong).path("problems"))
        .extracting(p -> p.path("at").asText())
        .containsExactlyInAnyOrder("/phone", "/text");
    String good = "{\"phone\":\"13712345678\",\"text\":\"x\"}";
    assertThat(house.post(operator, "/api/v1/channels/none/test", good).statusCode())
        .isEqualTo(404);
    assertThat(house.post(operator, "/api/v1/channels/loudspeaker/test", good).statusCode())
        .isEqualTo(409);
    assertThat(house.fetch(operator, TEST + "/notice-1-99").statusCode()).isEqualTo(404);
    assertThat(House.get(house.desk.due("sms", 10))).isEmpty();
  }

  @Test
  void nobody_floods_a_phone_with_tests() throws Exception {
    String good = "{\"phone\":\"13712345678\",\"text\":\"x\"}";
    for (int i = 0; i < 64; i++) {
      assertThat(house.post(operator, TEST, good).statusCode()).isEqualTo(200);
    }
    assertThat(house.post(operator, TEST, good).statusCode()).isEqualTo(409);
    house.clock.pass(Duration.ofMinutes(61));
    assertThat(house.post(operator, TEST, good).statusCode()).isEqualTo(200);
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    return Json.MAPPER.readTree(response.body());
  }
}

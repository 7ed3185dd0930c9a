package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Message;
import org.lastmile.notices.Terms;

/** Other departments speak over the loudspeakers with tokens of their own. */
class NoticesApiTest {
  private static final String PATH = "/api/v1/notices";
  private House house;
  private String school;

  @BeforeEach
  void open() {
    house = new House();
    house.clock.pass(Duration.ofHours(8)); // ten in the morning there
    await().until(() -> house.desk.active() && house.departments.loaded());
    school = house.accounts.makeToken("学校", Role.DEPARTMENT, List.of(Township.EAST), null).secret();
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void aNoticeIsTakenAndSaidAndCountedByLoudspeaker() throws Exception {
    HttpResponse<String> answer =
        house.post(
            school,
            PATH,
            """
            {"text":"明天上午放假","targets":["%s"],"repeats":3,"volume":60}\
            """
                .formatted(Township.EAST));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    JsonNode taken = Json.MAPPER.readTree(answer.body());
    String id = taken.path("id").asText();
    assertThat(answer.headers().firstValue("Location")).hasValue(PATH + "/" + id);
    assertThat(taken.path("status").asText()).isEqualTo("SPEAKING");
    assertThat(taken.path("devices").asInt()).isEqualTo(3);

    List<Message> messages = house.departments.due(100);
    assertThat(messages).extracting(Message::address).containsExactly("spk-1", "spk-2", "spk-3");
    assertThat(messages.get(0).content().speech().repeats()).isEqualTo(3);
    assertThat(messages.get(0).content().speech().volume()).isEqualTo(60);
    JsonNode seen = house.json(school, PATH + "/" + id);
    assertThat(seen.path("notice").path("counts").path("WAITING").asInt()).isEqualTo(3);
    assertThat(seen.path("plays").path(0).path("device").asText()).isEqualTo("spk-1");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() throws Exception {
    HttpResponse<String> answer =
        house.post(
            school,
            PATH,
            """
            {"text":"","targets":["%s","P-04","spk-9"],"from":"morgen","until":"2026-07-04T23:00",
             "repeats":9,"volume":101,"priority":1}\
            """
                .formatted(Township.WEST));
    assertThat(answer.statusCode()).isEqualTo(400);
    JsonNode problems = Json.MAPPER.readTree(answer.body()).path("problems");
    assertThat(StreamSupport.stream(problems.spliterator(), false).map(p -> p.path("at").asText()))
        .contains("/text", "/targets", "/from", "/repeats", "/volume", "/priority");
    assertThat(answer.body())
        .contains("area " + Township.WEST + " is not within the areas of this account")
        .contains("'P-04' is not within the areas of this account")
        .contains("'spk-9' has no loudspeaker")
        .contains("08:00-20:00");
    assertThat(house.json(school, PATH)).isEmpty();
  }

  @Test
  void theTermsOfItsTokenBindADepartment() throws Exception {
    HttpResponse<String> made =
        house.post(
            House.BOOTSTRAP,
            "/api/v1/tokens",
            """
            {"name":"农业局","role":"department","areas":["%s"],"hours":"12:00-13:00","days":"1-5",
             "perDay":1,"secondsPerDay":60,"devices":2,"characters":10}\
            """
                .formatted(Township.EAST));
    assertThat(made.statusCode()).isEqualTo(200);
    String token = Json.MAPPER.readTree(made.body()).path("secret").asText();
    String wish = "{\"text\":\"今天下午三点在村委会领取种子\",\"targets\":[\"" + Township.EAST + "\"]}";
    HttpResponse<String> answer = house.post(token, PATH, wish);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("14 characters, this account may say 10")
        .contains("3 loudspeakers, this account may use 2")
        .contains("12:00-13:00 on days 1-5");
  }

  @Test
  void tokensOfDepartmentsNeedAnAreaAndPeopleAreNone() throws Exception {
    HttpResponse<String> token =
        house.post(
            House.BOOTSTRAP,
            "/api/v1/tokens",
            "{\"name\":\"x\",\"role\":\"department\",\"hours\":\"20:00-08:00\",\"days\":\"5-1\"}");
    assertThat(token.statusCode()).isEqualTo(400);
    assertThat(token.body()).contains("/areas", "/hours", "/days");
    HttpResponse<String> user =
        house.post(House.BOOTSTRAP, "/api/v1/users", "{\"name\":\"x\",\"role\":\"department\"}");
    assertThat(user.statusCode()).isEqualTo(400);
    assertThat(user.body()).contains("make a token");
  }

  @Test
  void aDepartmentSeesAndStopsItsOwnAndStaffSeeAndStopThoseOfTheirAreas() throws Exception {
    String other =
        house.accounts.makeToken("水务局", Role.DEPARTMENT, List.of(Township.EAST), null).secret();
    String wish = "{\"text\":\"停水\",\"targets\":[\"P-01\"]}";
    String id = Json.MAPPER.readTree(house.post(other, PATH, wish).body()).path("id").asText();
    assertThat(house.json(school, PATH)).isEmpty();
    assertThat(house.fetch(school, PATH + "/" + id).statusCode()).isEqualTo(404);
    assertThat(delete(school, id)).isEqualTo(404);
    assertThat(house.json(house.token(Role.VIEWER), PATH)).hasSize(1);
    assertThat(house.json(house.token(Role.OPERATOR, Township.WEST), PATH)).isEmpty();
    assertThat(delete(house.token(Role.VIEWER), id)).isEqualTo(403);
    assertThat(delete(house.token(Role.OPERATOR, Township.EAST), id)).isEqualTo(200);
    JsonNode stopped = house.json(other, PATH + "/" + id).path("notice");
    assertThat(stopped.path("status").asText()).isEqualTo("STOPPED");
    assertThat(stopped.path("stoppedBy").asText()).isEqualTo("t-OPERATOR");
  }

  @Test
  void whoAsksTooOftenIsToldToWaitAndOthersAreNot() throws Exception {
    String wish = "{\"text\":\"\",\"targets\":[]}";
    for (int i = 0; i < 60; i++) {
      assertThat(house.post(school, PATH, wish).statusCode()).isEqualTo(400);
    }
    HttpResponse<String> answer = house.post(school, PATH, wish);
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    assertThat(house.post(House.BOOTSTRAP, PATH, wish).statusCode()).isEqualTo(400);
    house.clock.pass(Duration.ofMinutes(1));
    assertThat(house.post(school, PATH, wish).statusCode()).isEqualTo(400);
  }

  @Test
  void everyNoticeStandsInTheAudit() throws Exception {
    house.post(school, PATH, "{\"text\":\"停水\",\"targets\":[\"P-01\"]}");
    await()
        .until(() -> house.fetch(House.BOOTSTRAP, "/api/v1/audit").body().contains("POST " + PATH));
  }

  @Test
  void earlierTokensSpeakAsUsual() {
    assertThat(house.accounts.byToken(school).orElseThrow().terms()).isEqualTo(Terms.USUAL);
  }

  private int delete(String token, String id) throws Exception {
    return house.send(house.as(token, PATH + "/" + id).DELETE()).statusCode();
  }
}

package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.Row;
import org.dhatim.fastexcel.reader.Sheet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Warning;

class WarningsApiTest {
  private House house;
  private String viewer;
  private String operator;
  private String approver;

  @BeforeEach
  void open() {
    house = new House();
    viewer = house.token(Role.VIEWER);
    operator = house.token(Role.OPERATOR);
    approver = house.token(Role.APPROVER);
  }

  @AfterEach
  void close() {
    house.close();
  }

  private Warning red(String identifier) {
    return Township.red(identifier, house.clock.instant());
  }

  @Test
  void aWarningIsListedWithItsCountsNewestFirst() throws Exception {
    String first = house.release(red("A1"));
    String second = house.release(red("A2"));
    JsonNode list = house.json(viewer, "/api/v1/warnings");
    assertThat(list).extracting(w -> w.path("id").asText()).containsExactly(second, first);
    JsonNode one = house.json(viewer, "/api/v1/warnings/" + first);
    assertThat(one.path("grade").asText()).isEqualTo("RED");
    assertThat(one.path("status").asText()).isEqualTo("RELEASED");
    assertThat(one.path("drill").asBoolean()).isFalse();
    assertThat(one.path("headline").asText()).contains("红色");
    assertThat(one.path("points").asInt()).isEqualTo(6);
    assertThat(one.path("unreached").asInt()).isEqualTo(6);
    assertThat(one.path("sent").asText()).isEqualTo("2026-07-03T18:00:00Z");
  }

  @Test
  void theListIsFilteredByStatusAndAWrongStatusIsNamed() throws Exception {
    house.release(red("A1"));
    String waiting = house.handIn(red("A2"));
    assertThat(house.json(viewer, "/api/v1/warnings?status=awaiting_approval"))
        .extracting(w -> w.path("id").asText())
        .containsExactly(waiting);
    HttpResponse<String> wrong = house.fetch(viewer, "/api/v1/warnings?status=sleeping");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(problem(wrong).path("problems").path(0).path("at").asText()).isEqualTo("?status");
    assertThat(problem(wrong).path("problems").path(0).path("what").asText()).contains("RELEASED");
  }

  @Test
  void coverageSaysPointByPointWhatIsMissingAndForHowLong() throws Exception {
    String id = house.release(red("A1"));
    JsonNode coverage = house.json(viewer, "/api/v1/warnings/" + id + "/coverage");
    assertThat(coverage.path("total").asInt()).isEqualTo(6);
    assertThat(coverage.path("unreached").asInt()).isEqualTo(6);
    assertThat(coverage.path("byArea")).hasSize(2);
    JsonNode point = coverage.path("points").path(0);
    assertThat(point.path("id").asText()).isEqualTo("P-01");
    assertThat(point.path("state").asText()).isEqualTo("UNREACHED");
    assertThat(point.path("since").asText()).isEqualTo("2026-07-03T18:00:00Z");
    assertThat(point.path("why").isTextual()).isTrue();
    assertThat(point.path("missing")).isNotEmpty();
  }

  @Test
  void sentIsNeverToldAndDeliveredIsNeverAnswered() throws Exception {
    String id = house.release(red("A1"));
    List<Message> sms = house.carry("sms");
    JsonNode sent = house.json(viewer, "/api/v1/warnings/" + id);
    assertThat(sent.path("byState").path("SENT").asInt()).isPositive();
    assertThat(sent.path("unreached").asInt()).isEqualTo(6);
    Message toA =
        sms.stream().filter(m -> m.address().equals("13800000001")).findFirst().orElseThrow();
    house.evidence("sms", toA, Signal.Evidence.DELIVERED);
    JsonNode delivered = house.json(viewer, "/api/v1/warnings/" + id + "/coverage");
    assertThat(delivered.path("reached").asInt()).isEqualTo(1);
    assertThat(delivered.path("covered").asInt()).isZero();
  }

  @Test
  void deliveriesAreFilteredByPointStateAndChannel() throws Exception {
    String id = house.release(red("A1"));
    house.carry("loudspeaker");
    String path = "/api/v1/warnings/" + id + "/deliveries";
    assertThat(house.json(viewer, path + "?channel=loudspeaker&state=SENT")).hasSize(6);
    JsonNode one = house.json(viewer, path + "?channel=loudspeaker&point=P-02");
    assertThat(one).extracting(r -> r.path("address").asText()).containsOnly("spk-2");
    assertThat(house.fetch(viewer, path + "?state=GONE").statusCode()).isEqualTo(400);
  }

  @Test
  void phonesAreSeenByWhoHasToCallAndMaskedForOthers() throws Exception {
    String id = house.release(red("A1"));
    String path = "/api/v1/warnings/" + id + "/deliveries?channel=sms";
    assertThat(house.fetch(operator, path).body()).contains("13800000001").contains("赵大山1");
    assertThat(house.fetch(viewer, path).body())
        .contains("138****0001")
        .doesNotContain("13800000001")
        .doesNotContain("赵大山1");
    assertThat(house.fetch(viewer, path).body()).doesNotContain("低保");
    house.carry("sms");
    String timeline = "/api/v1/warnings/" + id + "/timeline";
    assertThat(house.fetch(operator, timeline).body()).contains("赵大山1");
    assertThat(house.fetch(viewer, timeline).body())
        .contains("赵**")
        .doesNotContain("13800000001")
        .doesNotContain("赵大山1");
    assertThat(house.fetch(operator, "/api/v1/registry/people").body())
        .contains("13800000001")
        .contains("secretsecret");
    assertThat(house.fetch(viewer, "/api/v1/registry/people").body())
        .contains("138****0001")
        .doesNotContain("13800000001")
        .doesNotContain("secretsecret");
  }

  @Test
  void aHumansWordCoversAPointAndACorrectionOpensItAgain() throws Exception {
    String id = house.release(red("A1"));
    String path = "/api/v1/warnings/" + id + "/points/P-03/confirm";
    HttpResponse<String> done =
        house.post(
            operator, path, "{\"who\":\"王建国3\",\"how\":\"上门\",\"note\":\"已全部撤离\",\"moved\":15}");
    assertThat(done.statusCode()).isEqualTo(200);
    assertThat(problem(done).path("state").asText()).isEqualTo("COVERED");
    assertThat(problem(done).path("moved").asInt()).isEqualTo(15);
    assertThat(house.json(viewer, "/api/v1/warnings/" + id).path("covered").asInt()).isEqualTo(1);
    String timeline = house.fetch(viewer, "/api/v1/warnings/" + id + "/timeline").body();
    assertThat(timeline).contains("王建国3 (t-OPERATOR)").contains("上门").contains("已全部撤离");
    house.post(operator, path, "{\"how\":\"电话\",\"note\":\"又回去了\",\"covered\":false}");
    assertThat(house.json(viewer, "/api/v1/warnings/" + id).path("covered").asInt()).isZero();
  }

  @Test
  void aWordThatIsNotCompleteListsAllThatIsWrong() throws Exception {
    String id = house.release(red("A1"));
    HttpResponse<String> response =
        house.post(
            operator,
            "/api/v1/warnings/" + id + "/points/P-03/confirm",
            "{\"note\":5,\"moved\":-3}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(problem(response).path("problems"))
        .extracting(p -> p.path("at").asText())
        .containsExactly("/how", "/note", "/moved");
    assertThat(
            house
                .post(operator, "/api/v1/warnings/" + id + "/points/P-03/confirm", "not json")
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void aSecondPersonApprovesRejectsAndLifts() throws Exception {
    String id = house.handIn(red("A1"));
    HttpResponse<String> approved = house.post(approver, "/api/v1/warnings/" + id + "/approve", "");
    assertThat(approved.statusCode()).isEqualTo(200);
    assertThat(problem(approved).path("status").asText()).isEqualTo("RELEASED");
    assertThat(problem(approved).path("points").asInt()).isEqualTo(6);
    HttpResponse<String> again = house.post(approver, "/api/v1/warnings/" + id + "/approve", "");
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(problem(again).path("detail").asText()).contains("nothing to approve");
    HttpResponse<String> lifted =
        house.post(approver, "/api/v1/warnings/" + id + "/lift", "{\"why\":\"雨停了\"}");
    assertThat(lifted.statusCode()).isEqualTo(200);
    assertThat(house.json(viewer, "/api/v1/warnings/" + id).path("status").asText())
        .isEqualTo("LIFTED");

    String other = house.handIn(red("A2"));
    house.post(approver, "/api/v1/warnings/" + other + "/reject", "{\"why\":\"误报\"}");
    assertThat(house.json(viewer, "/api/v1/warnings/" + other).path("status").asText())
        .isEqualTo("REJECTED");
  }

  @Test
  void whatIsUnknownIs404AndTheWrongMethodSaysWhichAreRight() throws Exception {
    String id = house.release(red("A1"));
    for (String path :
        List.of(
            "/api/v1/warnings/w0",
            "/api/v1/warnings/w0/coverage",
            "/api/v1/warnings/w0/deliveries",
            "/api/v1/warnings/w0/timeline",
            "/api/v1/warnings/w0/report.csv",
            "/api/v1/nothing")) {
      HttpResponse<String> response = house.fetch(operator, path);
      assertThat(response.statusCode()).as(path).isEqualTo(404);
      assertThat(problem(response).path("status").asInt()).isEqualTo(404);
      assertThat(problem(response).path("instance").asText()).isEqualTo(path);
    }
    assertThat(
            house
                .post(
                    operator, "/api/v1/warnings/" + id + "/points/P-99/confirm", "{\"how\":\"x\"}")
                .statusCode())
        .isEqualTo(404);
    HttpResponse<String> wrong = house.post(operator, "/api/v1/warnings/" + id + "/coverage", "{}");
    assertThat(wrong.statusCode()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("Allow")).contains("GET");
    assertThat(wrong.headers().firstValue("Content-Type")).contains("application/problem+json");
  }

  @Test
  void whileTheStoreIsAwayTheAnswerIs503AndWhenToComeBack() throws Exception {
    String id = house.release(red("A1"));
    house.fetch(operator, "/api/v1/channels");
    house.fetch(approver, "/api/v1/channels");
    house.ledger.away(true);
    HttpResponse<String> lift = house.post(approver, "/api/v1/warnings/" + id + "/lift", "");
    assertThat(lift.statusCode()).isEqualTo(503);
    assertThat(lift.headers().firstValue("Retry-After")).contains("5");
    HttpResponse<String> unknown = house.fetch(operator, "/api/v1/warnings/w0");
    assertThat(unknown.statusCode()).isEqualTo(503);
    assertThat(unknown.headers().firstValue("Retry-After")).contains("5");
    assertThat(problem(unknown).path("status").asInt()).isEqualTo(503);
  }

  @Test
  void aTownsAccountSeesAndDecidesItsOwnVillagesAlone() throws Exception {
    String east = house.token(Role.ADMIN, Township.EAST);
    String id = house.release(red("A1"));
    assertThat(house.json(east, "/api/v1/warnings").path(0).path("points").asInt()).isEqualTo(3);
    JsonNode coverage = house.json(east, "/api/v1/warnings/" + id + "/coverage");
    assertThat(coverage.path("total").asInt()).isEqualTo(3);
    assertThat(coverage.path("byArea")).hasSize(1);
    assertThat(house.fetch(east, "/api/v1/warnings/" + id + "/deliveries").body())
        .contains("P-01")
        .doesNotContain("P-04");
    assertThat(house.json(east, "/api/v1/registry/points").path("total").asInt()).isEqualTo(3);
    assertThat(house.json(east, "/api/v1/registry/people").path("total").asInt()).isEqualTo(6);
    assertThat(house.json(east, "/api/v1/registry/speakers").path("total").asInt()).isEqualTo(3);
    String confirm = "/api/v1/warnings/" + id + "/points/%s/confirm";
    String word = "{\"how\":\"电话\"}";
    assertThat(house.post(east, confirm.formatted("P-04"), word).statusCode()).isEqualTo(403);
    assertThat(house.post(east, confirm.formatted("P-01"), word).statusCode()).isEqualTo(200);
    assertThat(house.post(east, "/api/v1/warnings/" + id + "/lift", "{}").statusCode())
        .isEqualTo(403);
    String elsewhere = house.token(Role.VIEWER, "110000000000");
    assertThat(house.json(elsewhere, "/api/v1/warnings")).isEmpty();
    assertThat(house.fetch(elsewhere, "/api/v1/warnings/" + id).statusCode()).isEqualTo(404);
  }

  @Test
  void theReportIsASpreadsheetThatRunsNothing() throws Exception {
    String id = house.release(red("A1"));
    house.post(
        operator,
        "/api/v1/warnings/" + id + "/points/P-03/confirm",
        "{\"who\":\"=cmd|'/c calc'!A1\",\"how\":\"上门\"}");
    HttpResponse<String> csv = house.fetch(viewer, "/api/v1/warnings/" + id + "/report.csv");
    assertThat(csv.headers().firstValue("Content-Disposition").orElse("")).contains(id + ".csv");
    assertThat(csv.body()).startsWith("\uFEFF\"编号\"");
    assertThat(csv.body().lines()).hasSize(7);
    assertThat(csv.body().lines().filter(l -> l.contains("P-03")))
        .first()
        .asString()
        .contains("已覆盖");
    byte[] bytes =
        house
            .http
            .send(
                house.as(viewer, "/api/v1/warnings/" + id + "/report.xlsx").build(),
                HttpResponse.BodyHandlers.ofByteArray())
            .body();
    List<String> cells = new ArrayList<>();
    try (ReadableWorkbook book = new ReadableWorkbook(new ByteArrayInputStream(bytes))) {
      assertThat(book.getSheets().map(Sheet::getName)).containsExactly("预警", "隐患点", "投递", "时间线");
      for (Sheet sheet : book.getSheets().collect(Collectors.toList())) {
        for (Row row : sheet.read()) {
          row.forEach(cell -> cells.add(cell == null ? "" : cell.getText()));
        }
      }
    }
    assertThat(cells).contains("P-03", "已覆盖", "138****0001");
    assertThat(cells).anyMatch(c -> c.startsWith("'=cmd"));
    assertThat(cells).noneMatch(c -> c.startsWith("="));
  }

  @Test
  void whatCarriersReportedIsToldApartInTheDeliveriesAndInTheTables() throws Exception {
    String id = house.release(red("A1"));
    List<Message> sms = house.carry("sms");
    List<Signal.Evidence> said =
        List.of(
            Signal.Evidence.DELIVERED,
            Signal.Evidence.RECEIVED,
            Signal.Evidence.FAILED,
            Signal.Evidence.EXPIRED);
    for (int i = 0; i < said.size(); i++) {
      String phone = "1380000000" + (i + 1);
      house.evidence(
          "sms",
          sms.stream().filter(m -> m.address().equals(phone)).findFirst().orElseThrow(),
          said.get(i));
    }
    JsonNode rows = house.json(operator, "/api/v1/warnings/" + id + "/deliveries?channel=sms");
    assertThat(rows)
        .filteredOn(r -> r.path("address").asText().startsWith("1380000000"))
        .filteredOn(r -> r.path("stage").asInt() == 0 && !r.path("details").asBoolean())
        .extracting(r -> r.path("report").asText())
        .containsExactlyInAnyOrder("DELIVERED", "TRYING", "FAILED", "EXPIRED", "NONE", "NONE");
    String path = "/api/v1/warnings/" + id + "/report.csv";
    assertThat(house.fetch(operator, path + "?of=deliveries").body())
        .contains("\"回执\"", "运营商仍在投递", "送不到", "过期未达", "已送达，未应答", "已发出，未证实");
    assertThat(house.fetch(operator, path + "?of=timeline").body())
        .contains("送达", "已收下，仍在投递", "过期未达");
    assertThat(house.fetch(operator, path + "?of=nothing").statusCode()).isEqualTo(400);
  }

  @Test
  void whyAPointIsNotCoveredHasACodeForEveryPerson() throws Exception {
    String id = house.release(red("A1"));
    Message toA =
        House.get(house.desk.due("sms", 1000)).stream()
            .filter(m -> m.address().equals("13800000001"))
            .findFirst()
            .orElseThrow();
    House.get(
        house.desk.outcome(toA.attempt(), new Outcome.Permanent("CMS 28: number not identified")));
    JsonNode point =
        house.json(viewer, "/api/v1/warnings/" + id + "/coverage").path("points").path(0);
    assertThat(point.path("reasons").path(0).path("who").asText()).isEqualTo("王建国1");
    assertThat(point.path("reasons").path(0).path("reason").path("code").asText())
        .isEqualTo("BAD_NUMBER");
    assertThat(point.path("why").asText()).contains("王建国1：CMS 28");
  }

  @Test
  void channelsSayWhatWorksPartByPart() throws Exception {
    JsonNode channels = house.json(viewer, "/api/v1/channels");
    assertThat(channels)
        .extracting(c -> c.path("name").asText() + " " + c.path("state").asText())
        .containsExactly("loudspeaker DOWN", "sms UP");
    assertThat(channels.path(0).path("why").asText()).contains("no connection");
    assertThat(channels.path(1).path("parts").path(0).path("facts").path("signal").asText())
        .isEqualTo("21");
  }

  @Test
  void theRegistryIsPagedAndSearched() throws Exception {
    JsonNode page = house.json(viewer, "/api/v1/registry/points?size=4&page=2");
    assertThat(page.path("total").asInt()).isEqualTo(6);
    assertThat(page.path("items"))
        .extracting(p -> p.path("id").asText())
        .containsExactly("P-05", "P-06");
    assertThat(house.json(viewer, "/api/v1/registry/people?q=王建国3").path("total").asInt())
        .isEqualTo(1);
    assertThat(house.fetch(viewer, "/api/v1/registry/points?size=0").statusCode()).isEqualTo(400);
  }

  @Test
  void aDutyTaskIsTakenByWhoSeesToIt() throws Exception {
    house.release(red("A1"));
    house.clock.pass(Duration.ofMinutes(6));
    await().untilAsserted(() -> assertThat(house.json(viewer, "/api/v1/duty-tasks")).hasSize(2));
    JsonNode task = house.json(operator, "/api/v1/duty-tasks").path(0);
    assertThat(task.path("items")).hasSize(3);
    String id = URLEncoder.encode(task.path("id").asText(), StandardCharsets.UTF_8);
    assertThat(house.post(operator, "/api/v1/duty-tasks/" + id + "/take", "").statusCode())
        .isEqualTo(204);
    assertThat(house.json(viewer, "/api/v1/duty-tasks").path(0).path("takenBy").asText())
        .isEqualTo("t-OPERATOR");
    assertThat(house.post(operator, "/api/v1/duty-tasks/none/take", "").statusCode())
        .isEqualTo(404);
    assertThat(house.fetch(operator, "/api/v1/duty-tasks").body()).contains("13800000001");
    assertThat(house.fetch(viewer, "/api/v1/duty-tasks").body()).doesNotContain("13800000001");
    String west = house.token(Role.VIEWER, Township.WEST);
    assertThat(house.json(west, "/api/v1/duty-tasks"))
        .extracting(t -> t.path("village").asText())
        .containsExactly("西岭村");
  }

  @Test
  void aDrillIsMarkedAndATestNeverGoesOut() throws Exception {
    String drill =
        house.release(
            Township.warning("D1", house.clock.instant(), Warning.Nature.EXERCISE, Grade.RED));
    assertThat(house.json(viewer, "/api/v1/warnings/" + drill).path("drill").asBoolean()).isTrue();
  }

  private static JsonNode problem(HttpResponse<String> response) throws Exception {
    return Json.MAPPER.readTree(response.body());
  }
}

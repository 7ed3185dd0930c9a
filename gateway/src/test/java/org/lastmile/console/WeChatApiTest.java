package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Message;
import org.lastmile.channel.Signal;

/** Who can't be reached by WeChat, and the company's accounts, asked for by phone. */
class WeChatApiTest {
  private static final String B1 = "13900000001"; // in the township A persons have an openid
  private House house;

  @BeforeEach
  void open() {
    house = House.withWeChat();
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void everyPointSaysWhoIsNotReachedByWeChat() throws Exception {
    dead("oWxa1secretsecret");
    dead("oWxb1secretsecret");
    JsonNode all = json("/api/v1/wechat/coverage");
    assertThat(all.path("points").asInt()).isEqualTo(6);
    assertThat(all.path("complete").asInt()).isEqualTo(5);
    assertThat(all.path("responsible").asInt()).isEqualTo(12);
    assertThat(all.path("responsibleReached").asInt()).isEqualTo(10);
    assertThat(all.path("households").asInt()).isEqualTo(6);
    assertThat(all.path("householdsReached").asInt()).isZero();
    assertThat(all.path("items")).hasSize(1);
    assertThat(all.path("items").path(0).path("missing"))
        .extracting(JsonNode::asText)
        .containsExactly("王建国1", "李秀英1");

    bind("o-li", B1);
    bind("o-zhao", "13700000002");
    JsonNode point = json("/api/v1/registry/points").path("items").path(0);
    assertThat(point.path("id").asText()).isEqualTo("P-01");
    assertThat(point.path("wechat").path("responsibleReached").asInt()).isEqualTo(1);
    assertThat(point.path("wechat").path("missing").path(0).asText()).isEqualTo("王建国1");
    JsonNode second = json("/api/v1/registry/points").path("items").path(1);
    assertThat(second.path("wechat").path("householdsReached").asInt()).isEqualTo(1);
  }

  @Test
  void whoMayNotSeePersonalDataSeesNoNames() throws Exception {
    dead("oWxa1secretsecret");
    String viewer = house.token(Role.VIEWER, Township.EAST);
    JsonNode all = Json.MAPPER.readTree(house.fetch(viewer, "/api/v1/wechat/coverage").body());
    assertThat(all.path("points").asInt()).isEqualTo(3);
    assertThat(all.path("items").path(0).path("missing").path(0).asText()).isEqualTo("王**");
  }

  @Test
  void theCompanysAccountsAreAskedForByPhoneAndWrittenToFromThenOn() throws Exception {
    house.userids.put(B1, "LiXiuYing");
    HttpResponse<String> started = house.post(House.BOOTSTRAP, "/api/v1/wechat/userids", "{}");
    assertThat(started.statusCode()).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> !json("/api/v1/wechat/userids").path("running").asBoolean());
    JsonNode done = json("/api/v1/wechat/userids");
    assertThat(done.path("found").asInt()).isEqualTo(1);
    assertThat(done.path("unknown").asInt()).isEqualTo(11);
    assertThat(done.path("left").asInt()).isZero();
    house.release(Township.red("A1", house.clock.instant()));
    assertThat(house.carry("wecom")).extracting(Message::address).containsExactly("lixiuying");
    String town = house.token(Role.ADMIN, Township.TOWN);
    assertThat(house.post(town, "/api/v1/wechat/userids", "{}").statusCode()).isEqualTo(403);
  }

  private void dead(String openid) {
    House.get(
        house.desk.signal(
            "wechat",
            new Signal.Binding(
                openid, Signal.Change.DEAD, "40003", house.clock.instant(), Map.of())));
  }

  private void bind(String openid, String phone) {
    House.get(house.desk.bind(openid, phone, ""));
    String text =
        house.carry("sms").stream()
            .filter(m -> m.address().equals(phone))
            .findFirst()
            .orElseThrow()
            .content()
            .text();
    House.get(house.desk.prove(openid, text.replaceAll(".*?(\\d{8}).*", "$1")));
  }

  private JsonNode json(String path) throws Exception {
    return Json.MAPPER.readTree(house.fetch(House.BOOTSTRAP, path).body());
  }
}

package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Loudspeakers' keys over HTTP: administrators alone, refusals in words, nothing half done. */
class DeviceKeysApiTest {
  private static final String KEYS = "/api/v1/loudspeakers/keys";

  private House house;
  private String admin;

  @BeforeEach
  void open() {
    house = new House();
    admin = house.token(Role.ADMIN);
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void an_administrator_sees_the_keys_and_how_many_follow() throws Exception {
    JsonNode keys = house.json(admin, KEYS);
    assertThat(keys.path("keys").get(0).path("kid").asText()).isEqualTo("k-used");
    assertThat(keys.path("online").asInt()).isEqualTo(2);
    assertThat(keys.path("follow").asInt()).isEqualTo(2);
  }

  @Test
  void nobody_else_may() throws Exception {
    String operator = house.token(Role.OPERATOR);
    assertThat(house.post(operator, KEYS, "{}").statusCode()).isEqualTo(403);
    assertThat(house.deviceKeys.asked).isEmpty();
  }

  @Test
  void every_step_is_one_request() throws Exception {
    assertThat(house.post(admin, KEYS, "{\"alg\":\"SM2\"}").statusCode()).isEqualTo(200);
    assertThat(house.post(admin, KEYS + "/use", "{}").statusCode()).isEqualTo(200);
    String half = "{\"kid\":\"r-1\",\"alg\":\"Ed25519\",\"publicKey\":\"AAAA\"}";
    assertThat(house.post(admin, KEYS + "/recovery", half).statusCode()).isEqualTo(200);
    assertThat(house.post(admin, KEYS + "/recover", "{\"document\":\"{}\"}").statusCode())
        .isEqualTo(200);
    assertThat(house.deviceKeys.asked)
        .containsExactly("announce SM2", "use", "recovery r-1 Ed25519 AAAA", "recover {}");
  }

  @Test
  void a_key_that_online_loudspeakers_do_not_have_is_used_only_by_force() throws Exception {
    house.deviceKeys.follow = 1;
    HttpResponse<String> refused = house.post(admin, KEYS + "/use", "{}");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("1 of 2 loudspeakers");
    assertThat(house.deviceKeys.asked).isEmpty();
    house.post(admin, KEYS + "/use", "{\"force\":true}");
    assertThat(house.deviceKeys.asked).containsExactly("use");
  }

  @Test
  void what_is_missing_is_named() throws Exception {
    HttpResponse<String> answer = house.post(admin, KEYS + "/recovery", "{\"kid\":\"r-1\"}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("/alg").contains("/publicKey");
  }
}

package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who gets in, and what for. */
class AccessTest {
  private static final Map<String, Right> PATHS = new TreeMap<>();

  static {
    PATHS.put("GET /api/v1/warnings", Right.SEE);
    PATHS.put("GET /api/v1/warnings/x", Right.SEE);
    PATHS.put("GET /api/v1/warnings/x/coverage", Right.SEE);
    PATHS.put("GET /api/v1/warnings/x/deliveries", Right.SEE);
    PATHS.put("GET /api/v1/warnings/x/timeline", Right.SEE);
    PATHS.put("GET /api/v1/warnings/x/report.csv", Right.SEE);
    PATHS.put("GET /api/v1/warnings/x/report.xlsx", Right.SEE);
    PATHS.put("GET /api/v1/registry/points", Right.SEE);
    PATHS.put("GET /api/v1/registry/people", Right.SEE);
    PATHS.put("GET /api/v1/registry/speakers", Right.SEE);
    PATHS.put("GET /api/v1/duty-tasks", Right.SEE);
    PATHS.put("GET /api/v1/channels", Right.SEE);
    PATHS.put("POST /api/v1/channels/x/test", Right.TEST);
    PATHS.put("GET /api/v1/channels/x/test/y", Right.TEST);
    PATHS.put("GET /api/v1/inbox", Right.SEE);
    PATHS.put("POST /api/v1/inbox/1/seen", Right.CONFIRM);
    PATHS.put("GET /api/v1/opt-outs", Right.SEE);
    PATHS.put("POST /api/v1/opt-outs", Right.CONFIRM);
    PATHS.put("POST /api/v1/warnings", Right.ISSUE);
    PATHS.put("POST /api/v1/warnings/x/approve", Right.APPROVE);
    PATHS.put("POST /api/v1/warnings/x/reject", Right.APPROVE);
    PATHS.put("POST /api/v1/warnings/x/lift", Right.LIFT);
    PATHS.put("POST /api/v1/warnings/x/points/y/confirm", Right.CONFIRM);
    PATHS.put("POST /api/v1/duty-tasks/x/take", Right.CONFIRM);
    PATHS.put("POST /api/v1/registry/import", Right.IMPORT);
    PATHS.put("POST /api/v1/notices", Right.SPEAK);
    PATHS.put("GET /api/v1/notices", Right.SEE_NOTICES);
    PATHS.put("GET /api/v1/notices/x", Right.SEE_NOTICES);
    PATHS.put("DELETE /api/v1/notices/x", Right.STOP_NOTICE);
    PATHS.put("GET /api/v1/users", Right.ADMINISTER);
    PATHS.put("POST /api/v1/users", Right.ADMINISTER);
    PATHS.put("DELETE /api/v1/users/x", Right.ADMINISTER);
    PATHS.put("GET /api/v1/tokens", Right.ADMINISTER);
    PATHS.put("POST /api/v1/tokens", Right.ADMINISTER);
    PATHS.put("DELETE /api/v1/tokens/x", Right.ADMINISTER);
    PATHS.put("GET /api/v1/audit", Right.ADMINISTER);
  }

  private House house;

  @BeforeEach
  void open() {
    house = new House();
    // Camel's route stands behind the gate; here its place says what the gate let through.
    house
        .console
        .router()
        .post("/api/v1/warnings")
        .handler(r -> r.response().end(Caller.of(r).issuer().name()));
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void everyPathIsOpenToExactlyTheRolesThatHaveItsRight() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Role role : Role.values()) {
      String token = house.accounts.makeToken("t", role, List.of(), null).secret();
      for (Map.Entry<String, Right> path : PATHS.entrySet()) {
        int status = send(token, path.getKey()).statusCode();
        if ((status == 403) == role.may(path.getValue()) || status == 401 || status >= 500) {
          wrong.add(role + " " + path.getKey() + " -> " + status);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void theTableOfRolesIsWhatTheHouseAgreedOn() {
    assertThat(Role.VIEWER.rights()).containsExactlyInAnyOrder(Right.SEE, Right.SEE_NOTICES);
    assertThat(Role.OPERATOR.rights())
        .containsExactlyInAnyOrder(
            Right.SEE,
            Right.SEE_PERSONAL,
            Right.CONFIRM,
            Right.TEST,
            Right.SEE_NOTICES,
            Right.STOP_NOTICE);
    assertThat(Role.ISSUER.rights())
        .containsExactlyInAnyOrder(Right.SEE, Right.ISSUE, Right.SEE_NOTICES);
    assertThat(Role.APPROVER.rights())
        .containsExactlyInAnyOrder(
            Right.SEE, Right.APPROVE, Right.LIFT, Right.SEE_NOTICES, Right.STOP_NOTICE);
    assertThat(Role.DEPARTMENT.rights())
        .containsExactlyInAnyOrder(Right.SPEAK, Right.SEE_NOTICES, Right.STOP_NOTICE);
    assertThat(Role.ADMIN.rights()).containsExactlyInAnyOrder(Right.values());
  }

  @Test
  void withoutSignInEveryPathSays401AndHowToSignIn() throws Exception {
    for (String path : PATHS.keySet()) {
      for (String wrong : new String[] {null, "not a token"}) {
        HttpResponse<String> response = send(wrong, path);
        assertThat(response.statusCode()).as(path).isEqualTo(401);
        assertThat(response.headers().firstValue("WWW-Authenticate").orElse(""))
            .startsWith("Bearer");
        assertThat(problem(response).path("title").asText()).isEqualTo("Sign in first");
      }
    }
  }

  @Test
  void otherWritingsOfAPathDoNotPassTheGate() throws Exception {
    for (String path :
        List.of("/api//v1/users", "/api/v1/../v1/users", "/%61pi/v1/users", "/API/v1/users")) {
      int status = send(null, "GET " + path).statusCode();
      assertThat(status).as(path).isIn(401, 404);
    }
  }

  @Test
  void theBootstrapTokenIsAnAdmin() throws Exception {
    JsonNode me = house.json(House.BOOTSTRAP, "/api/v1/session");
    assertThat(me.path("role").asText()).isEqualTo("ADMIN");
    assertThat(me.path("machine").asBoolean()).isTrue();
  }

  @Test
  void aMachineThatMayReleaseMayLift() throws Exception {
    String trusted = house.token(Role.ISSUER);
    String untrusted = house.accounts.makeToken("t", Role.ISSUER, List.of(), null).secret();
    assertThat(house.post(trusted, "/api/v1/warnings/x/lift", "{}").statusCode()).isEqualTo(404);
    assertThat(house.post(untrusted, "/api/v1/warnings/x/lift", "{}").statusCode()).isEqualTo(403);
  }

  @Test
  void theIntakeBehindTheGateKnowsWhoAsks() throws Exception {
    String token = house.accounts.makeToken("county", Role.ISSUER, List.of(), null).secret();
    assertThat(house.post(token, "/api/v1/warnings", "{}").body()).isEqualTo("county");
  }

  @Test
  void aPersonSignsInWritesWithTheCsrfTokenAndSignsOut() throws Exception {
    house.accounts.putUser("王芳", Role.ADMIN, House.PASSWORD, List.of());
    HttpResponse<String> in = signIn("王芳", House.PASSWORD);
    assertThat(in.statusCode()).isEqualTo(200);
    String header = in.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(header).contains("HTTPOnly").contains("SameSite=Strict").doesNotContain("Secure");
    String csrf = problem(in).path("csrf").asText();
    String cookie = header.substring(0, header.indexOf(';'));

    assertThat(withCookie(cookie, "", "GET /api/v1/warnings").statusCode()).isEqualTo(200);
    String user = "{\"name\":\"li\",\"role\":\"viewer\"}";
    assertThat(withCookie(cookie, "", "POST /api/v1/users", user).statusCode()).isEqualTo(403);
    assertThat(withCookie(cookie, "wrong", "POST /api/v1/users", user).statusCode()).isEqualTo(403);
    assertThat(house.accounts.users()).hasSize(1);
    assertThat(withCookie(cookie, csrf, "POST /api/v1/users", user).statusCode()).isEqualTo(200);
    assertThat(house.accounts.users()).hasSize(2);

    assertThat(withCookie(cookie, csrf, "DELETE /api/v1/session").statusCode()).isEqualTo(204);
    assertThat(withCookie(cookie, "", "GET /api/v1/warnings").statusCode()).isEqualTo(401);
  }

  @Test
  void aRestartSignsNobodyOut() throws Exception {
    house.accounts.putUser("王芳", Role.VIEWER, House.PASSWORD, List.of());
    String cookie = cookie(signIn("王芳", House.PASSWORD));
    Sessions afterRestart = new Sessions(house.memory, new SecureRandom(), house.clock);
    assertThat(afterRestart.find(HttpCookie.parse(cookie).get(0).getValue())).isPresent();
  }

  @Test
  void whoIsSignedInGoesOnSeeingWhileTheStoreIsAwayAndOthersAreToldToComeBack() throws Exception {
    house.accounts.putUser("王芳", Role.VIEWER, House.PASSWORD, List.of());
    String cookie = cookie(signIn("王芳", House.PASSWORD));
    withCookie(cookie, "", "GET /api/v1/channels");
    house.ledger.away(true);
    house.clock.pass(Duration.ofMinutes(1));
    assertThat(withCookie(cookie, "", "GET /api/v1/channels").statusCode()).isEqualTo(200);
    HttpResponse<String> other = send("some token", "GET /api/v1/channels");
    assertThat(other.statusCode()).isEqualTo(503);
    assertThat(other.headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void anEndedAccountAndANewPasswordEndItsSessionsAtOnce() throws Exception {
    house.accounts.putUser("王芳", Role.VIEWER, House.PASSWORD, List.of());
    String cookie = cookie(signIn("王芳", House.PASSWORD));
    assertThat(withCookie(cookie, "", "GET /api/v1/channels").statusCode()).isEqualTo(200);
    house.clock.pass(Duration.ofSeconds(1));
    house.post(
        House.BOOTSTRAP,
        "/api/v1/users",
        "{\"name\":\"王芳\",\"role\":\"viewer\",\"password\":\"a quite new one\"}");
    assertThat(withCookie(cookie, "", "GET /api/v1/channels").statusCode()).isEqualTo(401);

    String again = cookie(signIn("王芳", "a quite new one"));
    assertThat(withCookie(again, "", "GET /api/v1/channels").statusCode()).isEqualTo(200);
    assertThat(send(House.BOOTSTRAP, "DELETE /api/v1/users/%E7%8E%8B%E8%8A%B3").statusCode())
        .isEqualTo(204);
    assertThat(withCookie(again, "", "GET /api/v1/channels").statusCode()).isEqualTo(401);
  }

  @Test
  void wrongPasswordsAreSlowedDownAndTheRightOneWaitsToo() throws Exception {
    house.accounts.putUser("王芳", Role.VIEWER, House.PASSWORD, List.of());
    for (int i = 0; i < 3; i++) {
      assertThat(signIn("王芳", "wrong password").statusCode()).isEqualTo(401);
    }
    HttpResponse<String> slowed = signIn("王芳", House.PASSWORD);
    assertThat(slowed.statusCode()).isEqualTo(429);
    assertThat(slowed.headers().firstValue("Retry-After")).isPresent();
    house.clock.pass(Duration.ofSeconds(3));
    assertThat(signIn("王芳", House.PASSWORD).statusCode()).isEqualTo(200);
  }

  @Test
  void aFormOfAnotherSiteCanNotSignAnybodyIn() throws Exception {
    HttpResponse<String> response =
        house.send(
            HttpRequest.newBuilder(URI.create(house.url("/api/v1/session")))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"a\",\"password\":\"b\"}")));
    assertThat(response.statusCode()).isEqualTo(415);
  }

  @Test
  void everyWriteIsAuditedTheRefusedOnesToo() throws Exception {
    String viewer = house.token(Role.VIEWER);
    house.post(viewer, "/api/v1/warnings/x/lift", "{}");
    house.post(House.BOOTSTRAP, "/api/v1/tokens", "{\"name\":\"new\",\"role\":\"viewer\"}");
    await()
        .untilAsserted(
            () -> {
              List<String> lines = new ArrayList<>();
              for (JsonNode line : house.json(House.BOOTSTRAP, "/api/v1/audit")) {
                lines.add(
                    line.path("who").asText()
                        + " "
                        + line.path("what").asText()
                        + " "
                        + line.path("status").asInt());
              }
              assertThat(lines)
                  .containsExactly(
                      "bootstrap POST /api/v1/tokens 200",
                      "t-VIEWER POST /api/v1/warnings/x/lift 403");
            });
  }

  @Test
  void everyAnswerCarriesTheStrictHeadersAndNoneOpensTheHouseToOtherSites() throws Exception {
    for (String path : List.of("/", "/api/v1/warnings", "/nothing/here", "/feed/cap.atom")) {
      HttpResponse<String> response =
          house.send(
              HttpRequest.newBuilder(URI.create(house.url(path)))
                  .header("Origin", "https://evil.example"));
      Map<String, List<String>> headers = response.headers().map();
      String policy = headers.get("content-security-policy").get(0);
      assertThat(policy).contains("default-src 'none'").contains("frame-ancestors 'none'");
      assertThat(policy).doesNotContain("unsafe");
      assertThat(headers.get("x-content-type-options")).containsExactly("nosniff");
      assertThat(headers.keySet()).doesNotContain("access-control-allow-origin");
    }
  }

  @Test
  void aTokenIsShownOnceAndHiddenFromTheList() throws Exception {
    JsonNode made =
        problem(
            house.post(
                House.BOOTSTRAP, "/api/v1/tokens", "{\"name\":\"county\",\"role\":\"ISSUER\"}"));
    String secret = made.path("secret").asText();
    assertThat(house.json(secret, "/api/v1/session").path("name").asText()).isEqualTo("county");
    assertThat(house.fetch(House.BOOTSTRAP, "/api/v1/tokens").body()).doesNotContain(secret);
    assertThat(house.fetch(House.BOOTSTRAP, "/api/v1/users").body()).doesNotContain("argon2");
  }

  @Test
  void aWrongRequestForAnAccountListsEverythingThatIsWrong() throws Exception {
    HttpResponse<String> response =
        house.post(House.BOOTSTRAP, "/api/v1/tokens", "{\"role\":\"king\",\"areas\":[\"12\"]}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(problem(response).path("problems")).hasSize(3);
  }

  private HttpResponse<String> send(String token, String path) throws Exception {
    String[] parts = path.split(" ", 2);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(house.url(parts[1])))
            .method(parts[0], HttpRequest.BodyPublishers.noBody());
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return house.send(request);
  }

  private HttpResponse<String> withCookie(String cookie, String csrf, String path)
      throws Exception {
    return withCookie(cookie, csrf, path, "");
  }

  private HttpResponse<String> withCookie(String cookie, String csrf, String path, String body)
      throws Exception {
    String[] parts = path.split(" ", 2);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(house.url(parts[1])))
            .method(parts[0], HttpRequest.BodyPublishers.ofString(body))
            .header("Cookie", cookie);
    if (!csrf.isEmpty()) {
      request.header("X-CSRF-Token", csrf);
    }
    return house.send(request);
  }

  private HttpResponse<String> signIn(String name, String password) throws Exception {
    String body = Json.text(Map.of("name", name, "password", password));
    return house.send(
        HttpRequest.newBuilder(URI.create(house.url("/api/v1/session")))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static String cookie(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(200);
    String header = response.headers().firstValue("Set-Cookie").orElseThrow();
    return header.substring(0, header.indexOf(';'));
  }

  private static JsonNode problem(HttpResponse<String> response) throws Exception {
    return Json.MAPPER.readTree(response.body());
  }
}

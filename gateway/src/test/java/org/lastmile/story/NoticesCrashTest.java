package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.simulators.speakers.Play;
import org.lastmile.simulators.speakers.Speaker;

/**
 * kill -9 of the gateway while departments speak: what was answered with 202 is said, once on every
 * loudspeaker, and what a department has used up of its day stays used up.
 */
class NoticesCrashTest {
  private static final int SPEAKERS = 12;
  private static final int A_DAY = 3;
  private static final String NOTICES = "/api/v1/notices";

  @TempDir Path folder;
  private Valley valley;

  @Test
  void what_was_accepted_is_neither_lost_nor_said_twice_and_counts() throws Exception {
    try (Valley open = new Valley(folder, SPEAKERS)) {
      valley = open;
      Path config = Files.writeString(valley.config(), noonHere(), StandardOpenOption.APPEND);
      GatewayProcess gateway = new GatewayProcess(config, List.of(valley.devices()));
      valley.opens(gateway.start());
      String water = token("水务局");
      String school = token("学校");

      String first = says(water, "第一次停水");
      isHeardEverywhere(first);

      // Dead as soon as it has promised; one loudspeaker has no power then.
      Speaker off = valley.fleet().device("v1");
      off.powerOff();
      String second = says(water, "第二次停水");
      gateway.kill();
      off.powerOn();
      gateway.start();
      isHeardEverywhere(second);
      assertThat(heard(first)).isEqualTo(SPEAKERS);

      // Dead when one half has said that it has spoken and the other is about to speak, and while
      // another department asks: without an answer it has all of what it asked for, or nothing.
      valley.fleet().devices().stream()
          .limit(SPEAKERS / 2)
          .forEach(d -> d.slow(Duration.ofSeconds(5)));
      String third = says(water, "第三次停水");
      Valley.until("one half is heard", () -> heard(third) >= SPEAKERS / 2);
      CompletableFuture<HttpResponse<String>> asked =
          CompletableFuture.supplyAsync(() -> asks(school, "明天放假"));
      gateway.kill();
      assertThat(played(third)).as("in the middle").isLessThan(SPEAKERS);
      boolean promised = asked.handle((a, lost) -> lost == null && a.statusCode() == 202).join();
      gateway.start();

      // Its day is used up, and nobody else's.
      HttpResponse<String> fourth = speaks(water, "第四次停水");
      assertThat(fourth.statusCode()).isEqualTo(400);
      assertThat(fourth.body()).contains("all " + A_DAY + " notices", "used up");
      says(school, "后天放假");
      List<String> ofSchool = notices("学校");
      assertThat(ofSchool).hasSizeBetween(promised ? 2 : 1, 2);
      isHeardEverywhere(third);
      ofSchool.forEach(this::isHeardEverywhere);

      assertThat(valley.playedTwice()).isEmpty();
      assertThat(valley.fleet().statistics().plays())
          .isEqualTo((long) SPEAKERS * (A_DAY + ofSchool.size()));
    }
  }

  /** Whenever this runs, departments may speak: it is noon there. */
  private static String noonHere() {
    int hour = OffsetDateTime.now(ZoneOffset.UTC).getHour();
    return "time-zone: '%s'\n".formatted(ZoneOffset.ofHours(12 - hour));
  }

  private String token(String department) {
    HttpResponse<String> made =
        valley
            .gateway()
            .post(
                "/api/v1/tokens",
                "application/json",
                bytes(
                    "{\"name\":\"%s\",\"role\":\"department\",\"areas\":[\"%s\"],\"perDay\":%d}"
                        .formatted(department, Roster.VILLAGE, A_DAY)));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    return Gateway.json(made.body()).path("secret").asText();
  }

  /** It has to be accepted, as soon as the gateway decides again. */
  private String says(String token, String words) {
    HttpResponse<String> answer = speaks(token, words);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return Gateway.json(answer.body()).path("id").asText();
  }

  private HttpResponse<String> speaks(String token, String words) {
    Valley.until("notices are read", () -> valley.gateway().asks(NOTICES).statusCode() == 200);
    return asks(token, words);
  }

  private HttpResponse<String> asks(String token, String words) {
    return valley
        .gateway()
        .post(
            token,
            NOTICES,
            "application/json",
            bytes("{\"text\":\"%s\",\"targets\":[\"%s\"]}".formatted(words, Roster.VILLAGE)));
  }

  private void isHeardEverywhere(String notice) {
    Valley.until(notice + " is heard everywhere", () -> heard(notice) == SPEAKERS);
    assertThat(played(notice)).isEqualTo(SPEAKERS);
  }

  /** By how many loudspeakers, as the gateway knows. */
  private int heard(String notice) {
    HttpResponse<String> answer = valley.gateway().asks(NOTICES + "/" + notice);
    return answer.statusCode() == 503
        ? 0
        : Gateway.json(answer.body()).path("notice").path("counts").path("PLAYED").asInt();
  }

  /** By how many loudspeakers, as they know. */
  private long played(String notice) {
    return valley.fleet().devices().stream()
        .filter(d -> d.played().stream().map(Play::content).anyMatch(notice::equals))
        .count();
  }

  private List<String> notices(String department) {
    return StreamSupport.stream(valley.gateway().get(NOTICES).spliterator(), false)
        .filter(n -> n.path("department").asText().equals(department))
        .map(n -> n.path("id").asText())
        .toList();
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}

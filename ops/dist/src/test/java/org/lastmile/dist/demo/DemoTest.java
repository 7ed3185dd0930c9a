package org.lastmile.dist.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.config.Practice;
import org.lastmile.dist.Parts;
import org.lastmile.dist.terminal.Screen;
import org.lastmile.warning.Grade;

/** The main job from end to end, on real wires. */
class DemoTest {
  @TempDir private Path folder;

  @Test
  void everyPointOfASmallTownshipIsCoveredAlthoughSomethingGoesWrong() throws Exception {
    Path report = folder.resolve("report.json");
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    Settings settings = new Settings(6, 4, 2, 1, 0, true, Duration.ofMinutes(4), report);

    boolean covered;
    try (Parts parts = new Parts()) {
      Screen screen =
          new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), false, 24, 80);
      covered = new Demo(settings, screen, parts).run();
    }

    String story = shown.toString(StandardCharsets.UTF_8);
    assertThat(covered).as(story).isTrue();
    assertThat(story).contains("All 6 points are covered.").contains("sign in as demo");
    JsonNode json = new ObjectMapper().readTree(Files.readString(report));
    assertThat(json.path("points").asInt()).isEqualTo(6);
    assertThat(json.path("covered").asInt()).isEqualTo(6);
    assertThat(json.path("allCovered").asBoolean()).isTrue();
    assertThat(json.path("open")).isEmpty();
    for (String channel : new String[] {"loudspeaker", "sms", "wechat"}) {
      assertThat(json.path("deliveries").path(channel).path("CONFIRMED").asInt())
          .as(channel)
          .isPositive();
    }
    assertThat(json.path("retries").asInt()).isPositive();
    assertThat(json.path("ladderSteps").asInt()).isPositive();
    assertThat(json.path("dutyTasks").asInt()).isPositive();
    assertThat(json.path("closedByPeople").asInt()).isPositive();
    assertThat(json.path("secondsToFirstDevice").asDouble()).isPositive();
    JsonNode times = json.path("secondsToCoverage");
    assertThat(times.path("50").asDouble()).isLessThanOrEqualTo(times.path("90").asDouble());
    assertThat(times.path("90").asDouble()).isLessThanOrEqualTo(times.path("100").asDouble());
  }

  @Test
  void theDemosPolicyIsOneThatAnOfficeCouldUse() throws Exception {
    Settings usual = new Settings(24, 16, 2, 1, 0, true, null, null);
    Path file = Files.writeString(folder.resolve("policy.yaml"), Demo.policy(usual));
    List<String> problems = new ArrayList<>();

    Practice practice = Practice.read(file, ZoneId.of("Asia/Shanghai"), problems);

    assertThat(problems).isEmpty();
    assertThat(practice.policy().ladders().get(Grade.RED).deadline()).isEqualTo(usual.deadline());
    assertThat(practice.policy().waits().spill()).isEqualTo(usual.spill());
  }
}

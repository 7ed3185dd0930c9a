package org.lastmile.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.story.Point.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.simulators.speakers.Play;

/** The main job, end to end: a red warning goes in, every hazard point is covered. */
class RedRainstormTest extends Story {
  private static final Duration SOON = Duration.ofSeconds(60);

  @BeforeEach
  void open() throws Exception {
    township(3, Duration.ofMillis(20)).opens();
  }

  @Test
  void a_red_warning_is_heard_and_answered_until_every_point_is_covered() throws Exception {
    Issued warning = town.issues(Alert.red("r1"));

    speaker("v1").plays("暴雨红色预警");
    person("王").readsSms("沿山脊路").readsWeChat("1号滑坡");
    assertThat(warning.point("p1")).isNotCovered();
    person("王").repliesOnWeChat("收到");
    assertThat(warning.point("p1")).isCovered();

    speaker("v2").plays("暴雨红色预警");
    person("李").repliesTo("2号滑坡", "1");
    assertThat(warning.point("p2")).isCovered();

    assertThat(warning.point("p3")).isNotCovered();
    person("张").repliesTo("3号滑坡", "已收到");
    warning.coversEveryPoint();
  }

  @Test
  void a_lift_reaches_everybody_who_was_told() throws Exception {
    Issued warning = town.everybodyAnswers().issues(Alert.red("r1"));
    warning.coversEveryPoint();
    for (String phone : town.roster().phones()) {
      town.smsc().phone(phone).expect("暴雨", SOON);
    }

    town.gateway()
        .post(
            "/api/v1/warnings/" + warning.id() + "/lift",
            "application/json",
            "{\"why\":\"雨停了\"}".getBytes(StandardCharsets.UTF_8));

    Township.until("it is lifted", () -> warning.status().equals("LIFTED"));
    for (String device : town.roster().loudspeakers()) {
      speaker(device).plays("解除");
    }
    for (String phone : town.roster().phones()) {
      town.smsc().phone(phone).expect("解除", SOON);
    }
    for (String openid : town.roster().openids()) {
      town.wechat().account().follower(openid).expect("解除", SOON);
    }
  }

  @Test
  void a_drill_looks_like_one_and_never_covers_a_real_warning() throws Exception {
    Issued drill = town.issues(Alert.red("d1").drill());
    speaker("v2").plays("【演练】");
    String wanted = town.smsc().phone(person("李").phone().number()).expect("演练", SOON).text();
    assertThat(wanted).startsWith("【演练】");
    assertThat(drill.point("p2")).isNotCovered();

    Issued real = town.issues(Alert.red("r1"));
    speaker("v2").plays("云岭县气象台");
    String asked = person("李").phone().expect(sms -> !sms.text().contains("演练"), SOON).text();
    person("李").textsBack("收到"); // to which of the two? It counts for neither.
    Township.until(
        "the words are kept",
        () -> real.timeline().stream().anyMatch(l -> l.path("detail").asText().equals("收到")));
    assertThat(drill.point("p2")).isNotCovered();
    assertThat(real.point("p2")).isNotCovered();

    person("李").textsBack(codeOf(asked));
    assertThat(real.point("p2")).isCovered();
    assertThat(drill.point("p2")).isNotCovered();
    person("李").textsBack("1");
    assertThat(drill.point("p2")).isCovered();
  }

  @Test
  void an_update_supersedes_in_one_command_and_asks_for_fresh_answers() throws Exception {
    Alert first = Alert.orange("o1");
    Issued orange = town.issues(first);
    speaker("v2").plays("暴雨橙色预警");
    person("李").repliesTo("2号滑坡", "收到");
    assertThat(orange.point("p2")).isCovered();
    long before = speaker("v2").device().commands();

    Issued red = town.issues(first.updateTo("红", "r2"));

    Township.until("the orange one is over", () -> orange.status().equals("SUPERSEDED"));
    speaker("v2").plays("暴雨红色预警");
    assertThat(speaker("v2").device().commands()).isEqualTo(before + 1);
    assertThat(speaker("v2").played()).extracting(Play::kind).containsExactly("WARN", "UPDATE");
    assertThat(red.point("p2")).isNotCovered();
    person("李").repliesTo("红色", "收到");
    assertThat(red.point("p2")).isCovered();
  }

  private static String codeOf(String text) {
    Matcher code = Pattern.compile("收到请回复(\\d\\d)").matcher(text);
    assertThat(code.find()).as("a code of its own in: " + text).isTrue();
    return code.group(1);
  }
}

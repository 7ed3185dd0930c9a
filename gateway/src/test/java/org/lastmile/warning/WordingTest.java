package org.lastmile.warning;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Content;

class WordingTest {
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  private final Wording wording = Wording.defaults(ZONE);

  private static Warning warning(Warning.Nature nature, Hazard hazard) {
    Instant sent = Instant.parse("2026-07-05T04:00:00Z");
    return new Warning(
        new Warning.Identity("s", "1", sent),
        Warning.Type.ALERT,
        nature,
        Grade.RED,
        hazard,
        "渝北区气象台",
        "渝北区气象台发布暴雨红色预警",
        "",
        "",
        Map.of(),
        sent,
        null,
        new Area("木耳镇", List.of(), List.of(), List.of()),
        List.of(),
        List.of(),
        List.of());
  }

  private static final Hazard RAIN = new Hazard("11B03", "暴雨", Hazard.Family.RAIN);

  private static HazardPoint point(String name, Hazard.Family family) {
    return new HazardPoint(
        name,
        name,
        "木耳镇",
        "垭口村",
        "一组",
        "500112107201",
        null,
        List.of(),
        List.of(family),
        "",
        "",
        4,
        13,
        "敲锣三声",
        "后山公路",
        "村小学",
        "",
        false);
  }

  private String text(
      Content.Kind kind, Audience audience, List<HazardPoint> points, boolean drill) {
    Warning.Nature nature = drill ? Warning.Nature.EXERCISE : Warning.Nature.ACTUAL;
    return wording
        .words(warning(nature, RAIN), kind, audience, points, Map.of(), List.of(), true)
        .text();
  }

  @Test
  void a_message_to_a_point_carries_its_own_route_shelter_and_signal() {
    String text =
        text(
            Content.Kind.WARN,
            Audience.RESPONSIBLE_A,
            List.of(point("上坝", Hazard.Family.GEOLOGICAL)),
            false);
    assertThat(text).contains("上坝", "后山公路", "村小学", "敲锣三声", "4户13人", "收到请回复1，去不了回复2");
  }

  @Test
  void who_answers_for_several_points_gets_a_list_and_not_as_many_routes() {
    List<HazardPoint> points =
        List.of(point("上坝", Hazard.Family.GEOLOGICAL), point("下湾", Hazard.Family.GEOLOGICAL));
    String text = text(Content.Kind.WARN, Audience.RESPONSIBLE_A, points, false);
    assertThat(text).contains("2处", "上坝、下湾").doesNotContain("后山公路");
  }

  @Test
  void a_drill_says_so_at_the_front_and_a_spoken_one_at_both_ends() {
    List<HazardPoint> points = List.of(point("上坝", Hazard.Family.GEOLOGICAL));
    assertThat(text(Content.Kind.WARN, Audience.RESIDENT, points, true)).startsWith("【演练】");
    assertThat(text(Content.Kind.WARN, Audience.LOUDSPEAKER, points, true))
        .startsWith("【演练】这是演练。")
        .endsWith("这是演练。");
    assertThat(text(Content.Kind.WARN, Audience.RESIDENT, points, false)).doesNotContain("演练");
  }

  @Test
  void lifted_does_not_mean_safe_to_return_where_the_slope_may_still_move() {
    assertThat(
            text(
                Content.Kind.LIFT,
                Audience.FORMER,
                List.of(point("上坝", Hazard.Family.GEOLOGICAL)),
                false))
        .contains("未经通知不得返回");
  }

  @Test
  void every_audience_grade_and_kind_has_words_without_holes() {
    for (Content.Kind kind : List.of(Content.Kind.WARN, Content.Kind.UPDATE, Content.Kind.LIFT)) {
      for (Audience audience : Audience.values()) {
        for (int n = 0; n <= 7; n++) {
          List<HazardPoint> points =
              IntStream.range(0, n).mapToObj(i -> point("点" + i, Hazard.Family.FLOOD)).toList();
          assertThat(text(kind, audience, points, false).replace("{open}", ""))
              .as("%s %s %d", kind, audience, n)
              .doesNotContain("{", "null")
              .isNotBlank();
        }
      }
    }
  }
}

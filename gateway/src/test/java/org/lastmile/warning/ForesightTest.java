package org.lastmile.warning;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Content;

/** What can be said before the storm is exactly what will be said in it. */
class ForesightTest {
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  private static final Wording SHIPPED = Wording.defaults(ZONE);
  private static final HazardPoint POINT = point("上坝滑坡");

  private static HazardPoint point(String name) {
    return new HazardPoint(
        name,
        name,
        "木耳镇",
        "垭口村",
        "一组",
        "500112107201",
        null,
        List.of("滑坡"),
        List.of(Hazard.Family.GEOLOGICAL),
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

  private static Wording own(Content.Kind kind, String text) {
    List<Wording.Template> all = new ArrayList<>();
    all.add(new Wording.Template(kind, Set.of(), Set.of(), Set.of(), text, text));
    all.addAll(SHIPPED.templates());
    return new Wording(all, SHIPPED.actions(), ZONE);
  }

  private final List<Warning> asked = new ArrayList<>();

  private Foresight foresight(Wording wording) {
    Loudspeaker speaker =
        new Loudspeaker("LS-1", "", "", null, List.of(POINT.id()), "", "", "", "500112107201");
    Threat.AtPoint at =
        new Threat.AtPoint(POINT, List.of(), List.of(), List.of(), List.of(speaker));
    return new Foresight(
        warning -> {
          asked.add(warning);
          boolean comes = !warning.hazard().name().equals("台风");
          return new Threat(1, comes ? List.of(at) : List.of(), List.of());
        },
        List.of("500112107201", "500112107202", "", "510723104201"),
        wording);
  }

  private static List<Content> known(Foresight foresight) {
    return foresight.of("LS-1").stream()
        .filter(pair -> pair.one().text().equals(pair.other().text()))
        .map(Foresight.Pair::one)
        .toList();
  }

  @Test
  void an_offices_own_words_without_what_only_a_warning_tells_are_known_to_the_letter() {
    Wording wording = own(Content.Kind.WARN, "{hazard}{grade}预警。{place}附近的群众请注意，请{action}。{guide}");

    List<Content> known = known(foresight(wording));

    Instant sent = Instant.parse("2026-07-05T04:00:00Z");
    Warning real =
        new Warning(
            new Warning.Identity("s", "1", sent),
            Warning.Type.ALERT,
            Warning.Nature.ACTUAL,
            Grade.ORANGE,
            Hazards.byCode("11A51").orElseThrow(),
            "渝北区气象台",
            "渝北区气象台发布山洪橙色预警",
            "",
            "",
            Map.of(),
            sent,
            null,
            new Area("木耳镇", List.of(), List.of(), List.of("500112107000")),
            List.of(),
            List.of(),
            List.of());
    Plan.Words said =
        wording.words(
            real,
            Content.Kind.WARN,
            Audience.LOUDSPEAKER,
            List.of(POINT),
            Map.of(),
            List.of(),
            false);
    assertThat(known).extracting(Content::text).contains(said.text());
    assertThat(known)
        .extracting(Content::text)
        .first()
        .isEqualTo("暴雨红色预警。上坝滑坡附近的群众请注意，请立即组织危险区全部人员转移。请沿后山公路撤到村小学。");
    // Three hazards that threaten it, two grades, in earnest and as a drill.
    assertThat(known).hasSize(12);
    assertThat(known.stream().filter(Content::drill)).hasSize(6);
    assertThat(known.get(11).text()).startsWith("【演练】这是演练。");
  }

  @Test
  void a_lift_is_known_without_points_as_it_will_be_told() {
    List<Content> known = known(foresight(own(Content.Kind.LIFT, "{hazard}预警解除。{return}")));

    assertThat(known)
        .extracting(Content::text)
        .contains("暴雨预警解除。未经通知不得返回危险区。")
        .allMatch(text -> text.contains("预警解除"));
  }

  @Test
  void the_shipped_words_begin_with_a_headline_that_nobody_knows_before() {
    assertThat(foresight(SHIPPED).of("LS-1")).isNotEmpty();
    assertThat(known(foresight(SHIPPED))).isEmpty();
    for (String name : List.of("{sender}", "{time}", "{description}", "{headline}")) {
      assertThat(known(foresight(own(Content.Kind.WARN, name + "请转移")))).as(name).isEmpty();
    }
  }

  @Test
  void a_device_that_no_hazard_calls_has_nothing_to_say() {
    assertThat(foresight(SHIPPED).of("LS-2")).isEmpty();
    assertThat(asked)
        .as("everywhere that the registry knows")
        .allSatisfy(
            w -> assertThat(w.area().codes()).containsExactly("500000000000", "510000000000"));
  }
}

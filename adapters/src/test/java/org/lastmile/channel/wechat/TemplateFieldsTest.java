package org.lastmile.channel.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Message;

/** What is left of a warning in twenty characters. */
class TemplateFieldsTest {
  private final TemplateFields fields =
      new TemplateFields(
          inOrder(
              "thing1", List.of(Field.HAZARD, Field.GRADE),
              "time2", List.of(Field.TIME),
              "thing3", List.of(Field.PLACE),
              "thing4", List.of(Field.ACTION)));

  private static Map<String, List<String>> inOrder(
      String n1,
      List<String> f1,
      String n2,
      List<String> f2,
      String n3,
      List<String> f3,
      String n4,
      List<String> f4) {
    Map<String, List<String>> template = new LinkedHashMap<>();
    template.put(n1, f1);
    template.put(n2, f2);
    template.put(n3, f3);
    template.put(n4, f4);
    return template;
  }

  private Map<String, String> fill(Map<String, String> personal) {
    return fill(Content.Kind.WARN, false, personal);
  }

  private Map<String, String> fill(Content.Kind kind, boolean drill, Map<String, String> personal) {
    TemplateFields.Filled filled = fields.fill(Desk.message("w1-1.1", kind, drill, personal));
    assertThat(filled.problems()).isEmpty();
    return filled.values();
  }

  @Test
  void a_short_warning_is_shown_as_it_is() {
    assertThat(fill(Map.of()))
        .containsEntry("thing1", "暴雨红色")
        .containsEntry("time2", "2026年11月22日 11:30")
        .containsEntry("thing3", "上坝滑坡点")
        .containsEntry("thing4", "立即转移到村小学");
  }

  @Test
  void the_shipped_template_gives_the_grade_a_field_of_its_own() {
    TemplateFields shipped = new TemplateFields(WeChatConfig.OfficialAccount.DEFAULT_TEMPLATE);
    assertThat(shipped.fill(Desk.message("w1-1.1", Content.Kind.WARN, true, Map.of())).values())
        .containsEntry("thing1", "【演练】暴雨")
        .containsEntry("phrase2", "红色")
        .containsEntry("thing3", "上坝滑坡点")
        .containsEntry("time4", "2026年11月22日 11:30")
        .containsEntry("thing5", "立即转移到村小学");
    assertThat(
            shipped
                .fill(Desk.message("w1-1.1", Content.Kind.NOTICE, false, Map.of(Field.GRADE, "")))
                .values())
        .containsEntry("phrase2", "通知");
  }

  @Test
  void a_long_hazard_is_cut_and_the_grade_is_not() {
    String hazard = "突发性强降雨引发的山体滑坡崩塌泥石流地质灾害";
    assertThat(fill(Map.of(Field.HAZARD, hazard)).get("thing1"))
        .hasSize(20)
        .startsWith("突发性强降雨")
        .endsWith("…红色");
  }

  @Test
  void many_places_become_whole_names_and_their_number() {
    String places = "上坝滑坡点、下坝滑坡点、石门沟泥石流、老屋场崩塌点、学堂湾";
    assertThat(fill(Map.of(Field.PLACE, places)).get("thing3")).isEqualTo("上坝滑坡点、下坝滑坡点等5处");
  }

  @Test
  void one_very_long_place_keeps_its_start() {
    String place = "四川省某某市某某县某某镇某某村三组老屋场后山滑坡隐患点";
    assertThat(fill(Map.of(Field.PLACE, place)).get("thing3")).isEqualTo("四川省某某市某某县某某镇某某村三组老屋…");
    assertThat(fill(Map.of(Field.PLACE, place + "、下坝")).get("thing3")).hasSize(20).endsWith("…等2处");
  }

  @Test
  void a_long_action_ends_with_a_whole_clause() {
    String action = "立即转移到村小学，走东边机耕道，不要过桥，到了向组长报到";
    assertThat(fill(Map.of(Field.ACTION, action)).get("thing4")).isEqualTo("立即转移到村小学，走东边机耕道，不要过桥");
  }

  @Test
  void a_long_action_without_clauses_is_cut_and_says_so() {
    String action = "立即沿东边机耕道步行转移到村小学操场集合点名后等待";
    assertThat(fill(Map.of(Field.ACTION, action)).get("thing4"))
        .isEqualTo(action.substring(0, 19) + "…");
  }

  @Test
  void a_drill_an_update_a_lift_and_a_test_say_so_at_the_front() {
    assertThat(fill(Content.Kind.WARN, true, Map.of())).containsEntry("thing1", "【演练】暴雨红色");
    assertThat(fill(Content.Kind.UPDATE, false, Map.of())).containsEntry("thing1", "【更新】暴雨红色");
    assertThat(fill(Content.Kind.LIFT, false, Map.of())).containsEntry("thing1", "【解除】暴雨红色");
    assertThat(fill(Content.Kind.TEST, false, Map.of())).containsEntry("thing1", "【测试】暴雨红色");
    assertThat(fill(Content.Kind.LIFT, true, Map.of(Field.HAZARD, "地质灾害气象风险超长名称")))
        .containsEntry("thing1", "【演练】【解除】地质灾害气象风险超…红色");
  }

  @Test
  void a_drill_is_marked_once_even_if_its_headline_is_marked_already() {
    TemplateFields headline = new TemplateFields(Map.of("thing1", List.of(Field.HEADLINE)));
    Message drill =
        Desk.message("w1-1.1", Content.Kind.WARN, true, Map.of(Field.HEADLINE, "【演练】暴雨红色预警"));
    assertThat(headline.fill(drill).values()).containsEntry("thing1", "【演练】暴雨红色预警");
  }

  @Test
  void empty_fields_point_to_the_link_or_show_the_words() {
    Map<String, String> nothing =
        Map.of(
            Field.GRADE, "", Field.HAZARD, "", Field.PLACE, "", Field.ACTION, "", Field.TIME, "");
    assertThat(fill(nothing))
        .containsEntry("thing1", "暴雨红色预警")
        .containsEntry("thing3", "请点开查看")
        .containsEntry("time2", "2026年11月22日 11:30");
    Map<String, String> neither = new LinkedHashMap<>(nothing);
    neither.put(Field.HEADLINE, "");
    neither.put(Field.LINK, "");
    assertThat(fill(neither))
        .containsEntry("thing1", "【测试镇】暴雨红色预警：上坝滑坡点请立…")
        .containsEntry("thing3", "无");
  }

  @Test
  void line_ends_and_unseen_characters_become_one_space() {
    assertThat(fill(Map.of(Field.PLACE, "上坝\r\n\t滑坡点\u200b")).get("thing3")).isEqualTo("上坝 滑坡点");
  }

  @Test
  void a_character_of_two_units_is_never_cut_in_half() {
    String action = "走".repeat(18) + "🏫🏫🏫";
    assertThat(fill(Map.of(Field.ACTION, action)).get("thing4")).isEqualTo("走".repeat(18) + "…");
  }

  @Test
  void strict_types_take_what_fits_them_and_name_what_does_not() {
    Map<String, List<String>> strict = new LinkedHashMap<>();
    strict.put("phrase1", List.of(Field.GRADE));
    strict.put("name2", List.of(Field.SENDER));
    strict.put("character_string3", List.of(Field.HEADLINE));
    strict.put("number4", List.of(Field.CODE));
    strict.put("date5", List.of(Field.TIME));
    strict.put("phone_number6", List.of(Field.PLACE));
    TemplateFields.Filled filled =
        new TemplateFields(strict)
            .fill(
                Desk.message(
                    "w1-1.1",
                    Content.Kind.WARN,
                    false,
                    Map.of(
                        Field.GRADE, "红色（Ⅰ级）",
                        Field.SENDER, "测试镇应急办",
                        Field.HEADLINE, "RED 暴雨",
                        Field.CODE, "37")));
    assertThat(filled.values())
        .containsEntry("phrase1", "红色级")
        .containsEntry("name2", "测试镇应急办")
        .containsEntry("character_string3", "RED ")
        .containsEntry("number4", "37")
        .containsEntry("date5", "2026年11月22日 11:30")
        .doesNotContainKey("phone_number6");
    assertThat(filled.problems()).containsExactly("phone_number6 can't show place as PHONE_NUMBER");
  }

  @Property(tries = 500)
  void whatever_is_said_every_field_is_within_its_limit(
      @ForAll @StringLength(max = 60) String hazard,
      @ForAll @StringLength(max = 60) String place,
      @ForAll @StringLength(max = 60) String action,
      @ForAll boolean drill,
      @ForAll Content.Kind kind) {
    TemplateFields.Filled filled =
        fields.fill(
            Desk.message(
                "w1-1.1",
                kind,
                drill,
                Map.of(Field.HAZARD, hazard, Field.PLACE, place, Field.ACTION, action)));
    assertThat(filled.problems()).isEmpty();
    assertThat(filled.values().get("thing1")).hasSizeBetween(1, 20).contains("红色");
    assertThat(filled.values().get("thing3")).hasSizeBetween(1, 20);
    assertThat(filled.values().get("thing4")).hasSizeBetween(1, 20);
  }
}

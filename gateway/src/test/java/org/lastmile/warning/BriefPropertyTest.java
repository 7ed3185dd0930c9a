package org.lastmile.warning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The first words of a red warning fit one SMS part, whatever things are called. */
class BriefPropertyTest {

  /** What people see as one character and machines as several. */
  private static final List<String> CLUSTERS = List.of("👨‍👩‍👧‍👦", "🇨🇳", "𠮷", "é", "👍🏽");

  private static Brief brief(String hazard, List<String> places, String threatened, String action) {
    return new Brief(
        false, false, hazard, "红色", places, threatened, action, "立即到点叫应", List.of(), List.of());
  }

  @Provide
  Arbitrary<String> names() {
    Arbitrary<String> piece =
        Arbitraries.oneOf(
            Arbitraries.strings().withCharRange('一', '龥').ofMinLength(1).ofMaxLength(6),
            Arbitraries.of(CLUSTERS));
    return piece.list().ofMinSize(1).ofMaxSize(14).map(p -> String.join("", p));
  }

  @Provide
  Arbitrary<Brief> briefs() {
    Arbitrary<List<String>> places = names().list().ofMinSize(1).ofMaxSize(25);
    Arbitrary<List<String>> households = names().list().ofMaxSize(8);
    Arbitrary<Integer> codes = Arbitraries.of(0, 1, 2, 4, 20);
    return Combinators.combine(
            Arbitraries.of(true, false),
            Arbitraries.of(true, false),
            names(),
            places,
            names(),
            names(),
            households,
            codes)
        .as(
            (drill, update, hazard, at, threatened, action, whom, count) ->
                new Brief(
                    drill,
                    update,
                    hazard,
                    "红色",
                    at,
                    at.size() == 1 ? "（" + threatened + "）" : "",
                    action,
                    whom.isEmpty() ? "立即到点叫应" : "",
                    whom,
                    IntStream.range(0, count).mapToObj(i -> "" + (30 + i % 7)).toList()));
  }

  @Property(tries = 3000)
  void it_always_fits_and_says_grade_and_how_to_answer(@ForAll("briefs") Brief brief) {
    String text = brief.text();
    assertThat(text.length()).isLessThanOrEqualTo(Brief.MOST);
    assertThat(text).contains("红色预警：").contains("回");
    assertThat(text.startsWith("【演练】")).isEqualTo(brief.drill());
    if (brief.codes().size() == 1) {
      assertThat(text).contains("回").contains(brief.codes().get(0));
    }
  }

  @Property(tries = 3000)
  void nothing_that_people_see_as_one_character_is_cut(@ForAll("briefs") Brief brief) {
    String text = brief.text();
    for (int i = 0; i < text.length(); i++) {
      if (Character.isHighSurrogate(text.charAt(i))) {
        assertThat(Character.isLowSurrogate(text.charAt(i + 1))).isTrue();
        i++;
      } else {
        assertThat(Character.isLowSurrogate(text.charAt(i))).isFalse();
      }
    }
    String rest = text;
    for (String cluster : CLUSTERS) {
      rest = rest.replace(cluster, "");
    }
    assertThat(rest).doesNotContain("👨", "👩", "👧", "🇨", "🇳", "👍", "\u200D", "\uD83C");
  }

  @Property
  void a_cut_is_a_beginning_and_says_that_it_is_one(
      @ForAll("names") String name, @ForAll("lengths") int most) {
    String cut = Brief.cut(name, most);
    assertThat(cut.length()).isLessThanOrEqualTo(most);
    if (name.length() > most) {
      assertThat(cut).endsWith("…");
      assertThat(name).startsWith(cut.substring(0, cut.length() - 1));
    } else {
      assertThat(cut).isEqualTo(name);
    }
  }

  @Provide
  Arbitrary<Integer> lengths() {
    return Arbitraries.integers().between(1, 40);
  }

  @Example
  void what_is_left_out_goes_in_this_order() {
    String act = "立即组织危险区全部人员转移";
    assertThat(brief("暴雨", List.of("上坝滑坡"), "", act).text())
        .isEqualTo("暴雨红色预警：上坝滑坡请立即组织危险区全部人员转移，立即到点叫应。收到请回复1，去不了回复2。详情见下一条。");
    String house = "（受威胁31户96人）";
    assertThat(brief("暴雨", List.of("上坝村三组后山滑坡点"), house, act).text())
        .as("that more follows goes first")
        .isEqualTo("暴雨红色预警：上坝村三组后山滑坡点（受威胁31户96人）请立即组织危险区全部人员转移，立即到点叫应。收到请回复1，去不了回复2。");
    String of17 = "上坝村三组王家院子后山滑坡隐患点群";
    assertThat(brief("暴雨", List.of(of17), house, act).text())
        .as("then the polite form")
        .isEqualTo("暴雨红色预警：" + of17 + "（受威胁31户96人）请立即组织危险区全部人员转移，立即到点叫应。收到回1，去不了回2。");
    String of22 = of17 + "和泥石流沟";
    assertThat(brief("暴雨", List.of(of22), house, act).text())
        .as("then how many are threatened")
        .isEqualTo("暴雨红色预警：" + of22 + "，请立即组织危险区全部人员转移，立即到点叫应。收到回1，去不了回2。");
    String of30 = of22 + "以及下湾组的河边";
    assertThat(brief("暴雨", List.of(of30), house, act).text())
        .as("then whom to call")
        .isEqualTo("暴雨红色预警：" + of30 + "，请立即组织危险区全部人员转移。收到回1，去不了回2。");
    assertThat(brief("暴雨", List.of(of22, of30), "", act).text())
        .as("then names beyond a count")
        .isEqualTo("暴雨红色预警：您负责的2处，请立即组织危险区全部人员转移。收到回1，去不了回2。");
    assertThat(brief("暴雨", List.of(of30 + of30), house, act).text())
        .as("at last the place is cut")
        .startsWith("暴雨红色预警：" + of30)
        .endsWith("…，请立即组织危险区全部人员转移。收到回1，去不了回2。")
        .hasSize(Brief.MOST);
  }

  @Example
  void codes_of_several_points_stand_in_it_where_they_fit_and_else_in_the_next_message() {
    Brief few =
        new Brief(
            false,
            false,
            "暴雨",
            "红色",
            List.of("上坝", "下湾", "李家沟", "白岩"),
            "",
            "立即转移",
            "立即到点叫应",
            List.of(),
            List.of("34", "56", "78", "90"));
    assertThat(few.text()).contains("上坝34、下湾56、李家沟78、白岩90").contains("逐点");
    Brief many =
        new Brief(
            true,
            false,
            "暴雨",
            "红色",
            IntStream.range(0, 12).mapToObj(i -> "李家沟滑坡" + i).toList(),
            "",
            "立即转移",
            "立即到点叫应",
            List.of(),
            IntStream.range(0, 12).mapToObj(i -> "" + (60 + i)).toList());
    assertThat(many.text()).startsWith("【演练】暴雨红色预警：您负责的12处").contains("回复码见下一条");
  }
}

package org.lastmile.channel.sms.pdu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a text may be cut, and where not. */
class WordsTest {

  static List<String> seenAsOne() {
    return Texts.SEEN_AS_ONE;
  }

  @ParameterizedTest
  @MethodSource("seenAsOne")
  void what_a_reader_sees_as_one_character_is_never_cut(String one) {
    // At every place of the cut, so that each unit of it stands once at the end of a part.
    for (int before = 67 - one.length(); before <= 67; before++) {
      String text = "字".repeat(before) + one + "字".repeat(70);
      List<String> parts = Words.of(text).parts();
      assertThat(String.join("", parts)).isEqualTo(text);
      assertThat(parts).filteredOn(part -> part.contains(one)).hasSize(1);
    }
  }

  @Test
  void conjoining_hangul_and_stacked_marks_stay_together() {
    for (String one : List.of("\u1112\u1161\u11ab", "o\u0302\u0323", "🇨🇳", "☃\ufe0e")) {
      String text = "字".repeat(66) + one + "字".repeat(10);
      assertThat(Words.of(text).parts()).first().isEqualTo("字".repeat(66));
    }
  }

  @Test
  void a_character_longer_than_a_part_is_cut_between_code_points() {
    String tower = "o" + "\u0323".repeat(100) + "😀".repeat(40);
    List<String> parts = Words.of(tower).parts();
    assertThat(String.join("", parts)).isEqualTo(tower);
    assertThat(parts).allMatch(part -> part.length() <= 67);
    assertThat(parts).noneMatch(part -> Character.isHighSurrogate(part.charAt(part.length() - 1)));
  }

  @Test
  void an_escape_pair_is_never_cut() {
    for (int before = 150; before <= 153; before++) {
      List<String> parts = Words.of("a".repeat(before) + "€" + "a".repeat(20)).parts();
      assertThat(parts.get(before < 152 ? 0 : 1)).contains("€");
      assertThat(Gsm7.septets(parts.get(0))).isLessThanOrEqualTo(153);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a, 160, 1",
    "a, 161, 2",
    "a, 306, 2",
    "a, 307, 3",
    "字, 70, 1",
    "字, 71, 2",
    "字, 134, 2",
    "字, 135, 3",
    "€, 80, 1",
    "€, 81, 2",
    "€, 152, 2",
    "€, 153, 3"
  })
  void parts_are_as_few_as_the_wire_allows(String one, int times, int parts) {
    assertThat(Words.of(one.repeat(times)).parts()).hasSize(parts);
  }

  @Test
  void a_reference_of_16_bits_leaves_room_for_one_less() {
    assertThat(Words.of("a".repeat(161), "", 7).parts().get(0)).hasSize(152);
    assertThat(Words.of("字".repeat(71), "", 7).parts().get(0)).hasSize(66);
  }

  @ParameterizedTest
  @CsvSource({"🇨", "\u0323", "👨‍", "字", "€", "\ud83d"})
  void a_text_of_a_hundred_thousand_characters_is_cut_in_bounded_time(String one) {
    String text = one.repeat(100_000 / one.length());
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> assertThat(String.join("", Words.of(text).parts())).isEqualTo(text));
  }

  @Test
  void a_part_that_does_not_fit_is_refused_before_any_modem_sees_it() {
    assertThatThrownBy(() -> part(Alphabet.UCS2, "字".repeat(68), new Concat(1, 2, 1)))
        .hasMessage("68 units in a part for 67");
    assertThatThrownBy(() -> part(Alphabet.GSM7, "a".repeat(160) + "€", Concat.NONE))
        .hasMessage("162 units in a part for 160");
    assertThatThrownBy(() -> part(Alphabet.GSM7, "字", Concat.NONE)).hasMessageContaining("GSM-7");
  }

  private static Submit part(Alphabet alphabet, String text, Concat concat) {
    return new Submit(
        "13800000001", alphabet, text, concat, OptionalInt.empty(), false, false, false);
  }
}

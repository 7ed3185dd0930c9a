package org.lastmile.channel.sms.at;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole table, code by code, and every code that is not in it. */
class AtErrorTest {
  private static final int MOST = 1023;

  private static final Map<AtError, String> CMS =
      Map.of(
          AtError.PERMANENT, "1 28 30 69 81 95-99 111 128-175 195 196 198",
          AtError.NO_VALIDITY, "199",
          AtError.ACCEPTED, "197",
          AtError.SIM_REFUSED, "8 10 21 29 50 193",
          AtError.RETRY, "17 22 27 41 42 47 127 192 194 314 331 332 513 515",
          AtError.RETRY_LATE, "38",
          AtError.SET_UP, "300-304 310-313 315-318 320",
          AtError.NO_CENTRE, "330",
          AtError.STORE_FULL, "208 322",
          AtError.UNKNOWN, "350 500 512");

  private static final Map<AtError, String> CME =
      Map.of(
          AtError.SET_UP, "3 4 5 10-13 15-18 20 40-47",
          AtError.RETRY, "14 30-32 100");

  @Test
  void every_cms_code_has_the_class_of_the_table_and_what_is_not_in_it_may_have_been_sent() {
    assertTable(Answer.End.CMS, codes(CMS));
  }

  @Test
  void every_cme_code_has_the_class_of_the_table_and_what_is_not_in_it_may_have_been_sent() {
    assertTable(Answer.End.CME, codes(CME));
  }

  private static void assertTable(Answer.End end, Map<Integer, AtError> table) {
    for (int code = -1; code <= MOST; code++) {
      AtError expected = table.getOrDefault(code, AtError.UNKNOWN);
      assertThat(AtError.of(answer(end, code, true)))
          .as(end + " " + code + " after the PDU")
          .isEqualTo(expected);
      assertThat(AtError.of(answer(end, code, false)))
          .as(end + " " + code + " before the PDU")
          .isEqualTo(
              expected != AtError.UNKNOWN
                  ? expected
                  : table.containsKey(code) ? AtError.RETRY : AtError.SET_UP);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Answer.End.class,
      names = {"ERROR", "TIMEOUT", "RESTARTED", "GONE"})
  void an_end_without_a_code_is_unknown_once_the_pdu_left_and_harmless_before(Answer.End end) {
    assertThat(AtError.of(answer(end, -1, true))).isEqualTo(AtError.UNKNOWN);
    assertThat(AtError.of(answer(end, -1, false))).isEqualTo(AtError.SET_UP);
  }

  @Test
  void how_long_a_code_is_left_alone_depends_on_the_code() {
    assertThat(pause(515)).isLessThan(pause(41));
    assertThat(pause(41)).isLessThan(pause(42));
    assertThat(pause(42)).isLessThan(pause(27));
    assertThat(pause(27)).isLessThan(pause(38));
    assertThat(pause(8)).isEqualTo(Duration.ofMinutes(10));
    for (int code = -1; code <= MOST; code++) {
      assertThat(pause(code))
          .as("CMS " + code)
          .isBetween(Duration.ofSeconds(1), Duration.ofHours(1));
    }
  }

  @Test
  void every_code_is_said_in_both_languages_with_its_number_first() {
    codes(CMS).keySet().forEach(code -> assertSaid(Answer.End.CMS, code));
    codes(CME).keySet().forEach(code -> assertSaid(Answer.End.CME, code));
    assertSaid(Answer.End.CMS, 4711);
  }

  private static void assertSaid(Answer.End end, int code) {
    Said said = answer(end, code, true).said();
    assertThat(said.english()).startsWith(end + " " + code + ": ").hasSizeGreaterThan(9);
    assertThat(said.chinese())
        .startsWith(end + " " + code + ": ")
        .containsPattern("[\u4e00-\u9fff]");
  }

  private static Duration pause(int code) {
    return AtError.pause(answer(Answer.End.CMS, code, true));
  }

  private static Answer answer(Answer.End end, int code, boolean written) {
    return new Answer(end, code, List.of(), written);
  }

  private static Map<Integer, AtError> codes(Map<AtError, String> rows) {
    Map<Integer, AtError> codes = new HashMap<>();
    rows.forEach(
        (meaning, text) -> {
          Matcher range = Pattern.compile("(\\d+)(?:-(\\d+))?").matcher(text);
          while (range.find()) {
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            for (int code = first; code <= last; code++) {
              assertThat(codes.put(code, meaning)).as("twice: " + code).isNull();
            }
          }
        });
    return codes;
  }
}

package org.lastmile.warning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"1", " １ ", "1。", "收到", "已收到！", "“收到”", "1\n", "【1】", "1️⃣", "\u200B1", "收到👌"})
  void these_mean_yes(String text) {
    assertThat(Answer.of(text)).isEqualTo(new Answer(Answer.Meaning.YES, List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "２", "去不了", "去不了。"})
  void these_mean_no(String text) {
    assertThat(Answer.of(text).meaning()).isEqualTo(Answer.Meaning.NO);
  }

  @ParameterizedTest
  @CsvSource({
    "34, YES, 34",
    "34收到, YES, 34",
    "1 34, YES, 34",
    "234, NO, 34",
    "2 34, NO, 34",
    "34去不了, NO, 34",
    "34 56, YES, 34+56",
    "34、56、78, YES, 34+56+78"
  })
  void codes_name_what_is_answered(String text, Answer.Meaning meaning, String codes) {
    assertThat(Answer.of(text).meaning()).isEqualTo(meaning);
    assertThat(String.join("+", Answer.of(text).codes())).isEqualTo(codes);
  }

  @ParameterizedTest
  @CsvSource({
    "退订, OPT_OUT",
    "TD, OPT_OUT",
    "ｔ, OPT_OUT",
    "Unsubscribe, OPT_OUT",
    "恢复, OPT_IN",
    "退订了谁负责, REPORT",
    "供电恢复, REPORT"
  })
  void only_the_word_alone_takes_somebody_off(String text, Answer.Meaning meaning) {
    assertThat(Answer.of(text).meaning()).isEqualTo(meaning);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1人被困", "有2户进水了", "快来救人，塌方了", "我们被困住了"})
  void these_are_alarms_and_never_answers(String text) {
    assertThat(Answer.of(text).meaning()).isEqualTo(Answer.Meaning.ALARM);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "11", "12", "收到吗", "好的", "不收到", "13", "345", "谁啊", "ok", "OK", "知道了", "回复1", "收到1",
        "1 1"
      })
  void anything_else_is_kept_as_words(String text) {
    assertThat(Answer.of(text).meaning()).isEqualTo(Answer.Meaning.REPORT);
  }

  @Test
  void an_answer_code_is_never_mistaken_for_a_bare_answer() {
    for (char a : Answer.CODE_DIGITS.toCharArray()) {
      for (char b : Answer.CODE_DIGITS.toCharArray()) {
        assertThat(Answer.of("" + a + b).codes()).containsExactly("" + a + b);
      }
    }
  }
}

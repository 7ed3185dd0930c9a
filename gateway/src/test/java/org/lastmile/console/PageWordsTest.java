package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.lastmile.desk.View;
import org.lastmile.notices.Departments;
import org.lastmile.notices.Heard;
import org.lastmile.warning.Audience;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Proof;
import org.lastmile.warning.Reason;
import org.lastmile.warning.WarningStatus;

/** The page has a word, in both languages, for everything that it may be told. */
class PageWordsTest {
  private final String chinese;
  private final String english;

  PageWordsTest() throws IOException {
    try (InputStream in = PageWordsTest.class.getResourceAsStream("/web/words.js")) {
      String[] both =
          new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\nconst en = \\{", 2);
      chinese = both[0];
      english = both[1].substring(0, both[1].indexOf("\n};"));
    }
  }

  @Test
  void both_languages_have_the_same_words() {
    assertThat(keys(english)).isEqualTo(keys(chinese.substring(chinese.indexOf("const zh"))));
  }

  @Test
  void no_word_is_said_twice_since_the_second_would_silence_the_first() {
    for (String words : List.of(chinese, english)) {
      assertThat(Pattern.compile("(?m)^  (\\w+):").matcher(words).results().map(r -> r.group(1)))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void every_state_proof_audience_and_status_has_a_word() {
    for (String words : List.of(chinese, english)) {
      assertThat(in(words, "delivery")).containsAll(names(DeliveryState.values()));
      assertThat(in(words, "testState")).containsAll(names(DeliveryState.values()));
      assertThat(in(words, "proof")).containsAll(names(Proof.values()));
      assertThat(in(words, "audience")).containsAll(names(Audience.values()));
      assertThat(in(words, "status")).containsAll(names(WarningStatus.values()));
      assertThat(in(words, "wordsKind")).containsAll(names(View.Words.Kind.values()));
      assertThat(in(words, "noticeStatus")).containsAll(names(Departments.Status.values()));
      assertThat(in(words, "heard")).containsAll(names(Heard.values()));
      assertThat(in(words, "role")).containsAll(names(Role.values()));
    }
  }

  @Test
  void every_reason_that_has_a_code_is_said_in_chinese() {
    Set<Reason.Code> said = EnumSet.complementOf(EnumSet.of(Reason.Code.NONE, Reason.Code.OTHER));
    assertThat(in(chinese, "reason"))
        .containsAll(said.stream().map(Enum::name).collect(Collectors.toSet()));
  }

  private static Set<String> names(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::name).collect(Collectors.toSet());
  }

  /** Keys at the first level. */
  private static Set<String> keys(String words) {
    return found("(?m)^  (\\w+):", words);
  }

  private static Set<String> in(String words, String key) {
    int from = words.indexOf("\n  " + key + ": {");
    assertThat(from).as(key).isNotNegative();
    return found("\\b([A-Z][A-Z_]+):", words.substring(from, words.indexOf('}', from)));
  }

  private static Set<String> found(String pattern, String words) {
    return Pattern.compile(pattern)
        .matcher(words)
        .results()
        .map(r -> r.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}

package org.lastmile.channel;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids become parts of topics, keys and lines of a record: nothing else gets into one. */
class MessageTest {
  private static final String LONGEST_ID =
      "0123456789012345678901234567890123456789012345678901234567890123";

  @ParameterizedTest
  @ValueSource(strings = {"a", "w1f.12.3", "A-Z_09.az", LONGEST_ID})
  void plain_ids_are_taken(String id) {
    assertThatCode(() -> message(id, id)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "a b", "a/b", "a#", "a+", "é", "村", "a\n", "a:", LONGEST_ID + "x"})
  void others_are_refused(String id) {
    assertThatIllegalArgumentException().isThrownBy(() -> message(id, "content"));
    assertThatIllegalArgumentException().isThrownBy(() -> message("attempt", id));
  }

  private static void message(String attempt, String content) {
    Instant now = Instant.EPOCH;
    var unused =
        new Message(
            attempt,
            "H1",
            new Content(
                content,
                Content.Kind.WARN,
                "",
                "text",
                Map.of(),
                null,
                now,
                now,
                1,
                false,
                List.of(),
                List.of()),
            Map.of(),
            Set.of());
  }
}

package org.lastmile.cap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever comes in, the reader answers: a warning, or at least one reason. */
class GarbageTest {

  private static final String[] GOOD = {Inputs.CAP, Inputs.NATIONAL, Inputs.JSON};

  private static void answers(byte[] input) {
    Reading reading = Inputs.reading(input);
    if (reading instanceof Reading.Refused refused) {
      assertThat(refused.problems()).isNotEmpty();
    } else {
      assertThat(((Reading.Read) reading).warning().id()).isNotEmpty();
    }
  }

  @Property(tries = 1000)
  void anyBytesAreAnswered(@ForAll byte[] input) {
    answers(input);
  }

  @Property(tries = 1000)
  void anyTextIsAnswered(@ForAll String text) {
    answers(("<alert>" + text + "</alert>").getBytes(UTF_8));
    answers(("{" + text + "}").getBytes(UTF_8));
  }

  @Property(tries = 2000)
  void spoiledInputsAreAnswered(
      @ForAll @IntRange(max = 2) int which,
      @ForAll @Size(min = 1, max = 6) int[] at,
      @ForAll @Size(min = 1, max = 6) byte[] by) {
    byte[] input = GOOD[which].getBytes(UTF_8);
    for (int i = 0; i < at.length; i++) {
      input[Math.floorMod(at[i], input.length)] = by[i % by.length];
    }
    answers(input);
  }

  @Property(tries = 500)
  void cutAndDoubledInputsAreAnswered(
      @ForAll @IntRange(max = 2) int which, @ForAll int from, @ForAll int to) {
    byte[] input = GOOD[which].getBytes(UTF_8);
    int a = Math.floorMod(from, input.length);
    int b = Math.floorMod(to, input.length);
    answers(Arrays.copyOfRange(input, Math.min(a, b), Math.max(a, b)));
    String text = GOOD[which];
    int c = Math.floorMod(from, text.length());
    int d = Math.floorMod(to, text.length());
    answers((text.substring(0, Math.max(c, d)) + text.substring(Math.min(c, d))).getBytes(UTF_8));
  }

  /** Every value in turn replaced by nonsense that might fit somewhere. */
  @Property(tries = 1000)
  void nonsenseValuesAreAnswered(
      @ForAll @IntRange(max = 2) int which, @ForAll int where, @ForAll String nonsense) {
    String text = GOOD[which];
    String[] parts = text.split("(?<=[>\"])", -1);
    parts[Math.floorMod(where, parts.length)] = nonsense.replace("<", "&lt;").replace("\"", "");
    answers(String.join("", parts).getBytes(UTF_8));
  }
}

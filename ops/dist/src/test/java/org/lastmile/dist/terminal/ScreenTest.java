package org.lastmile.dist.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private static final String UP_TWO = "\u001b[2A\r";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private Screen screen(boolean live) {
    return new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), live, 24, 80);
  }

  private String shown() {
    String shown = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return shown;
  }

  @Test
  void aFrameIsDrawnOverTheOneBeforeAndLeavesNothingOfIt() {
    Screen screen = screen(true);
    screen.draw(List.of("one", "two"));
    assertThat(shown()).contains("one\u001b[K\n").doesNotContain(UP_TWO);
    screen.draw(List.of("1"));
    assertThat(shown()).startsWith(UP_TWO).contains("1\u001b[K\n\u001b[J");
  }

  /** Else a terminal that gives more cells than counted shows every frame below the last. */
  @Test
  void noLineOfAFrameGoesOnInTheNextRowAndOtherLinesStillMay() {
    Screen screen = screen(true);
    screen.draw(List.of("█".repeat(80)));
    assertThat(shown()).containsSubsequence("\u001b[?7l", "█", "\u001b[?7h");
    screen.say("for good");
    assertThat(shown()).doesNotContain("\u001b[?7l").endsWith("for good\n");
  }

  @Test
  void withoutATerminalNoFrameIsDrawn() {
    Screen screen = screen(false);
    screen.draw(List.of("one"));
    screen.say("said");
    assertThat(shown()).isEqualTo("said\n");
    assertThat(Screen.ofTerminal(System.out, null).live()).isFalse();
    assertThat(Screen.ofTerminal(System.out, "50 132").rows()).isEqualTo(49);
  }
}

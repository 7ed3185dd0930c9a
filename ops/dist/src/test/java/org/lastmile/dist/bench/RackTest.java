package org.lastmile.dist.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rates are of the modems at work, whatever the edges of the measurement cut off. */
class RackTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path folder;

  private static List<Rack.Taken> every(int modem, long first, long pace, int count) {
    List<Rack.Taken> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(new Rack.Taken(first + i * pace, modem, "138"));
    }
    return taken;
  }

  @Test
  void a_modem_that_began_later_counts_in_full() {
    List<Rack.Taken> taken = every(0, 0, SECOND, 11);
    taken.addAll(every(1, SECOND / 2, SECOND, 10));
    assertThat(Rack.perMinute(taken, 2, 0, 10 * SECOND)).isCloseTo(120, within(0.01));
  }

  @Test
  void a_modem_that_stopped_pays_for_its_silence() {
    List<Rack.Taken> taken = every(0, 0, SECOND, 6);
    assertThat(Rack.perMinute(taken, 1, 0, 11 * SECOND)).isCloseTo(30, within(0.01));
  }

  @Test
  void the_bare_line_sends_every_letter_no_faster_than_the_modem_can() throws Exception {
    Duration delay = Duration.ofMillis(100);
    Trial trial =
        Trial.run(
            SendingChild.raw(),
            folder.resolve("raw"),
            2,
            delay,
            Letter.Load.CHINESE_200.letters(4),
            Duration.ZERO,
            Duration.ofMinutes(1));
    assertThat(trial.perMinute()).isPositive().isLessThanOrEqualTo(2 * 60_000.0 / 100);
  }
}

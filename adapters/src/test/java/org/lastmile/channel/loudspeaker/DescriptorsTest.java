package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.lastmile.channel.Health;

class DescriptorsTest {

  @Test
  void above_four_fifths_the_endpoint_says_that_it_is_outgrown_and_by_what() {
    Health.Part part = new Descriptors(16_400, 20_000).part(16_100);
    assertThat(part.state()).isEqualTo(Health.State.DEGRADED);
    assertThat(part.why())
        .contains("16400 of 20000 file descriptors", "16100 of them loudspeakers")
        .contains("LimitNOFILE", "channels.loudspeaker.broker");
  }

  @Test
  void below_it_says_how_full_it_is() {
    Health.Part part = new Descriptors(16_000, 20_000).part(15_700);
    assertThat(part.state()).isEqualTo(Health.State.UP);
    assertThat(part.facts()).containsEntry("descriptors", "16000 of 20000");
  }

  @Test
  void it_counts_the_process_that_it_runs_in() {
    Descriptors now = Descriptors.now();
    assertThat(now.most() == 0 || (now.open() > 0 && now.open() < now.most())).isTrue();
  }
}

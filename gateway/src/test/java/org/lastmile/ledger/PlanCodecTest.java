package org.lastmile.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Warning;

class PlanCodecTest {
  private final Warning warning = Samples.warning(1);

  @Test
  void no_chunk_holds_more_rows_than_a_store_takes_without_stalling() {
    List<byte[]> chunks = PlanCodec.encode(Samples.plan(warning, 100_000));
    // One for the plan, 3 for 10,001 points, 20 for the deliveries.
    assertThat(chunks).hasSize(24);
    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.length).isLessThan(1_000_000));
  }

  @Test
  void a_plan_without_points_or_deliveries_is_one_chunk() {
    Plan plan = Plan.empty(warning.id());
    List<byte[]> chunks = PlanCodec.encode(plan);
    assertThat(chunks).hasSize(1);
    assertThat(PlanCodec.plan(chunks)).isEqualTo(plan);
  }

  @Test
  void what_a_newer_program_wrote_is_refused() {
    byte[] stored = PlanCodec.encode(warning);
    stored[0]++;
    assertThatThrownBy(() -> PlanCodec.warning(stored))
        .isInstanceOf(Ledger.Newer.class)
        .hasMessageContaining("Warning is stored in form 2");
  }

  @Test
  void damage_is_said_and_not_read() {
    byte[] stored = PlanCodec.encode(warning);
    stored[stored.length / 2] ^= 0x55;
    assertThatThrownBy(() -> PlanCodec.warning(stored))
        .isInstanceOfAny(IllegalStateException.class, java.io.UncheckedIOException.class)
        .hasMessageContaining("stored Warning");
  }
}

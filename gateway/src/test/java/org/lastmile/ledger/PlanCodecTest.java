package org.lastmile.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
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

  @Test
  void a_plan_that_was_stored_before_words_had_targets_is_read() throws Exception {
    Plan plan = Samples.plan(warning, 10);
    List<byte[]> stored = new ArrayList<>(PlanCodec.encode(plan));
    String json;
    byte[] head = stored.get(0);
    try (InflaterInputStream in =
        new InflaterInputStream(new ByteArrayInputStream(head, 1, head.length - 1))) {
      json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    String before = json.replace(",\"targets\":[]", "");
    assertThat(before).isNotEqualTo(json);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(head[0]);
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(out)) {
      deflated.write(before.getBytes(StandardCharsets.UTF_8));
    }
    stored.set(0, out.toByteArray());
    assertThat(PlanCodec.plan(stored)).isEqualTo(plan);
  }
}

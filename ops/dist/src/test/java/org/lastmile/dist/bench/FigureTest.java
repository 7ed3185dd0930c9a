package org.lastmile.dist.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The lines that others read. */
class FigureTest {

  @Test
  void a_line_has_the_promised_keys_in_their_order_and_further_ones_behind() {
    Figure figure =
        Figure.higher("sms-throughput", "short", 190.123, 200.0, "parts/min")
            .with("referenceName", "raw")
            .with("lost", 0L);
    assertThat(figure.json())
        .isEqualTo(
            "{\"bench\":\"sms-throughput\",\"case\":\"short\",\"ours\":190.0,\"reference\":200.0,"
                + "\"ratio\":0.951,\"unit\":\"parts/min\",\"better\":\"higher\","
                + "\"referenceName\":\"raw\",\"lost\":0}");
  }

  @Test
  void what_never_came_and_what_there_is_not_are_null() {
    assertThat(Figure.lower("b", "c", 6.5, Double.POSITIVE_INFINITY, "s").json())
        .contains("\"ours\":6.5,\"reference\":null,\"ratio\":0.0");
    assertThat(Figure.lower("b", "c", 6.5, null, "s").json())
        .contains("\"reference\":null,\"ratio\":null");
    assertThat(Figure.lower("b", "c", Double.POSITIVE_INFINITY, 2.0, "s").json())
        .contains("\"ours\":null,\"reference\":2.0,\"ratio\":null");
  }
}

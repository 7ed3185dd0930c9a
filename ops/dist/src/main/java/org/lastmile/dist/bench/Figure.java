package org.lastmile.dist.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One measured case.
 *
 * @param reference the bare limit, measured in the same run; null = there is none
 * @param better which way is better
 */
record Figure(
    String bench, String name, double ours, Double reference, String unit, Better better) {
  private static final ObjectMapper JSON = new ObjectMapper();

  enum Better {
    HIGHER,
    LOWER
  }

  static Figure higher(String bench, String name, double ours, Double reference, String unit) {
    return new Figure(bench, name, ours, reference, unit, Better.HIGHER);
  }

  static Figure lower(String bench, String name, double ours, Double reference, String unit) {
    return new Figure(bench, name, ours, reference, unit, Better.LOWER);
  }

  /** The line that others read: ratio is ours divided by the reference. */
  String json() {
    ObjectNode line = JSON.createObjectNode();
    line.put("bench", bench);
    line.put("case", name);
    line.put("ours", rounded(ours));
    line.put("reference", reference == null ? null : rounded(reference));
    line.put("ratio", reference == null || reference == 0 ? null : rounded(ours / reference));
    line.put("unit", unit);
    line.put("better", better == Better.HIGHER ? "higher" : "lower");
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers can always be written", e);
    }
  }

  /** Three digits say all that a noisy machine knows. */
  private static double rounded(double value) {
    return value == 0
        ? 0
        : new java.math.BigDecimal(value).round(new java.math.MathContext(3)).doubleValue();
  }
}

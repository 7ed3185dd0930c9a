package org.lastmile.dist.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One measured case.
 *
 * @param reference the bare limit, measured in the same run; null = there is none
 * @param better which way is better
 * @param more what else is worth knowing, by name
 */
record Figure(
    String bench,
    String name,
    double ours,
    Double reference,
    String unit,
    Better better,
    Map<String, Object> more) {
  private static final ObjectMapper JSON = new ObjectMapper();

  enum Better {
    HIGHER,
    LOWER
  }

  static Figure higher(String bench, String name, double ours, Double reference, String unit) {
    return new Figure(bench, name, ours, reference, unit, Better.HIGHER, Map.of());
  }

  static Figure lower(String bench, String name, double ours, Double reference, String unit) {
    return new Figure(bench, name, ours, reference, unit, Better.LOWER, Map.of());
  }

  /** The same with something more to know. */
  Figure with(String key, Object value) {
    Map<String, Object> all = new LinkedHashMap<>(more);
    all.put(key, value instanceof Double number ? (Object) rounded(number) : value);
    return new Figure(bench, name, ours, reference, unit, better, all);
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
    more.forEach(line::putPOJO);
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers can always be written", e);
    }
  }

  /** Three digits say all that a noisy machine knows. */
  static double rounded(double value) {
    return value == 0
        ? 0
        : new java.math.BigDecimal(value).round(new java.math.MathContext(3)).doubleValue();
  }
}

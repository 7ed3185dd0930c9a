package org.lastmile.dist.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One measured case.
 *
 * @param ours infinite = it never came, which is written as null; so with the reference
 * @param reference the bare limit or a rival, measured in the same run; null = there is none
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
    all.put(key, value);
    return new Figure(bench, name, ours, reference, unit, better, all);
  }

  /** The line that others read: ratio is ours divided by the reference. */
  String json() {
    ObjectNode line = JSON.createObjectNode();
    line.put("bench", bench);
    line.put("case", name);
    line.set("ours", number(ours));
    line.set("reference", number(reference));
    line.set("ratio", number(reference == null || reference == 0 ? null : ours / reference));
    line.put("unit", unit);
    line.put("better", better == Better.HIGHER ? "higher" : "lower");
    more.forEach(
        (key, value) ->
            line.set(key, value instanceof Double d ? number(d) : JSON.valueToTree(value)));
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers can always be written", e);
    }
  }

  /** Null for none, and for what never came: JSON knows no infinity. */
  private static JsonNode number(Double value) {
    return value == null || value.isInfinite() || value.isNaN()
        ? NullNode.getInstance()
        : DoubleNode.valueOf(rounded(value));
  }

  /** Three digits say all that a noisy machine knows. */
  private static double rounded(double value) {
    return value == 0
        ? 0
        : new java.math.BigDecimal(value).round(new java.math.MathContext(3)).doubleValue();
  }
}

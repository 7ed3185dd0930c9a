package org.lastmile.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.List;

/** How this room reads and writes JSON: times as ISO 8601 in UTC, unknown fields let pass. */
final class Json {
  static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private Json() {}

  static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a view that can't be written as JSON: " + value, e);
    }
  }

  static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a view that can't be written as JSON: " + value, e);
    }
  }

  /** Reads what this room itself has kept. */
  static <T> T kept(String text, Class<T> type) {
    try {
      return MAPPER.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was kept as " + type.getSimpleName() + " is broken", e);
    }
  }

  /** Reads a request's body; an empty one is an empty object. */
  static JsonNode object(byte[] body) {
    if (body.length == 0) {
      return MAPPER.createObjectNode();
    }
    JsonNode node;
    try {
      node = MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw Problem.invalid(
          List.of(new Problem.Finding("line " + e.getLocation().getLineNr(), "not JSON")));
    } catch (java.io.IOException e) {
      throw new IllegalStateException("bytes in memory can't be read", e);
    }
    if (!node.isObject()) {
      throw Problem.invalid(List.of(new Problem.Finding("/", "not a JSON object")));
    }
    return node;
  }
}

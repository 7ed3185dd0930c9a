package org.lastmile.notices;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.List;

/** A notice as the store holds it. */
record Kept(Notice notice, List<Heard> heard, List<String> why, String stoppedBy) {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  static String text(Notice notice, Heard[] heard, String[] why, String stoppedBy) {
    try {
      return JSON.writeValueAsString(
          new Kept(notice, List.of(heard.clone()), List.of(why.clone()), stoppedBy));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers can always be written", e);
    }
  }

  static Kept of(String text) {
    try {
      return JSON.readValue(text, Kept.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was kept as a notice is broken", e);
    }
  }
}

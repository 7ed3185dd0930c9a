package org.lastmile.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads a request's fields and collects everything that is wrong before it complains. */
final class Fields {
  private final JsonNode body;
  private final List<Problem.Finding> findings = new ArrayList<>();

  Fields(JsonNode body) {
    this.body = body;
  }

  /** Text of at most that many characters, without control characters but for line ends. */
  String text(String name, int most, boolean required) {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      if (required) {
        wrong("/" + name, "is missing");
      }
      return "";
    }
    if (!value.isTextual()) {
      wrong("/" + name, "is not text");
      return "";
    }
    String text = value.textValue().strip();
    if (required && text.isEmpty()) {
      wrong("/" + name, "is empty");
    }
    if (text.length() > most) {
      wrong("/" + name, "is longer than " + most + " characters");
    }
    if (text.chars().anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t')) {
      wrong("/" + name, "has control characters");
    }
    return text;
  }

  /** A whole number from {@code least} to {@code most}, or the default when it is absent. */
  int number(String name, int least, int most, int absent) {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return absent;
    }
    if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
      wrong("/" + name, "is not a whole number from " + least + " to " + most);
      return absent;
    }
    return value.intValue();
  }

  boolean truth(String name, boolean absent) {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return absent;
    }
    if (!value.isBoolean()) {
      wrong("/" + name, "is not true or false");
    }
    return value.asBoolean(absent);
  }

  /** One of the enum's names, in any case; null when it is absent and not required. */
  <E extends Enum<E>> E oneOf(String name, Class<E> type, boolean required) {
    String text = text(name, 32, required);
    return text.isEmpty() ? null : oneOf("/" + name, text, type);
  }

  /** Area codes of 12 digits. */
  List<String> areas(String name) {
    List<String> areas = new ArrayList<>();
    for (JsonNode area : body.path(name)) {
      if (area.asText().matches("\\d{12}")) {
        areas.add(area.asText());
      } else {
        wrong("/" + name, "has a code that is not 12 digits: " + area.asText());
      }
    }
    return areas;
  }

  void wrong(String at, String what) {
    findings.add(new Problem.Finding(at, what));
  }

  /** Throws everything that was found, if anything was. */
  void check() {
    if (!findings.isEmpty()) {
      throw Problem.invalid(findings);
    }
  }

  private <E extends Enum<E>> E oneOf(String at, String text, Class<E> type) {
    for (E value : type.getEnumConstants()) {
      if (value.name().equalsIgnoreCase(text)) {
        return value;
      }
    }
    wrong(at, "is not one of " + Arrays.toString(type.getEnumConstants()));
    return null;
  }
}

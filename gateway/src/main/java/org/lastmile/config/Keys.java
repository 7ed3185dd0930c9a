package org.lastmile.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads one section of a YAML file by asking for keys, and notes everything that is wrong instead
 * of stopping at the first. What was asked for is remembered, so that the documentation can be
 * checked against it and a misspelt key is found.
 */
final class Keys {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|min|h|d)");
  private static final Pattern ENVIRONMENT = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  /** In addresses small letters stay: {@code ${header.attempt}} means something to Camel. */
  private static final Pattern ENVIRONMENT_IN_ADDRESS =
      Pattern.compile("\\$\\{([A-Z_][A-Z0-9_]*)}");

  private static final int MOST_KNOWN = 3;

  private final String path;
  private final JsonNode node;
  private final Report report;
  private final Set<String> asked = new LinkedHashSet<>();

  /** A key that was asked for: its path, its type, and the default as text. */
  record Key(String path, String type, String fallback) {}

  /**
   * What is shared by all sections of one file.
   *
   * @param file for messages
   * @param base folder that relative paths are relative to
   */
  record Report(
      String file,
      Path base,
      Function<String, String> environment,
      List<String> problems,
      List<Key> keys) {}

  private Keys(String path, JsonNode node, Report report) {
    this.path = path;
    this.node = node;
    this.report = report;
  }

  static Keys root(JsonNode node, Report report) {
    Keys keys = new Keys("", node, report);
    if (!node.isMissingNode() && !node.isNull() && !node.isObject()) {
      report.problems().add(report.file() + ": is not a YAML mapping");
    }
    return keys;
  }

  boolean has(String name) {
    return node.has(name) && !node.get(name).isNull();
  }

  /** The section exists, even empty. */
  boolean present() {
    return !node.isMissingNode();
  }

  Keys section(String name) {
    asked.add(name);
    JsonNode at = node.path(name);
    if (!at.isMissingNode() && !at.isObject() && !at.isNull()) {
      problem(name, "is not a section with keys of its own");
      at = MissingNode.getInstance();
    }
    return new Keys(below(name), at, report);
  }

  /** Sections under free names. */
  Map<String, Keys> sections(String name) {
    Keys all = section(name);
    Map<String, Keys> sections = new LinkedHashMap<>();
    all.node.fieldNames().forEachRemaining(n -> sections.put(n, all.section(n)));
    return sections;
  }

  /** A list of sections. */
  List<Keys> list(String name) {
    asked.add(name);
    List<Keys> list = new ArrayList<>();
    JsonNode at = node.path(name);
    if (!at.isMissingNode() && !at.isNull() && !at.isArray()) {
      problem(name, "is not a list");
      return list;
    }
    for (int i = 0; i < at.size(); i++) {
      list.add(new Keys(below(name) + "[" + i + "]", at.get(i), report));
    }
    return list;
  }

  List<String> texts(String name, List<String> fallback) {
    note(name, "list of text", String.join(", ", fallback));
    JsonNode at = node.path(name);
    if (at.isMissingNode() || at.isNull()) {
      return fallback;
    }
    if (at.isTextual()) {
      return List.of(at.asText());
    }
    List<String> texts = new ArrayList<>();
    at.forEach(t -> texts.add(t.asText()));
    return texts;
  }

  /** Text lists under free names. */
  Map<String, List<String>> textLists(String name) {
    note(name, "lists of text by name", "");
    Keys all = section(name);
    Map<String, List<String>> lists = new LinkedHashMap<>();
    all.node.fieldNames().forEachRemaining(n -> lists.put(n, all.texts(n, List.of())));
    return lists;
  }

  /** Secrets under free names. */
  Map<String, String> secrets(String name) {
    note(name, "secrets by name", "");
    Keys all = section(name);
    Map<String, String> secrets = new LinkedHashMap<>();
    all.node.fieldNames().forEachRemaining(n -> secrets.put(n, all.secret(n)));
    return secrets;
  }

  String text(String name, String fallback) {
    note(name, "text", fallback);
    return plain(name, fallback);
  }

  private String plain(String name, String fallback) {
    JsonNode at = node.path(name);
    if (at.isMissingNode() || at.isNull()) {
      return fallback;
    }
    if (!at.isValueNode()) {
      problem(name, "is not a text");
      return fallback;
    }
    return at.asText();
  }

  /** A text that has to be there. */
  String needed(String name) {
    String text = text(name, "");
    if (text.isBlank()) {
      problem(name, "is missing");
    }
    return text;
  }

  /** A secret: as it stands, {@code ${ENV}}, or {@code file:PATH}. Never shown in a message. */
  String secret(String name) {
    note(name, "secret", "");
    if (node.path(name).isNumber()) {
      problem(name, "stands there as a number, which loses leading zeros: put it in quotes");
      return "";
    }
    String text = plain(name, "");
    if (ENVIRONMENT.matcher(text).matches()) {
      return withEnvironment(name, text, ENVIRONMENT);
    }
    if (text.startsWith("file:")) {
      Path file = report.base().resolve(text.substring("file:".length()));
      try {
        return Files.readString(file).strip();
      } catch (IOException e) {
        problem(name, "can't read " + file + ": " + e.getClass().getSimpleName());
        return "";
      }
    }
    return text;
  }

  /** An address that may have {@code ${ENV}} in it, e.g. for its password. Never shown. */
  String address(String name, String fallback) {
    note(name, "address", fallback);
    return withEnvironment(name, plain(name, fallback), ENVIRONMENT_IN_ADDRESS);
  }

  /** The same, and it has to be there. */
  String neededAddress(String name) {
    String address = address(name, "");
    if (address.isBlank()) {
      problem(name, "is missing");
    }
    return address;
  }

  private String withEnvironment(String name, String text, Pattern variable) {
    return variable
        .matcher(text)
        .replaceAll(
            m -> {
              String value = report.environment().apply(m.group(1));
              if (value == null || value.isEmpty()) {
                problem(name, "environment variable " + m.group(1) + " is not set");
                return "";
              }
              return Matcher.quoteReplacement(value);
            });
  }

  int number(String name, int fallback, int least, int most) {
    note(name, "number", Integer.toString(fallback));
    JsonNode at = node.path(name);
    if (at.isMissingNode() || at.isNull()) {
      return fallback;
    }
    try {
      int number = Integer.parseInt(at.asText().strip());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, for anything that is no number in the range.
    }
    problem(name, "'" + at.asText() + "' is not a number from " + least + " to " + most);
    return fallback;
  }

  boolean flag(String name, boolean fallback) {
    note(name, "true or false", Boolean.toString(fallback));
    JsonNode at = node.path(name);
    if (at.isMissingNode() || at.isNull()) {
      return fallback;
    }
    if (!at.isBoolean()) {
      problem(name, "'" + at.asText() + "' is neither true nor false");
    }
    return at.asBoolean(fallback);
  }

  /** A time span such as {@code 300ms}, {@code 90s}, {@code 5m}, {@code 3h}, {@code 1d}. */
  Duration duration(String name, Duration fallback) {
    note(name, "duration", fallback == null ? "" : written(fallback));
    JsonNode at = node.path(name);
    if (at.isMissingNode() || at.isNull()) {
      return fallback;
    }
    Matcher m = DURATION.matcher(at.asText().strip());
    if (!m.matches()) {
      problem(name, "'" + at.asText() + "' is not a duration such as 300ms, 90s, 5m or 3h");
      return fallback;
    }
    long n = Long.parseLong(m.group(1));
    return switch (m.group(2)) {
      case "ms" -> Duration.ofMillis(n);
      case "s" -> Duration.ofSeconds(n);
      case "m", "min" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      default -> Duration.ofDays(n);
    };
  }

  /** As {@link #duration} reads it, in the largest unit that is whole. */
  private static String written(Duration duration) {
    long ms = duration.toMillis();
    return ms % 1_000 != 0
        ? ms + "ms"
        : ms % 60_000 != 0 || ms == 0
            ? ms / 1_000 + "s"
            : ms % 3_600_000 != 0 ? ms / 60_000 + "m" : ms / 3_600_000 + "h";
  }

  /** A time span longer than zero. */
  Duration someTime(String name, Duration fallback) {
    Duration some = duration(name, fallback);
    if (some.isZero()) {
      problem(name, "has to be longer than zero");
    }
    return some;
  }

  Path path(String name, Path fallback) {
    note(name, "path", fallback == null ? "" : fallback.toString());
    JsonNode at = node.path(name);
    return at.isMissingNode() || at.isNull() ? fallback : report.base().resolve(at.asText());
  }

  LocalTime time(String name, LocalTime fallback) {
    return parsed(name, "time of day", fallback, LocalTime::parse, "a time of day such as 22:00");
  }

  LocalDate date(String name, LocalDate fallback) {
    return parsed(name, "date", fallback, LocalDate::parse, "a date such as 2026-01-31");
  }

  private <T> T parsed(
      String name, String type, T fallback, Function<CharSequence, T> parse, String example) {
    note(name, type, String.valueOf(fallback));
    JsonNode at = node.path(name);
    if (at.isMissingNode() || at.isNull()) {
      return fallback;
    }
    try {
      return parse.apply(at.asText().strip());
    } catch (DateTimeParseException e) {
      problem(name, "'" + at.asText() + "' is not " + example);
      return fallback;
    }
  }

  <E extends Enum<E>> E choice(String name, Class<E> type, E fallback) {
    note(name, "one of", fallback == null ? "" : fallback.name());
    JsonNode at = node.path(name);
    if (at.isMissingNode() || at.isNull()) {
      return fallback;
    }
    return constant(name, at.asText(), type, fallback);
  }

  <E extends Enum<E>> Set<E> choices(String name, Class<E> type) {
    note(name, "list of", "");
    Set<E> chosen = new LinkedHashSet<>();
    JsonNode at = node.path(name);
    if (at.isTextual()) {
      chosen.add(constant(name, at.asText(), type, null));
    }
    at.forEach(n -> chosen.add(constant(name, n.asText(), type, null)));
    chosen.remove(null);
    return chosen;
  }

  private <E extends Enum<E>> E constant(String name, String text, Class<E> type, E fallback) {
    String wanted = text.strip().toUpperCase(Locale.ROOT).replace('-', '_');
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(wanted)) {
        return constant;
      }
    }
    problem(name, "'" + text + "' is not one of " + names(type));
    return fallback;
  }

  private static String names(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", "));
  }

  /** Says what is wrong with a key; an empty name stands for the section itself. */
  void problem(String name, String what) {
    report.problems().add(report.file() + ": " + below(name) + ": " + what);
  }

  /** Says of every key that nobody asked for that it is not known. */
  void done() {
    node.fieldNames()
        .forEachRemaining(
            n -> {
              if (!asked.contains(n)) {
                problem(n, "is not a known key here; " + suggestion(n));
              }
            });
  }

  /** The keys that look like it, else all there are. */
  private String suggestion(String misspelt) {
    List<String> like =
        asked.stream()
            .filter(known -> distance(misspelt, known) <= (known.length() < 4 ? 1 : 2))
            .sorted(Comparator.comparingInt(known -> distance(misspelt, known)))
            .limit(MOST_KNOWN)
            .toList();
    return like.isEmpty()
        ? "known are " + String.join(", ", asked)
        : "did you mean " + String.join(" or ", like) + "?";
  }

  /** Letters to insert, remove or change to make one of the other (Levenshtein), in any case. */
  private static int distance(String misspelt, String known) {
    String one = misspelt.toLowerCase(Locale.ROOT);
    String other = known.toLowerCase(Locale.ROOT);
    int[] row = new int[other.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }

  private void note(String name, String type, String fallback) {
    asked.add(name);
    report.keys().add(new Key(below(name), type, fallback));
  }

  private String below(String name) {
    return path.isEmpty() ? name : name.isEmpty() ? path : path + "." + name;
  }
}

package org.lastmile.channel.horn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with values in braces. Each value is escaped for the place where it stands, so that no
 * quotation mark in a warning breaks, or adds to, what the platform reads.
 */
final class Template {
  /** All values there are. */
  static final Set<String> NAMES =
      Set.of(
          "id",
          "device",
          "content",
          "about",
          "kind",
          "drill",
          "text",
          "audio",
          "sha256",
          "siren",
          "priority",
          "volume",
          "repeats",
          "pause",
          "issued",
          "notAfter",
          "issuedAt",
          "expiresAt",
          "place",
          "grade",
          "hazard",
          "action",
          "headline",
          "sender",
          "supersedes");

  private static final Pattern NAME = Pattern.compile("\\{([A-Za-z0-9]+)}");
  private static final Pattern UNWRITABLE =
      Pattern.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]");

  /** How values are escaped. */
  enum Escape {
    JSON {
      @Override
      String of(String value) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(value));
      }
    },
    XML {
      @Override
      String of(String value) {
        return UNWRITABLE
            .matcher(value)
            .replaceAll("")
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("\"", "&quot;")
            .replace("'", "&apos;");
      }
    },
    URL {
      @Override
      String of(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
      }
    },
    NONE {
      @Override
      String of(String value) {
        return value;
      }
    };

    abstract String of(String value);

    /** By the content type of a body. */
    static Escape forType(String type) {
      String lower = type.toLowerCase(java.util.Locale.ROOT);
      return lower.contains("json")
          ? JSON
          : lower.contains("xml") ? XML : lower.contains("urlencoded") ? URL : NONE;
    }
  }

  private Template() {}

  static String fill(String template, Escape escape, Map<String, String> values) {
    StringBuilder text = new StringBuilder(2 * template.length());
    Matcher name = NAME.matcher(template);
    int from = 0;
    while (name.find()) {
      String value = values.get(name.group(1));
      text.append(template, from, name.start());
      text.append(value == null ? name.group() : escape.of(value));
      from = name.end();
    }
    return text.append(template, from, template.length()).toString();
  }

  /** What is wrong with it; empty = nothing. */
  static List<String> problems(String template, Escape escape) {
    List<String> problems = new ArrayList<>();
    Set<String> unknown = new TreeSet<>();
    NAME.matcher(template)
        .results()
        .map(m -> m.group(1))
        .filter(n -> !NAMES.contains(n))
        .forEach(unknown::add);
    unknown.forEach(n -> problems.add("{" + n + "} is none of " + new TreeSet<>(NAMES)));
    if (escape == Escape.JSON && problems.isEmpty()) {
      try {
        // A number stands for every value: it is right with quotation marks and without.
        new ObjectMapper().readTree(NAME.matcher(template).replaceAll("1"));
      } catch (JsonProcessingException e) {
        problems.add("is not JSON: " + e.getOriginalMessage());
      }
    }
    return problems;
  }
}

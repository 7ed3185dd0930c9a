package org.lastmile.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vendor's page and the machine-readable contract name the same things, in both languages. */
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"device-contract.md", "device-contract.zh-CN.md"})
class ReferencePageTest {
  private static final String ROOT = "/lastmile/device/v1/";
  private static final Pattern ROW = Pattern.compile("^\\| `([^`]+)` \\| ?([^|]*)\\|.*");
  private static final Pattern HEADING = Pattern.compile("^#{2,3} (.*)");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  @Parameter private String page;

  @ParameterizedTest
  @ValueSource(strings = {"command", "body", "floor", "keys", "recovery", "receipt", "state"})
  void every_field_of_a_schema_is_a_row_and_every_row_a_field(String name) throws IOException {
    Map<String, Boolean> fields = new TreeMap<>();
    collect(schema(name), "", fields);
    Map<String, Boolean> rows = new TreeMap<>();
    section(name).forEach((field, second) -> rows.put(field, !second.isBlank()));
    assertThat(rows).isEqualTo(fields);
  }

  @Test
  void every_topic_is_named_and_no_other() throws IOException {
    Set<String> topics = new TreeSet<>();
    try (InputStream in = ReferencePageTest.class.getResourceAsStream(ROOT + "asyncapi.yaml")) {
      new YAMLMapper()
          .readTree(in)
          .get("channels")
          .forEach(c -> topics.add(c.get("address").textValue()));
    }
    Set<String> named = new TreeSet<>();
    Matcher topic = Pattern.compile("`(lm/[^`]+)`").matcher(text());
    while (topic.find()) {
      named.add(topic.group(1));
    }
    assertThat(named).isEqualTo(topics);
  }

  @Test
  void every_outcome_and_reason_is_a_row_and_every_row_one() throws IOException {
    JsonNode properties = schema("receipt").get("properties");
    assertThat(rowsWith("^[a-z]+$", "received")).isEqualTo(words(properties.at("/outcome/enum")));
    assertThat(rowsWith("^[A-Z_]+$", "MALFORMED"))
        .isEqualTo(words(properties.at("/reason/examples")));
  }

  @Test
  void every_reason_and_outcome_stands_in_the_rules_as_well() throws IOException {
    String rules = Files.readString(Path.of("README.md"));
    JsonNode properties = schema("receipt").get("properties");
    for (String word : words(properties.at("/reason/examples"))) {
      assertThat(rules).contains("`" + word + "`");
    }
    for (String word : words(properties.at("/outcome/enum"))) {
      assertThat(rules).contains("`" + word + "`");
    }
    for (String kind : words(schema("body").at("/properties/kind/enum"))) {
      assertThat(rules).contains("`" + kind + "`");
    }
  }

  /** Names of the table that has that row, all of which must look like it. */
  private Set<String> rowsWith(String shape, String one) throws IOException {
    for (Map<String, String> rows : sections().values()) {
      if (rows.containsKey(one)) {
        assertThat(rows.keySet()).allMatch(name -> name.matches(shape));
        return new TreeSet<>(rows.keySet());
      }
    }
    throw new AssertionError("no table of " + page + " has a row " + one);
  }

  private Map<String, String> section(String name) throws IOException {
    for (Map.Entry<String, Map<String, String>> section : sections().entrySet()) {
      Matcher quoted = QUOTED.matcher(section.getKey());
      if (quoted.find() && quoted.group(1).equals(name)) {
        return section.getValue();
      }
    }
    throw new AssertionError("no heading of " + page + " names `" + name + "`");
  }

  /** First and second cell of every row that begins with a word in backticks, by heading. */
  private Map<String, Map<String, String>> sections() throws IOException {
    Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    Map<String, String> rows = new LinkedHashMap<>();
    for (String line : text().lines().toList()) {
      Matcher heading = HEADING.matcher(line);
      Matcher row = ROW.matcher(line);
      if (heading.matches()) {
        rows = new LinkedHashMap<>();
        sections.put(heading.group(1), rows);
      } else if (row.matches()) {
        rows.put(row.group(1), row.group(2));
      }
    }
    return sections;
  }

  private static void collect(JsonNode of, String prefix, Map<String, Boolean> into) {
    Set<String> required = words(of.path("required"));
    for (Map.Entry<String, JsonNode> field : of.path("properties").properties()) {
      into.put(prefix + field.getKey(), required.contains(field.getKey()));
      collect(field.getValue(), prefix + field.getKey() + ".", into);
      collect(field.getValue().path("items"), prefix + field.getKey() + "[].", into);
    }
  }

  private static Set<String> words(JsonNode array) {
    Set<String> words = new TreeSet<>();
    array.forEach(word -> words.add(word.textValue()));
    return words;
  }

  private static JsonNode schema(String name) throws IOException {
    try (InputStream in =
        ReferencePageTest.class.getResourceAsStream(ROOT + "schema/" + name + ".schema.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  private String text() throws IOException {
    return Files.readString(Path.of("..", "docs", page));
  }
}

package org.lastmile.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/configuration.md} names every key with its type and default, and none besides. */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("../docs/configuration.md");
  private static final Path EVERYTHING = Path.of("src/test/resources/config");
  private static final Pattern ROW =
      Pattern.compile("\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\| (.+) \\|");

  /** Type and default; the default of a key that has none is the empty string. */
  private record Said(String type, String fallback) {}

  @Test
  void theConfigurationFileIsDescribedKeyByKey() throws IOException {
    JsonNode everything = Config.tree(EVERYTHING.resolve("everything.yml"), new ArrayList<>());

    assertSame(page("## The configuration file"), code(Config.keys(everything)));
  }

  @Test
  void thePolicyFileIsDescribedKeyByKey() throws IOException {
    JsonNode everything =
        Config.tree(EVERYTHING.resolve("everything-policy.yml"), new ArrayList<>());
    List<Keys.Key> keys = new ArrayList<>();
    Practice.of(everything, "all", ZoneId.of("Asia/Shanghai"), new ArrayList<>(), keys);

    assertSame(page("## The policy file"), code(keys));
  }

  private static void assertSame(Map<String, Said> page, Map<String, Said> code) {
    assertThat(without(code, page))
        .as("keys of the code that the page lacks, or says wrongly")
        .isEmpty();
    assertThat(without(page, code)).as("keys of the page that the code does not have").isEmpty();
  }

  private static Map<String, Said> without(Map<String, Said> all, Map<String, Said> known) {
    Map<String, Said> rest = new TreeMap<>(all);
    rest.entrySet().removeAll(known.entrySet());
    return rest;
  }

  /** What the page says under a heading: rows of {@code key, type, default, example, meaning}. */
  private static Map<String, Said> page(String heading) throws IOException {
    String text = Files.readString(PAGE);
    int start = text.indexOf(heading);
    int end = text.indexOf("\n## ", start + 1);
    Map<String, Said> rows = new TreeMap<>();
    Matcher row = ROW.matcher(text.substring(start, end < 0 ? text.length() : end));
    while (row.find()) {
      assertThat(row.group(4).strip()).as("example of " + row.group(1)).isNotEmpty();
      assertThat(row.group(5).strip()).as("meaning of " + row.group(1)).isNotEmpty();
      String fallback = row.group(3).strip();
      // In code type stands a value; words ("none", "required") say that there is none.
      boolean value = fallback.startsWith("`");
      rows.put(
          row.group(1), new Said(row.group(2).strip(), value ? fallback.replace("`", "") : ""));
    }
    return rows;
  }

  /** The same from the code; the four grades share a row, their defaults in its order. */
  private static Map<String, Said> code(List<Keys.Key> keys) {
    Map<String, List<Keys.Key>> rows =
        keys.stream()
            .collect(
                Collectors.groupingBy(
                    k ->
                        k.path()
                            .replace("[0]", "[]")
                            .replaceFirst(
                                "(ladders|loudspeaker)\\.(RED|ORANGE|YELLOW|BLUE)", "$1.GRADE"),
                    TreeMap::new,
                    Collectors.toList()));
    Map<String, Said> said = new TreeMap<>();
    rows.forEach(
        (path, same) -> {
          List<String> fallbacks = same.stream().map(Keys.Key::fallback).toList();
          boolean alike = fallbacks.stream().distinct().count() == 1;
          String fallback = alike ? fallbacks.get(0) : String.join(" / ", fallbacks);
          said.put(path, new Said(same.get(0).type(), fallback));
        });
    return said;
  }
}

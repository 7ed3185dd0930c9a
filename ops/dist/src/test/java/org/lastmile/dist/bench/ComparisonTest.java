package org.lastmile.dist.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

/** Figures side by side, in the page that people read. */
class ComparisonTest {
  private static final List<Figure> FIGURES =
      List.of(
          Figure.higher("sms-throughput", "short, 300 ms", 190.0, 195.0, "parts/min")
              .with("oursName", Rivals.OURS)
              .with("referenceName", Rivals.RAW),
          Figure.higher("sms-throughput", "short, 300 ms, whole gateway", 180.0, 195.0, "parts/min")
              .with("oursName", Rivals.GATEWAY)
              .with("referenceName", Rivals.RAW),
          Figure.higher(
                  "sms-throughput", "short, 300 ms", 190.0, Double.POSITIVE_INFINITY, "parts/min")
              .with("oursName", Rivals.OURS)
              .with("referenceName", "gammu")
              .with("referenceLost", 20L)
              .with("referenceDuplicated", 1L));

  @TempDir Path docs;

  @Test
  void a_case_is_a_row_and_each_contestant_a_column() {
    assertThat(new Comparison(FIGURES).table())
        .isEqualTo(
            """
            | case | unit | channel | raw | gateway | gammu |
            |---|---|---:|---:|---:|---:|
            | short, 300 ms | parts/min | 190 | 195 | 180 | never (20 lost, 1 twice) |
            """);
  }

  @Test
  void table_and_chart_replace_what_stood_between_the_marks() throws Exception {
    Path page = docs.resolve("performance.md");
    Files.writeString(
        page, "before\n<!-- sms-throughput -->\nold\n<!-- /sms-throughput -->\nafter\n");
    Page.write(docs, "sms-throughput", FIGURES);
    assertThat(Files.readString(page))
        .startsWith("before\n<!-- sms-throughput -->\n| case |")
        .endsWith(
            "![sms-throughput](performance-sms-throughput.svg)\n<!-- /sms-throughput -->\nafter\n")
        .doesNotContain("old");
    String svg = Files.readString(docs.resolve("performance-sms-throughput.svg"));
    assertThat(
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getElementsByTagName("circle")
                .getLength())
        .isEqualTo(8); // four names in the legend, four values
  }

  @Test
  void a_page_without_a_place_for_it_is_named() throws IOException {
    Files.writeString(docs.resolve("performance.md"), "nothing\n");
    assertThatThrownBy(() -> Page.write(docs, "sms-faults", FIGURES))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("performance.md")
        .hasMessageContaining("<!-- sms-faults -->");
  }
}

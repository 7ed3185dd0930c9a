package org.lastmile.dist.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a benchmark's table into docs/performance.md, between its two marks, and its chart beside.
 */
final class Page {
  /** How charts are drawn; a benchmark that is not named has none. */
  private static final Map<String, DotChart> CHARTS =
      Map.of(
          "sms-throughput",
          new DotChart(
              "Parts a minute, % of the bare line",
              false, 0, 100, List.of(0.0, 25.0, 50.0, 75.0, 100.0)),
          "sms-faults",
          new DotChart(
              "Seconds from the fault to the next part sent (right edge: never)",
              true,
              0.2,
              200,
              List.of(0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)),
          "sms-coverage",
          new DotChart(
              "Seconds of modem time until every point was told",
              true,
              10,
              10_000,
              List.of(10.0, 100.0, 1_000.0, 10_000.0)));

  private Page() {}

  /** Whether figures of that benchmark have a place in the docs. */
  static boolean shows(String bench) {
    return CHARTS.containsKey(bench);
  }

  /**
   * @param docs the folder of performance.md
   * @throws IOException also when the page lacks the marks
   */
  static void write(Path docs, String bench, List<Figure> figures) throws IOException {
    Comparison comparison = new Comparison(figures);
    Path page = docs.resolve("performance.md");
    String begin = "<!-- " + bench + " -->";
    String end = "<!-- /" + bench + " -->";
    String text = Files.readString(page);
    int from = text.indexOf(begin);
    int to = text.indexOf(end);
    if (from < 0 || to < from) {
      throw new IOException(page + " has no place for it: add lines " + begin + " and " + end);
    }
    String chart = "performance-" + bench + ".svg";
    Files.writeString(
        docs.resolve(chart), CHARTS.get(bench).svg(comparison.names(), values(bench, comparison)));
    Files.writeString(
        page,
        text.substring(0, from + begin.length())
            + "\n"
            + comparison.table()
            + "\n![%s](%s)\n".formatted(bench, chart)
            + text.substring(to));
  }

  /** Rates as a share of the bare line's, all else as it is; one contestant alone shows nothing. */
  private static Map<String, Map<String, Double>> values(String bench, Comparison comparison) {
    Map<String, Map<String, Double>> rows = new LinkedHashMap<>();
    comparison
        .rows()
        .forEach(
            (name, cells) -> {
              Comparison.Cell bare = cells.get(Rivals.RAW);
              boolean share = bench.equals("sms-throughput");
              if (cells.size() < 2
                  || (share
                      && (bare == null || bare.value() == 0 || name.startsWith("processor")))) {
                return;
              }
              Map<String, Double> values = new LinkedHashMap<>();
              cells.forEach(
                  (who, cell) ->
                      values.put(who, share ? cell.value() / bare.value() * 100 : cell.value()));
              rows.put(name, values);
            });
    return rows;
  }
}

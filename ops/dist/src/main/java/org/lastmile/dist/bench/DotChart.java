package org.lastmile.dist.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A line for each case and a dot for each contestant, as SVG.
 *
 * @param title what the axis shows, with its unit
 * @param least left end of the axis, over 0 when it is logarithmic
 * @param most right end; what is beyond it, or never came, sits there
 */
record DotChart(String title, boolean logarithmic, double least, double most, List<Double> ticks) {
  private static final int LEFT = 330;
  private static final int WIDTH = 420;
  private static final int RIGHT = 30;
  private static final int TOP = 58;
  private static final int LINE = 17;

  /** Told apart by people who see fewer colours, too (Okabe and Ito). */
  private static final List<String> COLOURS =
      List.of("#D55E00", "#CC79A7", "#000000", "#0072B2", "#56B4E9", "#009E73", "#B8A800");

  DotChart {
    ticks = List.copyOf(ticks);
  }

  /**
   * @param names contestants in the order of their colours
   * @param rows values by contestant, by case
   */
  String svg(List<String> names, Map<String, Map<String, Double>> rows) {
    int height = TOP + rows.size() * LINE + 34;
    int width = LEFT + WIDTH + RIGHT;
    StringBuilder svg = new StringBuilder();
    line(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">",
        width,
        height);
    line(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>");
    line(
        svg,
        "<text x=\"8\" y=\"16\" font-size=\"13\" font-weight=\"bold\">%s</text>",
        escaped(title));
    legend(svg, names);
    int bottom = TOP + rows.size() * LINE;
    for (double tick : ticks) {
      line(
          svg,
          "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#dddddd\"/>",
          x(tick),
          TOP - 6,
          x(tick),
          bottom);
      line(
          svg,
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#555555\">%s</text>",
          x(tick),
          bottom + 14,
          tick == Math.rint(tick) ? String.valueOf((long) tick) : String.valueOf(tick));
    }
    int y = TOP + 6;
    for (Map.Entry<String, Map<String, Double>> row : rows.entrySet()) {
      line(
          svg,
          "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
          LEFT - 12,
          y + 4,
          escaped(row.getKey()));
      // The first contestant is drawn last, over the others.
      for (int i = names.size() - 1; i >= 0; i--) {
        Double value = row.getValue().get(names.get(i));
        if (value != null) {
          line(
              svg,
              "<circle cx=\"%.1f\" cy=\"%d\" r=\"4.5\" fill=\"%s\" fill-opacity=\"0.85\"><title>%s: %s</title></circle>",
              x(value),
              y,
              colour(i),
              escaped(names.get(i)),
              Double.isInfinite(value) ? "never" : Comparison.number(value));
        }
      }
      y += LINE;
    }
    return svg.append("</svg>\n").toString();
  }

  private static void legend(StringBuilder svg, List<String> names) {
    int x = 12;
    for (int i = 0; i < names.size(); i++) {
      line(svg, "<circle cx=\"%d\" cy=\"34\" r=\"4.5\" fill=\"%s\"/>", x, colour(i));
      line(svg, "<text x=\"%d\" y=\"38\">%s</text>", x + 8, escaped(names.get(i)));
      x += 26 + names.get(i).length() * 7;
    }
  }

  private static String colour(int number) {
    return COLOURS.get(number % COLOURS.size());
  }

  private double x(double value) {
    double inside = Math.max(least, Math.min(most, value));
    double part =
        logarithmic
            ? Math.log(inside / least) / Math.log(most / least)
            : (inside - least) / (most - least);
    return LEFT + part * WIDTH;
  }

  private static void line(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}

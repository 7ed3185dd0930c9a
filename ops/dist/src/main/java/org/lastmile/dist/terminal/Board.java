package org.lastmile.dist.terminal;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * One warning's coverage as lines of text: a bar for each village, what each channel did, and the
 * points that are stuck, longest first. Works on what the API answers.
 */
public final class Board {
  private static final List<String> STATES =
      List.of("QUEUED", "SENT", "DELIVERED", "CONFIRMED", "FAILED");
  private static final int NAME = 14;
  private static final int COUNT = 10;
  private static final int ID = 8;
  private static final int POINT = 27;

  /** Open points that are shown even where villages have to be folded for it. */
  private static final int LEAST_STUCK = 2;

  private final int columns;
  private final boolean colour;

  public Board(int columns, boolean colour) {
    this.columns = columns;
    this.colour = colour;
  }

  /**
   * At most that many lines.
   *
   * @param warning as {@code GET /api/v1/warnings/ID} answers, coverage likewise
   */
  public List<String> lines(JsonNode warning, JsonNode coverage, Instant now, int rows) {
    List<String> lines = new ArrayList<>(head(warning, coverage, now));
    lines.add("");
    List<String> channels = channels(warning);
    int left = rows - lines.size() - channels.size() - 2;
    List<JsonNode> villages = list(coverage.path("byArea"));
    List<JsonNode> stuck = stuck(coverage);
    int forStuck = Math.min(stuck.size(), Math.max(LEAST_STUCK, left - villages.size())) + 1;
    lines.addAll(villages(villages, Math.max(2, left - (stuck.isEmpty() ? 0 : forStuck))));
    lines.add("");
    lines.addAll(channels);
    if (!stuck.isEmpty()) {
      lines.add("");
      lines.addAll(stuck(stuck, Math.max(2, rows - lines.size()), now));
    }
    return lines.size() > rows ? lines.subList(0, rows) : lines;
  }

  private List<String> head(JsonNode warning, JsonNode coverage, Instant now) {
    int total = coverage.path("total").asInt();
    int covered = coverage.path("covered").asInt();
    String age =
        warning.path("released").asText("").isEmpty() || warning.path("released").isNull()
            ? warning.path("status").asText()
            : clock(since(warning.path("released").asText(), now));
    String headline = warning.path("headline").asText();
    String mark = warning.path("drill").asBoolean() ? "【演练】" : "";
    String first = Columns.fit(mark + headline, columns - 8) + Columns.right(age, 8);
    int duty =
        (int)
            list(coverage.path("points")).stream().filter(p -> p.path("duty").asBoolean()).count();
    String second =
        "%d of %d points covered (%d %%) · %d told · "
            .formatted(
                covered,
                total,
                total == 0 ? 100 : covered * 100 / total,
                coverage.path("reached").asInt());
    int unreached = coverage.path("unreached").asInt();
    String untold = unreached + " untold";
    String third = "duty tasks %d · retries %d".formatted(duty, warning.path("retries").asInt());
    int left = columns - Columns.width(second + untold);
    if (left < 0) {
      return List.of(bold(first), Columns.cut(second + untold, columns));
    }
    String counts =
        covered == total ? green(second + untold) : second + (unreached > 0 ? red(untold) : untold);
    // Who is not told matters more than how often something was tried.
    return List.of(
        bold(first), counts + (Columns.width(third) < left ? Columns.right(third, left) : ""));
  }

  private List<String> villages(List<JsonNode> villages, int rows) {
    if (villages.size() <= rows) {
      return villages.stream().map(this::bar).toList();
    }
    // Those with something to do; the others are counted in one line.
    List<JsonNode> open = villages.stream().filter(v -> !whole(v)).limit(rows - 1L).toList();
    List<JsonNode> shown =
        open.isEmpty() ? villages.subList(0, Math.min(rows - 1, villages.size())) : open;
    List<String> lines = new ArrayList<>(shown.stream().map(this::bar).toList());
    long covered = villages.stream().filter(Board::whole).count();
    lines.add(
        " %d more villages; %d of all %d are covered"
            .formatted(villages.size() - shown.size(), covered, villages.size()));
    return lines;
  }

  private static boolean whole(JsonNode village) {
    return village.path("covered").asInt() == village.path("total").asInt();
  }

  private String bar(JsonNode village) {
    int total = Math.max(1, village.path("total").asInt());
    int covered = village.path("covered").asInt();
    int reached = village.path("reached").asInt();
    int cells = columns - NAME - 12;
    int full = covered * cells / total;
    int half = (covered + reached) * cells / total - full;
    String count = "%d/%d".formatted(covered, village.path("total").asInt());
    return " "
        + Columns.fit(village.path("village").asText(), NAME)
        + green("█".repeat(full))
        + yellow("▒".repeat(half))
        + "·".repeat(cells - full - half)
        + Columns.right(count, 8)
        + (whole(village) ? green(" ✓") : "");
  }

  /** Deliveries by channel and state, a rung that nobody needed left out. */
  private List<String> channels(JsonNode warning) {
    List<String> lines = new ArrayList<>();
    StringBuilder head = new StringBuilder(" ").append(Columns.fit("channel", NAME));
    List.of("queued", "sent", "delivered", "confirmed", "failed", "unneeded")
        .forEach(s -> head.append(Columns.right(s, COUNT)));
    lines.add(dim(Columns.cut(head.toString(), columns)));
    Map<String, JsonNode> channels = new TreeMap<>();
    warning
        .path("byChannel")
        .fields()
        .forEachRemaining(c -> channels.put(c.getKey(), c.getValue()));
    channels.forEach(
        (name, states) -> {
          StringBuilder line = new StringBuilder(" ").append(Columns.fit(name, NAME));
          STATES.forEach(s -> line.append(Columns.right(count(states.path(s).asInt()), COUNT)));
          int ended = states.path("CANCELLED").asInt() + states.path("EXPIRED").asInt();
          line.append(Columns.right(count(ended), COUNT));
          lines.add(Columns.cut(line.toString(), columns));
        });
    return lines;
  }

  private static String count(int n) {
    return n == 0 ? "·" : Integer.toString(n);
  }

  /** Open points: what is on somebody's duty first, then the highest rung, then the oldest. */
  private static List<JsonNode> stuck(JsonNode coverage) {
    return list(coverage.path("points")).stream()
        .filter(p -> !p.path("state").asText().equals("COVERED"))
        .filter(p -> p.path("stage").asInt() > 0 || p.path("duty").asBoolean())
        .sorted(
            Comparator.comparing((JsonNode p) -> !p.path("duty").asBoolean())
                .thenComparing(p -> -p.path("stage").asInt())
                .thenComparing(p -> p.path("since").asText()))
        .toList();
  }

  private List<String> stuck(List<JsonNode> points, int rows, Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add(
        dim(
            Columns.cut(
                " "
                    + Columns.fit("stuck", ID + POINT + 1)
                    + Columns.fit("at", 7)
                    + Columns.right("for", 5)
                    + "  lacks",
                columns)));
    int shown = points.size() <= rows - 1 ? points.size() : Math.max(1, rows - 2);
    for (JsonNode point : points.subList(0, shown)) {
      String lacks =
          list(point.path("missing")).stream()
              .map(m -> word(m.asText()))
              .collect(Collectors.joining(", "));
      String at = point.path("duty").asBoolean() ? "duty" : "rung " + point.path("stage").asInt();
      String who =
          " "
              + Columns.fit(point.path("id").asText(), ID)
              + Columns.fit(point.path("name").asText(), POINT)
              + " ";
      String rest =
          Columns.right(clock(since(point.path("since").asText(), now)), 5) + "  " + lacks;
      String rung = Columns.fit(at, 7);
      String line = Columns.cut(who + rung + rest, columns);
      // Only the rung in colour: yellow is hard to read on white, and the rest must be read.
      lines.add(
          line.startsWith(who + rung)
              ? who
                  + (point.path("duty").asBoolean() ? red(rung) : yellow(rung))
                  + line.substring(who.length() + rung.length())
              : line);
    }
    if (shown < points.size()) {
      lines.add(dim(" and %d more".formatted(points.size() - shown)));
    }
    return lines;
  }

  /** What a clause still lacks, in words. */
  public static String word(String proof) {
    return switch (proof) {
      case "PLAYED" -> "loudspeaker";
      case "DELIVERED" -> "delivery";
      case "ANSWERED" -> "answer";
      case "HELPERS_ANSWERED" -> "helpers";
      default -> proof;
    };
  }

  private static Duration since(String time, Instant now) {
    return time.isEmpty() || time.equals("null")
        ? Duration.ZERO
        : Duration.between(Instant.parse(time), now);
  }

  /** {@code 1:05}, {@code 2:00:00}. */
  public static String clock(Duration time) {
    long s = Math.max(0, time.toSeconds());
    return s < 3600
        ? "%d:%02d".formatted(s / 60, s % 60)
        : "%d:%02d:%02d".formatted(s / 3600, s / 60 % 60, s % 60);
  }

  private static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  private String bold(String text) {
    return sgr("1", text);
  }

  private String dim(String text) {
    return sgr("2", text);
  }

  private String green(String text) {
    return sgr("32", text);
  }

  private String yellow(String text) {
    return sgr("33", text);
  }

  private String red(String text) {
    return sgr("31", text);
  }

  private String sgr(String code, String text) {
    return colour && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}

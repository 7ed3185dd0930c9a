package org.lastmile.dist.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Figures of one benchmark side by side: a row for each case, a column for each contestant. */
final class Comparison {
  private static final String WHOLE = ", whole gateway";

  /**
   * What one contestant did in one case.
   *
   * @param value infinite = it never got there
   * @param note beside the value, e.g. messages lost; empty = nothing to say
   */
  record Cell(double value, String note) {
    private String text() {
      String number = Double.isInfinite(value) ? "never" : number(value);
      return note.isEmpty() ? number : number + " (" + note + ")";
    }
  }

  private final Map<String, Map<String, Cell>> rows = new LinkedHashMap<>();
  private final Map<String, String> units = new LinkedHashMap<>();
  private final Set<String> names = new LinkedHashSet<>();

  Comparison(List<Figure> figures) {
    for (Figure figure : figures) {
      String row = figure.name().replace(WHOLE, "");
      Map<String, Cell> cells = rows.computeIfAbsent(row, r -> new LinkedHashMap<>());
      units.put(row, figure.unit());
      String ours = figure.name().endsWith(WHOLE) ? Rivals.GATEWAY : name(figure, "oursName");
      cells.put(ours, new Cell(figure.ours(), note(figure, "lost", "duplicated")));
      names.add(ours);
      if (figure.reference() != null) {
        String who = name(figure, "referenceName");
        cells.put(
            who,
            new Cell(figure.reference(), note(figure, "referenceLost", "referenceDuplicated")));
        names.add(who);
      }
    }
  }

  private static String name(Figure figure, String key) {
    return String.valueOf(figure.more().getOrDefault(key, "limit"));
  }

  private static String note(Figure figure, String lostKey, String twiceKey) {
    List<String> notes = new ArrayList<>();
    if (figure.more().get(lostKey) instanceof Long lost && lost > 0) {
      notes.add(lost + " lost");
    }
    if (figure.more().get(twiceKey) instanceof Long twice && twice > 0) {
      notes.add(twice + " twice");
    }
    return String.join(", ", notes);
  }

  /** Contestants, ours first. */
  List<String> names() {
    return List.copyOf(names);
  }

  /** Cells by contestant, by case. */
  Map<String, Map<String, Cell>> rows() {
    return rows;
  }

  /** As a table of Markdown. */
  String table() {
    StringBuilder table = new StringBuilder("| case | unit |");
    names.forEach(name -> table.append(' ').append(name).append(" |"));
    table.append("\n|---|---|").append("---:|".repeat(names.size())).append('\n');
    rows.forEach(
        (row, cells) -> {
          table.append("| ").append(row).append(" | ").append(units.get(row)).append(" |");
          for (String name : names) {
            Cell cell = cells.get(name);
            table.append(' ').append(cell == null ? "" : cell.text()).append(" |");
          }
          table.append('\n');
        });
    return table.toString();
  }

  /** Three digits, thousands with commas. */
  static String number(double value) {
    if (value >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
  }
}

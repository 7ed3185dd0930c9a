package org.lastmile.registry;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads ledgers as offices keep them (CSV or XLSX, any number of files and sheets) into a candidate
 * registry, and reports everything that is wrong or doubtful at once. Changes nothing: every
 * reading is a dry run until somebody swaps the candidate in.
 */
public final class RegistryImport {
  private final Remarks remarks = new Remarks();
  private final Map<Table, List<Line>> lines = new EnumMap<>(Table.class);
  private final Map<String, Map<String, String>> extras = new HashMap<>();

  private RegistryImport() {}

  /** Reads a whole registry. Never throws for what the files hold. */
  public static ImportReport read(List<NamedBytes> files) {
    return read(files, Registry.EMPTY);
  }

  /**
   * Reads files over the registry that is in use: a table that no file holds stays as it is there,
   * so that an office can hand in just its new roster. A table that a file holds replaces the old
   * one whole.
   */
  public static ImportReport read(List<NamedBytes> files, Registry current) {
    return new RegistryImport().report(files, current.entries());
  }

  private ImportReport report(List<NamedBytes> files, Entries current) {
    files.forEach(this::take);
    lines.forEach(
        (table, all) -> {
          // A leader of the town has no village, whoever stands in the row above.
          if (table != Table.PEOPLE) {
            Gatherer.fillMerged(all);
          }
        });
    Registry candidate = null;
    if (lines.isEmpty()) {
      remarks.problem("全部文件", 0, "", "没有找到任何台账", "检查文件和表头，或下载模板");
    } else if (!lines.containsKey(Table.POINTS) && current.points().isEmpty()) {
      remarks.problem("全部文件", 0, "", "没有隐患点台账，无法建立登记库", "把隐患点台账一起导入");
    } else {
      candidate = Registry.of(entries(current));
    }
    Map<String, Integer> rows = new LinkedHashMap<>();
    lines.forEach((table, all) -> rows.put(table.title(), all.size()));
    List<Gap> gaps = candidate == null ? List.of() : Gap.of(candidate);
    return new ImportReport(candidate, rows, remarks.problems(), remarks.notices(), gaps);
  }

  private void take(NamedBytes file) {
    List<Sheet> sheets;
    try {
      sheets = Gatherer.sheets(file);
    } catch (Sheet.Unreadable e) {
      remarks.problem(file.name(), 0, "", e.getMessage(), "");
      return;
    }
    List<Sheet> unknown = new ArrayList<>();
    boolean nothing = true;
    for (Sheet sheet : sheets) {
      Headed headed = Headed.find(sheet);
      if (headed != null) {
        nothing = false;
        lines.computeIfAbsent(headed.table(), t -> new ArrayList<>()).addAll(headed.lines(remarks));
        headed.report(remarks);
      } else if (!sheet.rows().isEmpty()) {
        unknown.add(sheet);
      }
    }
    if (nothing && unknown.isEmpty()) {
      remarks.problem(file.name(), 0, "", "文件是空的", "");
    }
    for (Sheet sheet : unknown) {
      String what = "表头不像任何一种台账（" + String.join("、", sheet.rows().get(0).cells()) + "）";
      if (nothing) {
        remarks.problem(sheet.name(), 0, "", what + "，未采用", "按模板写表头");
      } else {
        remarks.notice(sheet.name(), 0, "", what + "，未采用", "");
      }
    }
  }

  private Entries entries(Entries current) {
    Places places = new Places();
    current.areas().forEach(places::know);
    all(Table.AREAS).forEach(places::name);
    for (Table table : List.of(Table.POINTS, Table.PEOPLE, Table.RESIDENTS, Table.LOUDSPEAKERS)) {
      all(table).forEach(places::learn);
    }
    extras.putAll(current.extras());

    PointRows points = new PointRows(places);
    Map<String, Line> pointLines = new LinkedHashMap<>();
    if (replaced(Table.POINTS, current.points().size())) {
      readAll(
          Table.POINTS,
          line -> {
            String id = points.read(line);
            pointLines.put(id, line);
            return id;
          });
      points.reportStrays();
    } else {
      points.keep(current.points());
    }

    PeopleRows people = new PeopleRows(places, points);
    boolean onPointRows =
        pointLines.values().stream().anyMatch(l -> l.has("防灾责任人") || l.has("监测责任人"));
    if (replaced(Table.PEOPLE, onPointRows ? 0 : current.people().size()) || onPointRows) {
      readAll(Table.PEOPLE, people::read);
    } else {
      people.keep(current.people());
    }
    pointLines.forEach((id, line) -> people.readOldStyle(line, points.point(id)));

    ResidentRows residents = new ResidentRows(places, points, people);
    if (replaced(Table.RESIDENTS, current.residents().size())) {
      readAll(Table.RESIDENTS, residents::read);
    } else {
      residents.keep(current.residents());
    }

    LoudspeakerRows loudspeakers = new LoudspeakerRows(places, points);
    if (replaced(Table.LOUDSPEAKERS, current.loudspeakers().size())) {
      readAll(Table.LOUDSPEAKERS, loudspeakers::read);
    } else {
      loudspeakers.keep(current.loudspeakers());
    }
    return new Entries(
        points.points(),
        people.people(),
        residents.residents(),
        loudspeakers.loudspeakers(),
        places.areas(),
        extras);
  }

  private List<Line> all(Table table) {
    return lines.getOrDefault(table, List.of());
  }

  /** True when files hold the table; else says that the old one stays, if there is one. */
  private boolean replaced(Table table, int old) {
    if (lines.containsKey(table)) {
      extras.keySet().removeIf(key -> key.startsWith(table.title() + ":"));
      return true;
    }
    if (old > 0) {
      remarks.notice("全部文件", 0, "", "没有" + table.title() + "，沿用现有的 " + old + " 条", "");
    }
    return false;
  }

  private void readAll(Table table, Function<Line, String> reader) {
    for (Line line : all(table)) {
      String id = reader.apply(line);
      if (id != null && !line.extra().isEmpty()) {
        extras.put(table.title() + ":" + id, Map.copyOf(line.extra()));
      }
    }
  }
}

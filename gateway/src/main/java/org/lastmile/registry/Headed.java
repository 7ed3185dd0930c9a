package org.lastmile.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A sheet that was recognised by its headers. Titles above the header row, headers in two rows
 * (防灾责任人 over 姓名, 电话) and bare 电话 columns beside a person's are understood.
 *
 * @param columns canonical name or, for unknown columns, null, by position
 * @param headers as the sheet words them, by position
 * @param body index of the first row below the headers
 */
record Headed(Sheet sheet, Table table, List<String> columns, List<String> headers, int body) {
  private static final int SEARCHED_ROWS = 10;
  private static final Pattern FOOT =
      Pattern.compile("合\\s*计|小\\s*计|总\\s*计|填表人|填报人|制表人|审核人|注\\s*[:：]");
  private static final Set<String> BARE_PHONE = Set.of("电话", "联系电话", "手机", "手机号", "手机号码", "联系方式");

  /** Null when no row among the first ten reads like the headers of a table. */
  static Headed find(Sheet sheet) {
    Headed best = null;
    int bestScore = 0;
    for (int i = 0; i < Math.min(SEARCHED_ROWS, sheet.rows().size()); i++) {
      List<String> single = sheet.rows().get(i).cells();
      List<String> joined =
          i + 1 < sheet.rows().size() ? join(single, sheet.rows().get(i + 1).cells()) : single;
      for (Table table : Table.values()) {
        for (List<String> headers : List.of(single, joined)) {
          List<String> columns = match(table, headers);
          Set<String> found = new HashSet<>(columns);
          found.remove(null);
          if (found.size() > bestScore && table.knows(found)) {
            bestScore = found.size();
            best = new Headed(sheet, table, columns, headers, i + (headers == single ? 1 : 2));
          }
        }
      }
    }
    return best;
  }

  /**
   * Two header rows as one: an upper cell that spans several columns goes before each lower one.
   */
  private static List<String> join(List<String> upper, List<String> lower) {
    List<String> joined = new ArrayList<>();
    String span = "";
    for (int i = 0; i < Math.max(upper.size(), lower.size()); i++) {
      String above = i < upper.size() ? upper.get(i) : "";
      String below = i < lower.size() ? lower.get(i) : "";
      span = above.isEmpty() && !below.isEmpty() ? span : above;
      joined.add(span + below);
    }
    return joined;
  }

  private static List<String> match(Table table, List<String> headers) {
    List<String> columns = new ArrayList<>();
    String person = "";
    for (String header : headers) {
      String column = header.isEmpty() ? null : table.column(header);
      boolean ofPerson = !person.isEmpty() && BARE_PHONE.contains(Table.key(header));
      if (ofPerson && (column == null || columns.contains(column))) {
        column = person + "电话";
      }
      if (column != null && columns.contains(column)) {
        column = null;
      }
      if (column != null && table.columns().contains(column + "电话")) {
        person = column;
      }
      columns.add(column);
    }
    return columns;
  }

  /** The rows below the headers; sums and signatures at the foot are left out. */
  List<Line> lines(Remarks remarks) {
    List<Line> lines = new ArrayList<>();
    for (Sheet.Row row : sheet.rows().subList(body, sheet.rows().size())) {
      Map<String, String> known = new HashMap<>();
      Map<String, String> extra = new HashMap<>();
      for (int i = 0; i < Math.max(columns.size(), row.cells().size()); i++) {
        String cell = row.cell(i);
        if (cell.isEmpty()) {
          continue;
        }
        String column = i < columns.size() ? columns.get(i) : null;
        String header = i < headers.size() ? headers.get(i) : "";
        if (column != null) {
          known.put(column, cell);
        } else {
          extra.put(header.isEmpty() ? "第" + (i + 1) + "列" : header, cell);
        }
      }
      String first = row.cells().stream().filter(c -> !c.isEmpty()).findFirst().orElse("");
      if (FOOT.matcher(first).lookingAt()) {
        remarks.notice(sheet.name(), row.number(), "", "“" + first + "”不是数据行，已略过", "");
      } else if (!known.isEmpty()) {
        lines.add(new Line(sheet.name(), row.number(), names(), known, extra, remarks));
      }
    }
    return lines;
  }

  /** Says once a sheet what holds for all its rows. */
  void report(Remarks remarks) {
    boolean placed = columns.contains("经度") || columns.contains("坐标");
    if (placed && !columns.contains("坐标系")) {
      remarks.notice(
          sheet.name(),
          0,
          "坐标系",
          "没有坐标系一列，全部按 WGS-84 处理；若取自高德、腾讯地图是 GCJ-02，取自百度地图是 BD-09，会偏几百米",
          "问清坐标来源，加一列坐标系");
    }
    List<String> unknown = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i) == null && !headers.get(i).isEmpty() && !headers.get(i).equals("序号")) {
        unknown.add(headers.get(i));
      }
    }
    if (!unknown.isEmpty()) {
      remarks.notice(sheet.name(), 0, "", "不认识的列原样保留：" + String.join("、", unknown), "");
    }
  }

  private Map<String, String> names() {
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i) != null) {
        names.put(columns.get(i), headers.get(i));
      }
    }
    return names;
  }
}

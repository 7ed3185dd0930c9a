package org.lastmile.registry;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lastmile.warning.Position;

/** One row of a recognised table, read column by column; what can't be read goes to the remarks. */
final class Line {
  private static final Pattern FORMULA_ERROR =
      Pattern.compile("#(N/A|REF!|VALUE!|NAME\\?|DIV/0!|NUM!|NULL!)");

  /** How ledgers write "none". */
  private static final Pattern NOTHING = Pattern.compile("[-—–/\\\\]+|无");

  private static final Pattern FIRST_NUMBER = Pattern.compile("\\d{1,9}");

  private final String sheet;
  private final int row;
  private final Map<String, String> headers;
  private final Map<String, String> cells;
  private final Map<String, String> extra;
  private final Remarks remarks;

  Line(
      String sheet,
      int row,
      Map<String, String> headers,
      Map<String, String> cells,
      Map<String, String> extra,
      Remarks remarks) {
    this.sheet = sheet;
    this.row = row;
    this.headers = headers;
    this.cells = cells;
    this.extra = extra;
    this.remarks = remarks;
    cells.replaceAll(this::withoutError);
    cells.values().removeIf(String::isEmpty);
  }

  private String withoutError(String column, String cell) {
    if (FORMULA_ERROR.matcher(cell).matches()) {
      problem(column, "单元格是公式错误 " + cell, "改成数值后重新导入");
      return "";
    }
    return NOTHING.matcher(cell).matches() && !column.equals("备注") ? "" : cell;
  }

  String sheet() {
    return sheet;
  }

  int row() {
    return row;
  }

  /** Cells of columns that this house does not know, by header. */
  Map<String, String> extra() {
    return extra;
  }

  /** The cell; empty when there is none. */
  String text(String column) {
    return cells.getOrDefault(column, "");
  }

  boolean has(String column) {
    return cells.containsKey(column);
  }

  /** True when the sheet has that column at all. */
  boolean knows(String column) {
    return headers.containsKey(column);
  }

  void set(String column, String value) {
    cells.put(column, value);
  }

  List<String> list(String column) {
    return Cells.list(text(column));
  }

  /** A count; 0 when the cell is empty or no count. 约12户 is 12. */
  int number(String column) {
    String text = Cells.narrow(text(column));
    if (text.isEmpty()) {
      return 0;
    }
    Matcher number = FIRST_NUMBER.matcher(text);
    if (!number.find()) {
      problem(column, "“" + text + "”不是数字", "填整数");
      return 0;
    }
    return Integer.parseInt(number.group());
  }

  Phone phone(String column) {
    Phone phone = Phone.of(text(column));
    if (!phone.problem().isEmpty()) {
      problem(column, phone.problem(), "核对后以文本格式填写 11 位手机号");
    }
    if (!phone.notice().isEmpty()) {
      notice(column, phone.notice(), "尽量补一个手机号");
    }
    return phone;
  }

  LocalDate date(String column) {
    if (!has(column)) {
      return null;
    }
    Optional<LocalDate> date = Dates.of(text(column));
    if (date.isEmpty()) {
      problem(column, "“" + text(column) + "”不是日期", "写成 2026-04-20 这样");
    }
    return date.orElse(null);
  }

  /** The row's place in WGS-84; null when it has none or none that can be right. */
  Position position() {
    String longitude = text("经度");
    String latitude = text("纬度");
    List<String> both = List.of(text("坐标").split("[,，、;；\\n]|(?<=[°′'″\"秒分])\\s+(?=[北南NS])", -1));
    if (longitude.isEmpty() && latitude.isEmpty() && both.size() == 2) {
      longitude = both.get(0);
      latitude = both.get(1);
    }
    Coordinates found = Coordinates.of(longitude, latitude);
    String column = has("经度") || !has("坐标") ? "经度" : "坐标";
    if (!found.problem().isEmpty()) {
      problem(column, found.problem() + "，没有采用", "填十进制度的经度、纬度（如 106.5512、29.7183）");
    }
    if (!found.notice().isEmpty()) {
      notice(column, found.notice(), "请核对");
    }
    if (found.position() == null) {
      return null;
    }
    Datum datum = Datum.of(text("坐标系"));
    if (datum == Datum.OTHER) {
      notice("坐标系", "不认识坐标系“" + text("坐标系") + "”，按 WGS-84 处理", "填 WGS-84、CGCS2000、GCJ-02 或 BD-09");
    } else if (datum == Datum.MISSING && knows("坐标系")) {
      notice("坐标系", "没有填坐标系，按 WGS-84 处理；若取自高德、腾讯地图是 GCJ-02，取自百度地图是 BD-09，会偏几百米", "问清坐标来源后填上");
    }
    return datum.toWgs84(found.position());
  }

  void problem(String column, String what, String todo) {
    remarks.problem(sheet, row, headers.getOrDefault(column, column), what, todo);
  }

  void notice(String column, String what, String todo) {
    remarks.notice(sheet, row, headers.getOrDefault(column, column), what, todo);
  }
}

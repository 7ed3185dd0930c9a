package org.lastmile.registry;

import java.util.List;

/** From files to rows: which reader a file needs, and what merged cells leave out. */
final class Gatherer {
  private Gatherer() {}

  static List<Sheet> sheets(NamedBytes file) throws Sheet.Unreadable {
    byte[] bytes = file.bytes();
    if (bytes.length > Limits.FILE_BYTES) {
      throw new Sheet.Unreadable("文件超过 " + (Limits.FILE_BYTES >> 20) + " MB，请按乡镇拆分后导入");
    }
    if (bytes.length > 3 && bytes[0] == 'P' && bytes[1] == 'K') {
      return XlsxSheets.read(file);
    }
    if (bytes.length > 3 && (bytes[0] & 0xFF) == 0xD0 && (bytes[1] & 0xFF) == 0xCF) {
      throw new Sheet.Unreadable("是旧版 xls 或加了密码的文件，请用 Excel 另存为不带密码的 xlsx 再导入");
    }
    return List.of(CsvSheet.read(file));
  }

  /**
   * A cell merged over several rows stands only in the first: a row that names no village and
   * nothing else to find it by takes the one above it, with a notice.
   */
  static void fillMerged(List<Line> lines) {
    Line above = null;
    for (Line line : lines) {
      boolean sameSheet = above != null && above.sheet().equals(line.sheet());
      boolean placed =
          line.has("行政区划代码") || line.has("负责点") || line.has("所属隐患点") || line.has("覆盖隐患点");
      if (sameSheet && !placed) {
        fill(line, above, "乡镇", line.has("村"));
        fill(line, above, "村", false);
      }
      above = line;
    }
  }

  private static void fill(Line line, Line above, String column, boolean quietly) {
    if (line.has(column) || !above.has(column)) {
      return;
    }
    line.set(column, above.text(column));
    if (!quietly) {
      line.notice(column, "空白，按上一行取“" + above.text(column) + "”（合并单元格？）", "每行都填");
    }
  }
}

package org.lastmile.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.Row;

/** Reads the sheets of an XLSX workbook as text, after making sure that it is no zip bomb. */
final class XlsxSheets {
  private XlsxSheets() {}

  static List<Sheet> read(NamedBytes file) throws Sheet.Unreadable {
    weigh(file.bytes());
    List<Sheet> sheets = new ArrayList<>();
    try (ReadableWorkbook workbook = new ReadableWorkbook(new ByteArrayInputStream(file.bytes()));
        Stream<org.dhatim.fastexcel.reader.Sheet> all = workbook.getSheets()) {
      List<org.dhatim.fastexcel.reader.Sheet> found = all.toList();
      for (org.dhatim.fastexcel.reader.Sheet sheet : found) {
        sheets.add(new Sheet(file.name() + "/" + sheet.getName(), rows(sheet)));
      }
    } catch (IOException e) {
      throw new Sheet.Unreadable("不是能读懂的 xlsx（" + e.getMessage() + "），请用 Excel 重新另存", e);
    } catch (RuntimeException e) {
      // The reader throws many unchecked kinds on malformed workbooks; all mean the same here.
      throw new Sheet.Unreadable("xlsx 内容损坏（" + e.getMessage() + "），请用 Excel 重新另存", e);
    }
    return sheets;
  }

  private static List<Sheet.Row> rows(org.dhatim.fastexcel.reader.Sheet sheet)
      throws IOException, Sheet.Unreadable {
    List<Sheet.Row> rows = new ArrayList<>();
    try (Stream<Row> stream = sheet.openStream()) {
      for (Row row : (Iterable<Row>) stream::iterator) {
        List<String> cells = new ArrayList<>();
        for (Cell cell : row) {
          if (cells.size() == Limits.COLUMNS) {
            break;
          }
          cells.add(cell == null ? "" : Cells.clean(text(cell)));
        }
        if (cells.stream().anyMatch(c -> !c.isEmpty())) {
          rows.add(new Sheet.Row(row.getRowNum(), cells));
        }
        if (rows.size() > Limits.ROWS) {
          throw new Sheet.Unreadable("工作表“" + sheet.getName() + "”超过 " + Limits.ROWS + " 行，请拆分后导入");
        }
      }
    }
    return rows;
  }

  private static String text(Cell cell) {
    if (cell.getType() == CellType.NUMBER && cell.getValue() instanceof BigDecimal number) {
      return number(number, cell.getRawValue());
    }
    if (cell.getType() == CellType.FORMULA || cell.getType() == CellType.ERROR) {
      return cell.getRawValue() == null ? "" : cell.getRawValue();
    }
    return cell.getText() == null ? "" : cell.getText();
  }

  /**
   * A number as people typed it, without {@code .0} and exponent. One that the file itself keeps
   * with fewer digits than it is long ({@code 1.38E10}) stays as it is: its digits are lost, and
   * the column's own reader says so.
   */
  private static String number(BigDecimal number, String raw) {
    boolean digitsLost =
        raw != null && raw.toUpperCase(java.util.Locale.ROOT).contains("E") && number.scale() < 0;
    return digitsLost ? raw : number.stripTrailingZeros().toPlainString();
  }

  /** Unpacks every entry once, through the same directory the reader uses, counting only. */
  static void weigh(byte[] bytes) throws Sheet.Unreadable {
    try (ZipFile zip = ZipFile.builder().setByteArray(bytes).get()) {
      int entries = 0;
      long total = 0;
      byte[] buffer = new byte[64 * 1024];
      for (Enumeration<ZipArchiveEntry> all = zip.getEntries(); all.hasMoreElements(); ) {
        ZipArchiveEntry entry = all.nextElement();
        if (++entries > Limits.ZIP_ENTRIES) {
          throw new Sheet.Unreadable("压缩包内超过 " + Limits.ZIP_ENTRIES + " 个文件，不像台账，已拒绝");
        }
        long size = 0;
        try (InputStream in = zip.getInputStream(entry)) {
          for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            size += read;
            total += read;
            boolean bomb =
                size > 1 << 20
                    && size > Limits.UNZIP_RATIO * Math.max(1, entry.getCompressedSize());
            if (bomb || total > Limits.UNZIPPED_BYTES) {
              throw new Sheet.Unreadable("解压后过大（疑似压缩炸弹），已拒绝；台账请控制在 " + Limits.ROWS + " 行以内");
            }
          }
        }
      }
    } catch (IOException e) {
      throw new Sheet.Unreadable("不是完整的 xlsx（" + e.getMessage() + "），请用 Excel 重新另存", e);
    }
  }
}

package org.lastmile.registry;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a CSV as Excel and WPS write it: UTF-8 with or without BOM, GB18030 (and so GBK), UTF-16
 * with BOM; separated by comma, semicolon or tab.
 */
final class CsvSheet {
  private static final Charset GB18030 = Charset.forName("GB18030");

  private CsvSheet() {}

  static Sheet read(NamedBytes file) throws Sheet.Unreadable {
    String text = text(file.bytes());
    List<Sheet.Row> rows = new ArrayList<>();
    try (CsvReader<CsvRecord> reader =
        CsvReader.builder()
            .fieldSeparator(separator(text))
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            // Else the rest of the file would become one cell, and its rows be lost in silence.
            .allowUnclosedQuote(false)
            .ofCsvRecord(text)) {
      for (CsvRecord csv : reader) {
        List<String> cells = new ArrayList<>();
        for (String field : csv.getFields()) {
          if (cells.size() == Limits.COLUMNS) {
            break;
          }
          cells.add(Cells.clean(field));
        }
        if (cells.stream().anyMatch(c -> !c.isEmpty())) {
          rows.add(new Sheet.Row((int) csv.getStartingLineNumber(), cells));
        }
        if (rows.size() > Limits.ROWS) {
          throw new Sheet.Unreadable("超过 " + Limits.ROWS + " 行，请按乡镇拆分后导入");
        }
      }
    } catch (CsvParseException | UncheckedIOException | IOException e) {
      throw new Sheet.Unreadable("不是能读懂的 CSV（" + e.getMessage() + "），请用 Excel 另存为 xlsx 再导入", e);
    }
    return new Sheet(file.name(), rows);
  }

  static String text(byte[] bytes) throws Sheet.Unreadable {
    if (starts(bytes, 0xEF, 0xBB, 0xBF)) {
      return decode(bytes, 3, StandardCharsets.UTF_8);
    }
    if (starts(bytes, 0xFF, 0xFE)) {
      return decode(bytes, 2, StandardCharsets.UTF_16LE);
    }
    if (starts(bytes, 0xFE, 0xFF)) {
      return decode(bytes, 2, StandardCharsets.UTF_16BE);
    }
    try {
      return strict(bytes, 0, StandardCharsets.UTF_8);
    } catch (CharacterCodingException notUtf8) {
      // Chinese text in GB18030 is practically never valid UTF-8, so this order tells them apart.
      return decode(bytes, 0, GB18030);
    }
  }

  private static boolean starts(byte[] bytes, int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xFF) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private static String decode(byte[] bytes, int skip, Charset charset) throws Sheet.Unreadable {
    try {
      return strict(bytes, skip, charset);
    } catch (CharacterCodingException e) {
      throw new Sheet.Unreadable("文字编码不是 UTF-8 也不是 GB18030，请用 Excel 另存为 xlsx 再导入", e);
    }
  }

  private static String strict(byte[] bytes, int skip, Charset charset)
      throws CharacterCodingException {
    return charset
        .newDecoder()
        .decode(ByteBuffer.wrap(bytes, skip, bytes.length - skip))
        .toString();
  }

  /**
   * The one of comma, tab and semicolon that lets one of the first lines be read as headers best;
   * counting them would be misled by lists inside cells.
   */
  private static char separator(String text) {
    List<String> head = text.lines().limit(10).toList();
    char best = ',';
    long most = 0;
    for (char separator : new char[] {',', '\t', ';'}) {
      for (String line : head) {
        long known =
            Arrays.stream(line.split(String.valueOf(separator), -1))
                .map(cell -> cell.replace("\"", ""))
                .filter(Table::knowsHeader)
                .count();
        if (known > most) {
          most = known;
          best = separator;
        }
      }
    }
    return best;
  }
}

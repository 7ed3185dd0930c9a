package org.lastmile.registry;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Files as an office hands them in. */
final class Ledger {
  private Ledger() {}

  /** A CSV in UTF-8 from rows whose cells are separated by {@code |}. */
  static NamedBytes csv(String name, String... rows) {
    return csv(name, StandardCharsets.UTF_8, rows);
  }

  static NamedBytes csv(String name, Charset charset, String... rows) {
    StringBuilder text = new StringBuilder();
    for (String row : rows) {
      List<String> cells = new ArrayList<>();
      for (String cell : row.split("\\|", -1)) {
        cells.add('"' + cell.strip().replace("\"", "\"\"") + '"');
      }
      text.append(String.join(",", cells)).append("\r\n");
    }
    return new NamedBytes(name, text.toString().getBytes(charset));
  }

  static ImportReport read(NamedBytes... files) {
    return RegistryImport.read(Arrays.asList(files));
  }

  /** Remarks as people read them. */
  static List<String> words(List<ImportReport.Remark> remarks) {
    return remarks.stream().map(ImportReport.Remark::toString).toList();
  }
}

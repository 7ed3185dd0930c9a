package org.lastmile.registry;

import java.util.List;

/**
 * A sheet as text.
 *
 * @param name for the report: file name, and the sheet's own name where a file has several
 * @param rows only those that hold anything
 */
record Sheet(String name, List<Row> rows) {

  /** Number as the spreadsheet counts, from 1; cells are stripped and never null. */
  record Row(int number, List<String> cells) {
    String cell(int column) {
      return column < cells.size() ? cells.get(column) : "";
    }
  }

  /** The file can't be read at all; the message says why and what to do, for people. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String message, Throwable cause) {
      super(message, cause);
    }

    Unreadable(String message) {
      this(message, null);
    }
  }
}

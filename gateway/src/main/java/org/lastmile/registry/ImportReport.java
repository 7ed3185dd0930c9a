package org.lastmile.registry;

import java.util.List;
import java.util.Map;

/**
 * What an import found, all of it at once, before anything is changed: reading is always a dry run.
 *
 * @param candidate everything that could be read, ready for {@link Registries#swap}; null when no
 *     registry can be made of it
 * @param rows rows read by table, e.g. {@code 隐患点台账 → 24}
 * @param problems what could not be taken as it stands; ask a person before swapping in a candidate
 *     that has any
 * @param notices what was taken, but guessed, converted or doubtful
 * @param gaps what the candidate lacks to reach everybody
 */
public record ImportReport(
    Registry candidate,
    Map<String, Integer> rows,
    List<Remark> problems,
    List<Remark> notices,
    List<Gap> gaps) {

  public ImportReport {
    rows = Map.copyOf(rows);
    problems = List.copyOf(problems);
    notices = List.copyOf(notices);
    gaps = List.copyOf(gaps);
  }

  /** True when there is a candidate that holds all that the files say. */
  public boolean complete() {
    return candidate != null && problems.isEmpty();
  }

  /**
   * One remark on one cell, row or sheet.
   *
   * @param sheet file name, and the sheet's where it has several
   * @param row as the spreadsheet counts, from 1; 0 = the whole sheet
   * @param column header as the file words it; empty = the whole row
   * @param todo what the office should do about it
   */
  public record Remark(String sheet, int row, String column, String what, String todo) {

    /** One line for people. */
    @Override
    public String toString() {
      return sheet
          + (row > 0 ? " 第 " + row + " 行" : "")
          + (column.isEmpty() ? "" : "“" + column + "”")
          + "："
          + what
          + (todo.isEmpty() ? "" : "；" + todo);
    }
  }
}

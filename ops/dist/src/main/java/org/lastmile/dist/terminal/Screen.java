package org.lastmile.dist.terminal;

import java.io.PrintStream;
import java.util.List;

/**
 * Where frames go: drawn over each other on a terminal, nowhere else. What is said for good (a line
 * of the story) stands above the frame and scrolls away with the terminal's history.
 */
public final class Screen {
  private static final int USUAL_ROWS = 24;
  private static final int USUAL_COLUMNS = 80;
  private static final int WIDEST = 100;
  private static final String NO_WRAP = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";

  private final PrintStream out;
  private final boolean live;
  private final int rows;
  private final int columns;
  private int drawn;

  /**
   * @param live frames can be drawn over each other
   * @param rows of the terminal, {@code columns} likewise
   */
  public Screen(PrintStream out, boolean live, int rows, int columns) {
    this.out = out;
    this.live = live;
    this.rows = rows;
    this.columns = Math.min(columns, WIDEST);
  }

  /**
   * The terminal that the program stands on. The launcher says how large it is in {@code
   * LASTMILE_TERMINAL}, {@code rows columns}; unset = stdout is no terminal.
   */
  public static Screen ofTerminal(PrintStream out, String size) {
    if (size == null || !size.matches("\\d{1,4} \\d{1,4}")) {
      return new Screen(out, false, USUAL_ROWS, USUAL_COLUMNS);
    }
    String[] both = size.split(" ", 2);
    int rows = Integer.parseInt(both[0]);
    int columns = Integer.parseInt(both[1]);
    return new Screen(
        out, true, rows < 10 ? USUAL_ROWS : rows, columns < 40 ? USUAL_COLUMNS : columns);
  }

  public boolean live() {
    return live;
  }

  /** Lines that a frame may have. */
  public int rows() {
    return rows - 1;
  }

  public int columns() {
    return columns;
  }

  /**
   * Draws the frame over the one before. Without a terminal nothing is drawn. What is wider than
   * the terminal is cut there: Chinese terminals may give signs like █ and · two cells, and a line
   * that went on in the next row would be left behind.
   */
  public synchronized void draw(List<String> frame) {
    if (!live) {
      return;
    }
    StringBuilder text = new StringBuilder(home()).append(NO_WRAP);
    for (String line : frame) {
      text.append(line).append("\u001b[K\n");
    }
    text.append("\u001b[J").append(WRAP);
    out.print(text);
    out.flush();
    drawn = frame.size();
  }

  /** Says lines for good; the frame is drawn again below them with the next {@link #draw}. */
  public synchronized void say(List<String> lines) {
    StringBuilder text = new StringBuilder(home());
    if (drawn > 0) {
      text.append("\u001b[J");
    }
    lines.forEach(line -> text.append(line).append('\n'));
    out.print(text);
    out.flush();
    drawn = 0;
  }

  /** The frame stays where it is: what comes next stands below it. */
  public synchronized void keep() {
    drawn = 0;
  }

  public void say(String... lines) {
    say(List.of(lines));
  }

  /** Back to the frame's first line. */
  private String home() {
    return drawn == 0 ? "" : "\u001b[" + drawn + "A\r";
  }
}

package org.lastmile.dist.terminal;

/** Text measured as a terminal shows it: Chinese characters and full-width signs take two cells. */
public final class Columns {
  private Columns() {}

  /** Cells that the text takes. */
  public static int width(String text) {
    return text.codePoints().map(Columns::width).sum();
  }

  /** The text in exactly that many cells: cut with an ellipsis, or padded at its end. */
  public static String fit(String text, int cells) {
    String cut = cut(text, cells);
    return cut + " ".repeat(cells - width(cut));
  }

  /** The text in at most that many cells; an ellipsis stands for what was cut. */
  public static String cut(String text, int cells) {
    if (width(text) <= cells) {
      return text;
    }
    StringBuilder cut = new StringBuilder();
    int used = 0;
    for (int c : text.codePoints().toArray()) {
      if (used + width(c) > cells - 1) {
        break;
      }
      cut.appendCodePoint(c);
      used += width(c);
    }
    return cells < 1 ? "" : cut.append('…').toString();
  }

  /** The text at the right end of that many cells. */
  public static String right(String text, int cells) {
    String cut = cut(text, cells);
    return " ".repeat(cells - width(cut)) + cut;
  }

  private static int width(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT
        || type == Character.CONTROL) {
      return 0;
    }
    return wide(c) ? 2 : 1;
  }

  /** East Asian Width W and F (Unicode annex 11), in the blocks that warnings are written in. */
  private static boolean wide(int c) {
    return (c >= 0x1100 && c <= 0x115F)
        || (c >= 0x2E80 && c <= 0x303E)
        || (c >= 0x3041 && c <= 0xA4CF)
        || (c >= 0xAC00 && c <= 0xD7A3)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0xFE30 && c <= 0xFE6F)
        || (c >= 0xFF00 && c <= 0xFF60)
        || (c >= 0xFFE0 && c <= 0xFFE6)
        || (c >= 0x1F300 && c <= 0x1FAFF)
        || (c >= 0x20000 && c <= 0x3FFFD);
  }
}

package org.lastmile.registry;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** How the text of one cell is cleaned, split and made safe. */
final class Cells {
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  private Cells() {}

  /**
   * Text without what can't be seen at its ends and without control characters. An apostrophe that
   * an export put before a formula sign is taken off again.
   */
  static String clean(String raw) {
    if (raw == null) {
      return "";
    }
    String text = raw.length() > Limits.CELL_CHARS ? raw.substring(0, Limits.CELL_CHARS) : raw;
    StringBuilder kept = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean invisible =
          c == '\u200B' || c == '\uFEFF' || (Character.isISOControl(c) && c != '\n');
      if (c == '\u00A0' || c == '\u3000' || c == '\t') {
        kept.append(' ');
      } else if (!invisible) {
        kept.append(c);
      }
    }
    String clean = kept.toString().strip();
    return clean.length() > 1 && clean.charAt(0) == '\'' && isFormula(clean.substring(1))
        ? clean.substring(1)
        : clean;
  }

  /** Full-width letters, digits and signs as the ASCII ones; for what machines compare. */
  static String narrow(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC).strip();
  }

  /** Parts of a list: separated by 、 , ; in any width, or a line break; empty parts dropped. */
  static List<String> list(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split("[、,;，；\n]", -1)) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return parts;
  }

  /** Two words are the same when they differ only in width, case or spaces. */
  static String key(String text) {
    return BLANKS.matcher(narrow(text)).replaceAll("").toLowerCase(Locale.ROOT);
  }

  /** True when a spreadsheet would take the text as a formula. */
  static boolean isFormula(String text) {
    return !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
  }

  /** The text so that no spreadsheet runs it. */
  static String neutral(String text) {
    return isFormula(text) ? "'" + text : text;
  }
}

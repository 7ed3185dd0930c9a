package org.lastmile.cap;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lastmile.warning.Area;

/**
 * One statement of a warning, in one language, as it was said. A CAP alert carries several; the
 * other forms carry one.
 *
 * @param node where it stands
 * @param severity, effective, expires where they stand; null when missing or empty
 * @param codes event codes as given, whatever list they come from
 * @param levels parameters whose name speaks of a level or colour, by that name
 * @param over it says of itself that it has ended (AllClear)
 */
record Info(
    Node node,
    String language,
    String event,
    List<String> codes,
    Node severity,
    Map<String, String> levels,
    boolean over,
    Node effective,
    Node expires,
    String senderName,
    String headline,
    String description,
    String instruction,
    Map<String, String> texts,
    Area area) {

  private static final int LONGEST_LINE = 1000;

  /** A text that is one line by its nature; what is endless is cut with a notice. */
  static String line(Node parent, String name, Findings findings) {
    String words = parent.textOf(name);
    if (words.length() <= LONGEST_LINE) {
      return words;
    }
    findings.notice(
        parent.first(name), name + " of more than " + LONGEST_LINE + " characters: cut there");
    boolean half = Character.isHighSurrogate(words.charAt(LONGEST_LINE - 1));
    return words.substring(0, half ? LONGEST_LINE - 1 : LONGEST_LINE);
  }

  boolean chinese() {
    return language.toLowerCase(Locale.ROOT).startsWith("zh");
  }

  /** zh-CN before other Chinese before the rest. */
  int languageRank() {
    String tag = language.toLowerCase(Locale.ROOT).replace('_', '-');
    if (tag.equals("zh-cn") || tag.equals("zh") || tag.startsWith("zh-hans")) {
      return 0;
    }
    return chinese() ? 1 : 2;
  }
}

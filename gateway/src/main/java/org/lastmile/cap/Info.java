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

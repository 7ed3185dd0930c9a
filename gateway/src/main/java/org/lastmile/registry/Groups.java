package org.lastmile.registry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of villagers' groups have no code, so rows must agree by name: 1组, 第一组 and 一组 are one. */
final class Groups {
  private static final Pattern NUMBERED =
      Pattern.compile("第?(?:(\\d{1,2})|([一二三四五六七八九十]{1,3}))(?:村民)?(小?组|社)?");
  private static final Pattern IN_TITLE =
      Pattern.compile("第?(?:\\d{1,2}|[一二三四五六七八九十]{1,3})(?:村民)?(?:小?组|社(?!区))");
  private static final String DIGITS = "零一二三四五六七八九";

  private Groups() {}

  /** The one way this house writes a group: 三组, 十二社; other names as they are. */
  static String name(String text) {
    String word = Cells.narrow(text).replaceAll("\\s", "");
    Matcher numbered = NUMBERED.matcher(word);
    if (!numbered.matches()) {
      return word;
    }
    String number =
        numbered.group(1) == null
            ? numbered.group(2)
            : chinese(Integer.parseInt(numbered.group(1)));
    return number + ("社".equals(numbered.group(3)) ? "社" : "组");
  }

  /** The group that a title names (三组组长); empty when it names none. */
  static String inTitle(String title) {
    Matcher found = IN_TITLE.matcher(Cells.narrow(title));
    return found.find() ? name(found.group()) : "";
  }

  static String chinese(int number) {
    int tens = number / 10;
    int ones = number % 10;
    String high = tens == 0 ? "" : (tens == 1 ? "" : "" + DIGITS.charAt(tens)) + "十";
    return ones == 0 && tens > 0 ? high : high + DIGITS.charAt(ones);
  }
}

package org.lastmile.registry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A cell that may hold a name with a phone number behind it: 张三 138…, 张三（138…）. */
record NamedPhone(String name, String phone) {
  private static final Pattern BOTH =
      Pattern.compile("(\\D*?)[\\s:：(（]*((?:\\+?86)?\\d[\\d\\s-]{6,}\\d)[)）\\s]*");

  static NamedPhone of(String cell) {
    Matcher both = BOTH.matcher(cell);
    return both.matches()
        ? new NamedPhone(both.group(1).strip(), both.group(2))
        : new NamedPhone(cell.strip(), "");
  }
}

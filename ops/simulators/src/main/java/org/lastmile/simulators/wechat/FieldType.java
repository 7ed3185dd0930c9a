package org.lastmile.simulators.wechat;

import java.util.Map;
import java.util.regex.Pattern;

/** What each type of template field takes; WeChat refuses the rest with 47003. */
final class FieldType {
  private static final String DAY = "\\d{4}年\\d{1,2}月\\d{1,2}日";
  private static final String HOUR = "([01]?\\d|2[0-3]):[0-5]\\d(:[0-5]\\d)?";
  private static final String MOMENT = "(" + DAY + " )?" + HOUR;

  private static final Map<String, Pattern> TYPES =
      Map.of(
          "thing", Pattern.compile("(?s).{1,20}"),
          "character_string", Pattern.compile("[\\x20-\\x7E]{1,32}"),
          "phrase", Pattern.compile("\\p{IsHan}{1,5}"),
          "number", Pattern.compile("(?=.{1,32}$)-?\\d+(\\.\\d+)?"),
          "letter", Pattern.compile("[A-Za-z]{1,32}"),
          "phone_number", Pattern.compile("[\\d+\\-() ]{1,17}"),
          "name", Pattern.compile("\\p{IsHan}{1,10}|[A-Za-z .'·\\-]{1,20}"),
          "time", Pattern.compile(MOMENT + "(~" + MOMENT + ")?"),
          "date", Pattern.compile(DAY + "( " + HOUR + ")?"),
          "const", Pattern.compile("(?s).{1,20}"));

  private FieldType() {}

  /** Whether a field of that name takes the value; a dot in the patterns is one code point. */
  static boolean takes(String field, String value) {
    return type(field).matcher(value).matches();
  }

  /** Refuses names that no template can have. */
  static Pattern type(String field) {
    Pattern type = TYPES.get(field.replaceFirst("\\d+$", ""));
    if (type == null) {
      throw new IllegalArgumentException("no such field type: " + field);
    }
    return type;
  }
}

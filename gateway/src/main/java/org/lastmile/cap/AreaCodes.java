package org.lastmile.cap;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Turns area codes as written into the 12 digits of the house. Only what can be a Chinese
 * administrative code counts: foreign lists (FIPS, German keys…) use digits too.
 */
final class AreaCodes {

  private static final Pattern PROVINCE =
      Pattern.compile("(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)\\d*");
  private static final Pattern OURS =
      Pattern.compile("|code|geocode|.*(行政|区划|区域|地区|区县).*|.*(admin|area|region|adcode|gb).*");
  private static final Pattern FOREIGN =
      Pattern.compile(
          "fips.*|same|ugc|clc|shn|ags|nuts.*|emma.*|warncellid|iso.*|wmo.*|profile:.*|layer:.*|http.*"
              + "|.*cap-cp.*|.*postal.*|zip.*");

  private AreaCodes() {}

  /** Adds every code of a value (several may be separated by commas) to {@code codes}. */
  static void read(Node at, String list, String values, List<String> codes, Findings findings) {
    for (String value : values.split("[,，;；、\\s]+", -1)) {
      if (value.isEmpty()) {
        continue;
      }
      String code = code(list.strip().toLowerCase(Locale.ROOT), value);
      if (code == null) {
        String name = list.isEmpty() ? "" : " of " + Findings.quote(list);
        findings.notice(at, "geocode" + name + " is no administrative code: kept out of targeting");
      } else {
        if (value.length() < 12) {
          findings.notice(at, "area code shorter than 12 digits, filled up with zeros");
        }
        codes.add(code);
      }
    }
  }

  private static String code(String list, String value) {
    if (FOREIGN.matcher(list).matches() || !PROVINCE.matcher(value).matches()) {
      return null;
    }
    boolean ours = OURS.matcher(list).matches();
    boolean known =
        switch (value.length()) {
          case 6, 9, 12 -> true;
          case 2, 4 -> ours;
          default -> false;
        };
    return known ? value + "0".repeat(12 - value.length()) : null;
  }
}

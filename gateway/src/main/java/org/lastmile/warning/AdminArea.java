package org.lastmile.warning;

/**
 * An administrative area: town, village or group, by its 12-digit code (2 province, 4 city, 6
 * county, 9 town, 12 village; groups are told apart by name).
 */
public record AdminArea(String code, String name) {

  /** The digits that count: the code without the zeros that pad it. */
  public static String prefix(String code) {
    if (!code.matches("\\d{12}")) {
      throw new IllegalArgumentException("an area code has 12 digits: " + code);
    }
    for (int digits : new int[] {2, 4, 6, 9}) {
      if (code.substring(digits).chars().allMatch(c -> c == '0')) {
        return code.substring(0, digits);
      }
    }
    return code;
  }

  /** True when the area with code {@code outer} contains the one with code {@code inner}. */
  public static boolean contains(String outer, String inner) {
    return inner.startsWith(prefix(outer));
  }
}

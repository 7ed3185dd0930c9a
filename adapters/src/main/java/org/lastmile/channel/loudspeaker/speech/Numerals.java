package org.lastmile.channel.loudspeaker.speech;

import java.math.BigInteger;

/** Numbers as Mandarin says them: by value, digit by digit, or as on the telephone. */
final class Numerals {
  private static final String DIGITS = "零一二三四五六七八九";
  private static final String TELEPHONE = "零幺二三四五六七八九";
  private static final String[] PLACES = {"", "十", "百", "千"};
  private static final String[] GROUPS = {"", "万", "亿", "万亿"};

  /** What has more digits is a code, whatever it looks like. */
  private static final int LONGEST = 16;

  private Numerals() {}

  /** By value: 1050 is 一千零五十, 12.50 is 十二点五零; thousands may have commas. */
  static String value(String number) {
    String plain = number.replace(",", "");
    int point = plain.indexOf('.');
    String whole = point < 0 ? plain : plain.substring(0, point);
    String said = whole.length() > LONGEST ? digits(whole) : whole(new BigInteger(whole));
    return point < 0 ? said : said + "点" + digits(plain.substring(point + 1));
  }

  /** Digit by digit, as years and places after the point are said. */
  static String digits(String number) {
    return oneByOne(number, DIGITS);
  }

  /** Digit by digit as telephone numbers and roads are said: 1 is 幺. Other characters go. */
  static String telephone(String number) {
    return oneByOne(number, TELEPHONE);
  }

  private static String oneByOne(String number, String names) {
    StringBuilder said = new StringBuilder(number.length());
    number
        .chars()
        .filter(c -> c >= '0' && c <= '9')
        .forEach(c -> said.append(names.charAt(c - '0')));
    return said.toString();
  }

  private static String whole(BigInteger number) {
    String digits = number.toString();
    if (digits.equals("0")) {
      return "零";
    }
    StringBuilder said = new StringBuilder();
    boolean gap = false;
    int groups = (digits.length() + 3) / 4;
    for (int group = groups - 1; group >= 0; group--) {
      int to = digits.length() - 4 * group;
      String part = digits.substring(Math.max(0, to - 4), to);
      int value = Integer.parseInt(part);
      if (value == 0) {
        gap = true;
        continue;
      }
      if (said.length() > 0 && (gap || value < 1000)) {
        said.append('零');
      }
      said.append(belowTenThousand(value, said.length() == 0, group > 0));
      said.append(GROUPS[group]);
      gap = false;
    }
    return said.toString();
  }

  private static String belowTenThousand(int value, boolean first, boolean counted) {
    if (value == 2 && first && counted) {
      return "两"; // 两万, 两亿
    }
    StringBuilder said = new StringBuilder();
    boolean gap = false;
    for (int place = 3; place >= 0; place--) {
      int digit = value / (int) Math.pow(10, place) % 10;
      if (digit == 0) {
        gap = said.length() > 0;
        continue;
      }
      if (gap) {
        said.append('零');
        gap = false;
      }
      boolean ten = place == 1 && digit == 1 && said.length() == 0 && first;
      if (!ten) {
        said.append(place == 3 && digit == 2 ? '两' : DIGITS.charAt(digit));
      }
      said.append(PLACES[place]);
    }
    return said.toString();
  }
}

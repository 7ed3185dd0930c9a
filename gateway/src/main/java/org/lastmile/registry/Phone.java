package org.lastmile.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Phone numbers of one cell, as digits without country code. What can't be read is said and kept
 * out: a wrong number is worse than a missing one, because it looks as if somebody were told.
 *
 * @param numbers in the order of the cell
 * @param problem what is wrong with it; empty = nothing
 * @param notice what was read with a doubt; empty = nothing
 */
record Phone(List<String> numbers, String problem, String notice) {
  private static final Pattern MOBILE = Pattern.compile("1[3-9]\\d{9}");
  private static final Pattern LANDLINE = Pattern.compile("0\\d{9,11}|[2-8]\\d{6,7}|400\\d{7}");
  private static final Pattern FOREIGN = Pattern.compile("\\+(?!86)\\d{8,15}");
  private static final Pattern SCIENTIFIC = Pattern.compile("\\d(\\.\\d+)?[eE]\\+?\\d+");

  static Phone of(String cell) {
    String text = Cells.narrow(cell);
    if (text.isEmpty()) {
      return new Phone(List.of(), "", "");
    }
    List<String> numbers = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    String notice = "";
    for (String part : text.split("[、,;/|\n]", -1)) {
      String number = bare(part);
      if (number.isEmpty()) {
        continue;
      }
      if (MOBILE.matcher(number).matches() || FOREIGN.matcher(number).matches()) {
        numbers.add(number);
      } else if (LANDLINE.matcher(number).matches()) {
        numbers.add(number);
        notice = "“" + part.strip() + "”是座机，收不到短信";
      } else {
        wrong.add(why(part.strip(), number));
      }
    }
    return new Phone(List.copyOf(numbers), String.join("；", wrong), notice);
  }

  private static String bare(String part) {
    String text = part.strip();
    if (SCIENTIFIC.matcher(text).matches()) {
      return text;
    }
    // A spreadsheet's number, not a separator.
    String whole = text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    return whole
        .replaceAll("[\\s\\-–—()·.]", "")
        .replaceFirst("^(\\+86|0086|86(?=1[3-9]\\d{9}$))", "");
  }

  private static String why(String part, String number) {
    if (SCIENTIFIC.matcher(part).matches()) {
      return "“" + part + "”是被 Excel 改成科学计数法的号码，后几位已经丢失";
    }
    if (part.contains("*")) {
      return "“" + part + "”是打了星号的号码";
    }
    if (number.matches("1\\d+")) {
      return "“" + part + "”有 " + number.length() + " 位，手机号应为 11 位";
    }
    return "“" + part + "”不是电话号码";
  }

  /** The number to call first; empty when there is none. */
  String first() {
    return numbers.isEmpty() ? "" : numbers.get(0);
  }

  /** A second number of the same cell; empty when there is none. */
  String second() {
    return numbers.size() < 2 ? "" : numbers.get(1);
  }
}

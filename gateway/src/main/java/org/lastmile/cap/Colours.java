package org.lastmile.cap;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lastmile.warning.Grade;

/**
 * The colour that a text gives a warning. A headline that tells of a change (升级, 变更, 解除…发布) names
 * two colours; the one it changes to counts.
 */
final class Colours {

  private static final Pattern CHINESE = Pattern.compile("([红紅橙黄黃蓝藍])色");
  private static final Pattern ENGLISH =
      Pattern.compile(
          "\\b(red|orange|amber|yellow|blue)\\b(?!\\W+flag)(?:\\W+\\w+){0,3}?\\W+(?:warning|alert|level)",
          Pattern.CASE_INSENSITIVE);

  /** What stands before the colour that a warning changes to. */
  private static final Pattern TO =
      Pattern.compile("(升级|升格|提升|提高|变更|更新|调整|降级|降低|升|降|转|改发|改)[为為至到成]");

  /** The same between two colours: 变更橙色为红色. */
  private static final Pattern TO_AFTER_ANOTHER = Pattern.compile(TO.pattern() + "|[为為]|→|->");

  /** What stands before the colour that a warning had. */
  private static final Pattern FROM = Pattern.compile("由|从|原|解除|取消|撤销|终止|结束");

  private static final Pattern LIFT =
      Pattern.compile(
          "(?<![未不])(解除|撤销|取消)|\\b(all clear|cancell?ed|lifted)\\b", Pattern.CASE_INSENSITIVE);
  private static final Pattern CHANGE = Pattern.compile("升级|升为|升至|变更|转为|降为|降级|调整为|更新为");

  private static final Map<Character, Grade> BY_FIRST =
      Map.ofEntries(
          Map.entry('红', Grade.RED),
          Map.entry('紅', Grade.RED),
          Map.entry('r', Grade.RED),
          Map.entry('橙', Grade.ORANGE),
          Map.entry('o', Grade.ORANGE),
          Map.entry('a', Grade.ORANGE),
          Map.entry('黄', Grade.YELLOW),
          Map.entry('黃', Grade.YELLOW),
          Map.entry('y', Grade.YELLOW),
          Map.entry('蓝', Grade.BLUE),
          Map.entry('藍', Grade.BLUE),
          Map.entry('b', Grade.BLUE));

  private record Named(Grade grade, String before) {}

  private Colours() {}

  /**
   * The grades that a headline gives: none, one (after a change, the one it changes to), or several
   * when it cannot be told which one counts.
   */
  static Set<Grade> of(String headline) {
    List<Named> named = named(headline, CHINESE);
    if (named.isEmpty()) {
      named = named(headline, ENGLISH);
    }
    Set<Grade> all = grades(named);
    if (all.size() < 2) {
      return all;
    }
    Grade target = null;
    for (int i = 0; i < named.size(); i++) {
      Pattern to = i == 0 ? TO : TO_AFTER_ANOTHER;
      if (to.matcher(named.get(i).before()).find()) {
        target = named.get(i).grade();
      }
    }
    if (target != null) {
      return EnumSet.of(target);
    }
    Set<Grade> now = grades(named.stream().filter(n -> !FROM.matcher(n.before()).find()).toList());
    return now.isEmpty() ? all : now;
  }

  /** The single colour that a short value names ("红色", "3; orange; Severe"); else null. */
  static Grade ofValue(String value) {
    Set<Grade> found = EnumSet.noneOf(Grade.class);
    Matcher word =
        Pattern.compile(
                "([红紅橙黄黃蓝藍])(?:色|$)|\\b(red|orange|amber|yellow|blue)\\b", Pattern.CASE_INSENSITIVE)
            .matcher(value);
    while (word.find()) {
      found.add(grade(word.group()));
    }
    return found.size() == 1 ? found.iterator().next() : null;
  }

  /** True when a headline says that the warning is over, and names no change to another grade. */
  static boolean lifts(String headline) {
    return LIFT.matcher(headline).find()
        && !CHANGE.matcher(headline).find()
        && grades(named(headline, CHINESE)).size() < 2;
  }

  /** True when a headline says that the grade goes to another one. */
  static boolean changes(String headline) {
    return CHANGE.matcher(headline).find();
  }

  private static List<Named> named(String text, Pattern colour) {
    List<Named> named = new ArrayList<>();
    Matcher word = colour.matcher(text);
    int end = 0;
    while (word.find()) {
      named.add(new Named(grade(word.group(1)), text.substring(end, word.start())));
      end = word.end(1);
    }
    return named;
  }

  private static Set<Grade> grades(List<Named> named) {
    Set<Grade> grades = EnumSet.noneOf(Grade.class);
    named.forEach(n -> grades.add(n.grade()));
    return grades;
  }

  private static Grade grade(String word) {
    return BY_FIRST.get(word.toLowerCase(Locale.ROOT).charAt(0));
  }
}

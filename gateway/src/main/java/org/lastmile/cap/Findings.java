package org.lastmile.cap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects what a reading finds, so that everything is told at once. Problems refuse, notices
 * inform whoever connects the systems (English), doubts ask a person on duty to decide (Chinese).
 * What is found often is told once with its number, so that an input cannot swell its own report.
 */
final class Findings {

  private static final int KINDS = 100;

  private final Map<String, Seen> problems = new LinkedHashMap<>();
  private final Map<String, Seen> notices = new LinkedHashMap<>();
  private final Set<String> doubts = new LinkedHashSet<>();

  private static final class Seen {
    final String path;
    final int line;
    int times = 1;

    Seen(Node first) {
      path = first == null ? "" : first.path();
      line = first == null ? 0 : first.line();
    }
  }

  /** Refuses the input; {@code at} null means the input as a whole. */
  void problem(Node at, String what) {
    note(problems, at, what);
  }

  /** Says what was irregular and how it was taken. */
  void notice(Node at, String what) {
    note(notices, at, what);
  }

  /** Says, in Chinese, what a person must look at before this goes out. */
  void doubt(String what) {
    if (doubts.size() < KINDS) {
      doubts.add(what);
    }
  }

  private static void note(Map<String, Seen> seen, Node at, String what) {
    Seen before = seen.get(what);
    if (before != null) {
      before.times++;
    } else if (seen.size() < KINDS) {
      seen.put(what, new Seen(at));
    } else {
      seen.computeIfAbsent("and more of other kinds, not listed", k -> new Seen(at)).times++;
    }
  }

  List<Reading.Problem> problems() {
    List<Reading.Problem> list = new ArrayList<>();
    problems.forEach(
        (what, seen) -> list.add(new Reading.Problem(seen.path, seen.line, what + more(seen))));
    return list;
  }

  List<String> notices() {
    List<String> list = new ArrayList<>();
    notices.forEach(
        (what, seen) ->
            list.add(
                seen.path.isEmpty()
                    ? what
                    : what + " (" + seen.path + ", line " + seen.line + more(seen) + ")"));
    return list;
  }

  List<String> doubts() {
    return List.copyOf(doubts);
  }

  private static String more(Seen seen) {
    return seen.times == 1 ? "" : ", and " + (seen.times - 1) + " more";
  }

  /** A short, printable piece of what somebody sent. */
  static String quote(String said) {
    String printable = said.replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
    boolean isShort = printable.codePointCount(0, printable.length()) <= 60;
    return '"'
        + (isShort ? printable : printable.substring(0, printable.offsetByCodePoints(0, 60)) + "…")
        + '"';
  }
}

package org.lastmile.cap;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.lastmile.warning.Grade;

/**
 * Finds the grade of a statement from its severity, its headline's colour, its event and its level
 * parameters. All must agree; where they don't, the worst one is taken and a person must look.
 * Never from a bare number: systems disagree on which end is red.
 */
final class GradeRule {

  private static final Map<String, Grade> SEVERITY =
      Map.of(
          "extreme", Grade.RED,
          "severe", Grade.ORANGE,
          "moderate", Grade.YELLOW,
          "minor", Grade.BLUE);

  private final Findings findings;

  GradeRule(Findings findings) {
    this.findings = findings;
  }

  /** The grade, or null when nothing gives one (the caller decides whether that is a doubt). */
  Grade of(Info info) {
    Map<String, Set<Grade>> said = new LinkedHashMap<>();
    Grade severity = severity(info.severity());
    if (severity != null) {
      said.put("severity " + info.severity().text(), Set.of(severity));
    }
    said.put("标题", Colours.of(info.headline()));
    said.put("事件", Colours.of(info.event()));
    info.levels()
        .forEach(
            (name, value) -> {
              Grade level = Colours.ofValue(value);
              if (level != null) {
                said.put(name + " " + value, Set.of(level));
              } else if (value.matches("\\d+")) {
                findings.notice(
                    info.node(),
                    "no grade is taken from the bare number of " + Findings.quote(name));
              }
            });
    said.values().removeIf(Set::isEmpty);

    Set<Grade> all = new TreeSet<>();
    said.values().forEach(all::addAll);
    if (all.size() > 1) {
      findings.doubt("等级自相矛盾：" + words(said) + "；请核对后再发布");
    }
    return all.isEmpty() ? null : all.iterator().next();
  }

  /** CAP's severity or the national form's colour; null for none, unknown or a bare number. */
  private Grade severity(Node severity) {
    if (severity == null) {
      return null;
    }
    String said = severity.text().toLowerCase(Locale.ROOT);
    Grade known = SEVERITY.get(said);
    Grade grade = known == null ? Colours.ofValue(said) : known;
    if (grade == null && said.matches("\\d+")) {
      findings.notice(severity, "no grade is taken from the bare number of severity");
    } else if (grade == null && !said.equals("unknown")) {
      findings.notice(severity, "severity " + Findings.quote(said) + " is not known");
    }
    return grade;
  }

  private static String words(Map<String, Set<Grade>> said) {
    return said.entrySet().stream()
        .map(
            e ->
                Findings.quote(e.getKey())
                    + "为"
                    + e.getValue().stream().map(Grade::colour).collect(Collectors.joining("、")))
        .collect(Collectors.joining("，"));
  }
}

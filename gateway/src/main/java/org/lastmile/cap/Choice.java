package org.lastmile.cap;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.lastmile.warning.Area;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;

/**
 * Makes one statement of the several that a CAP alert may carry: the words of one (Chinese first),
 * the area of all, the worst grade. Where they speak of different grades or hazards a person must
 * look, since one warning of the house has one of each.
 */
final class Choice {

  private final Findings findings;
  private final Times times;
  private Info info;
  private Grade grade;
  private Hazard hazard;
  private Area area;
  private Instant effective;
  private Instant expires;

  Choice(Findings findings, Times times) {
    this.findings = findings;
    this.times = times;
  }

  Choice of(List<Info> all, Instant sent) {
    List<Info> now = all.stream().filter(i -> !i.over()).toList();
    if (now.isEmpty()) {
      now = all;
    } else if (now.size() < all.size()) {
      findings.notice(all.get(0).node(), "infos that say AllClear are left out beside others");
    }
    if (now.isEmpty()) {
      info = empty();
      hazard = new Hazard("", "", Hazard.Family.OTHER);
      area = info.area();
      effective = sent;
      return this;
    }
    pick(now);
    effective = effective(sent);
    expires = expires(now);
    return this;
  }

  private void pick(List<Info> now) {
    Map<Info, Grade> grades = new LinkedHashMap<>();
    GradeRule rule = new GradeRule(findings);
    now.forEach(i -> grades.put(i, rule.of(i)));
    grade =
        grades.values().stream()
            .filter(Objects::nonNull)
            .min(Comparator.naturalOrder())
            .orElse(null);
    if (grades.values().stream().filter(Objects::nonNull).distinct().count() > 1) {
      findings.doubt("一条消息含有不同等级的多个 info，已按最高等级" + grade.colour() + "处理：请核对各区域的等级");
    }

    int best = now.stream().mapToInt(Info::languageRank).min().orElseThrow();
    String language =
        now.stream().filter(i -> i.languageRank() == best).findFirst().orElseThrow().language();
    List<Info> spoken = now.stream().filter(i -> i.language().equalsIgnoreCase(language)).toList();
    info =
        spoken.stream()
            .filter(i -> grades.get(i) == grade)
            .findFirst()
            .orElseGet(() -> spoken.get(0));
    if (now.size() > 1) {
      findings.notice(info.node(), now.size() + " infos: the words of this one, the area of all");
    }

    HazardRule rules = new HazardRule(findings);
    Map<Info, Hazard> hazards = new LinkedHashMap<>();
    spoken.forEach(i -> hazards.put(i, rules.of(i)));
    hazard = hazards.get(info);
    List<String> names = hazards.values().stream().map(Hazard::name).distinct().toList();
    if (names.size() > 1) {
      findings.doubt(
          "一条消息含有不同灾种的多个 info（" + String.join("、", names.stream().limit(5).toList()) + "）：请核对");
    }
    area = union(spoken, now);
  }

  /** The places of all, in the words of those whose language is spoken. */
  private static Area union(List<Info> spoken, List<Info> infos) {
    return new Area(
        spoken.stream()
            .map(i -> i.area().description())
            .filter(words -> !words.isEmpty())
            .distinct()
            .collect(Collectors.joining("；")),
        infos.stream().flatMap(i -> i.area().polygons().stream()).distinct().toList(),
        infos.stream().flatMap(i -> i.area().circles().stream()).distinct().toList(),
        infos.stream().flatMap(i -> i.area().codes().stream()).distinct().toList());
  }

  private Instant effective(Instant sent) {
    Instant said = info.effective() == null ? sent : time(info.effective());
    return said == null ? sent : said;
  }

  /** The latest of all: nobody is left without a warning that still holds somewhere. */
  private Instant expires(List<Info> now) {
    List<Instant> said = new ArrayList<>();
    now.stream()
        .map(Info::expires)
        .filter(Objects::nonNull)
        .map(this::time)
        .filter(Objects::nonNull)
        .forEach(said::add);
    if (said.stream().distinct().count() > 1) {
      findings.notice(info.node(), "infos expire at different times: the latest counts");
    }
    return said.stream().max(Comparator.naturalOrder()).orElse(null);
  }

  /** Null, with a notice, for what is no time or an empty database's year 1. */
  private Instant time(Node at) {
    Instant time = times.parse(at);
    if (time == null || time.isBefore(Instant.EPOCH)) {
      findings.notice(
          at, at.name() + " " + Findings.quote(at.text()) + " is no time: taken as not given");
      return null;
    }
    return time;
  }

  private static Info empty() {
    Area nowhere = new Area("", List.of(), List.of(), List.of());
    return new Info(
        null, "zh-CN", "", List.of(), null, Map.of(), false, null, null, "", "", "", "", Map.of(),
        nowhere);
  }

  Info info() {
    return info;
  }

  Grade grade() {
    return grade;
  }

  Hazard hazard() {
    return hazard;
  }

  Area area() {
    return area;
  }

  Instant effective() {
    return effective;
  }

  Instant expires() {
    return expires;
  }
}

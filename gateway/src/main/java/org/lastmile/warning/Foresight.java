package org.lastmile.warning;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.lastmile.channel.Content;
import org.lastmile.channel.Speech;

/**
 * What loudspeakers would say in a storm, said twice: for two warnings that differ in everything
 * that only a warning can tell. Words that come out the same are known before, and their sound can
 * be brought to devices ahead; it is the office's own texts that decide which these are.
 */
public final class Foresight {
  /** What most often moves people out of a valley; a device has room for some clips only. */
  private static final List<String> HAZARDS = List.of("11B03", "11A51", "11B37", "11B01");

  private static final List<Grade> GRADES = List.of(Grade.RED, Grade.ORANGE);

  private final Wording wording;
  private final List<Coming> coming = new ArrayList<>();

  /**
   * One of two tellings.
   *
   * @param other the same warning, from somebody else at another time
   */
  public record Pair(Content one, Content other) {}

  /** A hazard over everything, and the points that each device speaks for then. */
  private record Coming(Hazard hazard, Map<String, List<HazardPoint>> points) {}

  /**
   * For one version of the registry.
   *
   * @param threatened asks that registry
   * @param areas every area code in it
   */
  public Foresight(
      Function<Warning, Threat> threatened, Collection<String> areas, Wording wording) {
    this.wording = wording;
    List<String> provinces =
        areas.stream()
            .filter(code -> code.matches("\\d{12}"))
            .map(code -> code.substring(0, 2) + "0000000000")
            .distinct()
            .sorted()
            .toList();
    for (String code : HAZARDS) {
      Optional<Hazard> hazard = Hazards.byCode(code);
      if (hazard.isPresent() && !provinces.isEmpty()) {
        Area everything = new Area("", List.of(), List.of(), provinces);
        Warning warning = warning(hazard.get(), Grade.RED, false, true, everything);
        coming.add(new Coming(hazard.get(), byDevice(threatened.apply(warning))));
      }
    }
  }

  private static Map<String, List<HazardPoint>> byDevice(Threat threat) {
    Map<String, List<HazardPoint>> points = new HashMap<>();
    for (Threat.AtPoint at : threat.points()) {
      for (Loudspeaker speaker : at.loudspeakers()) {
        points.computeIfAbsent(speaker.id(), id -> new ArrayList<>()).add(at.point());
      }
    }
    return points;
  }

  /** The gravest first; empty for a device that no hazard calls. */
  public List<Pair> of(String device) {
    List<Pair> all = new ArrayList<>();
    add(all, device, Content.Kind.WARN, false);
    add(all, device, Content.Kind.LIFT, false);
    add(all, device, Content.Kind.UPDATE, false);
    add(all, device, Content.Kind.WARN, true);
    return all;
  }

  private void add(List<Pair> all, String device, Content.Kind kind, boolean drill) {
    for (Grade grade : GRADES) {
      for (Coming hazard : coming) {
        List<HazardPoint> points = hazard.points().get(device);
        if (points != null) {
          all.add(
              new Pair(
                  content(hazard.hazard(), grade, kind, drill, points, true),
                  content(hazard.hazard(), grade, kind, drill, points, false)));
        }
      }
    }
  }

  private Content content(
      Hazard hazard,
      Grade grade,
      Content.Kind kind,
      boolean drill,
      List<HazardPoint> points,
      boolean one) {
    Area area = new Area(one ? "甲地" : "乙处", List.of(), List.of(), List.of());
    Warning warning = warning(hazard, grade, drill, one, area);
    // A lift is for whoever was told, without a word about points.
    boolean lift = kind == Content.Kind.LIFT;
    Plan.Words words =
        wording.words(
            warning,
            kind,
            lift ? Audience.FORMER : Audience.LOUDSPEAKER,
            lift ? List.of() : points,
            Map.of(),
            List.of(),
            false);
    Instant issued = warning.identity().sent();
    return new Content(
        "foreseen",
        kind,
        "foreseen",
        words.text(),
        words.fields(),
        Speech.PLAIN,
        issued,
        issued.plus(Duration.ofHours(1)),
        grade.ordinal(),
        drill,
        List.of(),
        List.of());
  }

  private static Warning warning(
      Hazard hazard, Grade grade, boolean drill, boolean one, Area area) {
    Instant sent = Instant.parse(one ? "2001-02-03T04:05:06Z" : "2012-11-10T09:08:07Z");
    String other = one ? "甲" : "乙";
    return new Warning(
        new Warning.Identity(other, other, sent),
        Warning.Type.ALERT,
        drill ? Warning.Nature.EXERCISE : Warning.Nature.ACTUAL,
        grade,
        hazard,
        other + "气象台",
        other + "标题",
        other + "内容",
        other + "建议",
        Map.of(),
        sent,
        null,
        area,
        List.of(),
        List.of(),
        List.of());
  }
}

package org.lastmile.registry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Position;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Threat.AtPoint;
import org.lastmile.warning.Warning;
import org.locationtech.jts.geom.Envelope;

/**
 * Works out one warning's threat. What can't be known (a point without a position, a village of
 * which nothing is on the map) is taken in with a notice, never left out.
 */
final class Targeting {
  private final Registry registry;
  private final Warning warning;
  private final Set<String> notices = new LinkedHashSet<>();
  private final Shape shape;

  /** Ids of registered points that stand inside what is drawn. */
  private final Set<String> inside = new HashSet<>();

  /** Code prefixes, and code plus group, of everything that stands inside what is drawn. */
  private final Set<String> touched = new HashSet<>();

  /** Areas that a code of the warning names, or may. */
  private final Set<String> named = new HashSet<>();

  private final List<String> assumed = new ArrayList<>();

  Targeting(Registry registry, Warning warning) {
    this.registry = registry;
    this.warning = warning;
    this.shape = Shape.of(warning.area(), notices::add);
  }

  Threat threat() {
    if (shape.isEmpty()) {
      nameByDescription();
    }
    lookInside();
    registry.villages().stream()
        .filter(v -> !v.prefixes.isEmpty() && shape.names(v.prefixes.get(0)))
        .forEach(v -> named.add(v.code));
    List<AtPoint> points = new ArrayList<>();
    Set<String> threatenedGroups = new HashSet<>();
    Set<String> threatenedVillages = new HashSet<>();
    Set<String> toldResidents = new HashSet<>();
    for (HazardPoint point : registry.points()) {
      if (isIn(point) && Matching.threatens(warning.hazard(), point)) {
        AtPoint at = registered(point);
        points.add(at);
        threatenedVillages.add(point.areaCode());
        threatenedGroups.add(point.areaCode() + point.group());
        at.residents().forEach(r -> toldResidents.add(r.id()));
      }
    }
    for (Village village : registry.villages()) {
      if (!village.isVillage() || !isIn(village)) {
        continue;
      }
      if (!threatenedVillages.contains(village.code)) {
        points.add(wholeVillage(village));
        continue;
      }
      points.addAll(groups(village, threatenedGroups, toldResidents));
    }
    if (!assumed.isEmpty()) {
      notices.add(
          assumed.size()
              + " 处没有坐标，无法与预警范围比较，已按所在村镇纳入，请在台账中补坐标："
              + assumed.stream().distinct().limit(10).collect(Collectors.joining("、"))
              + (assumed.size() > 10 ? "…" : ""));
    }
    return new Threat(registry.version(), points, List.copyOf(notices));
  }

  /** A sender that draws and codes nothing may still have written the place's name. */
  private void nameByDescription() {
    String words = warning.area().description() == null ? "" : warning.area().description();
    List<AdminArea> named =
        registry.areas().stream()
            .filter(a -> !a.name().isBlank() && words.contains(a.name()))
            .toList();
    if (named.isEmpty()) {
      notices.add("预警没有可用的范围（多边形、圆、行政区划代码），文字“" + words + "”中也没有台账里的地名，请人工指定范围");
      return;
    }
    // "青石镇大湾村" names the village, not the whole town around it.
    for (AdminArea area : named) {
      boolean outer =
          named.stream()
              .anyMatch(o -> !o.equals(area) && AdminArea.contains(area.code(), o.code()));
      if (!outer) {
        shape.add(area.code());
        notices.add("预警没有可用的范围，按文字中的地名“" + area.name() + "”确定，请核对");
      }
    }
  }

  private void lookInside() {
    for (Envelope box : shape.boxes()) {
      for (Registry.Place place : registry.places(box)) {
        if (shape.holds(place.position())) {
          if (place.point() != null) {
            inside.add(place.point().id());
          }
          touched.add("");
          touched.addAll(Registry.prefixes(place.areaCode()));
          touched.add(place.areaCode() + place.group());
        }
      }
    }
  }

  private boolean isIn(HazardPoint point) {
    if (inside.contains(point.id()) || named.contains(point.areaCode())) {
      return true;
    }
    if (!shape.drawn() || point.position() != null || !mayBeIn(point.areaCode())) {
      return false;
    }
    assumed.add(point.name());
    return true;
  }

  private boolean isIn(Village village) {
    if (named.contains(village.code) || touched.contains(village.code)) {
      return true;
    }
    boolean unknown = shape.drawn() && village.hasAnybody() && !registry.located(village.code);
    if (!unknown || !mayBeIn(village.code)) {
      return false;
    }
    assumed.add(village.name);
    return true;
  }

  /**
   * For what has no position: the nearest area around it of which something is on the map decides.
   * With nothing on the map at all, nothing can be ruled out.
   */
  private boolean mayBeIn(String areaCode) {
    List<String> around = new ArrayList<>(Registry.prefixes(areaCode));
    around.add("");
    for (String prefix : around) {
      if (registry.located(prefix)) {
        return touched.contains(prefix);
      }
    }
    return true;
  }

  private boolean groupIsIn(Village village, String group) {
    if (named.contains(village.code) || touched.contains(village.code + group)) {
      return true;
    }
    List<Position> places = village.places.getOrDefault(group, List.of());
    return places.isEmpty();
  }

  private AtPoint registered(HazardPoint point) {
    return new AtPoint(
        point,
        registry.responsible(point),
        registry.leaders(point.id(), point.areaCode(), point.group()),
        registry.residents(point),
        registry.loudspeakers(point));
  }

  /** A village in the area none of whose registered points this hazard threatens. */
  private AtPoint wholeVillage(Village village) {
    Stream<ResponsiblePerson> own =
        village.points.stream().flatMap(p -> registry.responsible(p).stream());
    return implicit(village, "", own, village.residents, village.loudspeakers);
  }

  /** Groups of a village that has threatened points, but none in the group. */
  private List<AtPoint> groups(
      Village village, Set<String> threatenedGroups, Set<String> toldResidents) {
    List<Resident> untold =
        village.residents.stream().filter(r -> !toldResidents.contains(r.id())).toList();
    List<Loudspeaker> spare =
        village.loudspeakers.stream()
            .filter(s -> s.group().isEmpty() && s.points().isEmpty())
            .toList();
    List<AtPoint> found = new ArrayList<>();
    for (String group : village.groups) {
      if (threatenedGroups.contains(village.code + group) || !groupIsIn(village, group)) {
        continue;
      }
      List<Resident> residents = untold.stream().filter(r -> r.group().equals(group)).toList();
      boolean allTold =
          residents.isEmpty() && village.residents.stream().anyMatch(r -> r.group().equals(group));
      List<Loudspeaker> speakers =
          Stream.concat(
                  village.loudspeakers.stream().filter(s -> s.group().equals(group)),
                  spare.stream())
              .toList();
      if (allTold && speakers.isEmpty()) {
        continue;
      }
      Stream<ResponsiblePerson> own =
          village.points.stream()
              .filter(p -> p.group().equals(group))
              .flatMap(p -> registry.responsible(p).stream());
      found.add(implicit(village, group, own, residents, speakers));
    }
    List<Resident> groupless = untold.stream().filter(r -> r.group().isEmpty()).toList();
    if (!groupless.isEmpty() || (found.isEmpty() && !spare.isEmpty())) {
      found.add(implicit(village, "", Stream.of(), groupless, spare));
    }
    return found;
  }

  private AtPoint implicit(
      Village village,
      String group,
      Stream<ResponsiblePerson> own,
      List<Resident> residents,
      List<Loudspeaker> loudspeakers) {
    String place = village.name.isEmpty() ? village.code : village.name;
    HazardPoint point =
        new HazardPoint(
            "implicit-" + village.code + (group.isEmpty() ? "" : "-" + group),
            place + group,
            village.town,
            village.name,
            group,
            village.code,
            null,
            List.of(),
            List.of(),
            "",
            "",
            residents.size(),
            residents.stream().mapToInt(Resident::people).sum(),
            "",
            "",
            "",
            "",
            true);
    List<ResponsiblePerson> responsible =
        Stream.concat(own, registry.responsible(village.code, group).stream())
            .distinct()
            .sorted(Registry.A_FIRST)
            .toList();
    return new AtPoint(
        point,
        responsible,
        registry.leaders(point.id(), village.code, group),
        residents,
        loudspeakers);
  }
}

package org.lastmile.registry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.Area;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Position;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.ResponsiblePerson.Level;
import org.lastmile.warning.ResponsiblePerson.Part;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;

/** A registry put together word by word, and the warnings that tests show to it. */
final class Township {
  static final String TOWN = "999901101000";
  static final String DAWAN = "999901101201";
  static final String SHIHE = "999901101202";
  static final String FAR_TOWN_VILLAGE = "999901102201";
  static final Hazard RAIN = new Hazard("11B03", "暴雨", Hazard.Family.RAIN);

  private final List<HazardPoint> points = new ArrayList<>();
  private final List<ResponsiblePerson> people = new ArrayList<>();
  private final List<Resident> residents = new ArrayList<>();
  private final List<Loudspeaker> loudspeakers = new ArrayList<>();
  private final List<AdminArea> areas =
      new ArrayList<>(
          List.of(
              new AdminArea(TOWN, "青石镇"),
              new AdminArea(DAWAN, "大湾村"),
              new AdminArea(SHIHE, "石河村")));

  /** A point; at is "latitude,longitude" or empty. */
  Township point(String id, String code, String group, String at, String... kinds) {
    points.add(
        new HazardPoint(
            id,
            id,
            "青石镇",
            "",
            group,
            code,
            place(at),
            List.of(kinds),
            Matching.families(List.of(kinds)),
            "",
            "",
            0,
            0,
            "",
            "",
            "",
            "",
            false));
    return this;
  }

  Township responsible(String name, Part part, String code, String... own) {
    return person(name, Level.VILLAGE, part, code, "", own);
  }

  Township leader(String name, Level level, String code, String group) {
    return person(name, level, Part.LEADER, code, group);
  }

  private Township person(
      String name, Level level, Part part, String code, String group, String... own) {
    people.add(
        new ResponsiblePerson(
            name,
            name,
            "",
            level,
            part,
            "13800000000",
            "",
            List.of(own),
            code,
            "",
            "",
            null,
            group));
    return this;
  }

  Township resident(String name, String code, String group, String point) {
    residents.add(new Resident(name, name, "", "", group, point, 3, List.of(), "", "", "", code));
    return this;
  }

  Township loudspeaker(String id, String code, String group, String at, String... covered) {
    loudspeakers.add(new Loudspeaker(id, id, "", place(at), List.of(covered), "", "", group, code));
    return this;
  }

  Township area(String code, String name) {
    areas.add(new AdminArea(code, name));
    return this;
  }

  Registry registry() {
    return Registry.of(new Entries(points, people, residents, loudspeakers, areas, Map.of()));
  }

  Threat threatened(Area area) {
    return registry().threatened(warning(RAIN, area));
  }

  Threat threatened(Hazard hazard, Area area) {
    return registry().threatened(warning(hazard, area));
  }

  static Area code(String... codes) {
    return new Area("", List.of(), List.of(), List.of(codes));
  }

  static Area polygon(String ring, String... holes) {
    return polygons(
        new Area.Polygon(ring(ring), Arrays.stream(holes).map(Township::ring).toList()));
  }

  static Area polygons(Area.Polygon... polygons) {
    return new Area("", List.of(polygons), List.of(), List.of());
  }

  static Area circle(String centre, double km) {
    return new Area("", List.of(), List.of(new Area.Circle(place(centre), km)), List.of());
  }

  /** Corners as CAP writes them: latitude,longitude with spaces between. */
  static List<Position> ring(String corners) {
    return Arrays.stream(corners.split(" ", -1)).map(Township::place).toList();
  }

  private static Position place(String at) {
    if (at.isEmpty()) {
      return null;
    }
    String[] parts = at.split(",", -1);
    return new Position(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
  }

  static Warning warning(Hazard hazard, Area area) {
    Instant sent = Instant.parse("2026-07-05T02:15:00Z");
    return new Warning(
        new Warning.Identity("s", "i", sent),
        Warning.Type.ALERT,
        Warning.Nature.ACTUAL,
        Grade.RED,
        hazard,
        "",
        "",
        "",
        "",
        Map.of(),
        sent,
        null,
        area,
        List.of(),
        List.of(),
        List.of());
  }

  static List<String> ids(Threat threat) {
    return threat.points().stream().map(p -> p.point().id()).toList();
  }
}

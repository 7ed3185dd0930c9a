package org.lastmile.dist.sample;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.lastmile.registry.Entries;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Position;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.ResponsiblePerson.Level;
import org.lastmile.warning.ResponsiblePerson.Part;

/** Makes one sample township, village by village, in one fixed order of dice. */
final class Builder {
  /** About as many points as a village of the hills really has. */
  private static final int POINTS_PER_VILLAGE = 4;

  /** Village numbers run from 200 to 999. */
  private static final int MOST_VILLAGES = 800;

  private static final int GROUPS = 5;
  private static final double SOUTH = 29.60;
  private static final double WEST = 106.90;

  /** Degrees between neighbouring villages, some three kilometres. */
  private static final double SPACING = 0.03;

  private final Random dice;
  private final int pointCount;
  private final int speakerCount;
  private final List<HazardPoint> points = new ArrayList<>();
  private final List<ResponsiblePerson> people = new ArrayList<>();
  private final List<Resident> residents = new ArrayList<>();
  private final List<Loudspeaker> loudspeakers = new ArrayList<>();
  private final List<AdminArea> areas = new ArrayList<>();
  private final Set<String> usedNames = new HashSet<>();
  private int phones;

  Builder(long seed, int points, int speakers) {
    this.dice = new Random(seed);
    this.pointCount = points;
    this.speakerCount = speakers;
  }

  SampleTownship build() {
    areas.add(new AdminArea(SampleTownship.COUNTY_CODE + "000000", SampleTownship.COUNTY));
    areas.add(new AdminArea(SampleTownship.TOWN_CODE, SampleTownship.TOWN));
    leader("镇党委书记", Level.TOWN, SampleTownship.TOWN_CODE, "");
    leader("镇长、防汛指挥长", Level.TOWN, SampleTownship.TOWN_CODE, "");
    int villages =
        Math.min(MOST_VILLAGES, (pointCount + POINTS_PER_VILLAGE - 1) / POINTS_PER_VILLAGE);
    int across = (int) Math.ceil(Math.sqrt(villages));
    for (int v = 0; v < villages; v++) {
      int row = v / across;
      int own = pointCount / villages + (v < pointCount % villages ? 1 : 0);
      village(v, own, SOUTH + SPACING * row, WEST + SPACING * (v % across));
    }
    speakers();
    int rows = (villages - 1) / across;
    double north = SOUTH + SPACING * rows;
    double east = WEST + SPACING * (across - 1);
    return new SampleTownship(
        new Entries(points, people, residents, loudspeakers, areas, Map.of()),
        around(SOUTH - SPACING, WEST - SPACING, north + SPACING, east + SPACING));
  }

  private static List<Position> around(double south, double west, double north, double east) {
    return List.of(
        new Position(south, west),
        new Position(south, east),
        new Position(north, east),
        new Position(north, west),
        new Position(south, west));
  }

  private void village(int number, int own, double latitude, double longitude) {
    String code = SampleTownship.TOWN_CODE.substring(0, 9) + String.format("%03d", 200 + number);
    String name = Words.village(number);
    areas.add(new AdminArea(code, name));
    leader("村党支部书记", Level.VILLAGE, code, "");
    leader("村委会主任", Level.VILLAGE, code, "");
    ResponsiblePerson grid = null;
    for (int i = 0; i < own; i++) {
      String group = Words.GROUPS.get(i % GROUPS);
      HazardPoint point = point(code, name, group, latitude, longitude);
      if (i < GROUPS) {
        leader(group + "组长", Level.GROUP, code, group);
      }
      person("防灾责任人", Part.A, List.of(point.id()), code);
      // One grid member watches every two points of a village: one message for both.
      if (grid == null || i % 2 == 0) {
        List<String> watched = new ArrayList<>(List.of(point.id()));
        if (i + 1 < own) {
          watched.add("%s-%03d".formatted("QS", points.size() + 1));
        }
        grid = person("网格员", Part.B, watched, code);
      }
      households(point);
    }
  }

  private HazardPoint point(
      String code, String village, String group, double latitude, double longitude) {
    Words.Kind kind = Words.KINDS.get(dice.nextInt(Words.KINDS.size()));
    String spot = pick(Words.SPOTS);
    int households = 4 + dice.nextInt(9);
    HazardPoint point =
        new HazardPoint(
            "QS-%03d".formatted(points.size() + 1),
            village.replaceFirst("村$", "") + group + spot + kind.name(),
            SampleTownship.TOWN,
            village,
            group,
            code,
            scatter(latitude, longitude),
            List.of(kind.name()),
            kind.families(),
            pick(List.of("小型", "小型", "中型", "大型")),
            pick(List.of("较小", "较小", "中等", "较大")),
            households,
            households * 3 + dice.nextInt(households),
            pick(Words.SIGNALS),
            "沿" + spot + kind.way() + pick(Words.WAYS),
            village + pick(Words.SHELTERS),
            "",
            false);
    points.add(point);
    return point;
  }

  private Position scatter(double latitude, double longitude) {
    double lat = latitude + (dice.nextDouble() - 0.5) * SPACING * 0.7;
    double lon = longitude + (dice.nextDouble() - 0.5) * SPACING * 0.7;
    return new Position(Math.round(lat * 1e5) / 1e5, Math.round(lon * 1e5) / 1e5);
  }

  /** Not every threatened household has a contact in the ledger; two to five do. */
  private void households(HazardPoint point) {
    int listed = 2 + dice.nextInt(4);
    for (int i = 0; i < listed; i++) {
      boolean key = i == 0 || dice.nextInt(4) == 0;
      String phone = key && dice.nextInt(3) == 0 ? "" : phone();
      residents.add(
          new Resident(
              "h" + residents.size(),
              name(),
              phone,
              point.village(),
              point.group(),
              point.id(),
              1 + dice.nextInt(5),
              key ? List.of(pick(Words.KEY_GROUPS)) : List.of(),
              key ? name() : "",
              key ? phone() : "",
              phone.isEmpty() ? "" : openid(3),
              point.areaCode()));
    }
  }

  private void speakers() {
    // The last tenth of the points has no loudspeaker: somebody has to beat the gong there.
    int reach = Math.max(1, points.size() - Math.max(1, points.size() / 10));
    for (int i = 0; i < speakerCount; i++) {
      boolean plenty = speakerCount >= reach;
      int from = plenty ? i % reach : (int) ((long) i * reach / speakerCount);
      int to = plenty ? from + 1 : (int) ((i + 1L) * reach / speakerCount);
      if (to == from + 1 && i % 4 == 3) {
        to = Math.min(reach, to + 1);
      }
      HazardPoint first = points.get(from);
      List<String> own =
          points.subList(from, to).stream()
              .filter(p -> p.village().equals(first.village()))
              .map(HazardPoint::id)
              .toList();
      loudspeakers.add(
          new Loudspeaker(
              "QS-DLB-%03d".formatted(i + 1),
              first.village() + first.group() + "大喇叭",
              first.village(),
              near(first.position()),
              own,
              pick(Words.MODELS),
              "自动播报",
              first.group(),
              first.areaCode()));
    }
  }

  private Position near(Position position) {
    return new Position(
        Math.round((position.latitude() + dice.nextDouble() * 0.002) * 1e5) / 1e5,
        Math.round((position.longitude() + dice.nextDouble() * 0.002) * 1e5) / 1e5);
  }

  private void leader(String title, Level level, String code, String group) {
    add(title, level, Part.LEADER, List.of(), code, group);
  }

  private ResponsiblePerson person(String title, Part part, List<String> own, String code) {
    return add(title, Level.VILLAGE, part, own, code, "");
  }

  private ResponsiblePerson add(
      String title, Level level, Part part, List<String> own, String code, String group) {
    ResponsiblePerson person =
        new ResponsiblePerson(
            "r" + people.size(),
            name(),
            title,
            level,
            part,
            phone(),
            "",
            own,
            code,
            openid(8),
            "",
            LocalDate.of(2026, 4, 1 + dice.nextInt(20)),
            group);
    people.add(person);
    return person;
  }

  /** 1990000xxxx and on: a valid form, counted up, so that no two people share one. */
  private String phone() {
    return "1990%07d".formatted(phones++);
  }

  /** Most people follow the official account: so many of ten do. */
  private String openid(int ofTen) {
    String id = "oSample%021x".formatted(dice.nextLong() >>> 1);
    return dice.nextInt(10) < ofTen ? id : "";
  }

  /** A name that nobody else in the township has, so that the demo reads clearly. */
  private String name() {
    for (int tries = 0; tries < 50; tries++) {
      String name =
          pick(Words.SURNAMES)
              + pick(Words.GIVEN)
              + (dice.nextInt(3) == 0 ? "" : pick(Words.GIVEN));
      if (usedNames.add(name)) {
        return name;
      }
    }
    return pick(Words.SURNAMES) + pick(Words.GIVEN) + pick(Words.GIVEN);
  }

  private <T> T pick(List<T> words) {
    return words.get(dice.nextInt(words.size()));
  }
}

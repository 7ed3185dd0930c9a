package org.lastmile.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.ResponsiblePerson.Part;

/**
 * Something the registry lacks to reach everybody, shown before any warning comes.
 *
 * @param kind what is missing
 * @param id of the point, person, resident or loudspeaker it is missing for
 * @param name of the same, for people
 * @param what in a sentence
 */
public record Gap(Kind kind, String id, String name, String what) {

  /** What can be missing; the worst first. */
  public enum Kind {
    /** Nobody and nothing at the point can be told. */
    POINT_UNREACHABLE,
    POINT_WITHOUT_A,
    POINT_WITHOUT_B,
    POINT_WITHOUT_LOUDSPEAKER,
    POINT_WITHOUT_POSITION,
    POINT_WITHOUT_ROUTE,
    PERSON_WITHOUT_ADDRESS,
    /** A person, loudspeaker or household names a point that is not registered. */
    UNKNOWN_POINT,
    LOUDSPEAKER_COVERS_NOTHING,
    /** In a key group, with neither a phone nor a helper that can be told. */
    KEY_RESIDENT_UNREACHABLE
  }

  /** Every gap of a registry, point by point, then people, loudspeakers and residents. */
  public static List<Gap> of(Registry registry) {
    List<Gap> gaps = new ArrayList<>();
    for (HazardPoint point : registry.points()) {
      ofPoint(registry, point, gaps);
    }
    ofPeople(registry, gaps);
    ofLoudspeakers(registry, gaps);
    ofResidents(registry, gaps);
    return gaps;
  }

  private static void ofPoint(Registry registry, HazardPoint point, List<Gap> gaps) {
    List<ResponsiblePerson> people = registry.responsible(point);
    boolean loudspeaker = !registry.loudspeakers(point).isEmpty();
    if (!loudspeaker && people.stream().noneMatch(Gap::reachable)) {
      add(gaps, Kind.POINT_UNREACHABLE, point, "没有大喇叭，也没有能联系上的责任人");
    }
    if (people.stream().noneMatch(p -> p.part() == Part.A)) {
      add(gaps, Kind.POINT_WITHOUT_A, point, "没有 A 角责任人");
    }
    if (people.stream().noneMatch(p -> p.part() == Part.B)) {
      add(gaps, Kind.POINT_WITHOUT_B, point, "没有 B 角责任人");
    }
    if (!loudspeaker) {
      add(gaps, Kind.POINT_WITHOUT_LOUDSPEAKER, point, "没有大喇叭覆盖，预警时要派人敲锣或入户");
    }
    if (point.position() == null) {
      add(gaps, Kind.POINT_WITHOUT_POSITION, point, "没有坐标，只能按行政区划或同村位置纳入");
    }
    if (point.route().isEmpty() || point.shelter().isEmpty()) {
      add(gaps, Kind.POINT_WITHOUT_ROUTE, point, "没有撤离路线或安置地点，预警里无法告诉群众往哪里走");
    }
  }

  private static void add(List<Gap> gaps, Kind kind, HazardPoint point, String what) {
    gaps.add(new Gap(kind, point.id(), point.name(), what));
  }

  private static boolean reachable(ResponsiblePerson person) {
    return !(person.phone() + person.backupPhone() + person.openid() + person.wecom()).isEmpty();
  }

  private static void ofPeople(Registry registry, List<Gap> gaps) {
    Map<String, ResponsiblePerson> byId = new HashMap<>();
    Set<String> reachable = new HashSet<>();
    for (ResponsiblePerson person : registry.people()) {
      byId.putIfAbsent(person.id(), person);
      if (reachable(person)) {
        reachable.add(person.id());
      }
      unknown(registry, person.points(), person.id(), person.name(), gaps);
    }
    byId.forEach(
        (id, person) -> {
          if (!reachable.contains(id)) {
            gaps.add(new Gap(Kind.PERSON_WITHOUT_ADDRESS, id, person.name(), "没有电话，也没有微信"));
          }
        });
  }

  private static void ofLoudspeakers(Registry registry, List<Gap> gaps) {
    for (Loudspeaker loudspeaker : registry.loudspeakers()) {
      if (loudspeaker.points().isEmpty()) {
        gaps.add(
            new Gap(
                Kind.LOUDSPEAKER_COVERS_NOTHING,
                loudspeaker.id(),
                loudspeaker.name(),
                "没有覆盖任何隐患点"));
      }
      unknown(registry, loudspeaker.points(), loudspeaker.id(), loudspeaker.name(), gaps);
    }
  }

  private static void ofResidents(Registry registry, List<Gap> gaps) {
    for (Resident resident : registry.residents()) {
      boolean told = !(resident.phone() + resident.openid() + resident.helperPhone()).isEmpty();
      if (!resident.keyGroups().isEmpty() && !told) {
        gaps.add(
            new Gap(
                Kind.KEY_RESIDENT_UNREACHABLE,
                resident.id(),
                resident.name(),
                "重点人群，没有电话，也没有能联系上的帮扶人"));
      }
      if (!resident.point().isEmpty()) {
        unknown(registry, List.of(resident.point()), resident.id(), resident.name(), gaps);
      }
    }
  }

  private static void unknown(
      Registry registry, List<String> points, String id, String name, List<Gap> gaps) {
    for (String point : points) {
      if (registry.point(point).isEmpty()) {
        gaps.add(new Gap(Kind.UNKNOWN_POINT, id, name, "所指的隐患点 " + point + " 不在台账里"));
      }
    }
  }
}

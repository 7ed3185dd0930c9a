package org.lastmile.registry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Position;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.ResponsiblePerson.Level;
import org.lastmile.warning.ResponsiblePerson.Part;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.index.strtree.STRtree;

/**
 * One version of the ledgers, indexed so that a warning finds its points, people and devices at
 * once. Never changes: an import makes another one.
 */
public final class Registry {
  /** Before the first import. */
  public static final Registry EMPTY = of(Entries.NONE);

  static final Comparator<ResponsiblePerson> A_FIRST =
      Comparator.comparing(ResponsiblePerson::part).thenComparing(ResponsiblePerson::id);
  private static final Comparator<ResponsiblePerson> NEAREST_FIRST =
      Comparator.comparing(ResponsiblePerson::level)
          .reversed()
          .thenComparing(ResponsiblePerson::id);

  private final int version;
  private final Instant importedAt;
  private final Entries entries;
  private final Index index;

  private Registry(int version, Instant importedAt, Entries entries, Index index) {
    this.version = version;
    this.importedAt = importedAt;
    this.entries = entries;
    this.index = index;
  }

  /** A registry that was not imported yet: version 0. */
  public static Registry of(Entries entries) {
    return new Registry(0, Instant.EPOCH, entries, new Index(entries));
  }

  /** The same entries under a version number. */
  public Registry as(int number, Instant at) {
    return new Registry(number, at, entries, index);
  }

  /** 0 = never imported; counts up with every import. */
  public int version() {
    return version;
  }

  public Instant importedAt() {
    return importedAt;
  }

  public Entries entries() {
    return entries;
  }

  public List<HazardPoint> points() {
    return entries.points();
  }

  public List<ResponsiblePerson> people() {
    return entries.people();
  }

  public List<Resident> residents() {
    return entries.residents();
  }

  public List<Loudspeaker> loudspeakers() {
    return entries.loudspeakers();
  }

  /** The device with that id. */
  public Optional<Loudspeaker> loudspeaker(String id) {
    return Optional.ofNullable(index.devices.get(id));
  }

  public List<AdminArea> areas() {
    return entries.areas();
  }

  /** The registered point with that id. */
  public Optional<HazardPoint> point(String id) {
    return Optional.ofNullable(index.points.get(id));
  }

  /**
   * Every point that the warning threatens, with its people and devices: registered ones in the
   * order of the ledger, then villages and groups in the area that no registered point speaks for.
   */
  public Threat threatened(Warning warning) {
    return new Targeting(this, warning).threat();
  }

  /** A and B persons of a registered point: its own, then those who answer for its whole area. */
  List<ResponsiblePerson> responsible(HazardPoint point) {
    Set<ResponsiblePerson> found =
        new HashSet<>(index.responsible.getOrDefault(point.id(), List.of()));
    found.addAll(responsible(point.areaCode(), point.group()));
    return found.stream().sorted(A_FIRST).toList();
  }

  /** A and B persons of an area who name no point. An empty group asks for the whole area. */
  List<ResponsiblePerson> responsible(String areaCode, String group) {
    return index.areaResponsible.getOrDefault(areaCode, List.of()).stream()
        .filter(p -> p.group().isEmpty() || group.isEmpty() || p.group().equals(group))
        .sorted(A_FIRST)
        .toList();
  }

  /** Leaders of a place, nearest first. An empty group asks for all groups of the area. */
  List<ResponsiblePerson> leaders(String pointId, String areaCode, String group) {
    Set<ResponsiblePerson> found =
        new HashSet<>(index.pointLeaders.getOrDefault(pointId, List.of()));
    for (String prefix : village(areaCode).prefixes) {
      for (ResponsiblePerson leader : index.leaders.getOrDefault(prefix, List.of())) {
        boolean otherGroup =
            leader.level() == Level.GROUP
                && !leader.group().isEmpty()
                && !group.isEmpty()
                && !leader.group().equals(group);
        if (!otherGroup) {
          found.add(leader);
        }
      }
    }
    return found.stream().sorted(NEAREST_FIRST).toList();
  }

  /** Residents of a registered point: those who name it, and those of its group who name none. */
  List<Resident> residents(HazardPoint point) {
    List<Resident> named = index.residents.getOrDefault(point.id(), List.of());
    List<Resident> nameless =
        point.group().isEmpty()
            ? List.of()
            : index.nameless.getOrDefault(point.areaCode() + point.group(), List.of());
    if (nameless.isEmpty()) {
      return named;
    }
    List<Resident> all = new ArrayList<>(named);
    all.addAll(nameless);
    return all;
  }

  List<Loudspeaker> loudspeakers(HazardPoint point) {
    return index.loudspeakers.getOrDefault(point.id(), List.of());
  }

  Collection<Village> villages() {
    return index.villages.values();
  }

  Village village(String code) {
    return index.villages.get(code);
  }

  /** Points and loudspeakers with a position inside a box. */
  List<Place> places(Envelope box) {
    List<Place> found = new ArrayList<>();
    index.tree.query(box, item -> found.add((Place) item));
    return found;
  }

  /** True when anything in the area with that prefix has a position; empty = anything at all. */
  boolean located(String prefix) {
    return index.located.contains(prefix);
  }

  /** The codes around an area, itself first: 12, 9, 6, 4 and 2 digits as far as they say much. */
  static List<String> prefixes(String areaCode) {
    if (areaCode.isEmpty()) {
      return List.of();
    }
    String own = AdminArea.prefix(areaCode);
    List<String> prefixes = new ArrayList<>();
    for (int digits : new int[] {12, 9, 6, 4, 2}) {
      if (digits <= own.length()) {
        prefixes.add(areaCode.substring(0, digits));
      }
    }
    return prefixes;
  }

  /** Something with a position: a registered point, or a loudspeaker (then point is null). */
  record Place(Position position, String areaCode, String group, HazardPoint point) {}

  /** Everything that targeting looks up, made once. */
  private static final class Index {
    final Map<String, HazardPoint> points = new HashMap<>();
    final Map<String, List<ResponsiblePerson>> responsible = new HashMap<>();
    final Map<String, List<ResponsiblePerson>> areaResponsible = new HashMap<>();
    final Map<String, List<ResponsiblePerson>> pointLeaders = new HashMap<>();
    final Map<String, List<ResponsiblePerson>> leaders = new HashMap<>();
    final Map<String, List<Resident>> residents = new HashMap<>();
    final Map<String, List<Resident>> nameless = new HashMap<>();
    final Map<String, List<Loudspeaker>> loudspeakers = new HashMap<>();
    final Map<String, Loudspeaker> devices = new HashMap<>();
    final TreeMap<String, Village> villages = new TreeMap<>();
    final Set<String> located = new HashSet<>();
    final STRtree tree = new STRtree();

    Index(Entries entries) {
      Map<String, String> names = new HashMap<>();
      entries.areas().forEach(area -> names.putIfAbsent(area.code(), area.name()));
      for (AdminArea area : entries.areas()) {
        if (!area.code().endsWith("000")) {
          String town = names.getOrDefault(area.code().substring(0, 9) + "000", "");
          village(area.code()).names(town, area.name());
        }
      }
      entries.points().forEach(this::add);
      entries.people().forEach(this::add);
      entries.residents().forEach(this::add);
      entries.loudspeakers().forEach(this::add);
      tree.build();
    }

    private Village village(String code) {
      return villages.computeIfAbsent(code, Village::new);
    }

    private void add(HazardPoint point) {
      points.put(point.id(), point);
      Village village = village(point.areaCode());
      village.names(point.town(), point.village());
      village.points.add(point);
      village.group(point.group());
      village.place(point.group(), point.position());
      locate(point.position(), point.areaCode(), point.group(), point);
    }

    private void add(ResponsiblePerson person) {
      boolean leads = person.part() == Part.LEADER;
      for (String point : person.points()) {
        put(leads ? pointLeaders : responsible, point, person);
      }
      if (person.areaCode().isEmpty()) {
        return;
      }
      if (leads) {
        put(leaders, AdminArea.prefix(person.areaCode()), person);
      } else if (person.points().isEmpty()) {
        put(areaResponsible, person.areaCode(), person);
      }
      if (!person.areaCode().endsWith("000")) {
        Village village = village(person.areaCode());
        village.group(person.group());
        village.led = true;
      }
    }

    private void add(Resident resident) {
      HazardPoint point = points.get(resident.point());
      String code =
          !resident.areaCode().isEmpty() || point == null ? resident.areaCode() : point.areaCode();
      if (point != null) {
        put(residents, point.id(), resident);
      } else if (!code.isEmpty() && !resident.group().isEmpty()) {
        put(nameless, code + resident.group(), resident);
      }
      if (!code.isEmpty()) {
        Village village = village(code);
        village.residents.add(resident);
        village.names("", resident.village());
        village.group(resident.group());
      }
    }

    private void add(Loudspeaker loudspeaker) {
      devices.put(loudspeaker.id(), loudspeaker);
      Set<String> codes = new HashSet<>();
      for (String id : loudspeaker.points()) {
        put(loudspeakers, id, loudspeaker);
        HazardPoint point = points.get(id);
        if (point != null) {
          codes.add(point.areaCode());
        }
      }
      if (!loudspeaker.areaCode().isEmpty()) {
        codes.add(loudspeaker.areaCode());
        Village village = village(loudspeaker.areaCode());
        village.names("", loudspeaker.village());
        village.group(loudspeaker.group());
        village.place(loudspeaker.group(), loudspeaker.position());
        locate(loudspeaker.position(), loudspeaker.areaCode(), loudspeaker.group(), null);
      }
      codes.forEach(code -> village(code).loudspeakers.add(loudspeaker));
    }

    private void locate(Position position, String code, String group, HazardPoint point) {
      if (position == null) {
        return;
      }
      tree.insert(
          new Envelope(new Coordinate(position.longitude(), position.latitude())),
          new Place(position, code, group, point));
      located.add("");
      located.addAll(prefixes(code));
    }

    private static <T> void put(Map<String, List<T>> map, String key, T value) {
      map.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
    }
  }
}

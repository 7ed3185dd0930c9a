package org.lastmile.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Position;

/** Reads 隐患点台账, and resolves how other tables refer to its points: by number or by name. */
final class PointRows {
  /** A village is rarely wider, a town rarely larger: farther off is a slip of the pen. */
  private static final double VILLAGE_KM = 10;

  private static final double TOWN_KM = 40;
  private static final int ENOUGH_NEIGHBOURS = 3;
  private static final Pattern BRACKETED = Pattern.compile("(.*?)\\s*[(（](.*?)[)）]\\s*");

  private final Places places;
  private final Map<String, HazardPoint> points = new LinkedHashMap<>();
  private final Map<String, Line> lines = new HashMap<>();
  private final Map<String, String> byId = new HashMap<>();
  private final Map<String, Set<String>> byName = new HashMap<>();

  PointRows(Places places) {
    this.places = places;
  }

  /** Points that the files say nothing of and that therefore stay. */
  void keep(List<HazardPoint> current) {
    current.forEach(point -> add(point, null));
  }

  /** Reads one row; returns the id its point got. */
  String read(Line line) {
    String code = places.codeOf(line);
    if (code.isEmpty()) {
      code = places.unplaced(line);
    }
    String town = first(line.text("乡镇"), places.town(code));
    String village = first(line.text("村"), code.endsWith("000") ? "" : places.name(code));
    String group = Groups.name(line.text("组"));
    List<String> kinds = line.list("灾害类型");
    String name = first(line.text("名称"), village + group + String.join("", kinds));
    if (!line.has("名称")) {
      line.notice("名称", "没有名称，暂用“" + name + "”", "填隐患点名称");
    }
    String id = id(line, first(town, code), village, group, name);
    var families = Matching.families(kinds);
    if (!kinds.isEmpty() && families.isEmpty()) {
      line.notice("灾害类型", "有不认识的灾害类型“" + line.text("灾害类型") + "”，任何预警都会通知该点", "核对灾害类型");
    }
    HazardPoint point =
        new HazardPoint(
            id,
            name,
            town,
            village,
            group,
            code,
            line.position(),
            kinds,
            families,
            line.text("规模"),
            line.text("险情等级"),
            line.number("威胁户数"),
            line.number("威胁人数"),
            line.text("报警信号"),
            line.text("撤离路线"),
            line.text("安置地点"),
            line.text("备注"),
            false);
    add(point, line);
    return id;
  }

  private String id(Line line, String town, String village, String group, String name) {
    String id = Cells.narrow(line.text("编号"));
    if (id.isEmpty()) {
      id = Ids.of("P-", town, village, group, name);
      line.notice("编号", "“" + name + "”没有编号，暂编为 " + id, "填编号，其他表才能指到它");
    }
    if (id.startsWith("implicit-") || id.chars().anyMatch(Character::isISOControl)) {
      line.problem("编号", "编号“" + id + "”不能使用", "换一个编号");
      id = Ids.of("P-", id, town, village, group, name);
    }
    if (byId.containsKey(Cells.key(id))) {
      String other = points.get(byId.get(Cells.key(id))).name();
      int copy = 2;
      while (byId.containsKey(Cells.key(id + "-" + copy))) {
        copy++;
      }
      line.problem(
          "编号", "编号 " + id + " 重复（“" + other + "”已用），本行暂编为 " + id + "-" + copy, "每个隐患点用不同的编号");
      id = id + "-" + copy;
    }
    return id;
  }

  private void add(HazardPoint point, Line line) {
    points.put(point.id(), point);
    lines.put(point.id(), line);
    byId.put(Cells.key(point.id()), point.id());
    byName.computeIfAbsent(Cells.key(point.name()), n -> new TreeSet<>()).add(point.id());
  }

  static String first(String text, String otherwise) {
    return text.isEmpty() ? otherwise : text;
  }

  List<HazardPoint> points() {
    return List.copyOf(points.values());
  }

  HazardPoint point(String id) {
    return points.get(id);
  }

  /** Ids of the points that a cell names; what it names in vain is a problem. */
  List<String> resolve(Line line, String column) {
    Set<String> found = new TreeSet<>();
    for (String word : line.list(column)) {
      Set<String> ids = lookUp(word);
      Matcher bracketed = BRACKETED.matcher(word);
      if (ids.isEmpty() && bracketed.matches()) {
        ids = lookUp(bracketed.group(2));
        ids = ids.isEmpty() ? lookUp(bracketed.group(1)) : ids;
      }
      if (ids.size() == 1) {
        found.addAll(ids);
      } else if (ids.isEmpty()) {
        line.problem(column, "台账里没有隐患点“" + word + "”", "填隐患点台账里的编号");
      } else {
        found.addAll(ids);
        line.notice(
            column,
            "有 " + ids.size() + " 个隐患点叫“" + word + "”，已全部采用：" + String.join("、", ids),
            "改填编号");
      }
    }
    return List.copyOf(found);
  }

  private Set<String> lookUp(String word) {
    String id = byId.get(Cells.key(word));
    return id != null ? Set.of(id) : byName.getOrDefault(Cells.key(word), Set.of());
  }

  /** Reports points that lie far from the others of their village or town. */
  void reportStrays() {
    Map<String, List<HazardPoint>> villages = new HashMap<>();
    Map<String, List<HazardPoint>> towns = new HashMap<>();
    for (HazardPoint point : points.values()) {
      if (point.position() != null) {
        villages.computeIfAbsent(point.areaCode(), v -> new ArrayList<>()).add(point);
        towns.computeIfAbsent(point.areaCode().substring(0, 9), t -> new ArrayList<>()).add(point);
      }
    }
    for (HazardPoint point : points.values()) {
      Line line = lines.get(point.id());
      if (point.position() == null || line == null) {
        continue;
      }
      List<HazardPoint> near = villages.get(point.areaCode());
      double limit = VILLAGE_KM;
      if (near.size() < ENOUGH_NEIGHBOURS) {
        near = towns.get(point.areaCode().substring(0, 9));
        limit = TOWN_KM;
      }
      if (near.size() < ENOUGH_NEIGHBOURS) {
        continue;
      }
      double km = Shape.km(point.position(), middle(near));
      if (km > limit) {
        line.notice(
            "经度",
            String.format(
                java.util.Locale.ROOT, "离同%s其他隐患点约 %.0f 公里", limit == TOWN_KM ? "镇" : "村", km),
            "核对经纬度和坐标系");
      }
    }
  }

  /** The median: one stray does not move it. */
  private static Position middle(List<HazardPoint> near) {
    double[] lat = near.stream().mapToDouble(p -> p.position().latitude()).sorted().toArray();
    double[] lon = near.stream().mapToDouble(p -> p.position().longitude()).sorted().toArray();
    return new Position(lat[lat.length / 2], lon[lon.length / 2]);
  }
}

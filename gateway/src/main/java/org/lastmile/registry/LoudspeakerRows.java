package org.lastmile.registry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;

/** Reads 大喇叭台账. */
final class LoudspeakerRows {
  private final Places places;
  private final PointRows points;
  private final Map<String, Loudspeaker> loudspeakers = new LinkedHashMap<>();

  LoudspeakerRows(Places places, PointRows points) {
    this.places = places;
    this.points = points;
  }

  void keep(List<Loudspeaker> current) {
    current.forEach(s -> loudspeakers.put(s.id(), s));
  }

  List<Loudspeaker> loudspeakers() {
    return List.copyOf(loudspeakers.values());
  }

  /** Reads one row; returns the device's id, or null when it can't be addressed. */
  String read(Line line) {
    String id = Cells.narrow(line.text("设备编号"));
    if (id.isEmpty() || id.matches(".*[#+/\\s].*")) {
      line.problem(
          "设备编号",
          id.isEmpty() ? "没有设备编号，本行未采用" : "设备编号“" + id + "”含有 # + / 或空格，本行未采用",
          "填设备上报时用的编号");
      return null;
    }
    List<String> covered = points.resolve(line, "覆盖隐患点");
    HazardPoint point = covered.isEmpty() ? null : points.point(covered.get(0));
    String code = line.has("村") || line.has("行政区划代码") ? places.codeOf(line) : "";
    if (code.isEmpty() && point != null) {
      code = point.areaCode();
    }
    if (code.isEmpty()) {
      line.problem("覆盖隐患点", "没有覆盖隐患点，也没有村，任何预警都用不上这个喇叭", "填覆盖的隐患点编号或村");
    } else if (covered.isEmpty() && !line.has("覆盖隐患点")) {
      line.notice("覆盖隐患点", "没有覆盖隐患点，只在本村没有登记隐患点的地方播报", "填覆盖的隐患点编号");
    }
    Loudspeaker loudspeaker =
        new Loudspeaker(
            id,
            PointRows.first(line.text("名称"), id),
            PointRows.first(line.text("村"), code.endsWith("000") ? "" : places.name(code)),
            line.position(),
            covered,
            line.text("型号"),
            line.text("播报方式"),
            Groups.name(line.text("组")),
            code);
    Loudspeaker known = loudspeakers.get(id);
    if (known == null) {
      loudspeakers.put(id, loudspeaker);
      return id;
    }
    Set<String> all = new TreeSet<>(known.points());
    all.addAll(covered);
    line.notice("设备编号", "设备 " + id + " 有多行，已合并覆盖的隐患点：" + String.join("、", all), "一个设备只写一行");
    loudspeakers.put(
        id,
        new Loudspeaker(
            id,
            known.name(),
            known.village(),
            known.position() == null ? loudspeaker.position() : known.position(),
            List.copyOf(all),
            known.model(),
            known.playMode(),
            known.group(),
            known.areaCode()));
    return id;
  }
}

package org.lastmile.registry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Resident;

/** Reads 群众花名册: one row a household. */
final class ResidentRows {
  private final Places places;
  private final PointRows points;
  private final PeopleRows people;
  private final Map<String, Resident> residents = new LinkedHashMap<>();

  ResidentRows(Places places, PointRows points, PeopleRows people) {
    this.places = places;
    this.points = points;
    this.people = people;
  }

  void keep(List<Resident> current) {
    current.forEach(r -> residents.put(r.id(), r));
  }

  List<Resident> residents() {
    return List.copyOf(residents.values());
  }

  /** Reads one row, which may name several points; returns an id, or null when nobody is named. */
  String read(Line line) {
    NamedPhone named = NamedPhone.of(line.text("户主"));
    if (named.name().isEmpty()) {
      line.problem("户主", "没有户主姓名，本行未采用", "填户主姓名");
      return null;
    }
    Phone phone = line.has("电话") ? line.phone("电话") : Phone.of(named.phone());
    List<String> own = points.resolve(line, "所属隐患点");
    HazardPoint point = own.isEmpty() ? null : points.point(own.get(0));
    String code = line.has("村") || line.has("行政区划代码") ? places.codeOf(line) : "";
    if (code.isEmpty() && point != null) {
      code = point.areaCode();
    }
    if (code.isEmpty()) {
      line.problem("所属隐患点", "没有隐患点，也没有村，任何预警都找不到这一户", "填所属隐患点编号或村");
    }
    NamedPhone helper = NamedPhone.of(line.text("帮扶人"));
    String helperPhone =
        line.has("帮扶人电话") ? line.phone("帮扶人电话").first() : Phone.of(helper.phone()).first();
    if (!helper.name().isEmpty() && helperPhone.isEmpty()) {
      helperPhone = people.phoneOf(helper.name(), code);
      if (helperPhone.isEmpty()) {
        line.notice("帮扶人", "不知道帮扶人“" + helper.name() + "”的电话", "写成“姓名 电话”，或在责任人表里登记");
      }
    }
    String village = PointRows.first(line.text("村"), code.endsWith("000") ? "" : places.name(code));
    if (village.isEmpty() && point != null) {
      village = point.village();
    }
    String group = Groups.name(line.text("组"));
    int members = line.number("人数");
    String id = null;
    for (String pointId : own.isEmpty() ? List.of("") : own) {
      id = Ids.of("h-", named.name(), phone.first(), code, group, pointId);
      Resident resident =
          new Resident(
              id,
              named.name(),
              phone.first(),
              village,
              group,
              pointId,
              members,
              line.list("重点人群"),
              helper.name(),
              helperPhone,
              line.text("微信openid"),
              code);
      if (residents.putIfAbsent(id, resident) != null) {
        line.notice("户主", "与前面的一户完全相同，只算一户", "删除重复行");
      }
    }
    return id;
  }
}

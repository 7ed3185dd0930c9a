package org.lastmile.registry;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.ResponsiblePerson.Level;
import org.lastmile.warning.ResponsiblePerson.Part;

/**
 * Reads 责任人表, and the responsible persons on rows of an older 隐患点台账. Rows of one person (same name
 * and phone) become one person.
 */
final class PeopleRows {
  private final Places places;
  private final PointRows points;
  private final Map<String, ResponsiblePerson> people = new LinkedHashMap<>();

  PeopleRows(Places places, PointRows points) {
    this.places = places;
    this.points = points;
  }

  void keep(List<ResponsiblePerson> current) {
    current.forEach(this::add);
  }

  List<ResponsiblePerson> people() {
    return List.copyOf(people.values());
  }

  /** Reads one row of 责任人表; returns the person's id, or null when the row names nobody. */
  String read(Line line) {
    NamedPhone named = NamedPhone.of(line.text("姓名"));
    if (named.name().isEmpty()) {
      line.problem("姓名", "没有姓名，本行未采用", "填姓名");
      return null;
    }
    Phone phone = line.has("电话") ? line.phone("电话") : Phone.of(named.phone());
    Phone backup = line.phone("备用电话");
    List<String> own = points.resolve(line, "负责点");
    String title = line.text("职务");
    String code = places.codeOf(line);
    String group = Groups.name(line.text("组"));
    Level level = level(line, code, group, title, own);
    if (code.isEmpty() && !own.isEmpty()) {
      code = points.point(own.get(0)).areaCode();
    }
    if (code.isEmpty()) {
      code = placeless(line);
    }
    if (level == Level.GROUP && group.isEmpty()) {
      group = Groups.inTitle(title);
    }
    Part part = part(line, title, level, own);
    if (part != Part.LEADER && own.isEmpty()) {
      boolean village = !code.isEmpty() && !code.endsWith("000");
      line.notice("负责点", village ? "没有负责点，按负责全村的隐患点处理" : "没有负责点，也没有村的代码，按领导处理", "填负责的隐患点编号");
      part = village ? part : Part.LEADER;
    }
    if (part == Part.LEADER && level.compareTo(Level.TOWN) <= 0 && !code.isEmpty()) {
      code =
          code.substring(0, level == Level.TOWN ? 9 : 6) + (level == Level.TOWN ? "000" : "000000");
    }
    String id = id(named.name(), phone.first(), code);
    add(
        new ResponsiblePerson(
            id,
            named.name(),
            title,
            level,
            part,
            phone.first(),
            PointRows.first(backup.first(), phone.second()),
            own,
            code,
            line.text("微信openid"),
            line.text("企业微信"),
            line.date("更新日期"),
            level == Level.GROUP || part != Part.LEADER ? group : ""));
    return id;
  }

  private String placeless(Line line) {
    Set<String> towns = new TreeSet<>();
    points.points().forEach(p -> towns.add(p.areaCode().substring(0, 9) + "000"));
    if (towns.size() == 1) {
      String town = towns.iterator().next();
      line.notice("行政区划代码", "没有行政区划代码，也没有负责点，按 " + town + " 处理", "填 12 位代码");
      return town;
    }
    line.problem("行政区划代码", "没有行政区划代码，也没有负责点，不知道他负责哪里", "填 12 位代码或负责点");
    return "";
  }

  /** 防灾责任人 and 监测责任人 on the point's own row, with the phones beside them. */
  void readOldStyle(Line line, HazardPoint point) {
    oldStyle(line, point, "防灾责任人", Part.A);
    oldStyle(line, point, "监测责任人", Part.B);
  }

  private void oldStyle(Line line, HazardPoint point, String column, Part part) {
    if (!line.has(column)) {
      if (line.has(column + "电话")) {
        line.problem(column, "有电话没有姓名，未采用", "填姓名");
      }
      return;
    }
    List<String> names = line.list(column);
    List<String> phones = new ArrayList<>(line.phone(column + "电话").numbers());
    if (names.size() == 1 && phones.size() > 1) {
      phones.set(0, phones.get(0) + "/" + phones.get(1));
    }
    for (int i = 0; i < names.size(); i++) {
      NamedPhone named = NamedPhone.of(names.get(i));
      Phone phone = Phone.of(i < phones.size() ? phones.get(i) : named.phone());
      add(
          new ResponsiblePerson(
              id(named.name(), phone.first(), point.areaCode()),
              named.name(),
              column,
              Level.VILLAGE,
              part,
              phone.first(),
              phone.second(),
              List.of(point.id()),
              point.areaCode(),
              "",
              "",
              null,
              ""));
    }
  }

  /** Without a phone, two people of one name in one area can't be told apart. */
  private static String id(String name, String phone, String code) {
    return Ids.of("r-", name, phone.isEmpty() ? code : phone);
  }

  private void add(ResponsiblePerson next) {
    String key =
        next.id()
            + next.part()
            + (next.part() == Part.LEADER ? next.areaCode() + next.group() : "");
    // A row for the whole village must not be narrowed by one that names points, nor widen it.
    key += next.points().isEmpty();
    people.merge(key, next, PeopleRows::join);
  }

  private static ResponsiblePerson join(ResponsiblePerson a, ResponsiblePerson b) {
    Set<String> points = new TreeSet<>(a.points());
    points.addAll(b.points());
    return new ResponsiblePerson(
        a.id(),
        a.name(),
        PointRows.first(a.title(), b.title()),
        a.level(),
        a.part(),
        PointRows.first(a.phone(), b.phone()),
        PointRows.first(a.backupPhone(), b.backupPhone()),
        List.copyOf(points),
        a.areaCode(),
        PointRows.first(a.openid(), b.openid()),
        PointRows.first(a.wecom(), b.wecom()),
        later(a.updated(), b.updated()),
        a.group());
  }

  private static LocalDate later(LocalDate a, LocalDate b) {
    return a == null || (b != null && b.isAfter(a)) ? b : a;
  }

  private static Level level(
      Line line, String code, String group, String title, List<String> points) {
    String word = Cells.key(line.text("级别"));
    if (word.matches(".*组.*|社|社级")) {
      return Level.GROUP;
    }
    if (word.matches(".*(村|社区|居).*")) {
      return Level.VILLAGE;
    }
    if (word.matches(".*(乡|镇|街道).*")) {
      return Level.TOWN;
    }
    if (word.matches(".*(县|区|市).*")) {
      return Level.COUNTY;
    }
    if (!word.isEmpty()) {
      line.problem("级别", "不认识级别“" + line.text("级别") + "”", "填 县、乡、村 或 组");
    }
    if (!group.isEmpty() || !Groups.inTitle(title).isEmpty()) {
      return Level.GROUP;
    }
    if (code.endsWith("000000")) {
      return Level.COUNTY;
    }
    return code.endsWith("000") && points.isEmpty() ? Level.TOWN : Level.VILLAGE;
  }

  private static Part part(Line line, String title, Level level, List<String> points) {
    String word = Cells.key(line.text("A/B角"));
    if (word.matches("(a.*|主.*|防灾.*|第一.*)")) {
      return Part.A;
    }
    if (word.matches("(b.*|副.*|监测.*|第二.*|网格.*|备.*)")) {
      return Part.B;
    }
    if (word.matches("(领导|带班.*|包保.*|包片.*|驻村.*|leader)")) {
      return Part.LEADER;
    }
    if (!word.isEmpty()) {
      line.problem("A/B角", "不认识“" + line.text("A/B角") + "”", "填 A、B，领导留空");
    }
    boolean monitors = title.matches(".*(监测|网格|巡查|群测群防).*");
    if (points.isEmpty()) {
      return monitors && level.compareTo(Level.VILLAGE) >= 0 ? Part.B : Part.LEADER;
    }
    Part part = monitors ? Part.B : Part.A;
    line.notice("A/B角", "有负责点但没有填 A/B角，按 " + part + " 角处理", "填 A 或 B");
    return part;
  }

  /**
   * The one phone that people of that name have, so that a helper named elsewhere can be called.
   */
  String phoneOf(String name, String areaCode) {
    return only(
        people.values().stream()
            .filter(p -> p.name().equals(name))
            .filter(p -> areaCode.isEmpty() || p.areaCode().startsWith(areaCode.substring(0, 9)))
            .map(ResponsiblePerson::phone)
            .filter(p -> !p.isEmpty())
            .collect(java.util.stream.Collectors.toSet()));
  }

  private static String only(Collection<String> values) {
    return values.size() == 1 ? values.iterator().next() : "";
  }
}

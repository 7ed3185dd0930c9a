package org.lastmile.console;

import java.util.HashMap;
import java.util.Map;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;

/** Who has a phone, as the registry in use says: put together once for each of its versions. */
final class Senders {
  private final Rosters rosters;
  private volatile Index index = new Index(-1, Map.of(), Map.of());

  /**
   * Somebody of the registry.
   *
   * @param title 职务; empty for residents
   * @param place village and group
   */
  record Sender(String name, String title, String place, String areaCode, boolean resident) {
    /** A resident's name as those see it who need not call. */
    Sender masked() {
      return resident ? new Sender(Mask.name(name), title, place, areaCode, true) : this;
    }
  }

  private record Index(int version, Map<String, Sender> byPhone, Map<String, String> areaOfPoint) {}

  Senders(Rosters rosters) {
    this.rosters = rosters;
  }

  /** Null when nobody of the registry has this phone. */
  Sender of(String phone) {
    return index().byPhone().get(key(phone));
  }

  /** Area code of the point, or else of who has this phone; empty = not known. */
  String area(String point, String phone) {
    String area = index().areaOfPoint().getOrDefault(point, "");
    Sender sender = of(phone);
    return area.isEmpty() && sender != null ? sender.areaCode() : area;
  }

  private Index index() {
    Index now = index;
    if (now.version() != rosters.version()) {
      now = make();
      index = now;
    }
    return now;
  }

  private Index make() {
    int version = rosters.version();
    Map<String, Sender> byPhone = new HashMap<>();
    Map<String, HazardPoint> points = new HashMap<>();
    rosters.points().forEach(p -> points.put(p.id(), p));
    for (ResponsiblePerson p : rosters.people()) {
      HazardPoint at = p.points().isEmpty() ? null : points.get(p.points().get(0));
      String area = at == null ? p.areaCode() : at.areaCode();
      Sender sender =
          new Sender(p.name(), p.title(), at == null ? p.group() : place(at), area, false);
      put(byPhone, p.phone(), sender);
      put(byPhone, p.backupPhone(), sender);
    }
    for (Resident r : rosters.residents()) {
      HazardPoint at = points.get(r.point());
      String area = at == null ? r.areaCode() : at.areaCode();
      put(byPhone, r.phone(), new Sender(r.name(), "", r.village() + r.group(), area, true));
      if (!r.helperName().isEmpty()) {
        put(
            byPhone,
            r.helperPhone(),
            new Sender(r.helperName(), "帮扶人", r.village() + r.group(), area, false));
      }
    }
    Map<String, String> areas = new HashMap<>();
    points.forEach((id, p) -> areas.put(id, p.areaCode()));
    return new Index(version, byPhone, areas);
  }

  private static String place(HazardPoint point) {
    return point.village() + point.group();
  }

  private static void put(Map<String, Sender> byPhone, String phone, Sender sender) {
    if (!phone.isBlank()) {
      byPhone.putIfAbsent(key(phone), sender);
    }
  }

  /** The same for every way of writing one number. */
  private static String key(String phone) {
    String digits = phone.replaceAll("[^0-9+]", "");
    return digits.startsWith("+86") ? digits.substring(3) : digits;
  }
}

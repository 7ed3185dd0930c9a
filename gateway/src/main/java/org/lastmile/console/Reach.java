package org.lastmile.console;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;

/**
 * Who at each hazard point is reached by WeChat, and who is not: to be seen, and mended, before the
 * storm. By the registry as it stands now and by what people have bound.
 */
final class Reach {
  private final Planner.Accounts accounts;
  private final Map<String, List<ResponsiblePerson>> byPoint = new HashMap<>();
  private final Map<String, List<ResponsiblePerson>> byArea = new HashMap<>();
  private final Map<String, List<Resident>> residents = new HashMap<>();

  /**
   * At one point.
   *
   * @param responsible persons who answer for it, and how many of them have an account
   * @param households that it threatens, as the registry lists them, likewise
   * @param missing names of the responsible persons without one
   */
  record At(
      int responsible,
      int responsibleReached,
      int households,
      int householdsReached,
      List<String> missing) {

    At masked() {
      return new At(
          responsible,
          responsibleReached,
          households,
          householdsReached,
          missing.stream().map(Mask::name).toList());
    }
  }

  Reach(Rosters rosters, Planner.Accounts accounts) {
    this.accounts = accounts;
    for (ResponsiblePerson p : rosters.people()) {
      if (p.part() == ResponsiblePerson.Part.LEADER) {
        continue;
      }
      p.points().forEach(id -> byPoint.computeIfAbsent(id, i -> new ArrayList<>()).add(p));
      if (p.points().isEmpty()) {
        byArea.computeIfAbsent(p.areaCode(), a -> new ArrayList<>()).add(p);
      }
    }
    for (Resident r : rosters.residents()) {
      String at = r.point().isEmpty() ? r.areaCode() + r.group() : r.point();
      residents.computeIfAbsent(at, i -> new ArrayList<>()).add(r);
    }
  }

  At at(HazardPoint point) {
    List<ResponsiblePerson> people = new ArrayList<>(byPoint.getOrDefault(point.id(), List.of()));
    byArea.getOrDefault(point.areaCode(), List.of()).stream()
        .filter(p -> p.group().isEmpty() || p.group().equals(point.group()))
        .filter(p -> !people.contains(p))
        .forEach(people::add);
    List<Resident> homes = new ArrayList<>(residents.getOrDefault(point.id(), List.of()));
    if (!point.group().isEmpty()) {
      homes.addAll(residents.getOrDefault(point.areaCode() + point.group(), List.of()));
    }
    List<String> missing =
        people.stream()
            .filter(p -> !reached(p.openid(), p.wecom(), p.phone(), p.backupPhone()))
            .map(ResponsiblePerson::name)
            .distinct()
            .toList();
    int told = (int) homes.stream().filter(r -> reached(r.openid(), "", r.phone(), "")).count();
    return new At(people.size(), people.size() - missing.size(), homes.size(), told, missing);
  }

  private boolean reached(String openid, String wecom, String phone, String backupPhone) {
    return !wecom.isBlank()
        || (!openid.isBlank() && !accounts.dead().test(openid))
        || known(phone)
        || known(backupPhone);
  }

  private boolean known(String phone) {
    return !phone.isBlank()
        && (!accounts.openid().apply(phone).isEmpty() || !accounts.wecom().apply(phone).isEmpty());
  }
}

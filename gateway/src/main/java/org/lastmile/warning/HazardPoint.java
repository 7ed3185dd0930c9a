package org.lastmile.warning;

import java.util.List;

/**
 * A place that can hurt people: the unit of coverage.
 *
 * @param id the ledger's own number (编号), or {@code implicit-} and an area code
 * @param areaCode 12 digits
 * @param position null when the ledger has none: then only its area code targets it
 * @param kinds hazard words of the ledger (滑坡, 山洪…)
 * @param families the families that threaten it, from its kinds; empty = unknown, so any may
 * @param riskGrade 险情等级 as the ledger words it
 * @param households 威胁户数, people 威胁人数; 0 = not known
 * @param signal 报警信号, route 撤离路线, shelter 安置地点; empty = not known
 * @param implicit a village or group without a registered point, added so that nobody hears nothing
 */
public record HazardPoint(
    String id,
    String name,
    String town,
    String village,
    String group,
    String areaCode,
    Position position,
    List<String> kinds,
    List<Hazard.Family> families,
    String scale,
    String riskGrade,
    int households,
    int people,
    String signal,
    String route,
    String shelter,
    String note,
    boolean implicit) {

  public HazardPoint {
    kinds = List.copyOf(kinds);
    families = List.copyOf(families);
  }
}

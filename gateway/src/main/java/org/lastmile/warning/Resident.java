package org.lastmile.warning;

import java.util.List;

/**
 * A household contact threatened by a point.
 *
 * @param people in the household; 0 = not known
 * @param keyGroups 特困, 低保, 脱贫户, 监测对象, 残疾人, 低收入; empty = none
 * @param point id of the point that threatens them; empty = not known: then their group's or
 *     village's points
 * @param helperName the person named to help (帮扶人), helperPhone theirs; empty = none
 * @param areaCode 12 digits: village names repeat from town to town; empty = not known
 */
public record Resident(
    String id,
    String name,
    String phone,
    String village,
    String group,
    String point,
    int people,
    List<String> keyGroups,
    String helperName,
    String helperPhone,
    String openid,
    String areaCode) {

  public Resident {
    keyGroups = List.copyOf(keyGroups);
  }

  /** One who is found by the point alone. */
  public Resident(
      String id,
      String name,
      String phone,
      String village,
      String group,
      String point,
      int people,
      List<String> keyGroups,
      String helperName,
      String helperPhone,
      String openid) {
    this(
        id,
        name,
        phone,
        village,
        group,
        point,
        people,
        keyGroups,
        helperName,
        helperPhone,
        openid,
        "");
  }
}

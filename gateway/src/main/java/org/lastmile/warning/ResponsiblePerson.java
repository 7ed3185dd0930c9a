package org.lastmile.warning;

import java.time.LocalDate;
import java.util.List;

/**
 * A named person who answers for points or leads an area.
 *
 * @param id stable across imports: one person has one id even when several rows name them
 * @param part A or B for points; LEADER for who leads an area (the cascade)
 * @param points ids of the points of A and B persons
 * @param areaCode 12 digits; for leaders the area they lead
 * @param openid WeChat openid, wecom WeCom userid; empty = none
 * @param updated when the roster row was last confirmed; null = unknown
 * @param group the group that a group's leader leads, as groups have no code; empty = the whole
 *     area
 */
public record ResponsiblePerson(
    String id,
    String name,
    String title,
    Level level,
    Part part,
    String phone,
    String backupPhone,
    List<String> points,
    String areaCode,
    String openid,
    String wecom,
    LocalDate updated,
    String group) {

  public ResponsiblePerson {
    points = List.copyOf(points);
  }

  /** Someone who answers for a whole area or for points, and not for one group. */
  public ResponsiblePerson(
      String id,
      String name,
      String title,
      Level level,
      Part part,
      String phone,
      String backupPhone,
      List<String> points,
      String areaCode,
      String openid,
      String wecom,
      LocalDate updated) {
    this(
        id,
        name,
        title,
        level,
        part,
        phone,
        backupPhone,
        points,
        areaCode,
        openid,
        wecom,
        updated,
        "");
  }

  /** A is called first, B stands in. */
  public enum Part {
    A,
    B,
    LEADER
  }

  /** 县, 乡, 村, 组. */
  public enum Level {
    COUNTY,
    TOWN,
    VILLAGE,
    GROUP
  }
}

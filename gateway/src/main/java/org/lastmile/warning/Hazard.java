package org.lastmile.warning;

/**
 * What threatens: the national event code and its name. Codes this house does not know are kept and
 * shown, and target by area alone.
 *
 * @param code national event code, e.g. 11B03; empty when the source gave none
 * @param name in Chinese, e.g. 暴雨; the source's own word when the code is unknown
 */
public record Hazard(String code, String name, Family family) {

  /** Groups of hazards that rules and points speak of. */
  public enum Family {
    /** 暴雨, 强对流: rain that brings the others. */
    RAIN,
    /** 洪水, 山洪, 内涝. */
    FLOOD,
    /** 滑坡, 崩塌, 泥石流, 地质灾害气象风险. */
    GEOLOGICAL,
    WIND,
    HEAT,
    /** 低温雨雪冰冻, 寒潮, 道路结冰. */
    COLD,
    DROUGHT,
    FIRE,
    EARTHQUAKE,
    MARINE,
    AIR,
    OTHER
  }
}

package org.lastmile.warning;

/**
 * The four national grades, worst first. Never made from a bare number: systems disagree on which
 * end is red.
 */
public enum Grade {
  RED("红色", "Ⅰ级", "特别严重"),
  ORANGE("橙色", "Ⅱ级", "严重"),
  YELLOW("黄色", "Ⅲ级", "较重"),
  BLUE("蓝色", "Ⅳ级", "一般");

  private final String colour;
  private final String level;
  private final String severity;

  Grade(String colour, String level, String severity) {
    this.colour = colour;
    this.level = level;
    this.severity = severity;
  }

  /** 红色, 橙色, 黄色, 蓝色. */
  public String colour() {
    return colour;
  }

  /** Ⅰ级 to Ⅳ级. */
  public String level() {
    return level;
  }

  /** 特别严重, 严重, 较重, 一般. */
  public String severity() {
    return severity;
  }

  public boolean worseThan(Grade other) {
    return compareTo(other) < 0;
  }

  /** RED and ORANGE: somebody has to answer. */
  public boolean high() {
    return this == RED || this == ORANGE;
  }
}

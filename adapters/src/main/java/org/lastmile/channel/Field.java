package org.lastmile.channel;

/** Names of the fields that contents and messages carry beside their text. */
public final class Field {
  /** Colour word, e.g. 红色. */
  public static final String GRADE = "grade";

  /** Hazard word, e.g. 暴雨. */
  public static final String HAZARD = "hazard";

  /** Where: the point or points, by name. */
  public static final String PLACE = "place";

  /** What to do, one phrase. */
  public static final String ACTION = "action";

  /** When it was issued, local time, {@code 2026年11月22日 11:30}. */
  public static final String TIME = "time";

  /** Who issued it. */
  public static final String SENDER = "sender";

  /** Headline of the warning. */
  public static final String HEADLINE = "headline";

  /** Where a person answers and reads on: an absolute URL. */
  public static final String LINK = "link";

  /** The person's two-digit answer code, when a bare answer would be ambiguous. */
  public static final String CODE = "code";

  /** How many points each want an answer of their own; absent where one answer is for all. */
  public static final String EACH = "each";

  private Field() {}
}

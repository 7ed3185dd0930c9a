package org.lastmile.warning;

import java.time.Instant;
import java.util.List;

/**
 * How far a warning has come, point by point: derived from evidence, rebuildable at any time and
 * never stored.
 *
 * @param byArea villages in the order of the plan
 * @param points in the order of the plan
 */
public record Coverage(
    int total,
    int covered,
    int reached,
    int unreached,
    List<AreaCoverage> byArea,
    List<At> points) {

  public Coverage {
    byArea = List.copyOf(byArea);
    points = List.copyOf(points);
  }

  /** UNREACHED → REACHED → COVERED; a later failure or word may take it back. */
  public enum State {
    UNREACHED,
    REACHED,
    COVERED
  }

  /**
   * One point.
   *
   * @param since when it came into this state
   * @param why what is still missing, or what covered it
   * @param missing the clauses that nothing has met yet
   * @param reasons the same as {@code why}, reason by reason; empty when a human's word covers it
   * @param stage rung of the ladder it has come to
   * @param duty a duty task is open for it
   * @param told households with at least one message delivered; moved: people moved (已转)
   */
  public record At(
      String id,
      String name,
      String town,
      String village,
      String group,
      String areaCode,
      State state,
      Instant since,
      String why,
      List<Why> reasons,
      List<Proof> missing,
      int stage,
      boolean duty,
      int households,
      int told,
      int people,
      int moved,
      boolean implicit) {
    public At {
      reasons = List.copyOf(reasons);
      missing = List.copyOf(missing);
    }
  }

  /** What stands in the way of one recipient; {@code who}: their name. */
  public record Why(String who, Reason reason) {}

  /** One village's points, counted. */
  public record AreaCoverage(
      String areaCode,
      String town,
      String village,
      int total,
      int covered,
      int reached,
      int unreached) {}
}

package org.lastmile.warning;

import java.util.List;

/**
 * A device that speaks; it may cover several points.
 *
 * @param id its id on the wire; never contains {@code # + /}
 * @param position null when not known
 * @param points ids of the points it covers
 * @param playMode 播报方式 as the ledger words it
 * @param group the group it stands in; empty = heard in the whole village or not known
 * @param areaCode 12 digits: village names repeat from town to town; empty = not known
 */
public record Loudspeaker(
    String id,
    String name,
    String village,
    Position position,
    List<String> points,
    String model,
    String playMode,
    String group,
    String areaCode) {

  public Loudspeaker {
    points = List.copyOf(points);
  }

  /** One that is found by the points it covers alone. */
  public Loudspeaker(
      String id,
      String name,
      String village,
      Position position,
      List<String> points,
      String model,
      String playMode) {
    this(id, name, village, position, points, model, playMode, "", "");
  }
}

package org.lastmile.warning;

import java.util.List;

/**
 * A device that speaks; it may cover several points.
 *
 * @param id its id on the wire; never contains {@code # + /}
 * @param position null when not known
 * @param points ids of the points it covers
 * @param playMode 播报方式 as the ledger words it
 */
public record Loudspeaker(
    String id,
    String name,
    String village,
    Position position,
    List<String> points,
    String model,
    String playMode) {

  public Loudspeaker {
    points = List.copyOf(points);
  }
}

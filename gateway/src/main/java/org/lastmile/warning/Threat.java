package org.lastmile.warning;

import java.util.List;

/**
 * What the registry answers when it is shown a warning: every threatened point with its people and
 * its loudspeakers, by one version of the registry.
 *
 * @param notices what was doubtful about the targeting (a polygon closed for the sender, a point
 *     without a position taken by its area code…)
 */
public record Threat(int registryVersion, List<AtPoint> points, List<String> notices) {

  public Threat {
    points = List.copyOf(points);
    notices = List.copyOf(notices);
  }

  /**
   * One threatened point.
   *
   * @param responsible A before B
   * @param leaders nearest first: group, village, town, county
   */
  public record AtPoint(
      HazardPoint point,
      List<ResponsiblePerson> responsible,
      List<ResponsiblePerson> leaders,
      List<Resident> residents,
      List<Loudspeaker> loudspeakers) {
    public AtPoint {
      responsible = List.copyOf(responsible);
      leaders = List.copyOf(leaders);
      residents = List.copyOf(residents);
      loudspeakers = List.copyOf(loudspeakers);
    }
  }
}

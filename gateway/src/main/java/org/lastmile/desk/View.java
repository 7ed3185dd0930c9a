package org.lastmile.desk;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.lastmile.warning.Audience;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Event;
import org.lastmile.warning.Warning;
import org.lastmile.warning.WarningStatus;

/** What people and programs are shown of the desk: copies, made in one moment. */
public final class View {
  private View() {}

  /**
   * One warning at a glance.
   *
   * @param deliveries count by state
   * @param channels count by channel and state
   * @param inForceUntil null = until lifted
   */
  public record Summary(
      String id,
      Warning warning,
      WarningStatus status,
      String why,
      Instant accepted,
      Instant released,
      Instant inForceUntil,
      int points,
      int covered,
      int reached,
      Map<DeliveryState, Integer> deliveries,
      Map<String, Map<DeliveryState, Integer>> channels,
      int retries,
      int highestStage) {}

  /**
   * One row of the plan and what became of it.
   *
   * @param asleep waits for its rung of the ladder
   * @param due when it is tried next; null = not due
   */
  public record Row(
      int number,
      String channel,
      Audience audience,
      String recipient,
      String name,
      String address,
      int stage,
      DeliveryState state,
      boolean asleep,
      int attempts,
      Instant since,
      Instant due,
      List<String> points,
      String text,
      String why) {}

  /** One line of the timeline, the names filled in. */
  public record Line(
      Instant at,
      Event.Type type,
      int delivery,
      String channel,
      String recipient,
      String point,
      String detail) {}

  /**
   * Something changed: for live views.
   *
   * @param id grows; {@code epoch.number}
   * @param point id of a point whose coverage changed; empty = the warning as a whole
   */
  public record Change(String id, String warning, Instant at, Event.Type type, String point) {}
}

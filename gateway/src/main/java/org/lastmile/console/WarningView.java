package org.lastmile.console;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.lastmile.desk.View;
import org.lastmile.warning.Coverage;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Warning;
import org.lastmile.warning.WarningStatus;

/**
 * One warning as the HTTP interface shows it.
 *
 * @param why why it is held, refused or ended; empty when there is nothing to say
 * @param expires as the source said; inForceUntil: null = until lifted
 * @param reached points with somebody told that are not covered yet
 * @param deliveries how many the plan has; byState and byChannel: what became of them
 * @param area the sender's words for where it holds
 */
record WarningView(
    String id,
    WarningStatus status,
    String why,
    Grade grade,
    Warning.Type type,
    Warning.Nature nature,
    boolean drill,
    Hazard hazard,
    String sender,
    String identifier,
    Instant sent,
    String senderName,
    String headline,
    String description,
    String instruction,
    String area,
    List<String> areaCodes,
    Instant effective,
    Instant expires,
    Instant accepted,
    Instant released,
    Instant inForceUntil,
    int points,
    int covered,
    int reached,
    int unreached,
    int deliveries,
    Map<DeliveryState, Integer> byState,
    Map<String, Map<DeliveryState, Integer>> byChannel,
    int retries,
    int highestStage,
    List<Warning.Reference> references,
    List<String> notices,
    List<String> doubts) {

  static WarningView of(View.Summary summary) {
    return of(summary, summary.points(), summary.covered(), summary.reached());
  }

  /** With the counts of a part of its points. */
  static WarningView of(View.Summary summary, Coverage seen) {
    return of(summary, seen.total(), seen.covered(), seen.reached());
  }

  private static WarningView of(View.Summary s, int points, int covered, int reached) {
    Warning w = s.warning();
    return new WarningView(
        s.id(),
        s.status(),
        s.why(),
        w.grade(),
        w.type(),
        w.nature(),
        w.drill(),
        w.hazard(),
        w.identity().sender(),
        w.identity().identifier(),
        w.identity().sent(),
        w.senderName(),
        w.headline(),
        w.description(),
        w.instruction(),
        w.area() == null ? "" : w.area().description(),
        w.area() == null ? List.of() : w.area().codes(),
        w.effective(),
        w.expires(),
        s.accepted(),
        s.released(),
        s.inForceUntil(),
        points,
        covered,
        reached,
        points - covered - reached,
        s.deliveries().values().stream().mapToInt(Integer::intValue).sum(),
        s.deliveries(),
        s.channels(),
        s.retries(),
        s.highestStage(),
        w.references(),
        w.notices(),
        w.doubts());
  }
}

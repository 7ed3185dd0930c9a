package org.lastmile.desk;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.lastmile.channel.Signal;
import org.lastmile.warning.Audience;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Event;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Progress;
import org.lastmile.warning.Proof;
import org.lastmile.warning.Rung;
import org.lastmile.warning.WarningStatus;

/**
 * What silence means: which points go up the ladder now, which become a person's duty, and when a
 * warning ends. Silence is a fact like any other, so it is decided from the progress and the time
 * alone.
 */
final class Escalation {
  private final Policy.Waits waits;
  private final Function<String, Signal.State> presence;
  private final Instant listeningSince;
  private final Instant now;
  private final List<Event> events = new ArrayList<>();
  private final BitSet duties = new BitSet();

  private Escalation(
      Policy.Waits waits,
      Function<String, Signal.State> presence,
      Instant listeningSince,
      Instant now) {
    this.waits = waits;
    this.presence = presence;
    this.listeningSince = listeningSince;
    this.now = now;
  }

  /**
   * What has become due for this warning.
   *
   * @param spots points to look at
   * @param presence of a loudspeaker, as far as it is known; null = not
   * @param listeningSince from when answers could be heard: before that there was no silence
   */
  static List<Event> due(
      Progress progress,
      List<Progress.Spot> spots,
      Policy.Waits waits,
      Function<String, Signal.State> presence,
      Instant listeningSince,
      Instant now) {
    Escalation escalation = new Escalation(waits, presence, listeningSince, now);
    if (progress.status() == WarningStatus.RELEASED) {
      escalation.released(progress, spots);
    }
    return escalation.events;
  }

  /** Rows of which nothing was heard in time, and that are not tried again. */
  static List<Event> unresolved(Progress progress, List<Progress.Row> rows, Instant now) {
    List<Event> events = new ArrayList<>();
    if (progress.unsettled() == 0) {
      return events; // of a day's warnings that are over, thousands of rows
    }
    for (Progress.Row row : rows) {
      if (Dispatch.unresolved(progress, row, now)) {
        events.add(
            Event.ofDelivery(
                now,
                Event.Type.UNRESOLVED,
                row.delivery().number(),
                row.attempts(),
                null,
                row.why().isBlank() ? "nothing was heard of it" : row.why()));
      }
    }
    return events;
  }

  private void released(Progress progress, List<Progress.Spot> spots) {
    Plan plan = progress.plan();
    if (plan.inForceUntil() != null && !now.isBefore(plan.inForceUntil())) {
      end(progress);
      return;
    }
    boolean playByPassed = !now.isBefore(plan.playBy());
    if (playByPassed && queued(progress)) {
      events.add(Event.of(now, Event.Type.EXPIRED, "play-by time passed"));
    }
    boolean done = plan.points().isEmpty() && progress.unsettled() == 0;
    if (progress.uncovered() == 0 && (playByPassed || done)) {
      end(progress);
      return;
    }
    for (Progress.Spot spot : spots) {
      if (!spot.covered()) {
        climb(progress, spot);
      }
    }
  }

  private static boolean queued(Progress progress) {
    return progress.unsettled() > 0
        && progress.rows().stream().anyMatch(r -> r.state() == DeliveryState.QUEUED && !r.flying());
  }

  private void end(Progress progress) {
    List<String> open =
        progress.spots().stream()
            .filter(s -> !s.covered())
            .map(s -> progress.plan().points().get(s.place()).name())
            .toList();
    events.add(
        Event.of(
            now,
            Event.Type.ENDED,
            open.isEmpty() ? "" : "UNCOVERED " + open.size() + ": " + String.join("、", open)));
  }

  private void climb(Progress progress, Progress.Spot spot) {
    List<Rung> ladder = progress.plan().ladder();
    if (!spot.duty()) {
      Instant deadline = progress.released().plus(progress.plan().deadline());
      String gap = gap(progress, spot);
      if (!now.isBefore(deadline)) {
        duty(spot, "deadline passed");
        // Later rungs still go out: the deadline adds a person, it takes nobody away.
      } else if (!gap.isEmpty()) {
        duty(spot, gap);
      }
    }
    int next = spot.stage() + 1;
    if (next >= ladder.size()) {
      return;
    }
    List<Progress.Row> useful = useful(progress, spot);
    if (!now.isBefore(from(spot, useful).plus(after(useful, ladder.get(next))))) {
      events.add(Event.ofPoint(now, Event.Type.STAGE, spot.place(), next, ""));
      if (ladder.get(next).duty() && !spot.duty()) {
        duty(spot, "ladder ended");
      }
    }
  }

  private void duty(Progress.Spot spot, String why) {
    if (!duties.get(spot.place())) {
      duties.set(spot.place());
      events.add(Event.ofPoint(now, Event.Type.DUTY_OPENED, spot.place(), 0, why));
    }
  }

  // What follows runs for every open point at every tick: plain loops, no streams.

  /** Nobody left to wait for: the next rung at once. */
  private static Duration after(List<Progress.Row> useful, Rung rung) {
    for (Progress.Row row : useful) {
      boolean mayAnswer =
          row.state() == DeliveryState.SENT
              || row.state() == DeliveryState.DELIVERED
              || row.state() == DeliveryState.QUEUED;
      if (mayAnswer && !row.declined()) {
        return rung.after();
      }
    }
    return Duration.ZERO;
  }

  /**
   * From when the next rung counts: the last handoff of what could still cover the point. A row
   * that was tried and did not get out counts from its first try; one that never got a turn holds
   * the ladder for the spill time only. While the gateway was down nobody could be heard: that time
   * does not count.
   */
  private Instant from(Progress.Spot spot, List<Progress.Row> useful) {
    Instant from = spot.stageAt().isAfter(listeningSince) ? spot.stageAt() : listeningSince;
    for (Progress.Row row : useful) {
      Instant at = row.handoff() != null ? row.handoff() : row.firstTried();
      if (at == null && !row.state().settled()) {
        at = spot.stageAt().plus(waits.spill());
      }
      if (at != null && at.isAfter(from)) {
        from = at;
      }
    }
    return from;
  }

  /** Awake rows that could still bring what the point lacks. */
  private static List<Progress.Row> useful(Progress progress, Progress.Spot spot) {
    List<Progress.Row> useful = new ArrayList<>();
    for (Progress.Row row : spot.acting()) {
      if (row.delivery().stage() <= spot.stage()
          && !row.delivery().details()
          && progress.serves(row, spot)) {
        useful.add(row);
      }
    }
    return useful;
  }

  /** A clause that nothing at the point can meet now; empty = none. */
  private String gap(Progress progress, Progress.Spot spot) {
    Plan.Point point = progress.plan().points().get(spot.place());
    if (spot.acting().isEmpty()) {
      return "no channel reaches anyone of this point";
    }
    boolean loudspeaker = false;
    boolean responsible = false;
    for (Progress.Row row : spot.acting()) {
      loudspeaker |= row.delivery().audience() == Audience.LOUDSPEAKER;
      responsible |= point.responsible().contains(row.delivery().recipient());
    }
    if (spot.missing().contains(Proof.PLAYED) && !replaceable(point)) {
      if (point.loudspeakers().isEmpty() || !loudspeaker) {
        return "no loudspeaker: gong or knock";
      }
      String broken = broken(point.loudspeakers());
      if (!broken.isEmpty()) {
        return broken;
      }
    }
    return spot.missing().contains(Proof.ANSWERED) && !responsible
        ? "no responsible person can be reached"
        : "";
  }

  /** Why none of them would be heard; empty while one may be. */
  private String broken(List<String> loudspeakers) {
    boolean faulty = false;
    for (String loudspeaker : loudspeakers) {
      Signal.State state = presence.apply(loudspeaker);
      if (state != Signal.State.OFFLINE && state != Signal.State.FAULTY) {
        return "";
      }
      faulty |= state == Signal.State.FAULTY;
    }
    return faulty ? "loudspeaker faulty: gong or knock" : "loudspeaker offline: gong or knock";
  }

  /** Something else may stand for the loudspeaker. */
  private static boolean replaceable(Plan.Point point) {
    for (Set<Proof> clause : point.clauses()) {
      if (clause.contains(Proof.PLAYED) && clause.size() > 1) {
        return true;
      }
    }
    return false;
  }
}

package org.lastmile.desk;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.SplittableRandom;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.warning.Audience;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Event;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Progress;

/** Turns what a channel says of a try into the event that it means. */
final class Evidence {

  /** References longer than this are not worth their place in the record. */
  private static final int LONGEST_REFERENCES = 40;

  /** What a loudspeaker's receipt says of a command that it did not obey. */
  private static final Set<String> REFUSALS = Set.of("refused", "expired");

  /** What a device refuses under one delivery's name, in as many ways as it likes. */
  private static final int MOST_REFUSALS = 16;

  private Evidence() {}

  static Event of(
      Progress.Row row,
      int attempt,
      Outcome outcome,
      Policy.Waits waits,
      SplittableRandom jitter,
      Instant now) {
    int number = row.delivery().number();
    boolean loudspeaker = row.delivery().audience() == Audience.LOUDSPEAKER;
    Event.Type type;
    Instant due = null;
    String detail;
    if (outcome instanceof Outcome.Accepted accepted) {
      type = Event.Type.SENT;
      due = loudspeaker ? now.plus(waits.receipt()) : null;
      String references = String.join(",", accepted.references());
      detail =
          Progress.handoff(
              references.length() <= LONGEST_REFERENCES ? references : "", accepted.from());
    } else if (outcome instanceof Outcome.Retry retry) {
      type = Event.Type.RETRY;
      Duration backoff = backoff(waits, attempt, jitter);
      due = now.plus(backoff.compareTo(retry.after()) > 0 ? backoff : retry.after());
      detail = retry.why();
    } else if (outcome instanceof Outcome.Permanent permanent) {
      type = Event.Type.FAILED;
      detail = permanent.why();
    } else if (outcome instanceof Outcome.Unknown unknown) {
      type = Event.Type.UNKNOWN;
      due = now.plus(evidence(row, waits));
      detail = unknown.why();
    } else if (outcome instanceof Outcome.Pending pending) {
      type = Event.Type.PENDING;
      detail = pending.why();
    } else if (outcome instanceof Outcome.LaneDown down) {
      type = Event.Type.LANE_DOWN;
      due = now.plus(backoff(waits, 1, jitter));
      detail = down.why();
    } else {
      throw new IllegalStateException("an outcome that nobody told the desk of: " + outcome);
    }
    return Event.ofDelivery(now, type, number, attempt, due, detail);
  }

  /** The gateway stopped during the row's last try: it may have left. */
  static Event interrupted(Progress.Row row, Policy.Waits waits, Instant now) {
    return Event.ofDelivery(
        now,
        Event.Type.INTERRUPTED,
        row.delivery().number(),
        row.attempts(),
        now.plus(evidence(row, waits)),
        "the gateway stopped during this try");
  }

  /** How long evidence of a try may take whose outcome is not known. */
  private static Duration evidence(Progress.Row row, Policy.Waits waits) {
    boolean loudspeaker = row.delivery().audience() == Audience.LOUDSPEAKER;
    return loudspeaker ? waits.receipt() : waits.unknown();
  }

  /** Null when the confirmation says nothing new. */
  static Event of(
      Progress.Row row, int attempt, Signal.Confirmation c, Policy.Waits waits, Instant now) {
    Event.Type type =
        switch (c.evidence()) {
          case RECEIVED -> Event.Type.RECEIVED;
          case PLAYING -> Event.Type.PLAYING;
          case DELIVERED -> Event.Type.DELIVERED;
          case PLAYED -> Event.Type.CONFIRMED;
          // Who answers for many points answers for each: one button says that it was read.
          case ACKNOWLEDGED ->
              row.delivery().codes().size() > 1 ? Event.Type.DELIVERED : Event.Type.CONFIRMED;
          case PLAYED_UNHEARD -> Event.Type.UNHEARD;
          case DECLINED -> Event.Type.DECLINED;
          case FAILED -> Event.Type.FAILED;
          case EXPIRED -> Event.Type.EXPIRED;
          case STOPPED -> Event.Type.STOPPED;
          case REFUSED -> Event.Type.REFUSED;
        };
    if (type == Event.Type.REFUSED) {
      return refusal(row, attempt, c, now);
    }
    DeliveryState to =
        switch (type) {
          case RECEIVED, PLAYING -> DeliveryState.SENT;
          case DELIVERED -> DeliveryState.DELIVERED;
          case CONFIRMED -> DeliveryState.CONFIRMED;
          case EXPIRED -> DeliveryState.EXPIRED;
          default -> DeliveryState.FAILED;
        };
    boolean loudspeaker = row.delivery().audience() == Audience.LOUDSPEAKER;
    boolean tries = type == Event.Type.RECEIVED && !loudspeaker && !row.trying();
    boolean news =
        type == Event.Type.DECLINED
            || row.state().yieldsTo(to)
            || ((type == Event.Type.PLAYING || tries) && !row.state().settled());
    if (!news) {
      boolean refused = REFUSALS.contains(c.facts().getOrDefault("outcome", ""));
      return refused ? refusal(row, attempt, c, now) : null;
    }
    // While it is playing it need not be asked again: a play may last minutes.
    Instant due =
        loudspeaker && (type == Event.Type.PLAYING || type == Event.Type.RECEIVED)
            ? now.plus(waits.receipt().multipliedBy(2))
            : null;
    return Event.ofDelivery(now, type, row.delivery().number(), attempt, due, c.why());
  }

  /** For the timeline, once for each reason: a flood of them must not become the record. */
  private static Event refusal(Progress.Row row, int attempt, Signal.Confirmation c, Instant now) {
    String why = c.why().isEmpty() ? c.facts().getOrDefault("outcome", "refused") : c.why();
    if (row.refusals().size() >= MOST_REFUSALS || row.refusals().contains(Progress.code(why))) {
      return null;
    }
    return Event.ofDelivery(now, Event.Type.REFUSED, row.delivery().number(), attempt, null, why);
  }

  /** Doubles with every try, up to the longest; a random half of it, so that tries spread. */
  private static Duration backoff(Policy.Waits waits, int attempt, SplittableRandom jitter) {
    long first = waits.retry().toMillis();
    long most = waits.retryMost().toMillis();
    long whole = Math.min(most, first << Math.min(attempt - 1, 16));
    return Duration.ofMillis(whole / 2 + jitter.nextLong(Math.max(1, whole / 2 + 1)));
  }
}

package org.lastmile.channel.wechat;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.lastmile.channel.Outcome;

/**
 * Whether messages may be written now. What a failing server is given may get through or not, and
 * nobody learns which: before a message is risked again, a question that does no harm is.
 */
final class Gate {
  private final Lane lane;
  private final AccessToken tokens;
  private final ReentrantLock asking = new ReentrantLock();

  Gate(Lane lane, AccessToken tokens) {
    this.lane = lane;
    this.tokens = tokens;
  }

  /** The outcome of every send now, or empty if it may go out; blocks while it asks. */
  Optional<Outcome> shut() {
    Optional<Outcome> shut = lane.shut();
    if (shut.isPresent() || !lane.failing()) {
      return shut;
    }
    if (!asking.tryLock()) {
      return Optional.of(
          new Outcome.LaneDown("servers failed; whether they answer again is being asked"));
    }
    try {
      Optional<String> why = tokens.unanswered();
      if (why.isPresent()) {
        return Optional.of(lane.failing(why.get()));
      }
      lane.answers();
      return Optional.empty();
    } finally {
      asking.unlock();
    }
  }
}

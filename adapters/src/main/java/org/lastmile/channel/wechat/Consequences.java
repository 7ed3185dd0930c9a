package org.lastmile.channel.wechat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.lastmile.channel.Outcome;

/** What follows when a message was not taken: its outcome, and what it means for the lane. */
final class Consequences {
  private static final Duration BUSY_RETRY = Duration.ofSeconds(10);
  private static final Duration NARROW_RETRY = Duration.ofSeconds(2);
  private static final Duration FREQUENCY_PAUSE = Duration.ofSeconds(60);

  private final Lane lane;
  private final RandomGenerator random;

  Consequences(Lane lane, RandomGenerator random) {
    this.lane = lane;
    this.random = random;
  }

  /**
   * @param said the platform's own words for the operator (which field, which IP address), without
   *     anybody's address; empty = none
   */
  Outcome of(int number, Code code, String said) {
    String why = number + ": " + code.meaning();
    String shown = said.isEmpty() ? why : why + " (" + said + ")";
    return switch (code.act()) {
      case ACCEPT, ACCEPT_AS_SENT ->
          throw new IllegalArgumentException("a message that was taken has no refusal: " + code);
      case HOLD -> {
        lane.answered();
        yield new Outcome.Pending(why);
      }
      case REPEAT -> {
        lane.unclear(why);
        yield new Outcome.Retry(Calls.jittered(BUSY_RETRY, random), why);
      }
      case GIVE_UP, GIVE_UP_ADDRESS -> {
        lane.answered();
        yield new Outcome.Permanent(why);
      }
      case GIVE_UP_AND_SHOW -> {
        lane.answered();
        lane.misfit(shown);
        yield new Outcome.Permanent(shown);
      }
      case STOP_TEMPLATE -> {
        lane.stopTemplate(why);
        yield new Outcome.LaneDown(why);
      }
      case WAIT_MINUTE -> lane.untilNextMinute(why);
      case WAIT_60_SECONDS -> lane.slowDown(FREQUENCY_PAUSE, why);
      case NARROW -> {
        lane.unclear(why);
        yield new Outcome.Retry(Calls.jittered(NARROW_RETRY, random), why);
      }
      case WAIT_MIDNIGHT -> lane.untilMidnight(why);
      case RENEW_TOKEN -> {
        String again = why + ", though it was fetched a moment ago";
        lane.down(again);
        yield new Outcome.LaneDown(again);
      }
      case FIX_ACCOUNT -> lane.untilFixed(shown);
    };
  }

  /** When the platform itself did not answer. */
  Outcome of(Wire.Answer answer) {
    if (answer instanceof Wire.Answer.SlowDown slow) {
      return lane.slowDown(slow.after(), slow.why());
    }
    if (answer instanceof Wire.Answer.NotTaken not) {
      lane.down(not.why());
      return new Outcome.LaneDown(not.why());
    }
    if (answer instanceof Wire.Answer.Failed failed) {
      lane.failing(failed.why());
      return new Outcome.Unknown(failed.why());
    }
    if (answer instanceof Wire.Answer.Unclear unclear) {
      lane.unclear(unclear.why());
      return new Outcome.Unknown(unclear.why());
    }
    throw new IllegalArgumentException("the platform answered: its code decides");
  }

  Outcome of(AccessToken.NoToken e) {
    return switch (e.code().act()) {
      case FIX_ACCOUNT -> lane.untilFixed(e.getMessage());
      case WAIT_MINUTE -> lane.untilNextMinute(e.getMessage());
      case WAIT_60_SECONDS -> lane.slowDown(FREQUENCY_PAUSE, e.getMessage());
      case WAIT_MIDNIGHT -> lane.untilMidnight(e.getMessage());
      default -> {
        lane.down(e.getMessage());
        yield e.outcome();
      }
    };
  }

  /** On one line and short, for a reason that people read. */
  static String said(String words) {
    String line = words.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.substring(0, Math.min(120, line.length()));
  }
}

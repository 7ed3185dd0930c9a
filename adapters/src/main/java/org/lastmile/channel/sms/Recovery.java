package org.lastmile.channel.sms;

import java.time.Duration;
import org.lastmile.channel.sms.at.Trouble;
import org.lastmile.channel.sms.at.Trouble.Remedy;

/**
 * What is done next to get one modem back. The gentle steps happen by themselves: its attention is
 * sought at every question, and its port is opened again whenever it was lost. This decides about
 * the two that disturb: telling the modem to restart, and switching its power. Both are spaced out,
 * because switching wears a modem and rarely helps at once. For the session's thread.
 */
final class Recovery {
  /** What to do now. */
  enum Step {
    NOTHING,
    RESTART,
    SWITCH_POWER
  }

  private static final Duration FIRST_PAUSE = Duration.ofMinutes(10);

  /** One maker allows 30 restarts a day. */
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private static final int PATIENCE = 5;

  private final long after;
  private final boolean power;
  private final long every;

  private boolean wrong;
  private long since;
  private int restarts;
  private long restarted;
  private Duration pause = Duration.ZERO;
  private boolean switched;
  private long switchedAt;

  /**
   * @param after how long a trouble lasts before anything is done
   * @param power whether its power can be switched
   * @param every shortest time between two switchings
   */
  Recovery(Duration after, boolean power, Duration every) {
    this.after = after.toNanos();
    this.power = power;
    this.every = every.toNanos();
  }

  /** It works. */
  void well() {
    wrong = false;
    restarts = 0;
  }

  /**
   * It does not.
   *
   * @param hears whether it would hear a command now
   * @param now monotonic, in nanoseconds
   */
  Step next(Trouble trouble, boolean hears, long now) {
    Remedy remedy = trouble.remedy();
    if (remedy == Remedy.NOTHING) {
      wrong = false;
      return Step.NOTHING;
    }
    if (!wrong) {
      wrong = true;
      since = now;
    }
    long lasts = now - since;
    long wait = remedy == Remedy.RESTART_LATE ? PATIENCE * after : after;
    if (hears
        && remedy != Remedy.POWER
        && (lasts >= wait || trouble == Trouble.CONFUSED) // that one has lasted already
        && (pause.isZero() || now - restarted >= pause.toNanos())) {
      restarted = now;
      pause = pause.isZero() ? FIRST_PAUSE : shorter(pause.multipliedBy(2));
      restarts++;
      return Step.RESTART;
    }
    boolean tried = remedy == Remedy.POWER || (restarts > 0 && now - restarted >= wait);
    if (power && tried && lasts >= after && (!switched || now - switchedAt >= every)) {
      switched = true;
      switchedAt = now;
      return Step.SWITCH_POWER;
    }
    return Step.NOTHING;
  }

  private static Duration shorter(Duration wanted) {
    return wanted.compareTo(LONGEST_PAUSE) < 0 ? wanted : LONGEST_PAUSE;
  }
}

package org.lastmile.channel.sms;

import java.time.Duration;

/** A modem that can't be used as it is; says, for people, why and what to do. */
final class SetupFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final Duration pause;

  /**
   * @param pause before it is worth another look
   */
  SetupFailure(String why, Duration pause) {
    super(why);
    this.pause = pause;
  }

  Duration pause() {
    return pause;
  }
}

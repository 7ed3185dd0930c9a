package org.lastmile.channel.sms;

import java.time.Duration;

/** A modem that can't be used as it is; says, for people, why and what to do. */
final class SetupFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final Duration pause;
  private final boolean aside;

  /**
   * @param pause before it is worth another look
   */
  SetupFailure(String why, Duration pause) {
    this(why, pause, false);
  }

  private SetupFailure(String why, Duration pause, boolean aside) {
    super(why);
    this.pause = pause;
    this.aside = aside;
  }

  /** Nothing is wrong: the same modem is in use by another of its ports. */
  static SetupFailure aside(String why, Duration pause) {
    return new SetupFailure(why, pause, true);
  }

  boolean aside() {
    return aside;
  }

  Duration pause() {
    return pause;
  }
}

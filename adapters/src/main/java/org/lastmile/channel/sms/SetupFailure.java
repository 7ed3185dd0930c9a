package org.lastmile.channel.sms;

import java.time.Duration;
import org.lastmile.channel.sms.at.Finding;
import org.lastmile.channel.sms.at.Trouble;

/** A modem that can't be used as it is; says, for people, why and what to do. */
final class SetupFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Finding finding;
  private final Duration pause;

  /**
   * @param pause before it is worth another look
   */
  SetupFailure(Finding finding, Duration pause) {
    super(finding.words());
    this.finding = finding;
    this.pause = pause;
  }

  /** Nothing is wrong: the same modem is in use by another of its ports. */
  boolean aside() {
    return finding.trouble() == Trouble.SAME_MODEM;
  }

  Finding finding() {
    return finding;
  }

  Duration pause() {
    return pause;
  }
}

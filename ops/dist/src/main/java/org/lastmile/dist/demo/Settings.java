package org.lastmile.dist.demo;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a demo is made of.
 *
 * @param port of console and API, 0 = any free one
 * @param exitWhenCovered ends when every point is covered, or at the limit
 * @param limit after release: beyond it a demo that was to end has failed; null = by the township's
 *     size
 * @param report file for the JSON summary; null = none
 */
public record Settings(
    int points,
    int speakers,
    int modems,
    long seed,
    int port,
    boolean exitWhenCovered,
    Duration limit,
    Path report) {

  /** A point has about four people who must answer; a message has two or three parts. */
  private static final double SECONDS_OF_SMS_A_POINT = 4 * 2.5 * 0.4;

  private static final int QUICKEST = 75;
  private static final int SLACK = 45;

  public Settings {
    limit = limit == null ? deadline(points, modems).plusSeconds(QUICKEST) : limit;
  }

  /**
   * How long its modems may take until everybody has been written to who must answer: a larger
   * township with as many modems needs more time, and duty tasks before it would only show that.
   */
  Duration deadline() {
    return deadline(points, modems);
  }

  private static Duration deadline(int points, int modems) {
    return Duration.ofSeconds(
        Math.max(QUICKEST, SLACK + Math.round(points * SECONDS_OF_SMS_A_POINT / modems)));
  }

  /** How long the ladder waits for a message that has not had its turn on a modem. */
  Duration spill() {
    return Duration.ofSeconds(deadline().toSeconds() * 2 / 5);
  }
}

package org.lastmile.channel.loudspeaker;

import java.time.Instant;

/**
 * What is remembered of a device beyond a restart. Times are Unix seconds.
 *
 * @param seen last sign of life, 0 = never
 * @param condition when it was written down
 * @param since when that began
 * @param failed plays that failed in a row, and the last one's reason
 * @param test its last self-test; null = none
 */
record Kept(long seen, Condition condition, long since, int failed, String reason, Tested test) {

  static Instant instant(long seconds) {
    return seconds == 0 ? null : Instant.ofEpochSecond(seconds);
  }
}

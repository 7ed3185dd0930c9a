package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;

/**
 * When all loudspeakers are tested, and how.
 *
 * @param at begin, every day
 * @param spread over how long, so that they don't all sound and answer at once
 * @param volume of the tone, per cent; 0 = no sound, each only reports itself
 */
public record SelfTestPlan(LocalTime at, ZoneId zone, Duration spread, int volume) {
  public SelfTestPlan {
    if (volume < 0 || volume > 100) {
      throw new IllegalArgumentException("volume: " + volume + " is not 0 to 100 per cent");
    }
    if (spread.isNegative() || spread.compareTo(Duration.ofHours(12)) > 0) {
      throw new IllegalArgumentException("spread: " + spread + " is not 0 to 12 h");
    }
  }
}

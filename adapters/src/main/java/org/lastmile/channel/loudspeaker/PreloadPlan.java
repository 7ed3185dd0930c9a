package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;

/**
 * When clips are brought to loudspeakers ahead of any storm.
 *
 * @param at begin, every day
 * @param spread over how long the devices have their turns
 */
public record PreloadPlan(LocalTime at, ZoneId zone, Duration spread) {
  public PreloadPlan {
    if (spread.isNegative() || spread.compareTo(Duration.ofHours(12)) > 0) {
      throw new IllegalArgumentException("spread: " + spread + " is not 0 to 12 h");
    }
  }
}

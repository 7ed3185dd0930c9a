package org.lastmile.channel.loudspeaker;

import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How one day's self-test went.
 *
 * @param ended null = it is under way
 * @param lines one a device that has its result, those that somebody has to look at first
 */
public record SelfTestReport(LocalDate day, Instant began, Instant ended, List<Line> lines) {

  /** One device's result. */
  public record Line(String device, Tested test) {}

  /** How many devices ended how. */
  public Map<Tested.Result, Integer> counts() {
    Map<Tested.Result, Integer> counts = new EnumMap<>(Tested.Result.class);
    lines.forEach(l -> counts.merge(l.test().result(), 1, Integer::sum));
    return counts;
  }
}

package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.lastmile.channel.Health;

/**
 * Says in time that a certificate ends: on its last day every loudspeaker of a county falls silent.
 */
final class Expiry {
  private static final Duration SOON = Duration.ofDays(30);

  private Expiry() {}

  static Health.Part part(String whose, Instant end, Instant now) {
    Map<String, String> facts = Map.of("valid until", end.toString());
    if (now.isAfter(end)) {
      return new Health.Part(
          "certificate",
          Health.State.DOWN,
          whose + " certificate expired on " + end + ": who connects from now on refuses it",
          facts);
    }
    if (now.plus(SOON).isAfter(end)) {
      return new Health.Part(
          "certificate",
          Health.State.DEGRADED,
          "%s certificate expires in %d days, on %s: renew it"
              .formatted(whose, Duration.between(now, end).toDays(), end),
          facts);
    }
    return new Health.Part("certificate", Health.State.UP, "", facts);
  }
}

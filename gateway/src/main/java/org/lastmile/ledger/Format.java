package org.lastmile.ledger;

import java.util.List;
import redis.clients.jedis.UnifiedJedis;

/**
 * The version of what is stored and how older ones are brought up to it. The store says its version
 * before the first step is taken, so that an older program stays away from a half-migrated store; a
 * step may be taken again after a crash and must then do no harm.
 *
 * @param steps the first leads from version 1 to 2
 */
record Format(List<Step> steps) {

  /** What this program writes. */
  static final Format NOW = new Format(List.of());

  /** Brings everything under a key prefix from one version to the next. */
  interface Step {
    void migrate(UnifiedJedis redis, String prefix);
  }

  Format {
    steps = List.copyOf(steps);
  }

  int version() {
    return steps.size() + 1;
  }

  void migrate(int from, UnifiedJedis redis, String prefix) {
    steps.subList(from - 1, steps.size()).forEach(step -> step.migrate(redis, prefix));
  }
}

package org.lastmile.warning;

import java.time.Duration;
import java.util.Set;

/**
 * One step of the ladder.
 *
 * @param after how long after the handoff of the step before it, while the point is not covered
 * @param audiences who is told at this step
 * @param duty a duty task is opened: a person must call or knock and write down the outcome
 */
public record Rung(Duration after, Set<Audience> audiences, boolean duty) {

  public Rung {
    audiences = Set.copyOf(audiences);
  }
}

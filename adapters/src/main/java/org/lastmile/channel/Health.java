package org.lastmile.channel;

import java.util.List;
import java.util.Map;

/**
 * What works now.
 *
 * @param state the channel as a whole: UP when every part is, DOWN when none can carry anything
 * @param why for people: what is wrong, where, and what to do; empty when UP
 * @param parts modems, links, accounts
 */
public record Health(State state, String why, List<Part> parts) {

  public Health {
    parts = List.copyOf(parts);
  }

  /** One modem, link or account. Facts are named values for the operator: signal, operator, … */
  public record Part(String name, State state, String why, Map<String, String> facts) {
    public Part {
      facts = Map.copyOf(facts);
    }
  }

  /** In order of badness. */
  public enum State {
    UP,
    DEGRADED,
    DOWN
  }

  /** The whole from its parts: UP if all are, DOWN if all are or there are none, else DEGRADED. */
  public static Health of(List<Part> parts) {
    boolean anyUp = parts.stream().anyMatch(p -> p.state() != State.DOWN);
    boolean allUp = parts.stream().allMatch(p -> p.state() == State.UP);
    State state = !anyUp ? State.DOWN : allUp ? State.UP : State.DEGRADED;
    String why =
        parts.stream()
            .filter(p -> p.state() != State.UP)
            .map(p -> p.why().contains(p.name()) ? p.why() : p.name() + ": " + p.why())
            .reduce((a, b) -> a + "; " + b)
            .orElse(parts.isEmpty() ? "nothing is connected" : "");
    return new Health(state, why, parts);
  }
}

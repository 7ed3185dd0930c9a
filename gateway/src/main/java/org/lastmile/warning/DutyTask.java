package org.lastmile.warning;

import java.time.Instant;
import java.util.List;

/**
 * The ladder's last rung: a person must call or knock, and write down the outcome. Tasks of one
 * village are one task, so that an operator is not given 300.
 *
 * @param id warning id, a dot and the village's code or name
 * @param kind what is to be done
 * @param takenBy who has said that they see to it; empty = nobody yet
 */
public record DutyTask(
    String id,
    String warning,
    Grade grade,
    String headline,
    boolean drill,
    Kind kind,
    String town,
    String village,
    List<Item> items,
    List<Call> calls,
    Instant since,
    String takenBy) {

  public DutyTask {
    items = List.copyOf(items);
    calls = List.copyOf(calls);
  }

  /** What is to be done. */
  public enum Kind {
    /** Call the people, or go and knock. */
    CALL_OR_KNOCK,
    /** Nothing of the village answers, no device and no phone: 断电断路断网. Send somebody. */
    CUT_OFF
  }

  /** One point of the task and what it lacks. */
  public record Item(String point, String name, List<Proof> missing, String why, Reason reason) {
    public Item {
      missing = List.copyOf(missing);
    }
  }

  /** Who can be called. */
  public record Call(String name, String phone, Audience audience) {}
}

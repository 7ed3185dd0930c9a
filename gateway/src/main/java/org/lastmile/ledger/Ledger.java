package org.lastmile.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lastmile.channel.Memory;
import org.lastmile.warning.Event;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Warning;

/**
 * The only truth of one jurisdiction. A method that returns normally has been kept durably (Redis:
 * after fsync). Writes carry a {@link Lease}; one whose epoch is no longer the newest is refused,
 * so that two desks never decide at once.
 *
 * <p>Every method may throw {@link Memory.Away} (nothing was kept, or it is not known: repeating
 * the same call is always safe) and {@link Fenced}.
 */
public interface Ledger extends AutoCloseable {

  /**
   * Claims the desk, or renews the claim. Time is an argument, never the store's own clock.
   *
   * @return the lease, with a new epoch if the owner changed or the old term had passed; empty
   *     while somebody else's term lasts
   */
  Optional<Lease> claim(String owner, Instant now, Duration term);

  /** Gives the desk back, so that a standby need not wait for the term. */
  void giveBack(Lease lease);

  /**
   * Keeps a warning with its first events, and its plan once it has one: written in chunks, made
   * visible by one commit record. Repeating it, or opening a warning again with the same plan,
   * changes nothing; opening it again with a plan when it had none adds the plan and the events.
   *
   * @param plan names the id that the warning is kept under; {@link Plan#empty} or null = none yet
   *     (null keeps it under the warning's own id)
   * @throws IllegalStateException when it has another plan already, which stays
   */
  void open(Lease lease, Warning warning, Plan plan, List<Event> events);

  /**
   * Adds events to warnings that are open, all or none.
   *
   * @param batch grows by one with every call under one lease; a batch that is already kept is not
   *     added again
   */
  void append(Lease lease, long batch, Map<String, List<Event>> events);

  /** Moves a warning from the open ones to the closed ones; its record stays readable. */
  void close(Lease lease, String warning);

  /** Ids of open warnings, oldest first. */
  List<String> open();

  /** Ids of closed warnings, newest first. */
  List<String> closed(int most);

  /** Everything about one warning; empty when it was never committed. */
  Optional<Entry> read(String warning);

  /** A durable memory of one room; rooms don't see each other's keys. */
  Memory memory(String room);

  /** Throws {@link Memory.Away} when the store can't be written to now. */
  void ping();

  @Override
  void close();

  /** The right to decide: holder and epoch. */
  record Lease(String owner, long epoch) {}

  /** One warning whole. */
  record Entry(Warning warning, Plan plan, List<Event> events) {}

  /** The lease is no longer the newest: stop deciding at once. */
  final class Fenced extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Fenced(String message) {
      super(message);
    }
  }

  /** What is stored was written by a newer program than this one. */
  final class Newer extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Newer(String message) {
      super(message);
    }
  }
}

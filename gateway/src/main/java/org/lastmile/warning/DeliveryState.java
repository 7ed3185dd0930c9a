package org.lastmile.warning;

/**
 * How far one delivery has come. It moves only to a higher rank, whatever order evidence arrives
 * in: a late "delivered" outranks an earlier "failed", a late "failed" changes nothing that was
 * already delivered.
 */
public enum DeliveryState {
  /** Not yet taken by a carrier; tries may be under way. */
  QUEUED(0),
  /** A carrier has it, or may have it. Nobody is known to be told. */
  SENT(1),
  /** It may have arrived, nothing tells whether, and it is not tried again. */
  UNKNOWN(2),
  /** Withdrawn before it left: superseded, lifted, or nobody needs it any more. */
  CANCELLED(3),
  /** Its time passed before anyone was told. */
  EXPIRED(3),
  /** Will not arrive. */
  FAILED(3),
  /** It reached the person's phone or account. */
  DELIVERED(4),
  /** Played to the end, audibly; or a person answered. */
  CONFIRMED(5);

  private final int rank;

  DeliveryState(int rank) {
    this.rank = rank;
  }

  /** True when evidence for {@code next} changes this state. */
  public boolean yieldsTo(DeliveryState next) {
    return next.rank > rank;
  }

  /** Nothing more is sent: told, or given up. */
  public boolean settled() {
    return rank >= 2;
  }

  /** Somebody is known to be told. */
  public boolean told() {
    return rank >= 4;
  }
}

package org.lastmile.channel.loudspeaker;

import org.lastmile.channel.Signal.State;

/** What one can expect of a loudspeaker if a warning came now. */
public enum Condition {
  /** It stands in the registry and nobody has ever heard of it. */
  NEVER_SEEN(State.OFFLINE),
  ONLINE(State.ONLINE),
  /** There, and something keeps it from being heard well, or soon will. */
  DEGRADED(State.DEGRADED),
  /** It was there and is not any more. */
  SILENT(State.OFFLINE),
  /** There, and not to be relied on: what it should say may not be heard. */
  FAULTY(State.FAULTY);

  private final State presence;

  Condition(State presence) {
    this.presence = presence;
  }

  /** The same in the words that all channels share. */
  State presence() {
    return presence;
  }

  /** Whether it can be talked to. */
  public boolean isThere() {
    return presence != State.OFFLINE;
  }

  /** Whether it can be relied on to be heard. */
  public boolean works() {
    return this == ONLINE || this == DEGRADED;
  }
}

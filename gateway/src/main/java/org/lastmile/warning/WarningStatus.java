package org.lastmile.warning;

/** Where a warning stands with this house. */
public enum WarningStatus {
  /** Contradicts itself or an earlier one: a person must look; people are paged at once. */
  HELD,
  /** Waits for a second person. */
  AWAITING_APPROVAL,
  /** Goes out, or went out. */
  RELEASED,
  /** Test, System, Draft or no status: kept, never sent. */
  ARCHIVED,
  /** Had already ended when it came. */
  EXPIRED,
  /** Touches nothing of this registry. */
  NOT_APPLICABLE,
  /** A person said no. */
  REJECTED,
  /** A later warning took its place. */
  SUPERSEDED,
  /** It was called off. */
  LIFTED,
  /** Its time is over. */
  ENDED;

  /** Still on its way: HELD, AWAITING_APPROVAL or RELEASED. */
  public boolean open() {
    return this == HELD || this == AWAITING_APPROVAL || this == RELEASED;
  }
}

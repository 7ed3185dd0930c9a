package org.lastmile.warning;

/** What can show that a point was told. */
public enum Proof {
  /** A loudspeaker of the point played to the end, audibly; or somebody went with a gong. */
  PLAYED,
  /** A message arrived at a responsible person of the point. */
  DELIVERED,
  /** A responsible person of the point answered. */
  ANSWERED,
  /** Every helper of the point's key groups answered. */
  HELPERS_ANSWERED
}

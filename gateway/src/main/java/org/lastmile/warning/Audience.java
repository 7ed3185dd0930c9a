package org.lastmile.warning;

/** Why somebody is told; in the order in which they can act. */
public enum Audience {
  /** The device that speaks to everybody at the point. */
  LOUDSPEAKER,
  RESPONSIBLE_A,
  RESPONSIBLE_B,
  /** Named helpers of key groups (帮扶人). */
  HELPER,
  /** Leaders of the point's group and village. */
  LEADER,
  /** Leaders of the town and above. */
  UPPER_LEADER,
  RESIDENT,
  /** Was told of an earlier warning that this one changes or ends, and is not in its area. */
  FORMER;

  /** Answers for a point, so that the answer counts. */
  public boolean responsible() {
    return this == RESPONSIBLE_A || this == RESPONSIBLE_B;
  }

  /** Must act, so that the message asks for an answer. */
  public boolean acts() {
    return responsible() || this == HELPER || this == LEADER;
  }
}

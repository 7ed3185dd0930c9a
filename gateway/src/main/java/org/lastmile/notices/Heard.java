package org.lastmile.notices;

/** How far a notice has come on one loudspeaker. */
public enum Heard {
  /** Its turn has not come: another speaks, the device is away, or it is not time yet. */
  WAITING,
  /** The device has it, or may have it. */
  SENT,
  PLAYING,
  /** To the end, audibly. */
  PLAYED,
  /** To the end, but muted or too quiet. */
  UNHEARD,
  STOPPED,
  /** Its time passed before it was heard. */
  EXPIRED,
  FAILED,
  /** It was sent, and nobody knows what became of it. */
  UNKNOWN;

  boolean settled() {
    return compareTo(PLAYING) > 0;
  }
}

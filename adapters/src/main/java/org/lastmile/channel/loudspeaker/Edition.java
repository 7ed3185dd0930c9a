package org.lastmile.channel.loudspeaker;

import java.util.Comparator;

/**
 * Which trust list: a recovery begins a new epoch, every list in it is issued later than the last.
 *
 * @param epoch of the last recovery, 0 before the first
 * @param issued Unix seconds
 */
record Edition(long epoch, long issued) implements Comparable<Edition> {
  static final Edition NONE = new Edition(0, 0);
  private static final Comparator<Edition> ORDER =
      Comparator.comparingLong(Edition::epoch).thenComparingLong(Edition::issued);

  @Override
  public int compareTo(Edition other) {
    return ORDER.compare(this, other);
  }
}

package org.lastmile.channel.loudspeaker;

import java.time.InstantSource;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbers for commands that never repeat and always rise, also over restarts, several gateways on
 * one store, and a store that was lost or restored from a backup: then a new epoch begins. Every
 * method may block on the store; one thread at a time.
 */
final class Sequence {
  private static final Logger LOG = LoggerFactory.getLogger(Sequence.class);
  private static final long BLOCK = 1000;
  private static final long DAY = 86_400;

  private final Memory memory;
  private final InstantSource clock;
  private volatile Place proven = new Place(0, 0);
  private long epoch;
  private long next;
  private long end;

  Sequence(Memory memory, InstantSource clock) {
    this.memory = memory;
    this.clock = clock;
  }

  /** A place in the sequence; a higher epoch is later than every seq of a lower one. */
  record Place(long epoch, long seq) {
    boolean after(Place other) {
      return epoch > other.epoch || (epoch == other.epoch && seq > other.seq);
    }
  }

  /** Whether a place is worth asking the store about; cheap, from any thread. */
  boolean isNews(Place seen) {
    return seen.after(proven);
  }

  Place next() {
    if (next == end) {
      memory.claim("epoch", Long.toString(now()), Memory.FOR_EVER);
      epoch = keptEpoch();
      long sum = memory.add(counter(), BLOCK);
      next = sum - BLOCK + 1;
      end = sum + 1;
      proven = new Place(epoch, sum);
    }
    return new Place(epoch, next++);
  }

  /**
   * A device says it has obeyed that place. If we never gave it, our store has gone back in time
   * and devices would refuse us as a replay: a new epoch begins. A device can't push the epoch
   * beyond our own clock. True when places given before should be given anew.
   */
  boolean beyond(Place seen) {
    long now = now();
    if (seen.epoch() < epoch) {
      return false;
    }
    long kept = keptEpoch();
    Place given = new Place(kept, memory.add(counter(kept), 0));
    boolean known = !seen.after(given);
    if (known && (kept == epoch || epoch == 0)) {
      proven = given;
      return false;
    }
    if (!known && seen.epoch() > now + DAY) {
      LOG.warn("a loudspeaker claims an epoch from the future: {}", seen);
      return false;
    }
    if (!known) {
      long fresh = Math.max(now, seen.epoch() + 1);
      memory.put("epoch", Long.toString(fresh), Memory.FOR_EVER);
      LOG.error(
          "a loudspeaker has obeyed command {}/{} that this store never gave: the store was lost or"
              + " restored from a backup. Commands now carry the new epoch {}",
          seen.epoch(),
          seen.seq(),
          fresh);
    }
    next = 0;
    end = 0;
    return true;
  }

  private long keptEpoch() {
    return memory.get("epoch").map(Long::parseLong).orElse(0L);
  }

  private String counter() {
    return counter(epoch);
  }

  private static String counter(long epoch) {
    return "sequence-" + epoch;
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }
}

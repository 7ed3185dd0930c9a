package org.lastmile.channel.loudspeaker;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
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

  /** One lying device must not have us begin an epoch a second. */
  private static final long BETWEEN_EPOCHS = 60;

  private final Memory memory;
  private final InstantSource clock;
  private final Horizon horizon;
  private volatile Place proven = new Place(0, 0);
  private volatile Restored restored;
  private long epoch;
  private long next;
  private long end;
  private long block;
  private long protectedUntil;

  Sequence(Memory memory, InstantSource clock) {
    this.memory = memory;
    this.clock = clock;
    this.horizon = new Horizon(memory, clock);
  }

  /** A place in the sequence; a higher epoch is later than every seq of a lower one. */
  record Place(long epoch, long seq) {
    boolean after(Place other) {
      return epoch > other.epoch || (epoch == other.epoch && seq > other.seq);
    }
  }

  /** A device had obeyed {@code seen}, which this store never gave: the store was restored. */
  record Restored(Instant at, Place seen, long epoch) {}

  /** When that happened last in this process. From any thread. */
  Optional<Restored> restored() {
    return Optional.ofNullable(restored);
  }

  /** What devices without a history are given. Blocks; from any thread. */
  Place floor() {
    return horizon.floor(BLOCK);
  }

  Horizon horizon() {
    return horizon;
  }

  /** Whether a place is worth asking the store about; cheap, from any thread. */
  boolean isNews(Place seen) {
    return seen.after(proven);
  }

  /** For a command that is in time until then. */
  Place next(Instant until) {
    // A block that nobody protects any more may lie below a floor that was given since.
    if (next == end || protectedUntil <= now()) {
      memory.claim("epoch", Long.toString(now()), Memory.FOR_EVER);
      epoch = keptEpoch();
      long sum = memory.add(counter(), BLOCK);
      next = sum - BLOCK + 1;
      end = sum + 1;
      block = next;
      protectedUntil = horizon.protect(epoch, block, later(until, clock.instant()));
      proven = new Place(epoch, sum);
    }
    if (until.getEpochSecond() > protectedUntil) {
      protectedUntil = horizon.protect(epoch, block, until);
    }
    return new Place(epoch, next++);
  }

  /** From now on places are in that epoch or a later one, and above that seq. */
  void raise(long least, long seq) {
    if (keptEpoch() < least) {
      memory.put("epoch", Long.toString(least), Memory.FOR_EVER);
      long given = (seq + BLOCK - 1) / BLOCK * BLOCK;
      memory.add(counter(least), given);
      horizon.begin(least, given + 1);
    }
    next = 0;
    end = 0;
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
    Restored before = restored;
    if (!known && before != null && now - before.at().getEpochSecond() < BETWEEN_EPOCHS) {
      LOG.warn("a loudspeaker claims {}, beyond the epoch that was just begun", seen);
      return false;
    }
    if (!known) {
      begin(seen, Math.max(now, seen.epoch() + 1));
    }
    next = 0;
    end = 0;
    return true;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  /**
   * A device takes fresh places for old ones, so somebody has given them before: a restored store
   * that began to give before any device could say so. A new epoch begins, once a minute at most.
   */
  void collided() {
    long now = now();
    long kept = keptEpoch();
    Restored before = restored;
    if (before == null || now - before.at().getEpochSecond() >= BETWEEN_EPOCHS) {
      begin(new Place(kept, Math.max(0, next - 1)), Math.max(now, kept + 1));
    }
    next = 0;
    end = 0;
  }

  private void begin(Place seen, long fresh) {
    memory.put("epoch", Long.toString(fresh), Memory.FOR_EVER);
    LOG.error(
        "a loudspeaker has obeyed command {}/{} that this store never gave: the store was lost or"
            + " restored from a backup. Commands now carry the new epoch {}",
        seen.epoch(),
        seen.seq(),
        fresh);
    restored = new Restored(clock.instant(), seen, fresh);
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

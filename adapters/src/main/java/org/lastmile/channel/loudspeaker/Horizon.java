package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Below which place in the sequence nothing is in time any more, whichever gateway gave it and
 * whatever was restarted since: the floor of devices without a history. Kept per block of places,
 * so that a command costs no store call, and rounded towards too low, so that none is lost. Methods
 * that ask the store block.
 */
final class Horizon {
  private static final Logger LOG = LoggerFactory.getLogger(Horizon.class);

  /** Times of blocks are rounded up to this, so that a storm of commands writes a block once. */
  private static final long GRAIN = 3600;

  /** Two gateways' clocks may differ by this much. */
  private static final long SKEW = 600;

  /** A block that was taken and never written down belongs to a process that died at once. */
  private static final long YOUNG_BLOCKS = 8;

  private static final Duration FRESH = Duration.ofSeconds(30);
  private static final int ENDED = 64;

  private final Memory memory;
  private final InstantSource clock;
  private final Map<String, Long> ended = new LinkedHashMap<>();
  private Sequence.Place floor;
  private Instant asked = Instant.MIN;

  Horizon(Memory memory, InstantSource clock) {
    this.memory = memory;
    this.clock = clock;
  }

  /**
   * A command of that block will be in time until then. Returns until when the block is protected
   * now: as long as nothing later is asked for, it need not be told.
   */
  long protect(long epoch, long block, Instant until) {
    long rounded = (until.getEpochSecond() / GRAIN + 1) * GRAIN;
    memory.put(key(epoch, block), Long.toString(rounded), Memory.FOR_EVER);
    return rounded;
  }

  /** An epoch whose places below that were never ours to give. */
  void begin(long epoch, long first) {
    memory.put("horizon-" + epoch, Long.toString(first), Memory.FOR_EVER);
  }

  /** A content that was superseded, lifted or stopped though in time. Does not ask the store. */
  synchronized void ended(String content, Instant until) {
    ended.remove(content);
    ended.put(content, until.getEpochSecond());
    trim();
  }

  /** Those that a floor has to name. */
  synchronized List<String> ended() {
    long now = now();
    return ended.entrySet().stream()
        .filter(e -> e.getValue() > now)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Keeps what ended beyond a restart, and learns what another gateway ended. */
  synchronized void share() {
    Map<String, Long> ours = new LinkedHashMap<>(ended);
    String kept = memory.get("ended").orElse("");
    ended.clear();
    for (String one : kept.isEmpty() ? new String[0] : kept.split(",", -1)) {
      int at = one.indexOf('@');
      ended.put(one.substring(0, at), Long.parseLong(one.substring(at + 1)));
    }
    ours.forEach(
        (content, until) -> {
          ended.remove(content);
          ended.put(content, until);
        });
    trim();
    List<String> all = new ArrayList<>();
    ended.forEach((content, until) -> all.add(content + "@" + until));
    String whole = String.join(",", all);
    if (!whole.equals(kept)) {
      memory.put("ended", whole, Memory.FOR_EVER);
    }
  }

  /** The highest place of which nothing is in time any more; a minute-old answer is as safe. */
  synchronized Sequence.Place floor(long block) {
    Instant now = clock.instant();
    if (floor != null && now.isBefore(asked.plus(FRESH)) && !now.isBefore(asked)) {
      return floor;
    }
    share();
    memory.claim("epoch", Long.toString(now()), Memory.FOR_EVER);
    long epoch = memory.get("epoch").map(Long::parseLong).orElseThrow();
    long top = memory.add("sequence-" + epoch, 0);
    long low = memory.get("horizon-" + epoch).map(Long::parseLong).orElse(1L);
    long from = low;
    while (low + block <= top && isOver(epoch, low, top, block)) {
      low += block;
    }
    if (low > from) {
      memory.put("horizon-" + epoch, Long.toString(low), Memory.FOR_EVER);
      for (long passed = from; passed < low; passed += block) {
        memory.remove(key(epoch, passed));
      }
      LOG.debug("floor of epoch {} is now {}", epoch, low - 1);
    }
    asked = now;
    floor = new Sequence.Place(epoch, low - 1);
    return floor;
  }

  private boolean isOver(long epoch, long first, long top, long block) {
    Optional<Long> until = memory.get(key(epoch, first)).map(Long::parseLong);
    return until.isPresent() ? until.get() < now() - SKEW : top - first > YOUNG_BLOCKS * block;
  }

  private void trim() {
    long now = now();
    ended.values().removeIf(until -> until <= now);
    while (ended.size() > ENDED) {
      ended.remove(ended.keySet().iterator().next());
    }
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  private static String key(long epoch, long first) {
    return "until-" + epoch + "-" + first;
  }
}

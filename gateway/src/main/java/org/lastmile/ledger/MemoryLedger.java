package org.lastmile.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lastmile.channel.Memory;
import org.lastmile.warning.Event;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Warning;

/**
 * The ledger for tests of those who use one: same words, same refusals, nothing outlives the
 * program.
 */
public final class MemoryLedger implements Ledger {
  private final InstantSource clock;
  private final Map<String, Stored> warnings = new HashMap<>();
  private final Set<String> open = new LinkedHashSet<>();
  private final Set<String> closed = new LinkedHashSet<>();
  private final Map<Long, Map<String, List<Event>>> batches = new HashMap<>();
  private final Map<String, Memory> rooms = new HashMap<>();
  private String owner = "";
  private Instant until = Instant.MIN;
  private long epoch;
  private boolean away;

  private record Stored(Warning warning, Plan plan, List<byte[]> events) {}

  /**
   * @param clock tells when what is remembered for a time is forgotten
   */
  public MemoryLedger(InstantSource clock) {
    this.clock = clock;
  }

  /** Pulls the plug, or puts it back: while away every call throws {@link Memory.Away}. */
  public synchronized void away(boolean away) {
    this.away = away;
  }

  @Override
  public synchronized Optional<Lease> claim(String by, Instant now, Duration term) {
    ping();
    boolean held = !owner.isEmpty() && until.isAfter(now);
    if (held && !owner.equals(by)) {
      return Optional.empty();
    }
    if (!held) {
      epoch++;
      batches.clear();
    }
    owner = by;
    until = now.plus(term);
    return Optional.of(new Lease(by, epoch));
  }

  @Override
  public synchronized void giveBack(Lease lease) {
    ping();
    if (lease.epoch() == epoch) {
      owner = "";
    }
  }

  @Override
  public synchronized void open(Lease lease, Warning warning, Plan plan, List<Event> events) {
    fence(lease);
    String id = plan == null ? warning.id() : plan.warning();
    Plan none = Plan.empty(id);
    Plan wanted = plan == null ? none : plan;
    Stored before = warnings.get(id);
    if (before != null && !before.plan().equals(none)) {
      if (!wanted.equals(none) && !wanted.equals(before.plan())) {
        throw new IllegalStateException(id + " has another plan already, which stays");
      }
      return;
    }
    if (before != null && wanted.equals(none)) {
      return;
    }
    Stored now = new Stored(warning, wanted, before == null ? new ArrayList<>() : before.events());
    now.events().add(EventCodec.encode(events));
    warnings.put(id, now);
    open.add(id);
    closed.remove(id);
  }

  @Override
  public synchronized void append(Lease lease, long batch, Map<String, List<Event>> events) {
    fence(lease);
    if (batch < 1) {
      throw new IllegalArgumentException("batches are counted from 1, this is " + batch);
    }
    Map<String, List<Event>> before = batches.get(batch);
    if (before != null) {
      if (!before.equals(events)) {
        throw new IllegalStateException("batch " + batch + " was kept with other events");
      }
      return;
    }
    for (String id : events.keySet()) {
      if (!warnings.containsKey(id)) {
        throw new IllegalArgumentException(id + " was never opened; nothing was kept");
      }
    }
    Map<String, List<Event>> kept = new LinkedHashMap<>();
    events.forEach((id, list) -> kept.put(id, List.copyOf(list)));
    batches.put(batch, kept);
    kept.forEach((id, list) -> warnings.get(id).events().add(EventCodec.encode(list)));
  }

  @Override
  public synchronized void close(Lease lease, String warning) {
    fence(lease);
    if (!warnings.containsKey(warning)) {
      throw new IllegalArgumentException(warning + " was never opened");
    }
    open.remove(warning);
    closed.add(warning);
  }

  @Override
  public synchronized List<String> open() {
    ping();
    return List.copyOf(open);
  }

  @Override
  public synchronized List<String> closed(int most) {
    ping();
    List<String> newest = new ArrayList<>(closed);
    Collections.reverse(newest);
    return List.copyOf(newest.subList(0, Math.min(Math.max(most, 0), newest.size())));
  }

  @Override
  public synchronized Optional<Entry> read(String warning) {
    ping();
    return Optional.ofNullable(warnings.get(warning))
        .map(
            stored -> {
              List<Event> events = new ArrayList<>();
              stored.events().forEach(entry -> events.addAll(EventCodec.decode(entry)));
              return new Entry(stored.warning(), stored.plan(), events);
            });
  }

  @Override
  public synchronized Memory memory(String room) {
    return rooms.computeIfAbsent(room, name -> new Room());
  }

  @Override
  public synchronized void ping() {
    if (away) {
      throw new Memory.Away("the store is away", null);
    }
  }

  @Override
  public void close() {
    // nothing is held
  }

  private void fence(Lease lease) {
    ping();
    if (lease.epoch() != epoch) {
      throw new Fenced(
          "epoch %d of %s is over: %s decides since epoch %d"
              .formatted(lease.epoch(), lease.owner(), owner, epoch));
    }
  }

  /** Shares the ledger's lock, so that away means away here too. */
  private final class Room implements Memory {
    private final Map<String, Kept> values = new HashMap<>();
    private final Map<String, Long> counters = new HashMap<>();

    private record Kept(String value, Instant until) {}

    @Override
    public Optional<String> get(String key) {
      synchronized (MemoryLedger.this) {
        ping();
        values.values().removeIf(kept -> !kept.until().isAfter(clock.instant()));
        return Optional.ofNullable(values.get(key)).map(Kept::value);
      }
    }

    @Override
    public void put(String key, String value, Duration keep) {
      if (keep.isNegative()) {
        throw new IllegalArgumentException("can't keep a value for less than no time: " + keep);
      }
      synchronized (MemoryLedger.this) {
        ping();
        values.put(key, new Kept(value, keep.isZero() ? Instant.MAX : clock.instant().plus(keep)));
      }
    }

    @Override
    public boolean claim(String key, String value, Duration keep) {
      synchronized (MemoryLedger.this) {
        if (get(key).isPresent()) {
          return false;
        }
        put(key, value, keep);
        return true;
      }
    }

    @Override
    public void remove(String key) {
      synchronized (MemoryLedger.this) {
        ping();
        values.remove(key);
      }
    }

    @Override
    public long add(String counter, long amount) {
      synchronized (MemoryLedger.this) {
        ping();
        return counters.merge(counter, amount, Long::sum);
      }
    }
  }
}

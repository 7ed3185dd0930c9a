package org.lastmile.registry;

import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the registry in use. A swap is all or nothing: kept durably first, then visible to whoever
 * asks next; who already holds a registry keeps that one to the end of its work.
 */
public final class Registries {
  private static final Logger log = LoggerFactory.getLogger(Registries.class);

  private final StoredRegistry store;
  private final InstantSource clock;
  private final AtomicReference<Registry> current;

  /**
   * Restores what was in use when the program last ran.
   *
   * @throws Memory.Away when the store can't be reached
   * @throws IllegalStateException when what is kept can't be read: then no registry is better than
   *     half of one, and somebody has to look
   */
  public Registries(Memory memory, InstantSource clock) {
    this.store = new StoredRegistry(memory);
    this.clock = clock;
    this.current = new AtomicReference<>(store.load().orElse(Registry.EMPTY));
  }

  /** The registry in use; version 0 and empty before the first import. */
  public Registry current() {
    return current.get();
  }

  /**
   * Puts a candidate into use, under the next version number, which no earlier registry ever had.
   *
   * @throws Memory.Away when it could not be kept; then the old one stays in use
   */
  public synchronized Registry swap(Registry candidate) {
    Registry next = candidate.as(store.nextVersion(), clock.instant());
    store.save(next);
    current.set(next);
    log.info(
        "registry {} in use: {} points, {} people, {} residents, {} loudspeakers",
        next.version(),
        next.points().size(),
        next.people().size(),
        next.residents().size(),
        next.loudspeakers().size());
    return next;
  }

  /**
   * Takes over what another node has put into use meanwhile; call when this node becomes active.
   *
   * @throws Memory.Away when the store can't be reached; then the one in use stays
   */
  public synchronized Registry refresh() {
    Optional<Integer> kept = store.currentVersion();
    if (kept.isPresent() && kept.get() != current().version()) {
      store.load().ifPresent(current::set);
    }
    return current();
  }
}

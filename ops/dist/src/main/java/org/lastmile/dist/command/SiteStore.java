package org.lastmile.dist.command;

import java.nio.file.Path;
import java.util.Optional;
import org.lastmile.channel.Memory;
import org.lastmile.config.Config;
import org.lastmile.ledger.EmbeddedRedis;
import org.lastmile.ledger.RedisAddress;
import org.lastmile.ledger.RedisLedger;

/** The store that a configuration names, beside a running gateway or without one. */
final class SiteStore implements AutoCloseable {
  private final EmbeddedRedis own;
  private final RedisLedger ledger;

  private SiteStore(EmbeddedRedis own, RedisAddress address, String jurisdiction) {
    this.own = own;
    this.ledger = new RedisLedger(address, jurisdiction);
  }

  /** Throws {@link Trouble} when it can't be had. */
  static SiteStore open(Config config) {
    try {
      return opened(config);
    } catch (EmbeddedRedis.Refused | Memory.Away e) {
      throw new Trouble("store: " + e.getMessage(), e);
    }
  }

  private static SiteStore opened(Config config) {
    Config.Store store = config.store();
    if (!store.embedded()) {
      return reached(null, RedisAddress.parse(store.redis()), config);
    }
    Optional<RedisAddress> running = EmbeddedRedis.running(store.data());
    if (running.isPresent()) {
      return reached(null, running.get(), config);
    }
    EmbeddedRedis own =
        store.server().isEmpty()
            ? EmbeddedRedis.start(store.data())
            : EmbeddedRedis.start(store.data(), Optional.of(Path.of(store.server())));
    return reached(own, own.address(), config);
  }

  private static SiteStore reached(EmbeddedRedis own, RedisAddress address, Config config) {
    SiteStore store = new SiteStore(own, address, config.jurisdiction());
    try {
      store.ledger.ping();
      return store;
    } catch (RuntimeException e) { // thrown on; what was started must not stay
      store.close();
      throw e;
    }
  }

  Memory memory(String room) {
    return ledger.memory(room);
  }

  @Override
  public void close() {
    ledger.close();
    if (own != null) {
      own.close();
    }
  }
}

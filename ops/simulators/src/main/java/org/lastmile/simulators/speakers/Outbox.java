package org.lastmile.simulators.speakers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a device published and the server has not acknowledged. Receipts stay until it has, over
 * connections; states are worth nothing later. Used on the device's event loop alone.
 */
final class Outbox {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int KEPT = 64;

  private static final class Entry {
    private final String topic;
    private final byte[] payload;
    private final boolean state;
    private boolean sent;
    private long sentAt;

    Entry(String topic, byte[] payload, boolean state) {
      this.topic = topic;
      this.payload = payload;
      this.state = state;
    }
  }

  private final Map<Integer, Entry> entries = new LinkedHashMap<>();
  private int lastId = 1;
  private final AtomicLong repeated = new AtomicLong();
  private volatile int receipts;

  /** Keeps one and sends it where there is a connection; null = later. */
  void publish(Connection connection, String topic, byte[] payload, boolean state) {
    do {
      lastId = lastId % 65_535 + 1;
    } while (entries.containsKey(lastId));
    Entry entry = new Entry(topic, payload, state);
    if (!state || connection != null) {
      entries.put(lastId, entry);
    }
    if (connection != null) {
      send(connection, lastId, entry);
    }
    if (entries.size() > KEPT) {
      entries.remove(entries.keySet().iterator().next());
    }
    count();
  }

  private void count() {
    receipts = (int) entries.values().stream().filter(entry -> !entry.state).count();
  }

  void acknowledged(int packetId) {
    entries.remove(packetId);
    count();
  }

  /** The connection is gone, and states with it. */
  void lost() {
    entries.values().removeIf(entry -> entry.state);
  }

  /** A new connection stands: every receipt that is kept goes out. */
  void resend(Connection connection) {
    entries.forEach(
        (id, entry) -> {
          if (!entry.state) {
            send(connection, id, entry);
          }
        });
  }

  /** Repeats what has waited too long for its acknowledgement. */
  void sweep(Connection connection) {
    long now = System.nanoTime();
    List<Integer> late = new ArrayList<>();
    entries.forEach(
        (id, entry) -> {
          if (now - entry.sentAt > PATIENCE.toNanos()) {
            late.add(id);
          }
        });
    late.forEach(id -> send(connection, id, entries.get(id)));
  }

  private void send(Connection connection, int id, Entry entry) {
    connection.publish(entry.topic, entry.payload, entry.state, id, entry.sent);
    repeated.addAndGet(entry.sent ? 1 : 0);
    entry.sent = true;
    entry.sentAt = System.nanoTime();
  }

  /** Receipts that wait for their acknowledgement. Any thread may ask. */
  int receipts() {
    return receipts;
  }

  /** Publishes sent more than once. Any thread may ask. */
  long repeated() {
    return repeated.get();
  }
}

package org.lastmile.console;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.LinkedBlockingDeque;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who wrote what, and when: one line in the log and one in the store for every write that was asked
 * for, refused ones too. The log's line is written at once; the store gets all that have gathered
 * together, so that a flood of warnings costs few writes, and gets them later when it is away.
 */
final class Audit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
  private static final Logger LINES = LoggerFactory.getLogger("org.lastmile.audit");

  // Two flood seasons, so that last year's can be looked up in this one's review.
  private static final Duration KEPT = Duration.ofDays(800);
  private static final int WAITING_MOST = 20_000;
  private static final int TOGETHER = 500;

  private final Memory memory;
  private final LinkedBlockingDeque<Line> waiting = new LinkedBlockingDeque<>(WAITING_MOST);
  private final Thread keeper = new Thread(this::keepGathered, "audit");
  private volatile boolean closed;

  /**
   * One write.
   *
   * @param who the account; {@code ?} before sign-in
   * @param what method and path
   * @param status the HTTP status it was answered with
   */
  record Line(Instant at, String who, String role, String address, String what, int status) {}

  Audit(Memory memory) {
    this.memory = memory;
    keeper.setDaemon(true);
    keeper.start();
  }

  /** Never blocks. */
  void take(Line line) {
    LINES.info(
        "{} {} ({}) from {}: {} -> {}",
        line.at(),
        line.who(),
        line.role(),
        line.address(),
        line.what(),
        line.status());
    if (!waiting.offer(line)) {
      LOG.error("The audit's store has been away too long: that line stands in the log alone");
    }
  }

  /** The newest lines, newest first. Blocks on the store. */
  List<Line> newest(int most) {
    List<Line> lines = new ArrayList<>();
    long last = memory.add("audit", 0);
    for (long i = last; i > 0 && i > last - most && lines.size() < most; i--) {
      List<Line> together =
          memory.get("audit." + i).map(l -> List.of(Json.kept(l, Line[].class))).orElse(List.of());
      for (int j = together.size() - 1; j >= 0; j--) {
        lines.add(together.get(j));
      }
    }
    return Collections.unmodifiableList(lines);
  }

  private void keepGathered() {
    try {
      while (!closed || !waiting.isEmpty()) {
        List<Line> together = new ArrayList<>();
        together.add(waiting.take());
        waiting.drainTo(together, TOGETHER - 1);
        keep(together);
      }
    } catch (InterruptedException e) {
      // Closing: what still waits is kept below if the store is there.
      List<Line> rest = new ArrayList<>();
      waiting.drainTo(rest);
      if (!rest.isEmpty()) {
        write(rest);
      }
    }
  }

  private void keep(List<Line> together) throws InterruptedException {
    while (!write(together)) {
      Thread.sleep(1000);
    }
  }

  private boolean write(List<Line> together) {
    try {
      memory.put("audit." + memory.add("audit", 1), Json.text(together), KEPT);
      return true;
    } catch (Memory.Away e) {
      LOG.warn("The audit waits for the store, {} lines: {}", together.size(), e.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    closed = true;
    keeper.interrupt();
  }
}

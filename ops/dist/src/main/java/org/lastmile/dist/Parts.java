package org.lastmile.dist;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Things that were started, stopped in the opposite order, each even when another fails to. */
public final class Parts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Parts.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private boolean closed;

  /** Adds a part; when it is too late for that, the part is stopped at once. */
  public <T extends AutoCloseable> T add(T part) {
    synchronized (parts) {
      parts.push(part);
      if (!closed) {
        return part;
      }
    }
    close();
    throw new IllegalStateException("stopped while it was starting");
  }

  /** May be called twice, and from two threads. */
  @Override
  public void close() {
    while (true) {
      AutoCloseable part;
      synchronized (parts) {
        closed = true;
        if (parts.isEmpty()) {
          return;
        }
        part = parts.pop();
      }
      try {
        part.close();
      } catch (Exception e) {
        // The others still have to stop; what failed is in the log.
        log.warn("{} did not stop cleanly", part, e);
      }
    }
  }
}

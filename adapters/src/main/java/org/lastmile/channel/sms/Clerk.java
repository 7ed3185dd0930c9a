package org.lastmile.channel.sms;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that remembers: what needs the store waits here, so that no modem ever waits for
 * it, and things that belong to each other happen in the order in which they came.
 */
final class Clerk implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Clerk.class);

  private static final Duration CLOSING = Duration.ofSeconds(3);

  final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "sms-clerk");
            thread.setDaemon(true);
            return thread;
          });

  private final Duration pause;

  /** Sweeps that are asked for and have not begun. */
  private final Set<String> sweeping = ConcurrentHashMap.newKeySet();

  /** What failed for want of the store; for the one thread. */
  private final Set<Object> waiting = new HashSet<>();

  Clerk(Duration pause) {
    this.pause = pause;
  }

  /** Does it next; again after a pause for as long as the store is away. */
  void next(Runnable task) {
    schedule(task, Duration.ZERO);
  }

  /**
   * Does what is asked for again every second anyway: not at all while the one before still waits,
   * and not again by itself when the store is away. Else such tasks would pile up in front of what
   * people wait for.
   *
   * @param name tells it from other sweeps
   */
  void sweep(String name, Runnable task) {
    if (sweeping.add(name)) {
      next(
          () -> {
            sweeping.remove(name);
            done(name, task);
          });
    }
  }

  private void schedule(Runnable task, Duration delay) {
    try {
      Future<?> unused =
          executor.schedule(() -> attempt(task), delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("closed: the wire was not told, and brings it again");
    }
  }

  private void attempt(Runnable task) {
    if (!done(task, task)) {
      schedule(task, pause);
    }
  }

  /** Says false when the store is away. */
  private boolean done(Object name, Runnable task) {
    try {
      task.run();
    } catch (Memory.Away e) {
      if (waiting.isEmpty()) { // once an outage: everything else that needs the store fails too
        log.warn("the store is away, trying again until it is back: {}", e.getMessage());
      }
      waiting.add(name);
      return false;
    } catch (RuntimeException e) { // else the executor would swallow it
      log.error("a defect: what a modem brought was not handled", e);
    }
    if (waiting.remove(name) && waiting.isEmpty()) {
      log.info("the store is back, and what waited for it is done");
    }
    return true;
  }

  /** Ends when what is due now is done; what waits for the store is brought again by the wire. */
  @Override
  public void close() {
    try {
      executor.submit(() -> log.debug("closing")).get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      log.warn("closed before everything was written down: {}", e.toString());
    }
    executor.shutdownNow();
  }
}

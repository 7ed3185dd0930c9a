package org.lastmile.simulators;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which a simulator does everything, now or later, in order. */
public final class Loop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  private final String name;
  private final ScheduledThreadPoolExecutor executor;

  /** Starts nothing yet; the thread, a daemon, carries the name. */
  public Loop(String name) {
    this.name = name;
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setRemoveOnCancelPolicy(true);
  }

  /** Does it as soon as the tasks before it are done; nothing once the loop is closed. */
  public void run(Runnable task) {
    after(Duration.ZERO, task);
  }

  /** Does it later; nothing once the loop is closed. */
  public void after(Duration delay, Runnable task) {
    try {
      // Nobody waits for it: what it throws is logged by guarded().
      var unused = executor.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("{} is closed", name, e);
    }
  }

  /** Does it there and waits for the result. Never call it from the loop itself. */
  public <T> T ask(Callable<T> question) {
    try {
      return executor.submit(question).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + name, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(name + ": " + e.getCause().getMessage(), e.getCause());
    }
  }

  /** As {@link #ask}, without a result. */
  public void tell(Runnable order) {
    ask(
        () -> {
          order.run();
          return true;
        });
  }

  public boolean isClosed() {
    return executor.isShutdown();
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      // A timer would hide it, and the simulator must go on as far as it can.
      LOG.error("{}: a task failed", name, e);
    }
  }

  /** Stops; what is due later never happens. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}

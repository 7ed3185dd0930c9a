package org.lastmile.channel.loudspeaker;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what loudspeakers do in quiet hours, step by step and never two steps at once, and only
 * where this gateway knows whom a live warning concerns: those devices are left alone.
 */
final class Undisturbed {
  private static final Logger LOG = LoggerFactory.getLogger(Undisturbed.class);

  private final String what;
  private final SelfTests.Engaged engaged;
  private final Executor thread;
  private final AtomicBoolean busy = new AtomicBoolean();

  /**
   * @param what is done, for the log
   */
  Undisturbed(String what, SelfTests.Engaged engaged, Executor thread) {
    this.what = what;
    this.engaged = engaged;
    this.thread = thread;
  }

  /** Returns at once; nothing happens while the step before goes on. The step may ask the store. */
  void run(Consumer<Set<String>> step) {
    if (!busy.compareAndSet(false, true)) {
      return;
    }
    CompletionStage<Optional<Set<String>>> now;
    try {
      now = engaged.now();
    } catch (RuntimeException e) {
      // Asked again in a second: what stumbles once must not end it for ever and silently.
      now = CompletableFuture.failedFuture(e);
    }
    now.whenComplete(
        (spared, failure) -> {
          if (failure == null && spared.isPresent()) {
            onThread(() -> step.accept(spared.get()));
            return;
          }
          busy.set(false);
          if (failure != null) {
            LOG.warn("{} waits: nobody says whom a warning concerns: {}", what, failure.toString());
          }
        });
  }

  private void onThread(Runnable step) {
    try {
      thread.execute(
          () -> {
            try {
              step.run();
            } catch (Memory.Away e) {
              LOG.debug("{} goes on when the store is back: {}", what, e.getMessage());
            } catch (RuntimeException e) {
              // The next second tries again; a fault of ours must not end it for ever and silently.
              LOG.error("{} stumbled", what, e);
            } finally {
              busy.set(false);
            }
          });
    } catch (RejectedExecutionException e) {
      busy.set(false);
      LOG.debug("after close: {}", e.getMessage());
    }
  }
}

package org.lastmile.channel.sms;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers each signal until it is kept, and only then lets the wire be told. */
final class Offers {
  private static final Logger log = LoggerFactory.getLogger(Offers.class);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Sink sink;
  private final ScheduledExecutorService executor;
  private final Duration first;

  Offers(Sink sink, ScheduledExecutorService executor, Duration first) {
    this.sink = sink;
    this.executor = executor;
    this.first = first;
  }

  /**
   * @param kept runs once the signal is kept durably; never when the channel is closed before
   */
  void offer(Signal signal, Runnable kept) {
    offer(signal, kept, first);
  }

  private void offer(Signal signal, Runnable kept, Duration pause) {
    asked(signal)
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                kept.run();
                return;
              }
              log.warn(
                  "a {} was not kept and is offered again in {} ms: {}",
                  signal.getClass().getSimpleName(),
                  pause.toMillis(),
                  failure.toString());
              Duration next = pause.multipliedBy(2);
              again(() -> offer(signal, kept, next.compareTo(LONGEST) > 0 ? LONGEST : next), pause);
            });
  }

  private CompletionStage<Void> asked(Signal signal) {
    try {
      return sink.accept(signal);
    } catch (RuntimeException e) { // a sink that throws has not kept it either
      return CompletableFuture.failedFuture(e);
    }
  }

  private void again(Runnable offer, Duration pause) {
    try {
      Future<?> unused = executor.schedule(offer, pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.warn("closed before a signal was kept; the wire was not told, and brings it again");
    }
  }
}

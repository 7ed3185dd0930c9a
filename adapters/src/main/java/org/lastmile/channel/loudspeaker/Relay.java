package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes signals to the sink and holds those it could not keep, offering them again with growing
 * pauses, so that a store that is away for a minute costs no receipt. What is held is bounded:
 * beyond it nothing is taken, and the wire keeps what was not acknowledged. A standby gets the same
 * receipts as the gateway that decides, and holds each just long enough to take over with it.
 */
final class Relay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
  private static final long FIRST_PAUSE = 500;
  private static final long LONGEST_PAUSE = Duration.ofSeconds(30).toMillis();

  /** Several times as long as a takeover takes. */
  private static final Duration STANDBY = Duration.ofMinutes(3);

  private final Sink sink;
  private final int bound;
  private final long standby;
  private final AtomicInteger held = new AtomicInteger();
  private volatile boolean closed;

  Relay(Sink sink, int bound) {
    this(sink, bound, STANDBY);
  }

  Relay(Sink sink, int bound, Duration standby) {
    this.sink = sink;
    this.bound = bound;
    this.standby = standby.toMillis();
  }

  /** Completes when the signal is kept; exceptionally when it was not taken. */
  CompletionStage<Void> pass(Signal signal) {
    CompletableFuture<Void> kept = new CompletableFuture<>();
    if (held.incrementAndGet() > bound) {
      held.decrementAndGet();
      kept.completeExceptionally(
          new IllegalStateException(bound + " signals wait for the store; no more are taken"));
      return kept;
    }
    offer(signal, kept, FIRST_PAUSE, 0);
    return kept;
  }

  int held() {
    return held.get();
  }

  private void offer(Signal signal, CompletableFuture<Void> kept, long pause, long waited) {
    CompletionStage<Void> answer;
    try {
      answer = sink.accept(signal);
    } catch (RuntimeException e) {
      // Whatever the sink throws, the signal is not kept: the same as a stage that failed.
      answer = CompletableFuture.failedFuture(e);
    }
    answer.whenComplete(
        (done, failure) -> {
          if (failure == null) {
            held.decrementAndGet();
            kept.complete(null);
          } else {
            again(signal, kept, pause, waited, failure);
          }
        });
  }

  private void again(
      Signal signal, CompletableFuture<Void> kept, long pause, long waited, Throwable failure) {
    if (closed) {
      // The wire still has it, because it was not acknowledged.
      held.decrementAndGet();
      kept.completeExceptionally(failure);
      return;
    }
    if (signal instanceof Signal.Confirmation && waited >= standby && isStandby(failure)) {
      // Who decides has had it all the while. Presence is told on: it is what a takeover needs.
      held.decrementAndGet();
      kept.complete(null);
      return;
    }
    LOG.debug("a signal was not kept, offered again in {} ms: {}", pause, failure.toString());
    long next = Math.min(LONGEST_PAUSE, pause * 2);
    CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS)
        .execute(() -> offer(signal, kept, next, waited + pause));
  }

  private static boolean isStandby(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof Memory.Standby) {
        return true;
      }
    }
    return false;
  }

  /** Nothing that was not kept is offered again. */
  @Override
  public void close() {
    closed = true;
  }
}

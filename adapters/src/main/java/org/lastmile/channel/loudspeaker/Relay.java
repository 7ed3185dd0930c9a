package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes signals to the sink and holds those it could not keep, offering them again with growing
 * pauses, so that a store that is away for a minute costs no receipt. What is held is bounded:
 * beyond it nothing is taken, and the wire keeps what was not acknowledged.
 */
final class Relay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
  private static final long FIRST_PAUSE = 500;
  private static final long LONGEST_PAUSE = Duration.ofSeconds(30).toMillis();

  private final Sink sink;
  private final int bound;
  private final AtomicInteger held = new AtomicInteger();
  private volatile boolean closed;

  Relay(Sink sink, int bound) {
    this.sink = sink;
    this.bound = bound;
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
    offer(signal, kept, FIRST_PAUSE);
    return kept;
  }

  int held() {
    return held.get();
  }

  private void offer(Signal signal, CompletableFuture<Void> kept, long pause) {
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
            again(signal, kept, pause, failure);
          }
        });
  }

  private void again(Signal signal, CompletableFuture<Void> kept, long pause, Throwable failure) {
    if (closed) {
      // The wire still has it, because it was not acknowledged.
      held.decrementAndGet();
      kept.completeExceptionally(failure);
      return;
    }
    LOG.debug("a signal was not kept, offered again in {} ms: {}", pause, failure.toString());
    long next = Math.min(LONGEST_PAUSE, pause * 2);
    CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS)
        .execute(() -> offer(signal, kept, next));
  }

  /** Nothing that was not kept is offered again. */
  @Override
  public void close() {
    closed = true;
  }
}

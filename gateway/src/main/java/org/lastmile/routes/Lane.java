package org.lastmile.routes;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.desk.Desk;
import org.lastmile.notices.Departments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel's way out, guarded: a circuit that opens on failures of the lane (never on bad
 * numbers), and a time limit whose expiry means UNKNOWN, since the message may have left. A lane
 * takes from the desk no more than its channel has room for, so that order is decided late.
 */
public final class Lane {
  private static final Logger log = LoggerFactory.getLogger(Lane.class);

  /** A SMS modem may take 150 s for one part; a lane waits longer than any wire's own limit. */
  private static final Duration LIMIT = Duration.ofMinutes(20);

  /** Tries written down at once: the first of thousands need not wait for the last. */
  private static final int FIRST = 100;

  /** While there are more, twice as many each time up to this: each time waits for the disk. */
  private static final int MOST = 1_600;

  private final String name;
  private final Channel channel;
  private final Desk desk;
  private final ScheduledExecutorService timer;
  private final CircuitBreaker circuit;
  private final TimeLimiter limit;
  private final RateLimiter rate;
  private final AtomicInteger flying = new AtomicInteger();
  private volatile Runnable wake = () -> {};
  private volatile Departments behind;

  /**
   * A lane that is not used yet.
   *
   * @param perMinute most messages a minute that the carrier allows; 0 = it sets no limit, or the
   *     channel keeps it itself
   */
  public Lane(
      String name, Channel channel, int perMinute, Desk desk, ScheduledExecutorService timer) {
    this.name = name;
    this.channel = channel;
    this.desk = desk;
    this.timer = timer;
    this.circuit =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindowSize(10)
                .minimumNumberOfCalls(5)
                .failureRateThreshold(80)
                .waitDurationInOpenState(Duration.ofSeconds(3))
                .permittedNumberOfCallsInHalfOpenState(2)
                .build());
    this.rate =
        RateLimiter.of(
            name,
            RateLimiterConfig.custom()
                .limitForPeriod(perMinute == 0 ? Integer.MAX_VALUE : perMinute)
                .limitRefreshPeriod(Duration.ofMinutes(1))
                .timeoutDuration(Duration.ZERO)
                .build());
    this.limit =
        TimeLimiter.of(
            name,
            TimeLimiterConfig.custom().timeoutDuration(LIMIT).cancelRunningFuture(false).build());
    circuit
        .getEventPublisher()
        .onStateTransition(
            e -> log.warn("lane {}: circuit {}", name, e.getStateTransition().getToState()));
  }

  /** For the time limits of lanes; one that is over early leaves nothing behind. */
  public static ScheduledExecutorService timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "lane-limits");
              thread.setDaemon(true);
              return thread;
            });
    // Else it would hold every message for as long as it might have taken.
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  public String name() {
    return name;
  }

  /** The circuit is open: the lane carries nothing now. */
  public boolean open() {
    return circuit.getState() == CircuitBreaker.State.OPEN;
  }

  /** Messages handed to the channel whose outcome is not known. */
  public int flying() {
    return flying.get();
  }

  /** Who may have its turn on this lane while no warning has anything due on it. */
  public void behind(Departments departments) {
    behind = departments;
  }

  /** Called when the lane could take more. */
  void onRoom(Runnable wake) {
    this.wake = wake;
  }

  /**
   * Takes what is due and hands it to the wire. Blocks until the desk has written the tries down,
   * so that two turns never count the same room twice.
   */
  void turn() {
    int atOnce = FIRST;
    int most = Math.min(room(), atOnce);
    while (most > 0) {
      List<Message> messages;
      try {
        messages = desk.due(name, most).orTimeout(60, TimeUnit.SECONDS).join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof Memory.Away) {
          log.debug("lane {}: nothing is handed out: {}", name, e.getCause().getMessage());
          return; // a standby's desk, or one whose store is away: the next tick asks again
        }
        throw e;
      }
      if (messages.isEmpty() && behind != null) {
        messages = behind.due(most);
      }
      messages.forEach(this::send);
      if (messages.size() < most) {
        return;
      }
      atOnce = Math.min(MOST, 2 * atOnce);
      most = Math.min(room(), atOnce);
    }
  }

  /** Takes in what the channel heard; completes when it is kept. */
  CompletableFuture<Void> signal(Signal signal) {
    if (behind != null
        && signal instanceof Signal.Presence p
        && p.subject() == Signal.Subject.DEVICE
        && p.state() != Signal.State.OFFLINE) {
      behind.isBack(p.id());
    }
    if (behind == null
        || !(signal instanceof Signal.Confirmation c)
        || !Departments.ours(c.attempt())) {
      return desk.signal(name, signal);
    }
    // What a standby knows of notices is old, or nothing: its channel holds this until it decides.
    return desk.active()
        ? behind.signal(c)
        : CompletableFuture.failedFuture(new Memory.Standby("this desk is a standby", null));
  }

  /** Answers whoever is just writing to us; no part of the way out, and of what it can carry. */
  void answer(Message message) {
    try {
      channel
          .send(message)
          .whenComplete(
              (outcome, failure) ->
                  tell(message, failure == null ? outcome : unknown(message, failure)));
    } catch (RuntimeException e) {
      // A channel never throws; what one did that does is not known.
      tell(message, unknown(message, e));
    }
  }

  private int room() {
    int allowed = Math.max(0, rate.getMetrics().getAvailablePermissions());
    return Math.min(allowed, roomOfChannel());
  }

  private int roomOfChannel() {
    return switch (circuit.getState()) {
      case OPEN, FORCED_OPEN -> {
        // Asks whether the wait is over; a permission that was got is given back.
        if (circuit.tryAcquirePermission()) {
          circuit.releasePermission();
          yield Math.min(2, channel.room());
        }
        yield 0;
      }
      case HALF_OPEN -> Math.min(2, channel.room());
      default -> channel.room();
    };
  }

  private void send(Message message) {
    flying.incrementAndGet();
    long start = System.nanoTime();
    CompletionStage<Outcome> sent;
    try {
      circuit.acquirePermission();
      rate.acquirePermission(); // the room was counted before
      sent = limit.executeCompletionStage(timer, () -> channel.send(message));
    } catch (CallNotPermittedException e) {
      flying.decrementAndGet();
      tell(message, new Outcome.LaneDown("the lane's circuit is open"));
      return;
    } catch (RuntimeException e) {
      // A channel never throws; one that does leaves us not knowing what it did before.
      landed(message, start, null, e);
      return;
    }
    sent.whenComplete((outcome, failure) -> landed(message, start, outcome, failure));
  }

  private void landed(Message message, long start, Outcome outcome, Throwable failure) {
    flying.decrementAndGet();
    Outcome known = failure == null ? outcome : unknown(message, failure);
    long took = System.nanoTime() - start;
    if (known instanceof Outcome.LaneDown down) {
      circuit.onError(took, TimeUnit.NANOSECONDS, new IllegalStateException(down.why()));
    } else {
      circuit.onSuccess(took, TimeUnit.NANOSECONDS);
    }
    tell(message, known);
    wake.run();
  }

  /** A desk that could not keep it has stepped down: who takes over finds the try unfinished. */
  private void tell(Message message, Outcome outcome) {
    if (Departments.ours(message.attempt())) {
      if (desk.active()) {
        behind.outcome(message.attempt(), outcome);
      }
      return;
    }
    CompletableFuture<?> unused =
        desk.outcome(message.attempt(), outcome)
            .whenComplete(
                (kept, failure) -> {
                  if (failure != null) {
                    log.warn("outcome of {} was not kept: {}", message.attempt(), "" + failure);
                  }
                });
  }

  private Outcome unknown(Message message, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof TimeoutException) {
      return new Outcome.Unknown("no word from the lane within " + LIMIT.toMinutes() + " minutes");
    }
    log.error("lane {}: {} ended with a failure of ours", name, message.attempt(), cause);
    return new Outcome.Unknown("the channel failed: " + cause);
  }
}

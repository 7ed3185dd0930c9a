package org.lastmile.channel.wechat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends template messages of one official account (服务号). A message's address is the openid. It is
 * never the only channel: the platform may hold or ban a template in the middle of a storm.
 */
public final class WeChatChannel implements Channel {
  private static final Duration FULL_RETRY = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(WeChatChannel.class);

  private final Clock clock;
  private final Lane lane;
  private final StableToken tokens;
  private final WeChatCallback callback;
  private final TemplateSend sender;
  private final ThreadPoolExecutor workers;
  private final int capacity;
  private final AtomicInteger underway = new AtomicInteger();
  private final Set<Send> sends = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Sink> sink = new AtomicReference<>();
  private final AtomicReference<Health.State> told = new AtomicReference<>(Health.State.UP);
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Starts no connection; {@link #listen} does.
   *
   * @param random jitter of repeats after "busy"
   * @throws IllegalArgumentException naming everything that is wrong with the configuration
   */
  public WeChatChannel(WeChatConfig config, Memory memory, Clock clock, RandomGenerator random) {
    List<String> problems = config.problems();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("channels.wechat: " + String.join("; ", problems));
    }
    this.clock = clock;
    this.lane = new Lane(clock);
    Wire wire = new Wire(config.officialAccount().baseUrl(), config.limits());
    this.tokens = new StableToken(config, wire, memory, clock);
    Attempts attempts = new Attempts(memory, clock);
    this.callback = new WeChatCallback(config, attempts, lane, memory, clock, sink::get);
    this.sender = new TemplateSend(config, clock, random, wire, tokens, attempts, lane, callback);
    int threads = config.limits().concurrency();
    this.capacity = 2 * threads;
    AtomicInteger names = new AtomicInteger();
    this.workers =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "wechat-send-" + names.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    workers.allowCoreThreadTimeOut(true);
  }

  /** What the gateway's HTTP server hands the platform's callbacks to. */
  public WeChatCallback callback() {
    return callback;
  }

  /** Also fetches the token, so that a wrong secret shows before the storm. */
  @Override
  public void listen(Sink listener) {
    sink.set(listener);
    background(
        () -> {
          sender.warmUp();
          tellState();
        });
  }

  @Override
  public CompletionStage<Outcome> send(Message message) {
    if (closed.get()) {
      return CompletableFuture.completedFuture(new Outcome.LaneDown("the channel is closed"));
    }
    if (underway.incrementAndGet() > capacity) {
      underway.decrementAndGet();
      return CompletableFuture.completedFuture(
          new Outcome.Retry(FULL_RETRY, capacity + " messages are under way already"));
    }
    Send send = new Send(message);
    sends.add(send);
    try {
      workers.execute(send);
    } catch (RejectedExecutionException e) {
      send.outcome.complete(new Outcome.LaneDown("the channel is closed"));
    }
    return send.outcome.whenComplete(
        (outcome, problem) -> {
          underway.decrementAndGet();
          sends.remove(send);
        });
  }

  /** Twice the concurrency less what is under way, so that no worker waits for the desk. */
  @Override
  public int room() {
    return closed.get() || lane.shut().isPresent() ? 0 : Math.max(0, capacity - underway.get());
  }

  @Override
  public Health check() {
    return lane.health(tokens.until(), underway.get());
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    for (Runnable waiting : workers.shutdownNow()) {
      if (waiting instanceof Send send) {
        send.outcome.complete(new Outcome.LaneDown("the channel was closed before it was sent"));
      }
    }
    sends.forEach(
        s -> s.outcome.complete(new Outcome.Unknown("the channel was closed while it was sent")));
    callback.close();
  }

  /** One message on its way through a worker. */
  private final class Send implements Runnable {
    private final Message message;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    Send(Message message) {
      this.message = message;
    }

    @Override
    public void run() {
      Outcome result;
      try {
        result = sender.carry(message);
      } catch (RuntimeException e) {
        // A defect of ours must not leave the desk waiting; what was written is not known.
        log.error("Sending {} failed inside the channel", message.attempt(), e);
        result = new Outcome.Unknown("a fault inside the channel: " + e.getClass().getSimpleName());
      }
      outcome.complete(result);
      tellState();
      if (sender.quotaDue()) {
        background(sender::askQuota);
      }
    }
  }

  private void background(Runnable task) {
    try {
      workers.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("The channel is closed; a background call is dropped");
    }
  }

  /** Tells the operator, once, when the lane's state has changed. */
  private void tellState() {
    Sink to = sink.get();
    Health health = check();
    Health.State before = told.getAndSet(health.state());
    if (to == null || before == health.state() || closed.get()) {
      return;
    }
    Signal.State state =
        switch (health.state()) {
          case UP -> Signal.State.ONLINE;
          case DEGRADED -> Signal.State.DEGRADED;
          case DOWN -> Signal.State.OFFLINE;
        };
    log.info("WeChat is {}: {}", health.state(), health.why());
    Signal presence =
        new Signal.Presence(
            Signal.Subject.LANE,
            "official-account",
            state,
            health.why(),
            clock.instant(),
            Map.of());
    to.accept(presence)
        .exceptionally(
            problem -> {
              // Told again with the next change of state: the health page shows it meanwhile.
              log.warn("A change of state was not kept: {}", problem.toString());
              told.compareAndSet(health.state(), before);
              return null;
            });
  }
}

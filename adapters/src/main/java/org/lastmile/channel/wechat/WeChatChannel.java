package org.lastmile.channel.wechat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends template messages of one official account (服务号). A message's address is the openid. It is
 * never the only channel: the platform may hold or ban a template in the middle of a storm.
 */
public final class WeChatChannel implements Channel {
  private static final String LANE = "official-account";
  private static final Duration FULL_RETRY = Duration.ofSeconds(1);
  private static final Duration CLOSING = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(WeChatChannel.class);

  private final Lane lane;
  private final AccessToken tokens;
  private final WeChatCallback callback;
  private final TemplateSend sender;
  private final Chats chats = new Chats();
  private final ThreadPoolExecutor workers;
  private final int capacity;
  private final AtomicInteger underway = new AtomicInteger();
  private final Set<Send> sends = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Sink> sink = new AtomicReference<>();
  private final LaneNews news;
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
    WeChatConfig.OfficialAccount account = config.officialAccount();
    WeChatConfig.Limits limits = config.limits();
    this.lane = new Lane(LANE, clock);
    Wire wire = new Wire(account.baseUrl(), limits);
    this.tokens = new AccessToken(new TokenSource.Stable(account, wire), limits, memory, clock);
    Attempts attempts = new Attempts(memory, clock);
    Bindings bindings = new Bindings(sink::get, clock);
    Consents consents = new Consents(memory, account.templateId());
    ThreadPoolExecutor readers = Workers.of(WeChatCallback.THREADS, "wechat-callback");
    CallbackEnvelope envelope = new CallbackEnvelope(config, lane, memory, clock);
    CallbackSignals signals =
        new CallbackSignals(
            attempts, lane, clock, sink::get, bindings, chats, envelope, consents, readers);
    this.callback = new WeChatCallback(envelope, signals, memory, limits.kept(), readers);
    this.sender =
        new TemplateSend(
            account,
            clock,
            new Calls(wire, tokens, ErrorCode::of, limits.busyPause(), random),
            tokens,
            attempts,
            lane,
            new Consequences(lane, random),
            bindings,
            consents,
            signals);
    this.news = new LaneNews(LANE, lane::state, this::check, sink::get, clock);
    this.capacity = 2 * config.limits().concurrency();
    // While one half waits for the platform, the other keeps its notes.
    this.workers = Workers.of(capacity, "wechat-send");
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
          tellNews();
        });
  }

  /**
   * A notice to somebody who has just said something is the answer to their callback: whatever is
   * wrong with the template, and whatever is under way.
   */
  @Override
  public CompletionStage<Outcome> send(Message message) {
    if (message.content().kind() == Content.Kind.NOTICE
        && chats.answer(message.address(), PassiveReply.words(message))) {
      return CompletableFuture.completedFuture(new Outcome.Accepted(List.of()));
    }
    if (message.marks().contains(Message.Mark.ANSWER)) {
      return CompletableFuture.completedFuture(
          new Outcome.Permanent("nobody waits for it in the chat any more"));
    }
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

  /** Twice the concurrency less what is under way, and no more than the day's quota has left. */
  @Override
  public int room() {
    return closed.get() || lane.shut().isPresent()
        ? 0
        : lane.withinQuota(Math.max(0, capacity - underway.get()));
  }

  @Override
  public Health check() {
    return lane.health(tokens.until(), underway.get(), Map.of("quota", "not asked yet"));
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
    try {
      // Those that wait for their turn say so themselves: they did not leave.
      if (!workers.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("Some sends did not end with the channel; their outcome is unknown");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
      tellNews();
      if (sender.quotaDue()) {
        background(
            () -> {
              sender.askQuota();
              tellNews();
            });
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

  private void tellNews() {
    if (!closed.get()) {
      news.tell();
    }
  }
}

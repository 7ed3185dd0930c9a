package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
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
 * Sends messages of one WeCom application (企业微信). A message's address is the userid, or {@code
 * robot:NAME} for a group robot. Warnings go out as a card with two buttons, 已收到 and 去不了, whose
 * clicks come back as confirmations of the very attempt. There are no receipts: until somebody
 * answers, nothing is known but that the platform took it.
 */
public final class WeComChannel implements Channel {
  private static final String LANE = "wecom";
  private static final Duration MOMENT = Duration.ofMillis(80);
  private static final Duration FULL_RETRY = Duration.ofSeconds(1);
  private static final Duration ONE_COMPLAINT = Duration.ofSeconds(1);
  private static final Duration WIDEN_AFTER = Duration.ofMinutes(1);
  private static final int CAPACITY = 10 * Batches.MOST;

  /** Excludes {@code @all}, which would be everybody in the corporation, and lists of userids. */
  private static final Pattern USERID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}");

  /** What the question for the application says of the configuration. */
  private static final Set<Code> OF_THE_APPLICATION =
      Set.of(WeComCode.BAD_AGENT_ID, WeComCode.AGENT_MISMATCH, WeComCode.IP_NOT_ALLOWED);

  private static final Logger log = LoggerFactory.getLogger(WeComChannel.class);

  private final Clock clock;
  private final Lane lane;
  private final long agentId;
  private final AccessToken tokens;
  private final Calls calls;
  private final Consequences consequences;
  private final Tasks tasks;
  private final WeComSend sender;
  private final Cards cards;
  private final Robots robots;
  private final Directory directory;
  private final WeChatCallback callback;
  private final LaneNews news;
  private final int widest;
  private final Pace pace;
  private final ScheduledThreadPoolExecutor timer;
  private final ThreadPoolExecutor workers;
  private final ExecutorService clerk;
  private final WeComFaces faces = new WeComFaces();
  private final Batches batches;
  private final AtomicInteger underway = new AtomicInteger();
  private final Set<Batches.Send> sends = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Sink> sink = new AtomicReference<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile String application = "not asked yet";
  private Instant narrowed = Instant.MIN;

  /**
   * Starts no connection; {@link #listen} does.
   *
   * @param random jitter of repeats after "busy"
   * @throws IllegalArgumentException naming everything that is wrong with the configuration
   */
  public WeComChannel(WeComConfig config, Memory memory, Clock clock, RandomGenerator random) {
    this(config, memory, clock, random, MOMENT);
  }

  /**
   * @param moment how long a message waits for others that look the same
   */
  WeComChannel(
      WeComConfig config, Memory memory, Clock clock, RandomGenerator random, Duration moment) {
    List<String> problems = config.problems();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("channels.wechat: " + String.join("; ", problems));
    }
    WeChatConfig.Limits limits = config.limits();
    this.agentId = config.agentId();
    this.clock = clock;
    this.lane = new Lane(LANE, clock);
    this.widest = limits.concurrency();
    this.workers = Workers.of(widest, "wecom-send");
    this.clerk = Workers.of(1, "wecom-directory");
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "wecom-batches");
              thread.setDaemon(true);
              return thread;
            });
    // Twice the platform's limits would be dropped without a word; its windows are not known.
    this.pace =
        new Pace(
            clock,
            new Pace.Rate(30, Duration.ofSeconds(65)),
            new Pace.Rate(1000, Duration.ofMinutes(61)));
    Wire wire = new Wire(config.baseUrl(), limits);
    this.tokens = new AccessToken(new TokenSource.Corporate(config, wire), limits, memory, clock);
    this.calls = new Calls(wire, tokens, WeComCode::of, limits.busyPause(), random);
    Bindings bindings = new Bindings(sink::get, clock);
    this.consequences = new Consequences(lane, random);
    this.tasks = new Tasks(memory, clock);
    this.directory = new Directory(calls, memory, clock);
    this.sender =
        new WeComSend(
            config.agentId(),
            calls,
            tasks,
            lane,
            new Gate(lane, tokens),
            consequences,
            bindings,
            directory,
            this::narrow);
    this.cards = new Cards(config.agentId(), calls, tasks, consequences, clock, workers);
    this.robots = new Robots(config.robots(), wire, clock);
    Seal seal = WeComEnvelope.seal(config, lane, clock);
    this.callback =
        new WeChatCallback(
            new WeComEnvelope(seal, lane),
            new WeComSignals(tasks, seal, lane, clock, sink::get, bindings, cards::settled),
            memory,
            limits.kept(),
            Workers.of(WeChatCallback.THREADS, "wecom-callback"));
    this.news = new LaneNews(LANE, lane::state, this::check, sink::get, clock);
    this.batches = new Batches(timer, moment, this::hand);
  }

  /** What the gateway's HTTP server hands the application's callbacks to. */
  public WeChatCallback callback() {
    return callback;
  }

  /** What is known of who has a mobile number. */
  public sealed interface Lookup {
    record Found(String userid) implements Lookup {}

    /** Nobody in the corporation, or nobody that this application may see. Remembered for days. */
    record Nobody() implements Lookup {}

    /** It could not be asked now; ask again later. */
    record NotNow(String why) implements Lookup {}
  }

  /**
   * The userid of whoever has that mobile number, for imports of staff. Answers are kept: the
   * platform blocks the question for a day when too many numbers are unknown.
   */
  public CompletionStage<Lookup> find(String mobile) {
    try {
      return CompletableFuture.supplyAsync(() -> directory.find(mobile), clerk);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(new Lookup.NotNow("the channel is closed"));
    }
  }

  /**
   * The person has answered this try, or another of the same message, on another channel: the card
   * turns into 已确认, together with the others of its request when everybody there has answered.
   * Never blocks; a card that can't be turned is left as it is, and a click on it does no harm.
   */
  public void answered(String attempt) {
    cards.answeredElsewhere(attempt);
  }

  /**
   * Also fetches the token and asks for the application, so that a wrong secret, agent id or
   * address shows before the storm.
   */
  @Override
  public void listen(Sink listener) {
    sink.set(listener);
    background(
        () -> {
          tryOut();
          tellNews();
        });
  }

  private void tryOut() {
    try {
      Wire.Answer answer = calls.get("/cgi-bin/agent/get?agentid=" + agentId);
      if (answer instanceof Wire.Answer.Missing missing) {
        lane.down(missing.why());
        application = missing.why();
      } else if (answer instanceof Wire.Answer.Json json) {
        Code code = calls.code(json);
        // What follows from it first: whoever sees the answer sees the lane's state too.
        if (OF_THE_APPLICATION.contains(code)) {
          consequences.of(json.code(), code, Consequences.said(json.words()));
        }
        application =
            code.act() == Code.Act.ACCEPT ? "answers" : json.code() + ": " + code.meaning();
      }
    } catch (AccessToken.NoToken e) {
      log.warn("No token for the WeCom application: {}", consequences.of(e));
      application = e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public CompletionStage<Outcome> send(Message message) {
    if (closed.get()) {
      return CompletableFuture.completedFuture(new Outcome.LaneDown("the channel is closed"));
    }
    if (underway.incrementAndGet() > CAPACITY) {
      underway.decrementAndGet();
      return CompletableFuture.completedFuture(
          new Outcome.Retry(FULL_RETRY, CAPACITY + " messages are under way already"));
    }
    Batches.Send send = new Batches.Send(message);
    sends.add(send);
    CompletionStage<Outcome> done =
        send.outcome.whenComplete(
            (outcome, problem) -> {
              underway.decrementAndGet();
              sends.remove(send);
            });
    try {
      begin(send);
    } catch (RejectedExecutionException e) {
      send.outcome.complete(new Outcome.LaneDown("the channel is closed"));
    }
    return done;
  }

  private void begin(Batches.Send send) {
    Message message = send.message;
    Content content = message.content();
    if (!clock.instant().isBefore(content.playBy())) {
      send.outcome.complete(new Outcome.Permanent("too late: its play-by time has passed"));
    } else if (message.address().startsWith(Robots.ADDRESS)) {
      carry(send, () -> robots.carry(message));
    } else if (!USERID.matcher(message.address()).matches()) {
      send.outcome.complete(new Outcome.Permanent("this is no userid"));
    } else if (content.kind() == Content.Kind.STOP) {
      carry(send, () -> cards.recall(content.supersedes(), message.address()));
    } else {
      WeComFaces.Face face = faces.of(message);
      if (message.marks().contains(Message.Mark.POSSIBLE_DUPLICATE)) {
        workers.execute(() -> repeat(send, face.batch(), face.body()));
      } else {
        queue(send, face.batch(), face.body(), tasks.way(message));
      }
    }
  }

  /** The earlier try may have been another process's: the store is asked. */
  private void repeat(Batches.Send send, String batch, ObjectNode face) {
    try {
      queue(send, batch, face, tasks.wayOfRepeat(send.message, batch));
    } catch (Memory.Away e) {
      send.outcome.complete(
          new Outcome.Unknown(
              "an earlier try may have arrived, and the store that knows it is away: not repeated"));
    } catch (RejectedExecutionException e) {
      send.outcome.complete(new Outcome.LaneDown("the channel is closed"));
    } catch (RuntimeException e) {
      send.outcome.complete(fault(send.message, e));
    }
  }

  private void queue(Batches.Send send, String batch, ObjectNode face, Tasks.Way way) {
    if (way instanceof Tasks.Way.TooLate) {
      send.outcome.complete(
          new Outcome.Unknown(
              "an earlier try may have arrived, and the platform forgets it after 30 minutes:"
                  + " not repeated"));
      return;
    }
    Optional<Duration> wait = pace.take(Task.key(send.message.address()));
    if (wait.isPresent()) {
      send.outcome.complete(
          new Outcome.Retry(
              wait.get(), "this person got 30 messages within a minute, or 1000 within an hour"));
      return;
    }
    Optional<Task> again =
        way instanceof Tasks.Way.Again earlier ? Optional.of(earlier.task()) : Optional.empty();
    batches.add(batch, face, again, send);
  }

  /** What is not batched. */
  private void carry(Batches.Send send, Supplier<Outcome> work) {
    workers.execute(
        () -> {
          send.begun = true;
          try {
            send.outcome.complete(work.get());
          } catch (RuntimeException e) {
            send.outcome.complete(fault(send.message, e));
          }
          tellNews();
        });
  }

  /** A batch is complete. */
  private void hand(Batches.Batch batch) {
    try {
      workers.execute(() -> carry(batch));
    } catch (RejectedExecutionException e) {
      batch.all().forEach(s -> s.outcome.complete(new Outcome.LaneDown("the channel is closed")));
    }
  }

  private void carry(Batches.Batch batch) {
    batch.all().forEach(s -> s.begun = true);
    try {
      Map<String, Outcome> outcomes =
          sender.carry(batch.messages(), batch.face(), batch.id(), batch.again());
      widen();
      batch.all().forEach(s -> s.outcome.complete(outcomes.get(s.message.attempt())));
      cards.replaced(
          batch.messages().stream()
              .filter(m -> outcomes.get(m.attempt()) instanceof Outcome.Accepted)
              .toList());
    } catch (RuntimeException e) {
      batch.all().forEach(s -> s.outcome.complete(fault(s.message, e)));
    }
    tellNews();
  }

  /** A defect of ours must not leave the desk waiting; what was written is not known. */
  private static Outcome fault(Message message, RuntimeException e) {
    log.error("Sending {} failed inside the channel", message.attempt(), e);
    return new Outcome.Unknown("a fault inside the channel: " + e.getClass().getSimpleName());
  }

  /** 45033: half as many requests at one time. */
  private synchronized void narrow() {
    Instant now = clock.instant();
    if (!narrowed.equals(Instant.MIN) && now.isBefore(narrowed.plus(ONE_COMPLAINT))) {
      return; // those that were under way together complain together
    }
    narrowed = now;
    width(Math.max(1, workers.getCorePoolSize() / 2));
  }

  /** One more at a time, a minute after the last complaint. */
  private synchronized void widen() {
    boolean quiet =
        narrowed.equals(Instant.MIN) || !clock.instant().isBefore(narrowed.plus(WIDEN_AFTER));
    if (workers.getCorePoolSize() < widest && quiet) {
      width(workers.getCorePoolSize() + 1);
    }
  }

  private void width(int threads) {
    if (threads < workers.getCorePoolSize()) {
      workers.setCorePoolSize(threads);
      workers.setMaximumPoolSize(threads);
    } else {
      workers.setMaximumPoolSize(threads);
      workers.setCorePoolSize(threads);
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

  /** Ten full requests less what is under way. */
  @Override
  public int room() {
    return closed.get() || lane.shut().isPresent() ? 0 : Math.max(0, CAPACITY - underway.get());
  }

  @Override
  public Health check() {
    Map<String, String> facts = new LinkedHashMap<>(sender.facts());
    facts.putAll(cards.facts());
    facts.put("application", application);
    facts.put("requests at one time", Integer.toString(workers.getCorePoolSize()));
    return lane.health(tokens.until(), underway.get(), facts);
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    timer.shutdownNow();
    workers.shutdownNow();
    clerk.shutdownNow();
    sends.forEach(
        s ->
            s.outcome.complete(
                s.begun
                    ? new Outcome.Unknown("the channel was closed while it was sent")
                    : new Outcome.LaneDown("the channel was closed before it was sent")));
    callback.close();
  }
}

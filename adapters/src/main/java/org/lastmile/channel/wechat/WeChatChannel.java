package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
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
  private static final String SEND = "/cgi-bin/message/template/send";
  private static final int BUSY_REPEATS = 3;
  private static final Duration BUSY_RETRY = Duration.ofSeconds(10);
  private static final Duration FULL_RETRY = Duration.ofSeconds(1);
  private static final Duration QUOTA_EVERY = Duration.ofMinutes(10);
  private static final Logger log = LoggerFactory.getLogger(WeChatChannel.class);

  private final WeChatConfig config;
  private final Clock clock;
  private final RandomGenerator random;
  private final Wire wire;
  private final StableToken tokens;
  private final TemplateFields fields;
  private final Attempts attempts;
  private final Lane lane;
  private final WeChatCallback callback;
  private final ThreadPoolExecutor workers;
  private final int capacity;
  private final AtomicInteger underway = new AtomicInteger();
  private final Set<Send> sends = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Sink> sink = new AtomicReference<>();
  private final AtomicReference<Health.State> told = new AtomicReference<>(Health.State.UP);
  private final AtomicReference<Instant> quotaAsked = new AtomicReference<>(Instant.MIN);
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
    this.config = config;
    this.clock = clock;
    this.random = random;
    this.wire = new Wire(config.officialAccount().baseUrl(), config.limits());
    this.tokens = new StableToken(config, wire, memory, clock);
    this.fields = new TemplateFields(config.officialAccount().template());
    this.attempts = new Attempts(memory, clock);
    this.lane = new Lane(clock);
    this.callback = new WeChatCallback(config, attempts, lane, memory, clock, sink::get);
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
    background(this::warmUp);
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
        result = carry(message);
      } catch (RuntimeException e) {
        // A defect of ours must not leave the desk waiting; what was written is not known.
        log.error("Sending {} failed inside the channel", message.attempt(), e);
        result = new Outcome.Unknown("a fault inside the channel: " + e.getClass().getSimpleName());
      }
      outcome.complete(result);
      tellState();
    }
  }

  private Outcome carry(Message message) {
    Optional<Outcome> shut = lane.shut();
    if (shut.isPresent()) {
      return shut.get();
    }
    Content content = message.content();
    if (content.kind() == Content.Kind.STOP) {
      return new Outcome.Permanent("people get nothing when a loudspeaker is stopped");
    }
    if (!clock.instant().isBefore(content.playBy())) {
      return new Outcome.Permanent("too late: its play-by time has passed");
    }
    TemplateFields.Filled filled = fields.fill(message);
    if (!filled.problems().isEmpty()) {
      String why = "47003 avoided, check template: " + String.join("; ", filled.problems());
      lane.misfit(why);
      return new Outcome.Permanent(why);
    }
    Attempts.Repeat repeat;
    try {
      repeat = attempts.repeat(message);
    } catch (Memory.Away e) {
      repeat = new Attempts.Repeat(Attempts.clientMessageId(Attempts.delivery(message.attempt())));
    }
    if (repeat.equals(Attempts.Repeat.TOO_LATE)) {
      return new Outcome.Unknown(
          "an earlier try may have arrived, and the platform forgets it after 10 minutes:"
              + " not repeated");
    }
    attempts.begins(message);
    Outcome outcome = post(message, body(message, filled.values(), repeat.clientMessageId()));
    if (outcome instanceof Outcome.Unknown unknown) {
      attempts.unknown(message);
      lane.unclear(unknown.why());
    } else if (outcome instanceof Outcome.Pending) {
      attempts.unknown(message);
    } else if (!(outcome instanceof Outcome.Accepted)) {
      attempts.over(message);
    }
    if (!(outcome instanceof Outcome.Accepted)) {
      log.info("{} to {}: {}", message.attempt(), Mask.openid(message.address()), outcome);
    }
    return outcome;
  }

  private ObjectNode body(Message message, Map<String, String> values, String clientMessageId) {
    ObjectNode body =
        Wire.JSON
            .createObjectNode()
            .put("touser", message.address())
            .put("template_id", config.officialAccount().templateId())
            .put("client_msg_id", clientMessageId);
    String link = message.field(Field.LINK);
    if (!link.isEmpty()) {
      body.put("url", link);
    }
    ObjectNode data = body.putObject("data");
    values.forEach((name, value) -> data.putObject(name).put("value", value));
    return body;
  }

  private Outcome post(Message message, ObjectNode body) {
    try {
      String token = tokens.get();
      boolean renewed = false;
      int busy = 0;
      while (true) {
        Wire.Answer answer = wire.post(SEND, token, body);
        if (!(answer instanceof Wire.Answer.Json json)) {
          return withoutAnswer(answer);
        }
        ErrorCode code = ErrorCode.of(json.code());
        if (code.act() == ErrorCode.Act.RENEW_TOKEN && !renewed) {
          token = tokens.replace(token);
          renewed = true;
        } else if (code.act() == ErrorCode.Act.REPEAT && busy < BUSY_REPEATS) {
          busy++;
          pause();
        } else {
          return conclude(message, code, json);
        }
      }
    } catch (StableToken.NoToken e) {
      return withoutToken(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.LaneDown("the channel was closed while the platform was busy");
    }
  }

  private Outcome conclude(Message message, ErrorCode code, Wire.Answer.Json json) {
    String why = json.code() + ": " + code.meaning();
    return switch (code.act()) {
      case ACCEPT -> accepted(message, json.body());
      case HOLD -> {
        lane.answered();
        yield new Outcome.Pending(why);
      }
      case REPEAT -> {
        lane.unclear(why);
        yield new Outcome.Retry(jittered(BUSY_RETRY), why);
      }
      case GIVE_UP -> {
        lane.answered();
        yield new Outcome.Permanent(why);
      }
      case GIVE_UP_AND_SHOW -> {
        String shown = why + said(json.words(), message);
        lane.answered();
        lane.misfit(shown);
        yield new Outcome.Permanent(shown);
      }
      case STOP_TEMPLATE -> {
        lane.stopTemplate(why);
        yield new Outcome.LaneDown(why);
      }
      case WAIT_MINUTE -> lane.untilNextMinute(why);
      case WAIT_MIDNIGHT -> lane.untilMidnight(why);
      case RENEW_TOKEN -> {
        String again = why + ", though it was fetched a moment ago";
        lane.down(again);
        yield new Outcome.LaneDown(again);
      }
      case FIX_ACCOUNT -> lane.untilFixed(why + said(json.words(), message));
    };
  }

  private Outcome accepted(Message message, JsonNode body) {
    if (!body.has("errcode") && !body.has("msgid")) {
      return new Outcome.Unknown("HTTP 200 without errcode and msgid");
    }
    String msgid = body.path("msgid").asText("0");
    lane.taken();
    attempts
        .accepted(message, msgid)
        .ifPresent(parked -> callback.replay(message.attempt(), msgid, parked));
    if (quotaDue()) {
      background(this::askQuota);
    }
    return new Outcome.Accepted(List.of(msgid));
  }

  private Outcome withoutAnswer(Wire.Answer answer) {
    if (answer instanceof Wire.Answer.SlowDown slow) {
      return lane.slowDown(slow.after(), slow.why());
    }
    if (answer instanceof Wire.Answer.NotTaken not) {
      lane.down(not.why());
      return new Outcome.LaneDown(not.why());
    }
    return new Outcome.Unknown(((Wire.Answer.Unclear) answer).why());
  }

  private Outcome withoutToken(StableToken.NoToken e) {
    return switch (e.code().act()) {
      case FIX_ACCOUNT -> lane.untilFixed(e.getMessage());
      case WAIT_MINUTE -> lane.untilNextMinute(e.getMessage());
      case WAIT_MIDNIGHT -> lane.untilMidnight(e.getMessage());
      default -> {
        lane.down(e.getMessage());
        yield e.outcome();
      }
    };
  }

  /** The platform's own words for the operator: which field, which IP address; never an openid. */
  private static String said(String words, Message message) {
    String clean =
        words
            .replace(message.address(), Mask.openid(message.address()))
            .replaceAll("[\\p{Cntrl}\\s]+", " ");
    return clean.isEmpty() ? "" : " (" + clean.substring(0, Math.min(120, clean.length())) + ")";
  }

  private void pause() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(jittered(config.limits().busyPause()).toMillis());
  }

  /** Half to one and a half times as long, so that many don't come back at one time. */
  private Duration jittered(Duration mean) {
    return Duration.ofMillis((long) (mean.toMillis() * (0.5 + random.nextDouble())));
  }

  private void background(Runnable task) {
    try {
      workers.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("The channel is closed; a background call is dropped");
    }
  }

  private void warmUp() {
    try {
      tokens.get();
      if (quotaDue()) {
        askQuota();
      }
    } catch (StableToken.NoToken e) {
      Outcome outcome = withoutToken(e);
      log.warn("No token for {}: {}", config.officialAccount().appId(), outcome);
    }
    tellState();
  }

  private boolean quotaDue() {
    Instant asked = quotaAsked.get();
    Instant now = clock.instant();
    return (asked.equals(Instant.MIN) || !now.isBefore(asked.plus(QUOTA_EVERY)))
        && quotaAsked.compareAndSet(asked, now);
  }

  private void askQuota() {
    try {
      ObjectNode ask = Wire.JSON.createObjectNode().put("cgi_path", SEND);
      Wire.Answer answer = wire.post("/cgi-bin/openapi/quota/get", tokens.get(), ask);
      if (answer instanceof Wire.Answer.Json json && json.code() == 0) {
        JsonNode quota = json.body().path("quota");
        if (quota.path("daily_limit").asLong() > 0) {
          lane.quota(quota.path("daily_limit").asLong(), quota.path("remain").asLong());
        }
      } else {
        log.debug("The quota could not be asked: {}", answer);
      }
    } catch (StableToken.NoToken e) {
      log.debug("The quota could not be asked: {}", e.getMessage());
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

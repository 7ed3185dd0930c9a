package org.lastmile.channel.wechat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the platform posts to us: receipts and people's words. Knows no HTTP server: it is handed
 * the query and the body and says what to answer. {@code success} is answered only when the signal
 * is kept; anything else makes the platform send it again (5 s later, three times).
 */
public final class WeChatCallback {
  /** Real callbacks are below 10 KiB. */
  static final int LARGEST_BODY = 64 * 1024;

  private static final int MOST_WAITING = 1000;
  private static final int THREADS = 8;
  private static final Duration SEEN = Duration.ofDays(1);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final Reply SUCCESS = new Reply(200, "success", TEXT);
  private static final Logger log = LoggerFactory.getLogger(WeChatCallback.class);

  private final WeChatConfig.OfficialAccount account;
  private final WeChatConfig.Limits limits;
  private final Attempts attempts;
  private final Lane lane;
  private final Memory memory;
  private final Clock clock;
  private final Supplier<Sink> sink;
  private final CallbackCrypto crypto;
  private final boolean encrypted;
  private final ThreadPoolExecutor workers;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<String, CompletableFuture<Void>> underway = new ConcurrentHashMap<>();

  WeChatCallback(
      WeChatConfig config,
      Attempts attempts,
      Lane lane,
      Memory memory,
      Clock clock,
      Supplier<Sink> sink) {
    this.account = config.officialAccount();
    this.limits = config.limits();
    this.attempts = attempts;
    this.lane = lane;
    this.memory = memory;
    this.clock = clock;
    this.sink = sink;
    List<String> keys =
        Stream.of(account.aesKey(), account.previousAesKey()).filter(k -> !k.isEmpty()).toList();
    this.crypto = new CallbackCrypto(account.appId(), keys);
    this.encrypted = !keys.isEmpty();
    this.workers =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "wechat-callback");
              thread.setDaemon(true);
              return thread;
            });
    workers.allowCoreThreadTimeOut(true);
  }

  /** What to answer over HTTP. */
  public record Reply(int status, String body, String contentType) {}

  /** Refused: the status to answer, and why, for the log. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;

    Refused(int status, String why) {
      super(why);
      this.status = status;
    }
  }

  /**
   * Answers the {@code GET} by which the platform checks that the address is ours; never blocks.
   *
   * @param query the decoded query parameters
   */
  public Reply verify(Map<String, String> query) {
    try {
      checkSigned(query);
      return new Reply(200, query.getOrDefault("echostr", ""), TEXT);
    } catch (Refused e) {
      return refuse(e);
    }
  }

  /**
   * Takes one {@code POST}; never blocks.
   *
   * @param query the decoded query parameters
   * @param body as it came; the caller need not read more than 64 KiB + 1 of it
   */
  public CompletionStage<Reply> receive(Map<String, String> query, byte[] body) {
    try {
      if (body.length > LARGEST_BODY) {
        throw new Refused(413, "the body is larger than " + LARGEST_BODY + " bytes");
      }
      checkSigned(query);
    } catch (Refused e) {
      return CompletableFuture.completedFuture(refuse(e));
    }
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      return CompletableFuture.completedFuture(
          new Reply(503, "too many callbacks are waiting", TEXT));
    }
    try {
      return CompletableFuture.supplyAsync(() -> take(query, body), workers)
          .thenCompose(reply -> reply)
          .whenComplete((reply, problem) -> waiting.decrementAndGet());
    } catch (RejectedExecutionException e) {
      waiting.decrementAndGet();
      return CompletableFuture.completedFuture(new Reply(503, "closed", TEXT));
    }
  }

  /** A receipt that had come before its send was answered. Never blocks. */
  void replay(String attempt, String msgid, Attempts.Parked parked) {
    replayIn(Duration.ZERO, attempt, msgid, parked);
  }

  void close() {
    workers.shutdown();
  }

  /** Until the sink keeps it: the platform has had its answer and won't bring it again. */
  private void replayIn(Duration pause, String attempt, String msgid, Attempts.Parked parked) {
    if (workers.isShutdown()) {
      return;
    }
    // Every failure is handled in the last step, so nothing is left to look at in the future
    // itself.
    var unused =
        CompletableFuture.runAsync(
                () -> {},
                CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, workers))
            .thenCompose(now -> replayed(attempt, msgid, parked))
            .whenComplete(
                (kept, problem) -> {
                  if (problem != null) {
                    log.warn("A parked receipt is not kept yet: {}", words(problem));
                    replayIn(pause.multipliedBy(2).plusSeconds(1), attempt, msgid, parked);
                  }
                });
  }

  private CompletionStage<Void> replayed(String attempt, String msgid, Attempts.Parked parked) {
    Optional<Signal.Confirmation> confirmation =
        confirmation(attempt, msgid, parked.status(), parked.at());
    Sink to = sink.get();
    return confirmation.isEmpty() || to == null
        ? CompletableFuture.completedFuture(null)
        : to.accept(confirmation.get()).thenRunAsync(() -> attempts.unpark(msgid), workers);
  }

  private CompletionStage<Reply> take(Map<String, String> query, byte[] body) {
    try {
      Map<String, String> fields = fields(query, body);
      return keptOnce(fields)
          .handle(
              (kept, problem) -> {
                if (problem == null) {
                  return SUCCESS;
                }
                log.warn("A callback could not be kept and will come again: {}", words(problem));
                return new Reply(500, "not kept; send it again", TEXT);
              });
    } catch (Refused e) {
      return CompletableFuture.completedFuture(refuse(e));
    }
  }

  private Reply refuse(Refused refused) {
    log.debug("Callback refused with {}: {}", refused.status, refused.getMessage());
    return new Reply(refused.status, refused.getMessage(), TEXT);
  }

  private void checkSigned(Map<String, String> query) throws Refused {
    String timestamp = query.getOrDefault("timestamp", "");
    String nonce = query.getOrDefault("nonce", "");
    String expected = CallbackCrypto.signature(account.callbackToken(), timestamp, nonce);
    if (!CallbackCrypto.same(expected, query.getOrDefault("signature", ""))) {
      lane.callbackUnsigned();
      throw new Refused(403, "wrong signature");
    }
    lane.callbackSigned();
    Duration off =
        timestamp.matches("\\d{1,12}")
            ? Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), clock.instant())
            : Duration.ofDays(36_500);
    if (off.abs().compareTo(limits.clockSkew()) > 0) {
      String why = "its time is " + off.toSeconds() + " s off; is this machine's clock right?";
      lane.callbackRefused(why);
      throw new Refused(403, why);
    }
  }

  /** The fields of the message, decrypted wherever an AES key is configured. */
  private Map<String, String> fields(Map<String, String> query, byte[] body) throws Refused {
    try {
      Map<String, String> outer = CallbackXml.read(body);
      if (!encrypted) {
        if (outer.containsKey("Encrypt") && !outer.containsKey("MsgType")) {
          throw signedRefusal(403, "it is encrypted, and no aes-key is configured");
        }
        return outer;
      }
      String sealed = outer.getOrDefault("Encrypt", "");
      if (sealed.isEmpty()) {
        throw signedRefusal(403, "it is not encrypted, and an aes-key is configured");
      }
      String expected =
          CallbackCrypto.signature(
              account.callbackToken(),
              query.getOrDefault("timestamp", ""),
              query.getOrDefault("nonce", ""),
              sealed);
      if (!CallbackCrypto.same(expected, query.getOrDefault("msg_signature", ""))) {
        throw signedRefusal(403, "wrong msg_signature");
      }
      return CallbackXml.read(crypto.decrypt(sealed));
    } catch (CallbackXml.Unreadable e) {
      throw signedRefusal(400, e.getMessage());
    } catch (CallbackCrypto.NotOurs e) {
      throw signedRefusal(403, e.getMessage());
    }
  }

  private Refused signedRefusal(int status, String why) {
    lane.callbackRefused(why);
    return new Refused(status, why);
  }

  /** The platform may bring one thing several times, even while the first is being kept. */
  private CompletableFuture<Void> keptOnce(Map<String, String> fields) {
    String key = "seen/" + Attempts.hash(identity(fields));
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> other = underway.putIfAbsent(key, mine);
    if (other != null) {
      return other;
    }
    CompletableFuture<Void> done =
        mine.orTimeout(limits.kept().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((kept, problem) -> underway.remove(key, mine));
    try {
      if (memory.get(key).isPresent()) {
        mine.complete(null);
        return done;
      }
      keep(fields)
          .whenCompleteAsync(
              (kept, problem) -> {
                if (problem != null) {
                  mine.completeExceptionally(problem);
                  return;
                }
                try {
                  memory.put(key, "", SEEN);
                } catch (Memory.Away e) {
                  log.warn("A callback is kept but may be taken again: {}", e.getMessage());
                }
                mine.complete(null);
              },
              workers);
    } catch (Memory.Away e) {
      mine.completeExceptionally(e);
    } catch (RuntimeException e) {
      // A defect, ours or the sink's: the platform must send it again, and we must see it.
      log.error("A callback could not be handled", e);
      mine.completeExceptionally(e);
    }
    return done;
  }

  private static String identity(Map<String, String> fields) {
    String msgId = fields.getOrDefault("MsgId", "");
    return msgId.isEmpty()
        ? String.join(
            "/",
            from(fields),
            fields.getOrDefault("CreateTime", ""),
            fields.getOrDefault("Event", ""),
            fields.getOrDefault("EventKey", ""),
            fields.getOrDefault("MsgID", ""),
            fields.getOrDefault("Status", ""))
        : msgId;
  }

  private CompletionStage<Void> keep(Map<String, String> fields) {
    Sink to = sink.get();
    if (to == null) {
      return CompletableFuture.failedFuture(new IllegalStateException("nobody listens yet"));
    }
    String type = fields.getOrDefault("MsgType", "");
    String event = fields.getOrDefault("Event", "");
    if (type.equals("event") && event.equals("TEMPLATESENDJOBFINISH")) {
      return receipt(to, fields);
    }
    if (type.equals("text")) {
      return words(to, fields, fields.getOrDefault("Content", ""));
    }
    if (type.equals("voice") && !fields.getOrDefault("Recognition", "").isBlank()) {
      return words(to, fields, fields.get("Recognition"));
    }
    if (type.equals("event") && event.equals("CLICK")) {
      return words(to, fields, fields.getOrDefault("EventKey", ""));
    }
    if (type.equals("event") && event.equals("unsubscribe")) {
      lane.unfollowed();
      log.info("{} does not follow any more", Mask.openid(from(fields)));
    } else {
      lane.unread();
      log.info("A callback that nobody reads: {} {}", plain(type), plain(event));
    }
    return CompletableFuture.completedFuture(null);
  }

  private CompletionStage<Void> words(Sink to, Map<String, String> fields, String text) {
    return to.accept(
        new Signal.Inbound(
            fields.getOrDefault("MsgId", Attempts.hash(identity(fields))),
            from(fields),
            fields.getOrDefault("ToUserName", ""),
            text,
            clock.instant()));
  }

  private CompletionStage<Void> receipt(Sink to, Map<String, String> fields) {
    String msgid = fields.getOrDefault("MsgID", "");
    String status = fields.getOrDefault("Status", "");
    Attempts.Found found = attempts.find(msgid, from(fields));
    if (found instanceof Attempts.Found.NotYet) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("a receipt without an id while its send is under way"));
    }
    if (found instanceof Attempts.Found.Ambiguous) {
      lane.foreign();
      log.warn("A receipt of {} without an id fits several messages", Mask.openid(from(fields)));
      return CompletableFuture.completedFuture(null);
    }
    Optional<String> attempt =
        found instanceof Attempts.Found.Attempt ours
            ? Optional.of(ours.attempt())
            : attempts.park(msgid, status);
    if (attempt.isEmpty()) {
      lane.foreign();
      return CompletableFuture.completedFuture(null);
    }
    Optional<Signal.Confirmation> confirmation =
        confirmation(attempt.get(), msgid, status, clock.instant());
    if (confirmation.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return to.accept(confirmation.get())
        .thenRunAsync(() -> attempts.settle(from(fields), attempt.get()), workers);
  }

  private Optional<Signal.Confirmation> confirmation(
      String attempt, String msgid, String status, Instant at) {
    Signal.Evidence evidence;
    if (status.equals("success")) {
      evidence = Signal.Evidence.DELIVERED;
    } else if (status.startsWith("failed")) {
      evidence = Signal.Evidence.FAILED;
      attempts.failed(attempt);
    } else {
      lane.unread();
      log.warn("A receipt with an unknown status: {}", plain(status));
      return Optional.empty();
    }
    return Optional.of(
        new Signal.Confirmation(attempt, evidence, plain(status), at, Map.of("msgid", msgid)));
  }

  private static String from(Map<String, String> fields) {
    return fields.getOrDefault("FromUserName", "");
  }

  /** Short and on one line, for logs and reasons. */
  private static String plain(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ");
    return line.substring(0, Math.min(80, line.length()));
  }

  private static String words(Throwable problem) {
    Throwable cause = problem.getCause() == null ? problem : problem.getCause();
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }
}

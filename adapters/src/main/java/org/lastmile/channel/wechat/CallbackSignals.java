package org.lastmile.channel.wechat;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.lastmile.channel.Message;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the fields of a callback say, as signals. */
final class CallbackSignals {
  private static final Logger log = LoggerFactory.getLogger(CallbackSignals.class);

  private final Attempts attempts;
  private final Lane lane;
  private final Clock clock;
  private final Supplier<Sink> sink;
  private final Executor workers;

  /**
   * @param sink where signals go; gives null until somebody listens
   * @param workers where the store may be called
   */
  CallbackSignals(
      Attempts attempts, Lane lane, Clock clock, Supplier<Sink> sink, Executor workers) {
    this.attempts = attempts;
    this.lane = lane;
    this.clock = clock;
    this.sink = sink;
    this.workers = workers;
  }

  /** What tells one callback from every other, however often it is brought. */
  static String identity(Map<String, String> fields) {
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

  /** Completes when what was said is kept; may call the store. */
  CompletionStage<Void> keep(Map<String, String> fields) {
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
          new IllegalStateException("it may be about a send that is under way"));
    }
    if (found instanceof Attempts.Found.Ambiguous) {
      lane.foreign();
      log.warn("A receipt of {} without an id fits several messages", Mask.openid(from(fields)));
      return CompletableFuture.completedFuture(null);
    }
    if (found instanceof Attempts.Found.Foreign) {
      attempts.park(msgid, from(fields), status);
      // The send may have been answered between the look and the parking.
      found = attempts.find(msgid, from(fields));
    }
    if (!(found instanceof Attempts.Found.Attempt ours)) {
      lane.foreign();
      return CompletableFuture.completedFuture(null);
    }
    Optional<Signal.Confirmation> confirmation =
        confirmation(ours.attempt(), msgid, status, clock.instant());
    if (confirmation.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return to.accept(confirmation.get())
        .thenRunAsync(() -> attempts.settle(from(fields), ours.attempt()), workers);
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

  /** The same for a receipt that was parked. */
  CompletionStage<Void> replayed(Message message, Attempts.Parked parked) {
    Optional<Signal.Confirmation> confirmation =
        confirmation(message.attempt(), parked.msgid(), parked.status(), parked.at());
    Sink to = sink.get();
    if (confirmation.isEmpty() || to == null) {
      return CompletableFuture.completedFuture(null);
    }
    return to.accept(confirmation.get())
        .thenRunAsync(
            () -> {
              attempts.settle(message.address(), message.attempt());
              attempts.unpark(parked.msgid(), message.address());
            },
            workers);
  }
}

package org.lastmile.channel.wechat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.lastmile.channel.Message;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the official account's callbacks say, as signals. */
final class CallbackSignals implements CallbackReader {
  /** The receipt of a subscription message; its values stand in a list of one. */
  private static final String SENT_EVENT = "SubscribeMsgSentEvent";

  private static final WeChatCallback.Reply SUCCESS =
      new WeChatCallback.Reply(200, "success", WeChatCallback.TEXT);

  private static final Logger log = LoggerFactory.getLogger(CallbackSignals.class);

  private final Attempts attempts;
  private final Lane lane;
  private final Clock clock;
  private final Supplier<Sink> sink;
  private final Bindings bindings;
  private final Chats chats;
  private final CallbackEnvelope envelope;
  private final Consents consents;
  private final ExecutorService workers;

  /**
   * @param sink where signals go; gives null until somebody listens
   * @param chats who waits for words while theirs are kept
   * @param envelope seals what they are answered
   * @param workers where the store may be called
   */
  CallbackSignals(
      Attempts attempts,
      Lane lane,
      Clock clock,
      Supplier<Sink> sink,
      Bindings bindings,
      Chats chats,
      CallbackEnvelope envelope,
      Consents consents,
      ExecutorService workers) {
    this.attempts = attempts;
    this.lane = lane;
    this.clock = clock;
    this.sink = sink;
    this.bindings = bindings;
    this.chats = chats;
    this.envelope = envelope;
    this.consents = consents;
    this.workers = workers;
  }

  @Override
  public String identity(Map<String, String> fields) {
    String msgId = fields.getOrDefault("MsgId", "");
    return msgId.isEmpty()
        ? String.join(
            "/",
            CallbackReader.from(fields),
            fields.getOrDefault("CreateTime", ""),
            fields.getOrDefault("Event", ""),
            fields.getOrDefault("EventKey", ""),
            fields.getOrDefault("MsgID", ""),
            fields.getOrDefault("Status", ""),
            fields.getOrDefault(SENT_EVENT + "/List/MsgID", ""))
        : msgId;
  }

  @Override
  public WeChatCallback.Reply kept(Map<String, String> query, Map<String, String> fields) {
    String words = chats.said(identity(fields));
    return words.isEmpty()
        ? SUCCESS
        : new WeChatCallback.Reply(
            200,
            envelope.reply(query, PassiveReply.text(fields, words, clock.instant())),
            PassiveReply.XML);
  }

  @Override
  public CompletionStage<Void> keep(Map<String, String> fields) {
    Sink to = sink.get();
    if (to == null) {
      return CompletableFuture.failedFuture(new IllegalStateException("nobody listens yet"));
    }
    String type = fields.getOrDefault("MsgType", "");
    return switch (type) {
      case "text" -> words(to, fields, fields.getOrDefault("Content", ""));
      case "voice" -> {
        String heard = fields.getOrDefault("Recognition", "");
        yield heard.isBlank() ? nobodyReads(type, "") : words(to, fields, heard);
      }
      case "event" -> event(to, fields);
      default -> nobodyReads(type, "");
    };
  }

  private CompletionStage<Void> event(Sink to, Map<String, String> fields) {
    String event = fields.getOrDefault("Event", "");
    return switch (event) {
      case "TEMPLATESENDJOBFINISH" ->
          receipt(to, fields, fields.getOrDefault("MsgID", ""), fields.getOrDefault("Status", ""));
      case "subscribe_msg_sent_event" ->
          receipt(to, fields, fields.getOrDefault(SENT_EVENT + "/List/MsgID", ""), sent(fields));
      case "CLICK" -> words(to, fields, fields.getOrDefault("EventKey", ""));
      case "subscribe", "SCAN" -> {
        String scene = fields.getOrDefault("EventKey", "").replaceFirst("^qrscene_", "");
        yield chat(
            fields,
            () ->
                bindings.changed(
                    CallbackReader.from(fields),
                    Signal.Change.FOLLOWED,
                    "",
                    scene.isEmpty() ? Map.of() : Map.of("scene", scene)));
      }
      case "unsubscribe" -> {
        lane.unfollowed();
        consents.forget(CallbackReader.from(fields));
        log.info("{} does not follow any more", Mask.openid(CallbackReader.from(fields)));
        yield bindings.changed(
            CallbackReader.from(fields), Signal.Change.UNFOLLOWED, "unsubscribe", Map.of());
      }
      case "subscribe_msg_popup_event" -> agreed(fields, "SubscribeMsgPopupEvent");
      case "subscribe_msg_change_event" -> agreed(fields, "SubscribeMsgChangeEvent");
      default -> nobodyReads("event", event);
    };
  }

  /** {@code success}, or {@code failed} with the platform's code and words. */
  private static String sent(Map<String, String> fields) {
    String code = fields.getOrDefault(SENT_EVENT + "/List/ErrorCode", "");
    String words = fields.getOrDefault(SENT_EVENT + "/List/ErrorStatus", "");
    return code.equals("0") ? "success" : "failed: " + code + " " + words;
  }

  /** One callback may speak of several templates. */
  private CompletionStage<Void> agreed(Map<String, String> fields, String event) {
    CompletionStage<Void> all = CompletableFuture.completedFuture(null);
    for (int i = 1; ; i++) {
      String at = event + "/List" + (i == 1 ? "" : "#" + i) + "/";
      String template = fields.get(at + "TemplateId");
      if (template == null) {
        return all;
      }
      String status = fields.getOrDefault(at + "SubscribeStatusString", "");
      Signal.Change change =
          switch (status) {
            case "accept" -> Signal.Change.ACCEPTED;
            case "reject" -> Signal.Change.REFUSED;
            default -> null;
          };
      if (change == null) {
        lane.unread();
      } else {
        consents.said(CallbackReader.from(fields), template, change == Signal.Change.ACCEPTED);
        all =
            all.thenCombine(
                bindings.changed(
                    CallbackReader.from(fields),
                    change,
                    CallbackReader.plain(status),
                    Map.of("template", template)),
                (before, now) -> null);
      }
    }
  }

  private CompletionStage<Void> nobodyReads(String type, String event) {
    lane.unread();
    log.info(
        "A callback that nobody reads: {} {}",
        CallbackReader.plain(type),
        CallbackReader.plain(event));
    return CompletableFuture.completedFuture(null);
  }

  private CompletionStage<Void> words(Sink to, Map<String, String> fields, String text) {
    String from = CallbackReader.from(fields);
    return chat(
        fields,
        () ->
            to.accept(CallbackReader.words(fields, from, identity(fields), text, clock.instant())));
  }

  /** While it is kept, words to whom it is from are the answer to this very callback. */
  private CompletionStage<Void> chat(
      Map<String, String> fields, Supplier<CompletionStage<Void>> keep) {
    Runnable over = chats.begin(CallbackReader.from(fields), identity(fields));
    try {
      return keep.get().whenComplete((kept, problem) -> over.run());
    } catch (RuntimeException e) {
      // Else a place among those who may be answered would be taken for good.
      over.run();
      throw e;
    }
  }

  private CompletionStage<Void> receipt(
      Sink to, Map<String, String> fields, String msgid, String status) {
    Attempts.Found found = attempts.find(msgid, CallbackReader.from(fields));
    if (found instanceof Attempts.Found.NotYet) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("it may be about a send that is under way"));
    }
    if (found instanceof Attempts.Found.Ambiguous) {
      lane.foreign();
      log.warn(
          "A receipt of {} without an id fits several messages",
          Mask.openid(CallbackReader.from(fields)));
      return CompletableFuture.completedFuture(null);
    }
    if (found instanceof Attempts.Found.Foreign) {
      attempts.park(msgid, CallbackReader.from(fields), status);
      // The send may have been answered between the look and the parking.
      found = attempts.find(msgid, CallbackReader.from(fields));
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
        .thenRunAsync(() -> attempts.settle(CallbackReader.from(fields), ours.attempt()), workers);
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
      log.warn("A receipt with an unknown status: {}", CallbackReader.plain(status));
      return Optional.empty();
    }
    return Optional.of(
        new Signal.Confirmation(
            attempt, evidence, CallbackReader.plain(status), at, Map.of("msgid", msgid)));
  }

  /**
   * A receipt that had come before its send was answered. Never blocks; tries until the sink keeps
   * it, because the platform has had its answer and won't bring it again.
   */
  void replay(Message message, Attempts.Parked parked) {
    replayIn(Duration.ZERO, message, parked);
  }

  private void replayIn(Duration pause, Message message, Attempts.Parked parked) {
    if (workers.isShutdown()) {
      return;
    }
    // Every failure is handled in the last step, so nothing is left to look at in the future
    // itself.
    var unused =
        CompletableFuture.runAsync(
                () -> {},
                CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, workers))
            .thenCompose(now -> replayed(message, parked))
            .whenComplete(
                (kept, problem) -> {
                  if (problem != null) {
                    log.warn("A parked receipt is not kept yet: {}", WeChatCallback.words(problem));
                    replayIn(pause.multipliedBy(2).plusSeconds(1), message, parked);
                  }
                });
  }

  private CompletionStage<Void> replayed(Message message, Attempts.Parked parked) {
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

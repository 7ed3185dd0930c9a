package org.lastmile.channel.wechat;

import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a WeCom application's callbacks say, as signals; a click turns the clicked card. */
final class WeComSignals implements CallbackReader {
  private static final String CLICK = "template_card_event";
  private static final String EACH_POINT = "请逐处答复";
  private static final WeChatCallback.Reply EMPTY =
      new WeChatCallback.Reply(200, "", WeChatCallback.TEXT);
  private static final Logger log = LoggerFactory.getLogger(WeComSignals.class);

  private final Tasks tasks;
  private final Seal seal;
  private final Lane lane;
  private final Clock clock;
  private final Supplier<Sink> sink;
  private final Bindings bindings;
  private final Consumer<Task> clicked;

  /**
   * @param sink where signals go; gives null until somebody listens
   * @param clicked told when a person's click is kept
   */
  WeComSignals(
      Tasks tasks,
      Seal seal,
      Lane lane,
      Clock clock,
      Supplier<Sink> sink,
      Bindings bindings,
      Consumer<Task> clicked) {
    this.tasks = tasks;
    this.seal = seal;
    this.lane = lane;
    this.clock = clock;
    this.sink = sink;
    this.bindings = bindings;
    this.clicked = clicked;
  }

  /** What a button says, and what becomes of it. */
  private enum Button {
    ACKNOWLEDGED(WeComFace.ACKNOWLEDGE, "收到", "已确认", Signal.Evidence.ACKNOWLEDGED),
    DECLINED(WeComFace.DECLINE, "去不了", "已报去不了", Signal.Evidence.DECLINED);

    private final String key;
    private final String says;
    private final String becomes;
    private final Signal.Evidence evidence;

    Button(String key, String says, String becomes, Signal.Evidence evidence) {
      this.key = key;
      this.says = says;
      this.becomes = becomes;
      this.evidence = evidence;
    }

    /** Whether it answers what the task's card asks. */
    boolean answers(Task task) {
      return this == DECLINED || !task.each();
    }

    static Optional<Button> of(Map<String, String> fields) {
      String key = fields.getOrDefault("EventKey", "");
      return fields.getOrDefault("Event", "").equals(CLICK)
          ? Arrays.stream(values()).filter(b -> b.key.equals(key)).findFirst()
          : Optional.empty();
    }
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
            fields.getOrDefault("TaskId", ""))
        : msgId;
  }

  @Override
  public CompletionStage<Void> keep(Map<String, String> fields) {
    Sink to = sink.get();
    if (to == null) {
      return CompletableFuture.failedFuture(new IllegalStateException("nobody listens yet"));
    }
    String type = fields.getOrDefault("MsgType", "");
    String event = fields.getOrDefault("Event", "");
    if (type.equals("text")) {
      return words(to, fields, fields.getOrDefault("Content", ""));
    }
    if (type.equals("event")) {
      Optional<Button> button = Button.of(fields);
      if (button.isPresent()) {
        return click(to, fields, button.get());
      }
      switch (event) {
        case "click" -> {
          return words(to, fields, fields.getOrDefault("EventKey", ""));
        }
        case "subscribe" -> {
          return bindings.changed(who(fields), Signal.Change.FOLLOWED, "", Map.of());
        }
        case "unsubscribe" -> {
          lane.unfollowed();
          return bindings.changed(who(fields), Signal.Change.UNFOLLOWED, event, Map.of());
        }
        default -> {
          // counted below
        }
      }
    }
    lane.unread();
    log.info(
        "A callback that nobody reads: {} {}",
        CallbackReader.plain(type),
        CallbackReader.plain(event));
    return CompletableFuture.completedFuture(null);
  }

  /** A card names its task, so that the click is the answer to one message and no other. */
  private CompletionStage<Void> click(Sink to, Map<String, String> fields, Button button) {
    Optional<Task> task = tasks.find(fields.getOrDefault("TaskId", ""));
    Optional<Task.Recipient> who = task.flatMap(t -> t.recipient(CallbackReader.from(fields)));
    if (who.isEmpty()) {
      // Not our card, or one from long ago: the words count as any others.
      lane.foreign();
      return words(to, fields, button.says);
    }
    Signal.Confirmation confirmation =
        new Signal.Confirmation(
            who.get().attempt(),
            button.evidence,
            "card: " + button.says,
            clock.instant(),
            Map.of("task", task.get().id()));
    return to.accept(confirmation)
        .thenRun(
            () -> {
              if (button.answers(task.get())) {
                task.get().clicked(CallbackReader.from(fields));
                clicked.accept(task.get());
              } else {
                task.get().seen();
              }
            });
  }

  private CompletionStage<Void> words(Sink to, Map<String, String> fields, String text) {
    return to.accept(
        CallbackReader.words(fields, who(fields), identity(fields), text, clock.instant()));
  }

  /** The userid as addresses write it: callbacks keep the capitals that it was registered with. */
  private static String who(Map<String, String> fields) {
    return Task.key(CallbackReader.from(fields));
  }

  @Override
  public WeChatCallback.Reply kept(Map<String, String> query, Map<String, String> fields) {
    // A card that nobody remembers has said something, but nobody knows to what: it stays.
    Optional<Task> known =
        tasks
            .here(fields.getOrDefault("TaskId", ""))
            .filter(task -> task.recipient(CallbackReader.from(fields)).isPresent());
    Optional<Button> button = Button.of(fields);
    if (known.isEmpty() || button.isEmpty()) {
      return EMPTY;
    }
    String becomes = button.get().answers(known.get()) ? button.get().becomes : EACH_POINT;
    String turned = PassiveReply.button(fields, becomes, clock.instant());
    return new WeChatCallback.Reply(
        200, seal.reply(turned, query.getOrDefault("nonce", "")), PassiveReply.XML);
  }
}

package org.lastmile.channel.wechat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Speech;

/**
 * One WeCom channel before a scripted platform, with a clock and a store that the test commands.
 */
final class WeComDesk implements AutoCloseable {
  static final String CORP_ID = "ww0123456789abcdef";
  static final long AGENT_ID = 1000002;

  final SetClock clock = new SetClock("2026-11-22T03:30:20Z");
  final MemoryThatForgets memory = new MemoryThatForgets(clock);
  final ScriptedPlatform platform = new ScriptedPlatform();
  final Queue<Signal> signals = new ConcurrentLinkedQueue<>();
  final WeComChannel channel;

  private final Duration moment;

  WeComDesk() throws Exception {
    this(Desk.QUICK, Duration.ofMillis(5));
  }

  /**
   * @param moment how long messages wait for others: long, where a test needs them in one request
   */
  WeComDesk(WeChatConfig.Limits limits, Duration moment) throws Exception {
    this.moment = moment;
    channel = process(limits);
  }

  /** Waits so long for others that what a test sends at one time is one request. */
  static WeComDesk collecting() throws Exception {
    return new WeComDesk(Desk.QUICK, Duration.ofSeconds(1));
  }

  /** Another process with the same store. */
  WeComChannel process(WeChatConfig.Limits limits) {
    WeComChannel other =
        new WeComChannel(config(platform.url(), limits), memory, clock, new Random(1), moment);
    other.listen(
        signal -> {
          signals.add(signal);
          return CompletableFuture.completedFuture(null);
        });
    return other;
  }

  static WeComConfig config(URI url, WeChatConfig.Limits limits) {
    return new WeComConfig(
        url,
        CORP_ID,
        AGENT_ID,
        "corp-secret",
        "callback-token",
        Desk.AES_KEY,
        Desk.OLD_AES_KEY,
        Map.of("village", "robot-key"),
        limits);
  }

  Outcome send(String attempt, String userid) throws Exception {
    return outcome(channel.send(warning(attempt, userid)));
  }

  static Outcome outcome(CompletionStage<Outcome> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  <T extends Signal> List<T> signals(Class<T> kind) {
    return signals.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  static Message warning(String attempt, String userid, Message.Mark... marks) {
    return message(attempt, userid, Content.Kind.WARN, "c-1", Set.of(marks));
  }

  /** A red rainstorm warning, or what follows it. */
  static Message message(
      String attempt, String userid, Content.Kind kind, String id, Set<Message.Mark> marks) {
    Map<String, String> fields =
        new HashMap<>(
            Map.of(
                Field.GRADE, "红色",
                Field.HAZARD, "暴雨",
                Field.PLACE, "上坝滑坡点",
                Field.ACTION, "立即转移到村小学",
                Field.TIME, "2026年11月22日 11:30",
                Field.HEADLINE, "暴雨红色预警",
                Field.LINK, "http://localhost/w/1"));
    Content content =
        new Content(
            id,
            kind,
            "w1",
            "【测试镇】暴雨红色预警：上坝滑坡点请立即转移到村小学。",
            fields,
            Speech.PLAIN,
            Instant.parse("2026-11-22T03:30:00Z"),
            Instant.parse("2026-12-24T03:30:00Z"),
            1,
            false,
            List.of(),
            kind == Content.Kind.STOP ? List.of("c-1") : List.of());
    return new Message(attempt, userid, content, Map.of(), marks);
  }

  @Override
  public void close() {
    channel.close();
    platform.close();
  }
}

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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Speech;
import org.lastmile.channel.wechat.WeChatConfig.OfficialAccount.Via;

/** One channel before a scripted platform, with a clock and a store that the test commands. */
final class Desk implements AutoCloseable {
  static final String OPENID = "oABCD1234567890abcdefghijklm";
  static final String AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
  static final String OLD_AES_KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg";
  static final WeChatConfig.Limits QUICK =
      new WeChatConfig.Limits(
          50,
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofMillis(1),
          Duration.ofSeconds(2),
          Duration.ofMinutes(5));

  /** For tests that hold callbacks back on purpose, however slow the machine is. */
  static final WeChatConfig.Limits PATIENT =
      new WeChatConfig.Limits(
          50,
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofMillis(1),
          Duration.ofMinutes(1),
          Duration.ofMinutes(5));

  final SetClock clock = new SetClock("2026-11-22T03:30:20Z");
  final MemoryThatForgets memory = new MemoryThatForgets(clock);
  final ScriptedPlatform platform;
  final WeChatChannel channel;
  final Queue<Signal> signals = new ConcurrentLinkedQueue<>();

  Desk() throws Exception {
    this(QUICK);
  }

  Desk(WeChatConfig.Limits limits) throws Exception {
    this(limits, Via.TEMPLATE);
  }

  Desk(WeChatConfig.Limits limits, Via via) throws Exception {
    platform = new ScriptedPlatform();
    WeChatConfig.OfficialAccount usual = account(platform.url(), "");
    WeChatConfig.OfficialAccount account =
        new WeChatConfig.OfficialAccount(
            usual.baseUrl(),
            usual.appId(),
            usual.secret(),
            usual.templateId(),
            usual.callbackToken(),
            usual.aesKey(),
            usual.previousAesKey(),
            usual.template(),
            via,
            usual.reserve());
    channel = new WeChatChannel(new WeChatConfig(account, limits), memory, clock, new Random(1));
  }

  /** Starts to listen; sends before that work as well. */
  Desk listening() {
    channel.listen(
        signal -> {
          signals.add(signal);
          return CompletableFuture.completedFuture(null);
        });
    return this;
  }

  static WeChatConfig.OfficialAccount account(URI url, String aesKey) {
    return new WeChatConfig.OfficialAccount(
        url, "wx0123456789abcdef", "app-secret", "TPL", "callback-token", aesKey, "", null);
  }

  /** One that carries marks. */
  Outcome send(String attempt, Message.Mark... marks) throws Exception {
    Message usual = message(attempt, Content.Kind.WARN, false, Map.of());
    return send(new Message(attempt, usual.address(), usual.content(), Map.of(), Set.of(marks)));
  }

  Outcome send(Message message) throws Exception {
    return channel.send(message).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  List<Signal.Confirmation> confirmations() {
    return signals.stream()
        .filter(Signal.Confirmation.class::isInstance)
        .map(Signal.Confirmation.class::cast)
        .toList();
  }

  /** A red rainstorm warning for one person; {@code personal} replaces its fields. */
  static Message message(
      String attempt, Content.Kind kind, boolean drill, Map<String, String> personal) {
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
            "c-1",
            kind,
            "w1",
            "【测试镇】暴雨红色预警：上坝滑坡点请立即转移到村小学。收到请回复1，去不了回复2。",
            fields,
            Speech.PLAIN,
            Instant.parse("2026-11-22T03:30:00Z"),
            Instant.parse("2026-12-24T03:30:00Z"),
            1,
            drill,
            List.of(),
            List.of());
    return new Message(attempt, OPENID, content, personal, Set.of());
  }

  /** Words that are no warning, to the same person. */
  static Message notice(String attempt, String words, String link, Message.Mark... marks) {
    Content content =
        new Content(
            "n-1",
            Content.Kind.NOTICE,
            "n-1",
            words,
            Map.of(),
            Speech.PLAIN,
            Instant.parse("2026-11-22T03:30:00Z"),
            Instant.parse("2026-12-24T03:30:00Z"),
            6,
            false,
            List.of(),
            List.of());
    Map<String, String> fields = link.isEmpty() ? Map.of() : Map.of(Field.LINK, link);
    return new Message(attempt, OPENID, content, fields, Set.of(marks));
  }

  @Override
  public void close() {
    channel.close();
    platform.close();
  }
}

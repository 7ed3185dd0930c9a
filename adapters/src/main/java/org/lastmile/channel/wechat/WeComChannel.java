package org.lastmile.channel.wechat;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Sink;

/**
 * Sends messages of one WeCom application (企业微信). A message's address is the userid, or {@code
 * robot:NAME} for a group robot. Warnings go out as a card with two buttons, 已收到 and 去不了, whose
 * clicks come back as confirmations of the very attempt.
 */
public final class WeComChannel implements Channel {
  private final WeChatCallback callback;
  private final AtomicReference<Sink> sink = new AtomicReference<>();

  /**
   * Starts no connection; {@link #listen} does.
   *
   * @param random jitter of repeats after "busy"
   * @throws IllegalArgumentException naming everything that is wrong with the configuration
   */
  public WeComChannel(WeComConfig config, Memory memory, Clock clock, RandomGenerator random) {
    List<String> problems = config.problems();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("channels.wechat: " + String.join("; ", problems));
    }
    WeChatConfig.OfficialAccount account =
        new WeChatConfig.OfficialAccount(
            config.baseUrl(),
            config.corpId(),
            config.secret(),
            "",
            config.callbackToken(),
            config.aesKey(),
            config.previousAesKey(),
            null);
    this.callback =
        new WeChatCallback(
            new WeChatConfig(account, config.limits()),
            new Attempts(memory, clock),
            new Lane(clock),
            memory,
            clock,
            sink::get);
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
    return CompletableFuture.completedFuture(new Lookup.NotNow("not written yet"));
  }

  /**
   * The person has answered this try, or an earlier one of the same message, on another channel:
   * the card turns into 已确认. Never blocks; a card that can't be turned is left as it is.
   */
  public void answered(String attempt) {}

  @Override
  public void listen(Sink listener) {
    sink.set(listener);
  }

  @Override
  public CompletionStage<Outcome> send(Message message) {
    return CompletableFuture.completedFuture(new Outcome.LaneDown("not written yet"));
  }

  @Override
  public int room() {
    return 0;
  }

  @Override
  public Health check() {
    return new Health(Health.State.DOWN, "not written yet", List.of());
  }

  @Override
  public void close() {
    callback.close();
  }
}

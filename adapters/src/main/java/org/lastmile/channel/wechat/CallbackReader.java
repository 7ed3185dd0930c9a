package org.lastmile.channel.wechat;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.lastmile.channel.Signal;

/** What one platform's callbacks mean. */
interface CallbackReader {

  /** What tells one callback from every other, however often it is brought. */
  String identity(Map<String, String> fields);

  /** Completes when what was said is kept; may call the store. */
  CompletionStage<Void> keep(Map<String, String> fields);

  /** What the platform is answered when that is kept, now or when it was brought before. */
  WeChatCallback.Reply kept(Map<String, String> query, Map<String, String> fields);

  static String from(Map<String, String> fields) {
    return fields.getOrDefault("FromUserName", "");
  }

  /** What somebody said, as a signal; {@code id} where the platform gave no number. */
  static Signal.Inbound words(
      Map<String, String> fields, String from, String id, String text, Instant at) {
    return new Signal.Inbound(
        fields.getOrDefault("MsgId", Attempts.hash(id)),
        from,
        fields.getOrDefault("ToUserName", ""),
        text,
        at);
  }

  /** Short and on one line, for logs and reasons. */
  static String plain(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ");
    return line.substring(0, Math.min(80, line.length()));
  }
}

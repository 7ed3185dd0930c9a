package org.lastmile.channel.wechat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.lastmile.channel.Field;
import org.lastmile.channel.Message;

/** What a callback's own answer says to whom it came from, as both platforms read it. */
final class PassiveReply {
  /** Of UTF-8, in one text. */
  static final int MOST_BYTES = 2048;

  static final String XML = "text/xml; charset=utf-8";

  private PassiveReply() {}

  /** Words that the person sees in the chat. */
  static String text(Map<String, String> callback, String words, Instant at) {
    return xml(callback, at, "text", "<Content>" + cdata(words) + "</Content>");
  }

  /** The card that was clicked shows this instead of its buttons. */
  static String button(Map<String, String> callback, String becomes, Instant at) {
    return xml(
        callback,
        at,
        "update_button",
        "<Button><ReplaceName>" + cdata(becomes) + "</ReplaceName></Button>");
  }

  private static String xml(Map<String, String> callback, Instant at, String type, String rest) {
    return "<xml><ToUserName>"
        + cdata(CallbackReader.from(callback))
        + "</ToUserName><FromUserName>"
        + cdata(callback.getOrDefault("ToUserName", ""))
        + "</FromUserName><CreateTime>"
        + at.getEpochSecond()
        + "</CreateTime><MsgType>"
        + cdata(type)
        + "</MsgType>"
        + rest
        + "</xml>";
  }

  private static String cdata(String text) {
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>";
  }

  /**
   * All the words of a message and its link. Where they are too long for one text, whole sentences
   * of them, and the link that opens the rest.
   */
  static String words(Message message) {
    String words = message.content().text().replaceAll("[\\p{Cntrl}&&[^\n]]+", " ").strip();
    String link = message.field(Field.LINK);
    String tail = link.isEmpty() || words.contains(link) ? "" : "\n" + link;
    if (bytes(words + tail) <= MOST_BYTES) {
      return words + tail;
    }
    tail = link.isEmpty() ? "" : "\n" + link;
    String kept = WeComFace.bytes(words, MOST_BYTES - bytes(tail));
    int at = link.isEmpty() ? -1 : words.indexOf(link);
    if (at >= 0 && at < kept.length()) {
      kept = kept.substring(0, at); // half a link opens nothing
    }
    int end = -1;
    for (int i = kept.length() / 2; i < kept.length(); i++) {
      if ("。；！？;!?\n".indexOf(kept.charAt(i)) >= 0) {
        end = i;
      }
    }
    return (end < 0 ? kept : kept.substring(0, end) + "…") + tail;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}

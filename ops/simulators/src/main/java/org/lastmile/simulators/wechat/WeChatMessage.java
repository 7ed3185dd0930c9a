package org.lastmile.simulators.wechat;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a follower sees: a template or subscribe message, or words that the account answered with.
 *
 * @param msgId number of the message, 0 for an answer
 * @param templateId empty for an answer
 * @param url that opens when the message is touched; may be empty
 * @param fields values by field name, in the template's order
 * @param text all values joined by line ends, or the answer's words
 */
public record WeChatMessage(
    long msgId,
    String openid,
    String templateId,
    String url,
    Map<String, String> fields,
    String text,
    Instant at) {
  public WeChatMessage {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }
}

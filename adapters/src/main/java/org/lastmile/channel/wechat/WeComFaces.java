package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lastmile.channel.Message;

/** The newest faces: what a thousand people are to see is made once, and not for each. */
final class WeComFaces {
  private static final int MOST = 200;

  private final Map<Key, Face> newest =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Face> eldest) {
          return size() > MOST;
        }
      };

  private record Key(String content, Map<String, String> fields) {}

  /**
   * @param batch what all messages with this face have in common, {@code [0-9a-f]{32}}
   * @param body shared: not to be changed
   */
  record Face(String batch, ObjectNode body) {}

  synchronized Face of(Message message) {
    return newest.computeIfAbsent(
        new Key(message.content().id(), message.fields()),
        key -> {
          ObjectNode body = WeComFace.of(message);
          // Whose card a button can't answer for is not of one request with those it can.
          String each = WeComFace.asksForEachPoint(message) ? "\neach\n" : "\n";
          return new Face(Attempts.hash(key.content() + each + body), body);
        });
  }
}

package org.lastmile.simulators.wechat;

import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;

/** What is to go wrong with the next calls of each endpoint, in order. Used on the loop alone. */
final class Faults {
  private final Map<Endpoint, Queue<WeChatFault>> waiting = new EnumMap<>(Endpoint.class);

  void add(Endpoint at, int count, WeChatFault fault) {
    Queue<WeChatFault> queue = waiting.computeIfAbsent(at, e -> new ArrayDeque<>());
    for (int i = 0; i < count; i++) {
      queue.add(fault);
    }
  }

  void clear() {
    waiting.clear();
  }

  /** What happens to the call that came now; null = it goes right. */
  WeChatFault poll(Endpoint at) {
    Queue<WeChatFault> queue = waiting.get(at);
    return queue == null ? null : queue.poll();
  }
}

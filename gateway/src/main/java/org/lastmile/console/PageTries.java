package org.lastmile.console;

import java.time.Duration;
import org.lastmile.channel.Memory;

/**
 * Counts wrong answers to "who are you" on public pages, in the store, so that neither a restart
 * nor another node gives new tries. Four digits are guessed soon where nobody counts.
 */
final class PageTries {
  static final int MOST = 5;
  private static final Duration KEPT = Duration.ofDays(4);

  private final Memory memory;

  PageTries(Memory memory) {
    this.memory = memory;
  }

  int left(String whose) {
    return MOST - memory.get(key(whose)).map(Integer::parseInt).orElse(0);
  }

  /** Takes one try before it is looked at; false when none was left. */
  synchronized boolean take(String whose) {
    int left = left(whose);
    if (left <= 0) {
      return false;
    }
    memory.put(key(whose), Integer.toString(MOST - left + 1), KEPT);
    return true;
  }

  void right(String whose) {
    memory.remove(key(whose));
  }

  private static String key(String whose) {
    return "tries/" + Secret.digest(whose);
  }
}

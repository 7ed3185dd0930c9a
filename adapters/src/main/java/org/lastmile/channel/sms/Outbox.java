package org.lastmile.channel.sms;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The short queue between the desk and the modems: most urgent first, then first come. A recipient
 * whose message is on one modem now is not served by another, so that words arrive in order.
 */
final class Outbox {
  private final TreeSet<Letter> waiting =
      new TreeSet<>(
          Comparator.<Letter>comparingInt(l -> l.message.content().priority())
              .thenComparingLong(l -> l.order));
  private final Set<Letter> underWay = new HashSet<>();
  private boolean closed;

  synchronized void put(Letter letter) {
    waiting.add(letter);
  }

  /** The next letter, or null; give it back with {@link #done} or {@link #back}. */
  synchronized Letter take() {
    if (closed) {
      return null;
    }
    for (Letter letter : waiting) {
      if (underWay.stream().noneMatch(l -> l.phone.key().equals(letter.phone.key()))) {
        waiting.remove(letter);
        underWay.add(letter);
        return letter;
      }
    }
    return null;
  }

  synchronized void done(Letter letter) {
    underWay.remove(letter);
  }

  /** Back into its old place. */
  synchronized void back(Letter letter) {
    underWay.remove(letter);
    waiting.add(letter);
  }

  synchronized int size() {
    return waiting.size();
  }

  /** Takes out all that waits. */
  synchronized List<Letter> drain() {
    List<Letter> all = new ArrayList<>(waiting);
    waiting.clear();
    return all;
  }

  /** Nothing is taken any more; says what was taken and is not done. */
  synchronized List<Letter> close() {
    closed = true;
    return List.copyOf(underWay);
  }
}

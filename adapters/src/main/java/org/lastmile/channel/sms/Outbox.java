package org.lastmile.channel.sms;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.lastmile.channel.Outcome;

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
  private long changes;
  private long carried;

  /**
   * Takes a letter in. Whatever it replaces (a lift ends it, an update says it anew) and is not out
   * yet must not follow it: those that wait are given back, one under way ends between its parts.
   */
  synchronized List<Letter> put(Letter letter) {
    underWay.stream().filter(letter::replaces).forEach(Letter::replaced);
    List<Letter> replaced = drain(letter::replaces);
    replaced.forEach(Letter::replaced);
    waiting.add(letter);
    changed();
    return replaced;
  }

  /**
   * The next letter that the taker may carry, or null; give it back with {@link #done} or {@link
   * #back}.
   */
  synchronized Letter take(Predicate<Letter> may) {
    if (closed) {
      return null;
    }
    for (Letter letter : waiting) {
      if (underWay.stream().noneMatch(l -> l.phone.key().equals(letter.phone.key()))
          && may.test(letter)) {
        waiting.remove(letter);
        underWay.add(letter);
        return letter;
      }
    }
    return null;
  }

  synchronized void done(Letter letter) {
    underWay.remove(letter);
    carried += letter.outcome.getNow(null) instanceof Outcome.Accepted ? 1 : 0;
    changed();
  }

  /** How many have left whole so far. */
  synchronized long carried() {
    return carried;
  }

  /** Back into its old place. */
  synchronized void back(Letter letter) {
    underWay.remove(letter);
    waiting.add(letter);
    changed();
  }

  /** Waits until something has changed, or so long. */
  synchronized void await(Duration most) throws InterruptedException {
    long before = changes;
    long end = System.nanoTime() + most.toNanos();
    for (long left = most.toNanos();
        before == changes && left > 0;
        left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  private void changed() {
    changes++;
    notifyAll();
  }

  synchronized int size() {
    return waiting.size();
  }

  /** Takes out what waits and looks like that. */
  synchronized List<Letter> drain(Predicate<Letter> which) {
    List<Letter> out = waiting.stream().filter(which).toList();
    out.forEach(waiting::remove);
    return out;
  }

  /** Takes out all that waits. */
  synchronized List<Letter> drain() {
    return drain(letter -> true);
  }

  /** Nothing is taken any more; says what was taken and is not done. */
  synchronized List<Letter> close() {
    closed = true;
    return List.copyOf(underWay);
  }
}

package org.lastmile.simulators.wechat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** What one phone got, in order, and a way to wait for more. Safe to use from any thread. */
final class Inbox<M> {
  private final String owner;
  private final Function<M, String> words;
  private final List<M> all = new ArrayList<>();
  private final List<M> unexpected = new ArrayList<>();

  /**
   * @param owner whose it is, for the complaint of {@link #expect}
   * @param words of a message, for the same
   */
  Inbox(String owner, Function<M, String> words) {
    this.owner = owner;
    this.words = words;
  }

  synchronized void add(M message) {
    all.add(message);
    unexpected.add(message);
    notifyAll();
  }

  /** Messages that change after they came: recalled, or with other buttons. */
  synchronized void change(UnaryOperator<M> change) {
    all.replaceAll(change);
    unexpected.replaceAll(change);
    notifyAll();
  }

  synchronized List<M> all() {
    return List.copyOf(all);
  }

  /**
   * Waits for a message that no earlier call returned.
   *
   * @throws AssertionError when none came in time; it lists what did come
   */
  synchronized M expect(Predicate<M> wanted, Duration within) throws InterruptedException {
    long end = System.nanoTime() + within.toNanos();
    while (true) {
      Optional<M> found = unexpected.stream().filter(wanted).findFirst();
      if (found.isPresent()) {
        unexpected.remove(found.get());
        return found.get();
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        List<String> came = all.stream().map(words).toList();
        throw new AssertionError(owner + " got no such message within " + within + ": " + came);
      }
      wait(left);
    }
  }
}

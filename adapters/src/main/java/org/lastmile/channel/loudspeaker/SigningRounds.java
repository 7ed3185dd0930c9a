package org.lastmile.channel.loudspeaker;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signing thread. Whatever waits when it comes round goes under one signature: a lone command
 * is signed at once and by itself. Where several came together more are likely to follow, so the
 * round after waits for them a moment: ten thousand that come in a second cost about a hundred
 * signatures, and each device one check of each.
 */
final class SigningRounds implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SigningRounds.class);

  /** The first of a round leaves when the last is written: this is about 10 ms. */
  private static final int MOST = 4_096;

  /** Ten hashes in a path. Twice as many save half a microsecond each and cost all 43 bytes. */
  private static final int LEAVES = 1_024;

  /** Nobody hears so short a wait, and a signature and its checks take a twentieth of it. */
  private static final long MOMENT_MILLIS = 10;

  private final Supplier<SigningKey> key;
  private final Queue<Letter> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong rounds = new AtomicLong();
  private final AtomicBoolean coming = new AtomicBoolean();
  private volatile boolean several;
  private final ScheduledExecutorService thread;

  SigningRounds(Supplier<SigningKey> key) {
    this(
        key,
        Executors.newSingleThreadScheduledExecutor(
            r -> {
              Thread t = new Thread(r, "loudspeaker-sign");
              t.setDaemon(true);
              return t;
            }));
  }

  /** On a thread of the caller's, which is closed with this. */
  SigningRounds(Supplier<SigningKey> key, ScheduledExecutorService thread) {
    this.key = key;
    this.thread = thread;
  }

  /** Something to sign and send. Both halves are on the signing thread, in the order of coming. */
  interface Letter {
    /** May ask the store. Null when nothing is to be sent after all. */
    Sheet write();

    void post(Signed signed);

    /** Instead of {@link #post}, or out of it. */
    void failed(RuntimeException why);
  }

  private record Written(Letter letter, Sheet sheet) {}

  /** False when it is closed, and nothing will come of the letter. From any thread. */
  boolean add(Letter letter) {
    waiting.add(letter);
    try {
      // One that is to come is enough for all that wait.
      if (coming.compareAndSet(false, true)) {
        long millis = several ? MOMENT_MILLIS : 0;
        var unused = thread.schedule(this::untilNoneWaits, millis, TimeUnit.MILLISECONDS);
      }
      return true;
    } catch (RejectedExecutionException e) {
      coming.set(false);
      return !waiting.remove(letter);
    }
  }

  /** In its turn among the letters; it may ask the store. From any thread. */
  void run(Runnable what) {
    boolean taken =
        add(
            new Letter() {
              @Override
              public Sheet write() {
                what.run();
                return null;
              }

              @Override
              public void post(Signed signed) {
                throw new IllegalStateException("there was nothing to sign");
              }

              @Override
              public void failed(RuntimeException why) {
                if (why instanceof Memory.Away) {
                  LOG.debug("the store is away, devices will say it again: {}", why.getMessage());
                } else {
                  LOG.error("between two commands", why);
                }
              }
            });
    if (!taken) {
      LOG.debug("after close");
    }
  }

  /** In how many rounds something was signed. */
  long rounds() {
    return rounds.get();
  }

  @Override
  public void close() {
    thread.shutdown();
  }

  private void untilNoneWaits() {
    coming.set(false); // before looking: what comes from now on asks for itself
    while (round()) {
      LOG.debug("as many as go together were signed, and more wait");
    }
  }

  /** True when more were waiting than go together. */
  private boolean round() {
    List<Written> written = new ArrayList<>();
    Set<Sheet> fresh = new LinkedHashSet<>();
    int taken = 0;
    for (; taken < MOST && fresh.size() < LEAVES; taken++) {
      Letter letter = waiting.poll();
      if (letter == null) {
        break;
      }
      try {
        Sheet sheet = letter.write();
        if (sheet != null) {
          written.add(new Written(letter, sheet));
          if (!sheet.isSigned()) {
            fresh.add(sheet);
          }
        }
      } catch (RuntimeException e) { // whatever it is: who waits for this letter is to hear of it
        letter.failed(e);
      }
    }
    if (!written.isEmpty()) {
      several = fresh.size() > 1;
    }
    boolean more = taken == MOST || fresh.size() == LEAVES;
    try {
      if (!fresh.isEmpty()) {
        Sheet.sign(key.get(), fresh);
        rounds.incrementAndGet();
      }
    } catch (RuntimeException e) { // none of them is signed
      written.forEach(w -> w.letter().failed(e));
      return more;
    }
    for (Written w : written) {
      try {
        w.letter().post(w.sheet().signed());
      } catch (RuntimeException e) { // the others' letters still go
        w.letter().failed(e);
      }
    }
    return more;
  }
}

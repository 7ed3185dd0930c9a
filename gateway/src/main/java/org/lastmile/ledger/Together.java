package org.lastmile.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * What many threads want of the server at one time goes there in one trip and waits for its disk
 * once: whoever finds a way free takes along what the others have put down meanwhile.
 */
final class Together {
  /** Trips at one time: who comes alone need not wait for the one that has just left. */
  private static final int WAYS = 4;

  /** In one trip; more would keep the first waiting for the last. */
  private static final int MOST = 200;

  private final RedisLink link;
  private final Semaphore ways = new Semaphore(WAYS);
  private final Queue<Wish<?>> wishes = new ConcurrentLinkedQueue<>();

  Together(RedisLink link) {
    this.link = link;
  }

  /** A command or two, in both forms, and who waits for the answer. */
  private static final class Wish<T> {
    private final Function<UnifiedJedis, T> alone;
    private final Function<AbstractPipeline, Supplier<T>> amongOthers;
    private final Thread waits = Thread.currentThread();
    private Supplier<T> response;
    private T answer;
    private RuntimeException problem;
    private volatile boolean done;

    Wish(Function<UnifiedJedis, T> alone, Function<AbstractPipeline, Supplier<T>> amongOthers) {
      this.alone = alone;
      this.amongOthers = amongOthers;
    }

    void ask(AbstractPipeline pipeline) {
      response = amongOthers.apply(pipeline);
    }

    void ask(RedisLink link) {
      answer = link.call(alone);
    }

    /** A server of a cluster may say that the key is another's: a single command finds it. */
    void read(RedisLink link) {
      try {
        answer = response.get();
      } catch (JedisRedirectionException e) {
        ask(link);
      } catch (JedisDataException e) {
        throw link.away(e);
      }
    }

    void done() {
      done = true;
      LockSupport.unpark(waits);
    }
  }

  /**
   * Does what is asked; blocks until the server has answered.
   *
   * @param amongOthers gives the answer once all that went together are answered
   * @throws org.lastmile.channel.Memory.Away as {@link RedisLink#call} does
   */
  <T> T call(Function<UnifiedJedis, T> alone, Function<AbstractPipeline, Supplier<T>> amongOthers) {
    Wish<T> mine = new Wish<>(alone, amongOthers);
    wishes.add(mine);
    boolean interrupted = false;
    while (!mine.done) {
      boolean went = false;
      if (!wishes.isEmpty() && ways.tryAcquire()) {
        try {
          went = go();
        } finally {
          ways.release();
        }
        wakeNext();
      }
      if (!went && !mine.done) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted(); // else the next wait would be none
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (mine.problem != null) {
      throw mine.problem;
    }
    return mine.answer;
  }

  /** Who put a wish down while all ways were taken may be asleep, and nobody else under way. */
  private void wakeNext() {
    Wish<?> next = wishes.peek();
    if (next != null) {
      LockSupport.unpark(next.waits);
    }
  }

  /** Takes along what has been put down; false when that is nothing. */
  private boolean go() {
    List<Wish<?>> load = new ArrayList<>();
    for (Wish<?> wish = wishes.poll(); wish != null; wish = wishes.poll()) {
      load.add(wish);
      if (load.size() == MOST) {
        break;
      }
    }
    if (load.isEmpty()) {
      return false;
    }
    try {
      if (load.size() == 1) {
        load.get(0).ask(link);
      } else {
        together(load);
      }
    } catch (RuntimeException | Error e) {
      // Whatever went wrong, all who went along are to hear of it: else they would wait for ever.
      RuntimeException problem =
          e instanceof RuntimeException known ? known : new IllegalStateException(e);
      load.stream().filter(w -> w.problem == null).forEach(w -> w.problem = problem);
    } finally {
      load.forEach(Wish::done);
    }
    return true;
  }

  private void together(List<Wish<?>> load) {
    link.call(
        redis -> {
          try (AbstractPipeline pipeline = redis.pipelined()) {
            load.forEach(wish -> wish.ask(pipeline));
            pipeline.sync();
          }
          return null;
        });
    for (Wish<?> wish : load) {
      try {
        wish.read(link);
      } catch (RuntimeException e) {
        wish.problem = e; // this one's alone
      }
    }
  }
}

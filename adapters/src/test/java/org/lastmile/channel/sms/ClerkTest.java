package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Memory;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.sms.pdu.Words;
import org.slf4j.LoggerFactory;

/** What the clerk does while the store is away. */
class ClerkTest {
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Clerk clerk = new Clerk(PAUSE);
  private final Logger logger = (Logger) LoggerFactory.getLogger("org.lastmile.channel.sms");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final AtomicInteger sweeps = new AtomicInteger();
  private volatile boolean away = true;

  @BeforeEach
  void listens() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void ends() {
    logger.detachAppender(lines);
    clerk.close();
  }

  @Test
  void sweeps_that_wait_do_not_pile_up_in_front_of_what_came_later() throws Exception {
    CountDownLatch store = new CountDownLatch(1);
    clerk.next(() -> hangs(store));
    for (int tick = 0; tick < 100; tick++) {
      clerk.sweep("inbox", this::sweep);
    }
    store.countDown();
    drain();
    assertThat(sweeps).hasValue(1);
  }

  @Test
  void a_sweep_that_finds_the_store_away_waits_for_the_next_tick() throws Exception {
    clerk.sweep("inbox", this::sweep);
    drain();
    until(PAUSE.multipliedBy(5));
    assertThat(sweeps).hasValue(1);
    clerk.sweep("inbox", this::sweep);
    drain();
    assertThat(sweeps).hasValue(2);
  }

  @Test
  void an_outage_of_the_store_is_warned_of_once() throws Exception {
    for (int outage = 1; outage <= 2; outage++) {
      away = true;
      CompletableFuture<String> kept = new CompletableFuture<>();
      clerk.next(
          () -> {
            reach();
            kept.complete("kept");
          });
      for (int tick = 0; tick < 5; tick++) {
        clerk.sweep("inbox", this::sweep);
        clerk.sweep("intents", this::sweep);
        clerk.sweep("nothing to keep", () -> assertThat(away).isTrue());
        until(PAUSE.multipliedBy(2));
      }
      assertThat(warnings()).hasSize(outage);
      away = false;
      assertThat(kept).succeedsWithin(Bench.PATIENCE);
      clerk.sweep("inbox", this::sweep);
      clerk.sweep("intents", this::sweep);
      drain();
    }
    assertThat(warnings()).hasSize(2);
  }

  @Test
  void references_that_could_not_be_kept_are_warned_of_once_and_kept_at_last() throws Exception {
    Shop memory = new Shop();
    Receipts receipts = new Receipts(memory, Clock.systemUTC(), null, false);
    Letter letter =
        new Letter(
            Bench.message("a1", "13800000001", "hello"),
            Phone.read("13800000001").orElseThrow(),
            Words.of("hello", ""),
            false,
            0);
    for (int reference = 0; reference < 3; reference++) {
      receipts.sent("modem", reference, letter, 0, 1, Instant.now());
    }
    for (int tick = 0; tick < 3; tick++) {
      clerk.sweep("receipts", receipts::sweep);
      drain();
    }
    assertThat(warnings()).hasSize(2); // by who sent it, and by the clerk
    away = false;
    clerk.sweep("receipts", receipts::sweep);
    drain();
    assertThat(memory.kept).hasSize(3);
  }

  private void sweep() {
    sweeps.incrementAndGet();
    reach();
  }

  private void reach() {
    if (away) {
      throw new Memory.Away("no route to it", null);
    }
  }

  private static void hangs(CountDownLatch store) {
    try {
      assertThat(store.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Until all that is due now is done. */
  private void drain() throws Exception {
    CompletableFuture<String> done = new CompletableFuture<>();
    clerk.next(() -> done.complete("done"));
    done.get(30, TimeUnit.SECONDS);
  }

  /** Until all that is due on the clerk's own clock within that time is done. */
  private void until(Duration time) throws Exception {
    clerk
        .executor
        .schedule(() -> "done", time.toMillis(), TimeUnit.MILLISECONDS)
        .get(30, TimeUnit.SECONDS);
  }

  private List<ILoggingEvent> warnings() {
    return List.copyOf(lines.list).stream().filter(e -> e.getLevel() == Level.WARN).toList();
  }

  /** Can't be reached while that is said. */
  private final class Shop implements Memory {
    private final MemoryInHeap all = new MemoryInHeap();
    private final List<String> kept = new ArrayList<>();

    @Override
    public Optional<String> get(String key) {
      reach();
      return all.get(key);
    }

    @Override
    public void put(String key, String value, Duration keep) {
      reach();
      kept.add(key);
      all.put(key, value, keep);
    }

    @Override
    public boolean claim(String key, String value, Duration keep) {
      reach();
      return all.claim(key, value, keep);
    }

    @Override
    public void remove(String key) {
      reach();
      all.remove(key);
    }

    @Override
    public long add(String counter, long amount) {
      reach();
      return all.add(counter, amount);
    }
  }
}

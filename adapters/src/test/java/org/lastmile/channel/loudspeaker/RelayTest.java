package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Signal;

/** A store that is away costs no signal, and no unbounded memory either. */
class RelayTest {
  private static final Signal SIGNAL =
      new Signal.Confirmation("a", Signal.Evidence.PLAYED, "", Instant.EPOCH, Map.of());

  @Test
  void a_signal_is_offered_again_until_it_is_kept() {
    AtomicInteger offers = new AtomicInteger();
    Relay relay =
        new Relay(
            s ->
                offers.incrementAndGet() < 3
                    ? CompletableFuture.failedFuture(new Memory.Away("away", null))
                    : CompletableFuture.completedFuture(null),
            10);
    CompletableFuture<Void> kept = relay.pass(SIGNAL).toCompletableFuture();
    await().until(kept::isDone);
    assertThat(kept).isCompleted();
    assertThat(offers).hasValue(3);
    assertThat(relay.held()).isZero();
  }

  @Test
  void a_sink_that_throws_is_like_one_that_fails() {
    AtomicInteger offers = new AtomicInteger();
    Relay relay =
        new Relay(
            s -> {
              if (offers.incrementAndGet() < 2) {
                throw new IllegalStateException("bug");
              }
              return CompletableFuture.completedFuture(null);
            },
            10);
    CompletableFuture<Void> kept = relay.pass(SIGNAL).toCompletableFuture();
    await().until(kept::isDone);
    assertThat(kept).isCompleted();
  }

  @Test
  void a_standby_holds_a_receipt_for_a_takeover_and_no_longer_but_tells_presence_on() {
    Memory.Standby standby = new Memory.Standby("another one is active", null);
    AtomicInteger presences = new AtomicInteger();
    Relay relay =
        new Relay(
            s -> {
              presences.addAndGet(s instanceof Signal.Presence ? 1 : 0);
              return CompletableFuture.failedFuture(new CompletionException(standby));
            },
            10,
            Duration.ofSeconds(1));
    CompletableFuture<Void> receipt = relay.pass(SIGNAL).toCompletableFuture();
    CompletableFuture<Void> presence =
        relay
            .pass(
                new Signal.Presence(
                    Signal.Subject.DEVICE,
                    "LS-1",
                    Signal.State.ONLINE,
                    "",
                    Instant.EPOCH,
                    Map.of()))
            .toCompletableFuture();
    assertThat(receipt).isNotDone();
    await().until(receipt::isDone);
    assertThat(receipt).isCompleted();
    int before = presences.get();
    await().until(() -> presences.get() > before);
    assertThat(presence).isNotDone();
    relay.close();
  }

  @Test
  void beyond_its_bound_it_takes_no_more() {
    Relay relay = new Relay(s -> new CompletableFuture<>(), 2);
    assertThat(relay.pass(SIGNAL).toCompletableFuture()).isNotDone();
    assertThat(relay.pass(SIGNAL).toCompletableFuture()).isNotDone();
    assertThat(relay.pass(SIGNAL).toCompletableFuture()).isCompletedExceptionally();
    assertThat(relay.held()).isEqualTo(2);
  }

  @Test
  void after_close_what_was_not_kept_is_given_back_to_the_wire() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    Relay relay = new Relay(s -> answer, 2);
    CompletableFuture<Void> kept = relay.pass(SIGNAL).toCompletableFuture();
    relay.close();
    answer.completeExceptionally(new Memory.Away("away", null));
    assertThat(kept).isCompletedExceptionally();
  }
}

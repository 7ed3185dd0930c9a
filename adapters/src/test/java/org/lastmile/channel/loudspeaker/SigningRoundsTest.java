package org.lastmile.channel.loudspeaker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Memory;

/** What waits together costs one signature, in the order of its coming, and nobody is forgotten. */
class SigningRoundsTest {
  private final AtomicReference<SigningKey> key =
      new AtomicReference<>(SigningKey.fresh("Ed25519", "k"));
  private final List<Long> delays = new CopyOnWriteArrayList<>();
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1) {
        @Override
        public ScheduledFuture<?> schedule(Runnable what, long delay, TimeUnit unit) {
          delays.add(unit.toMillis(delay));
          return super.schedule(what, delay, unit);
        }
      };
  private final SigningRounds rounds = new SigningRounds(key::get, thread);
  private final CountDownLatch busy = new CountDownLatch(1);
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final List<Signed> posted = new ArrayList<>();

  @AfterEach
  void close() {
    busy.countDown();
    rounds.close();
  }

  private final class Note implements SigningRounds.Letter {
    private final String name;
    private final Sheet sheet;

    Note(String name, Sheet sheet) {
      this.name = name;
      this.sheet = sheet;
    }

    @Override
    public Sheet write() {
      if (name.startsWith("away")) {
        throw new Memory.Away("the store is away", null);
      }
      return sheet;
    }

    @Override
    public void post(Signed signed) {
      posted.add(signed);
      said.add(name);
      if (name.startsWith("stumbles")) {
        throw new IllegalStateException(name);
      }
    }

    @Override
    public void failed(RuntimeException why) {
      said.add(name + " failed");
    }
  }

  private Note note(String name) {
    return new Note(name, new Sheet(("{\"" + name + "\":1}").getBytes(UTF_8)));
  }

  /** Until {@link #release} the signing thread is busy, and all that comes waits. */
  private void hold() {
    CountDownLatch begun = new CountDownLatch(1);
    rounds.run(
        () -> {
          begun.countDown();
          try {
            busy.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    await().until(() -> begun.getCount() == 0);
  }

  private void release(int answers) {
    busy.countDown();
    await().until(() -> said.size() >= answers);
  }

  private long signatures() {
    return posted.stream().map(s -> HexFormat.of().formatHex(s.sig())).distinct().count();
  }

  @Test
  void a_lone_command_is_signed_by_itself() {
    rounds.add(note("a"));
    await().until(() -> !said.isEmpty());
    Signed alone = posted.get(0);
    assertThat(key.get().publicKey().verifies(alone.body(), alone.sig())).isTrue();
    assertThat(new String(alone.wrap("x"), UTF_8)).doesNotContain("path");
  }

  @Test
  void only_after_several_is_there_a_moment_for_more_to_come() {
    hold();
    rounds.add(note("a"));
    rounds.add(note("b"));
    release(2);
    await().until(() -> thread.getCompletedTaskCount() == 2);
    rounds.add(note("c"));
    await().until(() -> thread.getCompletedTaskCount() == 3);
    rounds.add(note("d"));
    await().until(() -> thread.getCompletedTaskCount() == 4);
    assertThat(delays).containsExactly(0L, 0L, 10L, 0L);
  }

  @Test
  void three_thousand_that_wait_cost_three_signatures_and_keep_their_order() {
    hold();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      names.add("n" + i);
      rounds.add(note("n" + i));
    }
    release(3_000);
    assertThat(said).isEqualTo(names);
    assertThat(signatures()).isBetween(3L, 4L);
    assertThat(rounds.rounds()).isBetween(3L, 4L);
  }

  @Test
  void what_many_devices_are_told_is_one_leaf() {
    hold();
    Sheet shared = new Sheet("{\"shared\":1}".getBytes(UTF_8));
    for (int i = 0; i < 3_000; i++) {
      rounds.add(new Note("n" + i, shared));
    }
    release(3_000);
    assertThat(posted).allMatch(s -> s.equals(posted.get(0)));
    assertThat(new String(posted.get(0).wrap("x"), UTF_8)).doesNotContain("path");
  }

  @Test
  void the_key_of_the_moment_signs_all_that_waited_for_it() {
    hold();
    rounds.add(note("a"));
    SigningKey next = SigningKey.fresh("SM2", "k2");
    rounds.run(() -> key.set(next));
    rounds.add(note("b"));
    release(2);
    assertThat(posted).allMatch(s -> s.kid().equals(next.kid()));
  }

  @Test
  void one_that_fails_harms_no_other() {
    hold();
    rounds.add(note("a"));
    rounds.add(note("away"));
    rounds.run(
        () -> {
          throw new IllegalStateException("between");
        });
    rounds.add(note("stumbles"));
    rounds.add(note("b"));
    release(5);
    assertThat(said)
        .containsExactlyInAnyOrder("a", "away failed", "stumbles", "stumbles failed", "b");
  }

  @Test
  void a_key_that_does_not_sign_fails_its_round_and_the_next_one_signs() {
    hold();
    SigningKey good = key.getAndSet(null);
    Note again = note("a");
    rounds.add(again);
    release(1);
    assertThat(said).containsExactly("a failed");
    key.set(good);
    rounds.add(again);
    await().until(() -> said.size() == 2);
    assertThat(said).containsExactly("a failed", "a");
  }

  @Test
  void after_close_nothing_is_taken() {
    rounds.close();
    assertThat(rounds.add(note("a"))).isFalse();
    assertThat(rounds.add(note("b"))).isFalse();
    assertThat(said).isEmpty();
  }
}

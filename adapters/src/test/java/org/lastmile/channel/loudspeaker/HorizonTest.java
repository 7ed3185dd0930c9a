package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.MemoryInHeap;

/** A floor never shuts out a command that is in time, and shuts out the others in the end. */
class HorizonTest {
  private final MemoryInHeap memory = new MemoryInHeap();
  private final AtomicLong now = new AtomicLong(1_000_000);

  private Sequence gateway() {
    return new Sequence(memory, () -> Instant.ofEpochSecond(now.get()));
  }

  private Instant in(long seconds) {
    return Instant.ofEpochSecond(now.get() + seconds);
  }

  @Test
  void before_the_first_command_the_floor_is_the_ground_of_the_epoch_that_commands_will_have() {
    Sequence.Place floor = gateway().floor();
    assertThat(floor.seq()).isZero();
    assertThat(gateway().next(in(60)).epoch()).isEqualTo(floor.epoch());
  }

  @Test
  void a_command_in_time_is_above_every_floor_also_of_another_gateway_and_after_a_restart() {
    Sequence.Place valid = gateway().next(in(7200));
    for (int restarts = 0; restarts < 20; restarts++) {
      Sequence other = gateway();
      other.next(in(60));
      assertThat(valid.after(other.floor())).isTrue();
    }
    now.addAndGet(7000);
    assertThat(valid.after(gateway().floor())).isTrue();
  }

  @Test
  void what_has_passed_is_below_the_floor_once_a_later_block_was_begun() {
    Sequence.Place old = gateway().next(in(600));
    now.addAndGet(3 * 3600);
    Sequence later = gateway();
    Sequence.Place fresh = later.next(in(600));
    Sequence.Place floor = later.floor();
    assertThat(old.after(floor)).isFalse();
    assertThat(fresh.after(floor)).isTrue();
  }

  @Test
  void a_later_end_in_the_same_block_keeps_the_block_above_the_floor() {
    Sequence one = gateway();
    one.next(in(60));
    Sequence.Place valid = one.next(in(40_000));
    gateway().next(in(60));
    gateway().next(in(60));
    now.addAndGet(30_000);
    assertThat(valid.after(gateway().floor())).isTrue();
  }

  @Test
  void a_gateway_that_slept_gives_no_place_from_a_block_that_the_floor_has_passed() {
    Sequence sleepy = gateway();
    sleepy.next(in(60));
    gateway().next(in(60));
    now.addAndGet(5 * 3600);
    Sequence.Place floor = gateway().floor();
    assertThat(sleepy.next(in(60)).after(floor)).isTrue();
  }

  @Test
  void what_ended_in_time_is_named_until_its_time_is_over_also_after_a_restart() {
    Horizon horizon = gateway().horizon();
    horizon.ended("w1-red", in(600));
    horizon.share();
    Sequence restarted = gateway();
    restarted.floor();
    assertThat(restarted.horizon().ended()).containsExactly("w1-red");
    now.addAndGet(601);
    assertThat(restarted.horizon().ended()).isEmpty();
  }

  @Test
  void only_the_newest_that_ended_are_named() {
    Horizon horizon = gateway().horizon();
    for (int i = 0; i < 100; i++) {
      horizon.ended("c" + i, in(600));
    }
    assertThat(horizon.ended()).hasSize(64).contains("c99").doesNotContain("c0");
  }
}

package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Memory;
import org.lastmile.channel.MemoryInHeap;

/** Numbers rise for ever, whatever happens to the process and the store. */
class SequenceTest {
  private static final InstantSource NOW = InstantSource.fixed(Instant.ofEpochSecond(1_000_000));
  private static final InstantSource LATER = InstantSource.fixed(Instant.ofEpochSecond(2_000_000));

  private static final Instant UNTIL = Instant.ofEpochSecond(3_000_000);

  private final MemoryInHeap memory = new MemoryInHeap();

  @Test
  void numbers_rise_within_one_process_and_after_a_restart() {
    Sequence first = new Sequence(memory, NOW);
    Sequence.Place a = first.next(UNTIL);
    Sequence.Place b = first.next(UNTIL);
    Sequence.Place c = new Sequence(memory, LATER).next(UNTIL);
    assertThat(b.after(a)).isTrue();
    assertThat(c.after(b)).isTrue();
    assertThat(c.epoch()).isEqualTo(a.epoch());
  }

  @Test
  void two_gateways_on_one_store_never_give_the_same_place() {
    Sequence one = new Sequence(memory, NOW);
    Sequence two = new Sequence(memory, NOW);
    for (int i = 0; i < 2500; i++) {
      assertThat(one.next(UNTIL)).isNotEqualTo(two.next(UNTIL));
    }
  }

  @Test
  void a_lost_store_begins_a_later_epoch() {
    Sequence.Place before = new Sequence(memory, NOW).next(UNTIL);
    Sequence.Place after = new Sequence(new MemoryInHeap(), LATER).next(UNTIL);
    assertThat(after.after(before)).isTrue();
  }

  @Test
  void a_restored_backup_is_noticed_by_what_devices_have_seen() {
    Sequence sequence = new Sequence(memory, LATER);
    memory.put("epoch", "1000000", Memory.FOR_EVER);
    Sequence.Place old = sequence.next(UNTIL);
    Sequence.Place seen = new Sequence.Place(1_000_000, 50_000);
    assertThat(sequence.isNews(seen)).isTrue();
    assertThat(sequence.beyond(seen)).isTrue();
    Sequence.Place fresh = sequence.next(UNTIL);
    assertThat(fresh.after(seen)).isTrue();
    assertThat(fresh.after(old)).isTrue();
  }

  @Test
  void a_restored_backup_is_an_alarm_with_the_new_epoch() {
    Sequence sequence = new Sequence(memory, LATER);
    memory.put("epoch", "1000000", Memory.FOR_EVER);
    sequence.next(UNTIL);
    assertThat(sequence.restored()).isEmpty();
    sequence.beyond(new Sequence.Place(1_000_000, 50_000));
    assertThat(sequence.restored().orElseThrow().epoch()).isEqualTo(2_000_000);
    assertThat(sequence.restored().orElseThrow().seen().seq()).isEqualTo(50_000);
  }

  @Test
  void one_lying_device_cannot_begin_an_epoch_a_second() {
    Sequence sequence = new Sequence(memory, LATER);
    sequence.next(UNTIL);
    assertThat(sequence.beyond(new Sequence.Place(2_000_000, 50_000))).isTrue();
    long epoch = sequence.next(UNTIL).epoch();
    assertThat(sequence.beyond(new Sequence.Place(epoch, 900_000))).isFalse();
    assertThat(sequence.next(UNTIL).epoch()).isEqualTo(epoch);
  }

  @Test
  void a_recovery_raises_the_epoch_above_its_own_floor() {
    Sequence sequence = new Sequence(memory, LATER);
    sequence.next(UNTIL);
    sequence.raise(2_500_000, 1500);
    assertThat(sequence.next(UNTIL)).isEqualTo(new Sequence.Place(2_500_000, 2001));
    assertThat(new Sequence(memory, LATER).floor()).isEqualTo(new Sequence.Place(2_500_000, 2000));
  }

  @Test
  void what_another_gateway_gave_is_no_reason_for_a_new_epoch() {
    Sequence ours = new Sequence(memory, NOW);
    Sequence theirs = new Sequence(memory, LATER);
    Sequence.Place mine = ours.next(UNTIL);
    Sequence.Place seen = theirs.next(UNTIL);
    assertThat(ours.beyond(seen)).isFalse();
    assertThat(ours.isNews(seen)).isFalse();
    assertThat(ours.next(UNTIL).epoch()).isEqualTo(mine.epoch());
  }

  @Test
  void a_device_cannot_push_the_epoch_beyond_our_own_clock() {
    Sequence sequence = new Sequence(memory, NOW);
    Sequence.Place mine = sequence.next(UNTIL);
    assertThat(sequence.beyond(new Sequence.Place(Long.MAX_VALUE, 1))).isFalse();
    assertThat(sequence.next(UNTIL).epoch()).isEqualTo(mine.epoch());
  }

  @Test
  void an_epoch_that_another_gateway_began_is_taken_over() {
    memory.put("epoch", "1000000", Memory.FOR_EVER);
    Sequence ours = new Sequence(memory, NOW);
    Sequence theirs = new Sequence(memory, LATER);
    Sequence.Place mine = ours.next(UNTIL);
    theirs.next(UNTIL);
    assertThat(theirs.beyond(new Sequence.Place(1_000_000, 900_000))).isTrue();
    Sequence.Place fresh = theirs.next(UNTIL);
    assertThat(fresh.after(mine)).isTrue();
    assertThat(ours.beyond(fresh)).isTrue();
    assertThat(ours.next(UNTIL).epoch()).isEqualTo(fresh.epoch());
  }
}

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

  private final MemoryInHeap memory = new MemoryInHeap();

  @Test
  void numbers_rise_within_one_process_and_after_a_restart() {
    Sequence first = new Sequence(memory, NOW);
    Sequence.Place a = first.next();
    Sequence.Place b = first.next();
    Sequence.Place c = new Sequence(memory, LATER).next();
    assertThat(b.after(a)).isTrue();
    assertThat(c.after(b)).isTrue();
    assertThat(c.epoch()).isEqualTo(a.epoch());
  }

  @Test
  void two_gateways_on_one_store_never_give_the_same_place() {
    Sequence one = new Sequence(memory, NOW);
    Sequence two = new Sequence(memory, NOW);
    for (int i = 0; i < 2500; i++) {
      assertThat(one.next()).isNotEqualTo(two.next());
    }
  }

  @Test
  void a_lost_store_begins_a_later_epoch() {
    Sequence.Place before = new Sequence(memory, NOW).next();
    Sequence.Place after = new Sequence(new MemoryInHeap(), LATER).next();
    assertThat(after.after(before)).isTrue();
  }

  @Test
  void a_restored_backup_is_noticed_by_what_devices_have_seen() {
    Sequence sequence = new Sequence(memory, LATER);
    memory.put("epoch", "1000000", Memory.FOR_EVER);
    Sequence.Place old = sequence.next();
    Sequence.Place seen = new Sequence.Place(1_000_000, 50_000);
    assertThat(sequence.isNews(seen)).isTrue();
    assertThat(sequence.beyond(seen)).isTrue();
    Sequence.Place fresh = sequence.next();
    assertThat(fresh.after(seen)).isTrue();
    assertThat(fresh.after(old)).isTrue();
  }

  @Test
  void what_another_gateway_gave_is_no_reason_for_a_new_epoch() {
    Sequence ours = new Sequence(memory, NOW);
    Sequence theirs = new Sequence(memory, LATER);
    Sequence.Place mine = ours.next();
    Sequence.Place seen = theirs.next();
    assertThat(ours.beyond(seen)).isFalse();
    assertThat(ours.isNews(seen)).isFalse();
    assertThat(ours.next().epoch()).isEqualTo(mine.epoch());
  }

  @Test
  void a_device_cannot_push_the_epoch_beyond_our_own_clock() {
    Sequence sequence = new Sequence(memory, NOW);
    Sequence.Place mine = sequence.next();
    assertThat(sequence.beyond(new Sequence.Place(Long.MAX_VALUE, 1))).isFalse();
    assertThat(sequence.next().epoch()).isEqualTo(mine.epoch());
  }

  @Test
  void an_epoch_that_another_gateway_began_is_taken_over() {
    memory.put("epoch", "1000000", Memory.FOR_EVER);
    Sequence ours = new Sequence(memory, NOW);
    Sequence theirs = new Sequence(memory, LATER);
    Sequence.Place mine = ours.next();
    theirs.next();
    assertThat(theirs.beyond(new Sequence.Place(1_000_000, 900_000))).isTrue();
    Sequence.Place fresh = theirs.next();
    assertThat(fresh.after(mine)).isTrue();
    assertThat(ours.beyond(fresh)).isTrue();
    assertThat(ours.next().epoch()).isEqualTo(fresh.epoch());
  }
}

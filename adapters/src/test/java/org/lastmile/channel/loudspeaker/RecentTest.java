package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.ChannelContract;

/** What may be sent again, and what no longer. */
class RecentTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Recent recent = new Recent(nanos::get);

  RecentTest() {
    recent.add(ChannelContract.message("w1-0.1", "LS-1"));
  }

  @Test
  void an_unanswered_command_may_be_sent_again_three_times() {
    assertThat(recent.take("w1-0.1").orElseThrow().isStubborn()).isFalse();
    assertThat(recent.take("w1-0.1").orElseThrow().isStubborn()).isTrue();
    assertThat(recent.take("w1-0.1")).isPresent();
    assertThat(recent.take("w1-0.1")).isEmpty();
  }

  @Test
  void an_answered_one_not() {
    recent.answered("w1-0.1");
    assertThat(recent.take("w1-0.1")).isEmpty();
  }

  @Test
  void an_old_one_not() {
    nanos.addAndGet(Duration.ofSeconds(121).toNanos());
    assertThat(recent.take("w1-0.1")).isEmpty();
  }

  @Test
  void what_was_never_sent_from_here_not() {
    assertThat(recent.take("w1-0.2")).isEmpty();
  }
}

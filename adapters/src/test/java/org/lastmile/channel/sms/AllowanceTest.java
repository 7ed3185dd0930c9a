package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Message.Mark;
import org.lastmile.channel.sms.Allowance.Grant;
import org.lastmile.channel.sms.Allowance.Level;

/** What a SIM may send within an hour and a day, under a clock that the test moves. */
class AllowanceTest {
  private static final Instant NOON = Instant.parse("2026-07-05T04:02:00Z");
  private static final Set<Mark> ORDINARY = Set.of();
  private static final Set<Mark> RESERVE = Set.of(Mark.RESERVE);
  private static final Set<Mark> RED = Set.of(Mark.OVER_BUDGET);

  @Test
  void ordinary_messages_leave_the_reserve_to_lifts_and_the_ladder_and_red_may_exceed_it_all() {
    Allowance sim = spent(new SmsConfig.Budget(10, 100, 20), 8, NOON);
    assertThat(sim.grant(ORDINARY, 1, NOON)).isEqualTo(Grant.REFUSED);
    assertThat(sim.grant(RESERVE, 2, NOON)).isEqualTo(Grant.WITHIN);
    assertThat(sim.grant(RESERVE, 3, NOON)).isEqualTo(Grant.REFUSED);
    assertThat(sim.grant(RED, 2, NOON)).isEqualTo(Grant.WITHIN);
    assertThat(sim.grant(RED, 3, NOON)).isEqualTo(Grant.EXCEEDS);
  }

  @Test
  void the_window_slides_and_never_counts_too_little() {
    Allowance sim = spent(new SmsConfig.Budget(10, 100, 0), 10, NOON);
    Instant hourLater = NOON.plus(Duration.ofHours(1));
    assertThat(sim.grant(ORDINARY, 1, hourLater)).isEqualTo(Grant.REFUSED);
    Duration wait = sim.until(ORDINARY, 1, NOON);
    assertThat(wait).isBetween(Duration.ofMinutes(60), Duration.ofMinutes(65));
    assertThat(sim.grant(ORDINARY, 1, NOON.plus(wait))).isEqualTo(Grant.WITHIN);
    assertThat(sim.grant(ORDINARY, 1, NOON.plus(wait).minusMillis(1))).isEqualTo(Grant.REFUSED);
  }

  @Test
  void the_day_counts_when_the_hour_has_passed() {
    SmsConfig.Budget budget = new SmsConfig.Budget(10, 15, 0);
    Allowance sim = spent(budget, 10, NOON);
    Instant later = NOON.plus(Duration.ofHours(2));
    for (int i = 0; i < 5; i++) {
      sim.spend(later);
    }
    assertThat(sim.left(later)).isEqualTo(new Allowance.Left(5, 0));
    assertThat(sim.until(ORDINARY, 1, later)).isGreaterThan(Duration.ofHours(21));
    assertThat(sim.until(ORDINARY, 1, NOON.plus(Duration.ofHours(25)))).isZero();
  }

  @Test
  void a_limit_of_zero_is_none() {
    Allowance sim = spent(SmsConfig.Budget.NONE, 5_000, NOON);
    assertThat(sim.grant(ORDINARY, 16, NOON)).isEqualTo(Grant.WITHIN);
    assertThat(sim.level(NOON)).isEqualTo(Level.FREE);
  }

  @Test
  void a_letter_longer_than_a_whole_limit_goes_out_when_nothing_else_is_counted() {
    SmsConfig.Budget small = new SmsConfig.Budget(5, 0, 20);
    assertThat(spent(small, 0, NOON).grant(ORDINARY, 16, NOON)).isEqualTo(Grant.WITHIN);
    assertThat(spent(small, 1, NOON).grant(ORDINARY, 16, NOON)).isEqualTo(Grant.REFUSED);
  }

  @Test
  void it_says_how_far_it_is_spent_before_it_is() {
    SmsConfig.Budget budget = new SmsConfig.Budget(200, 1_000, 20);
    assertThat(spent(budget, 139, NOON).level(NOON)).isEqualTo(Level.FREE);
    assertThat(spent(budget, 140, NOON).level(NOON)).isEqualTo(Level.LOW);
    assertThat(spent(budget, 160, NOON).level(NOON)).isEqualTo(Level.RESERVE);
    assertThat(spent(budget, 200, NOON).level(NOON)).isEqualTo(Level.SPENT);
    assertThat(spent(budget, 201, NOON).level(NOON)).isEqualTo(Level.EXCEEDED);
  }

  @Test
  void what_was_kept_is_counted_once_however_often_it_is_read() {
    SmsConfig.Budget budget = new SmsConfig.Budget(200, 1_000, 20);
    Allowance before = spent(budget, 7, NOON);
    before.spend(NOON.plus(Duration.ofMinutes(7)));
    Allowance after = spent(budget, 2, NOON);
    after.merge(before.line());
    after.merge(before.line());
    after.merge("");
    assertThat(after.left(NOON.plus(Duration.ofMinutes(8))).hour()).isEqualTo(192);
    after.add(spent(budget, 2, NOON).line()); // by a process before, while the store was away
    assertThat(after.left(NOON.plus(Duration.ofMinutes(8))).hour()).isEqualTo(190);
  }

  private static Allowance spent(SmsConfig.Budget budget, int parts, Instant at) {
    Allowance sim = new Allowance(budget);
    for (int i = 0; i < parts; i++) {
      sim.spend(at);
    }
    return sim;
  }
}

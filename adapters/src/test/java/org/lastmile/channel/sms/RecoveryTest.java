package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.channel.sms.Recovery.Step.NOTHING;
import static org.lastmile.channel.sms.Recovery.Step.RESTART;
import static org.lastmile.channel.sms.Recovery.Step.SWITCH_POWER;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.sms.at.Trouble;

/** What is done with a modem that does not work, on a clock that the test moves. */
class RecoveryTest {
  private static final Duration AFTER = Duration.ofSeconds(60);
  private static final Duration EVERY = Duration.ofMinutes(5);

  private final Recovery recovery = new Recovery(AFTER, true, EVERY);
  private long now = Long.MAX_VALUE - Duration.ofMinutes(2).toNanos(); // such clocks may wrap

  private Recovery.Step after(Duration time, Trouble trouble, boolean hears) {
    now += time.toNanos();
    return recovery.next(trouble, hears, now);
  }

  @Test
  void a_modem_that_hears_is_told_to_restart_after_a_while_and_then_ever_more_rarely() {
    assertThat(after(Duration.ZERO, Trouble.NO_SIM, true)).isEqualTo(NOTHING);
    assertThat(after(Duration.ofSeconds(59), Trouble.NO_SIM, true)).isEqualTo(NOTHING);
    assertThat(after(Duration.ofSeconds(1), Trouble.NO_SIM, true)).isEqualTo(RESTART);
    assertThat(after(Duration.ofSeconds(30), Trouble.NO_SIM, true)).isEqualTo(NOTHING);
  }

  @Test
  void restarts_stay_below_thirty_a_day() {
    Recovery without = new Recovery(AFTER, false, EVERY);
    int restarts = 0;
    for (int minute = 0; minute < 24 * 60; minute++) {
      now += Duration.ofMinutes(1).toNanos();
      restarts += without.next(Trouble.NO_SIM, true, now) == RESTART ? 1 : 0;
    }
    assertThat(restarts).isBetween(10, 29);
  }

  @Test
  void no_network_is_given_more_time_than_a_modem_out_of_order() {
    after(Duration.ZERO, Trouble.SEARCHING, true);
    assertThat(after(Duration.ofMinutes(4), Trouble.SEARCHING, true)).isEqualTo(NOTHING);
    assertThat(after(Duration.ofMinutes(1), Trouble.SEARCHING, true)).isEqualTo(RESTART);
  }

  @Test
  void a_confused_modem_has_lasted_long_enough_already() {
    assertThat(after(Duration.ZERO, Trouble.CONFUSED, true)).isEqualTo(RESTART);
    assertThat(after(Duration.ofMinutes(1), Trouble.CONFUSED, true)).isNotEqualTo(RESTART);
  }

  @Test
  void a_mute_modem_has_its_power_switched_and_not_again_too_soon() {
    assertThat(after(Duration.ZERO, Trouble.NO_ANSWER, false)).isEqualTo(NOTHING);
    assertThat(after(AFTER, Trouble.GONE, false)).isEqualTo(SWITCH_POWER);
    assertThat(after(EVERY.minusSeconds(1), Trouble.NO_ANSWER, false)).isEqualTo(NOTHING);
    assertThat(after(Duration.ofSeconds(1), Trouble.NO_ANSWER, false)).isEqualTo(SWITCH_POWER);
  }

  @Test
  void power_is_the_last_resort_for_a_modem_that_hears() {
    after(Duration.ZERO, Trouble.NO_PDU_MODE, true);
    assertThat(after(AFTER, Trouble.NO_PDU_MODE, true)).isEqualTo(RESTART);
    assertThat(after(AFTER, Trouble.NO_PDU_MODE, true)).isEqualTo(SWITCH_POWER);
  }

  @Test
  void what_only_a_person_can_cure_disturbs_no_modem() {
    for (Trouble trouble :
        new Trouble[] {
          Trouble.SIM_PUK, Trouble.PIN_REFUSED, Trouble.PORT_BUSY, Trouble.SIM_REFUSED,
          Trouble.PORT_DENIED, Trouble.SAME_MODEM, Trouble.ONLY_ECHO, Trouble.NO_CENTRE
        }) {
      after(Duration.ZERO, trouble, true);
      assertThat(after(Duration.ofHours(1), trouble, true)).as(trouble.name()).isEqualTo(NOTHING);
      assertThat(after(Duration.ofHours(1), trouble, false)).as(trouble.name()).isEqualTo(NOTHING);
    }
  }

  @Test
  void a_modem_that_worked_meanwhile_starts_anew() {
    after(Duration.ZERO, Trouble.NO_ANSWER, false);
    recovery.well();
    assertThat(after(AFTER, Trouble.NO_ANSWER, false)).isEqualTo(NOTHING);
    assertThat(after(AFTER, Trouble.NO_ANSWER, false)).isEqualTo(SWITCH_POWER);
  }

  @Test
  void without_a_command_no_power_is_switched() {
    Recovery without = new Recovery(AFTER, false, EVERY);
    without.next(Trouble.NO_ANSWER, false, now);
    assertThat(without.next(Trouble.NO_ANSWER, false, now + Duration.ofHours(9).toNanos()))
        .isEqualTo(NOTHING);
  }
}

package org.lastmile.warning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.warning.DeliveryState.CANCELLED;
import static org.lastmile.warning.DeliveryState.CONFIRMED;
import static org.lastmile.warning.DeliveryState.DELIVERED;
import static org.lastmile.warning.DeliveryState.EXPIRED;
import static org.lastmile.warning.DeliveryState.FAILED;
import static org.lastmile.warning.DeliveryState.QUEUED;
import static org.lastmile.warning.DeliveryState.SENT;
import static org.lastmile.warning.DeliveryState.UNKNOWN;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeliveryStateTest {

  /** Every move that is allowed; every other one is not. */
  private static final Map<DeliveryState, Set<DeliveryState>> MOVES =
      Map.of(
          QUEUED, EnumSet.complementOf(EnumSet.of(QUEUED)),
          SENT, EnumSet.complementOf(EnumSet.of(QUEUED, SENT)),
          UNKNOWN, EnumSet.of(CANCELLED, EXPIRED, FAILED, DELIVERED, CONFIRMED),
          CANCELLED, EnumSet.of(DELIVERED, CONFIRMED),
          EXPIRED, EnumSet.of(DELIVERED, CONFIRMED),
          FAILED, EnumSet.of(DELIVERED, CONFIRMED),
          DELIVERED, EnumSet.of(CONFIRMED),
          CONFIRMED, EnumSet.noneOf(DeliveryState.class));

  @Test
  void every_pair_of_states_moves_as_the_table_says() {
    for (DeliveryState from : DeliveryState.values()) {
      for (DeliveryState to : DeliveryState.values()) {
        assertThat(from.yieldsTo(to))
            .as(from + " to " + to)
            .isEqualTo(MOVES.get(from).contains(to));
      }
    }
  }

  @Test
  void only_delivered_and_confirmed_mean_that_somebody_was_told() {
    assertThat(DeliveryState.values())
        .filteredOn(DeliveryState::told)
        .containsExactlyInAnyOrder(DELIVERED, CONFIRMED);
  }
}

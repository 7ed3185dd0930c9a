package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is kept of a PIN. */
class PinTest {
  private final Leaving memory = new Leaving();

  private String kept(String serial) {
    assertThat(new Pin("9999", memory, null).first(new Pin.Place(serial, ""))).isTrue();
    return memory.last();
  }

  @Test
  void what_is_kept_of_one_is_no_quick_hash_and_differs_from_card_to_card() {
    String first = kept("8986001234567890123");
    assertThat(first)
        .matches("[0-9a-f]{32}")
        .isNotEqualTo(Hash.of("pin/8986001234567890123 9999"))
        .isNotEqualTo(kept("8986001234567890124"));
  }
}

package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.lastmile.channel.MemoryInHeap;

/** Passwords and delivery ids need no table: they prove themselves, after a restart too. */
class SiteSecretTest {
  private final MemoryInHeap memory = new MemoryInHeap();
  private final SiteSecret secret = SiteSecret.keptIn(memory);

  @Test
  void a_delivery_id_gives_back_its_attempt_after_a_restart() {
    String id = secret.delivery("w1-0.1", "LS-0001", "c1");
    assertThat(SiteSecret.keptIn(memory).attempt(id, "LS-0001", "c1")).contains("w1-0.1");
  }

  @Test
  void a_delivery_id_is_worth_nothing_to_another_device_or_for_another_content() {
    String id = secret.delivery("w1-0.1", "LS-0001", "c1");
    assertThat(secret.attempt(id, "LS-0002", "c1")).isEmpty();
    assertThat(secret.attempt(id, "LS-0001", "c2")).isEmpty();
  }

  @Test
  void made_up_ids_are_nobodys() {
    for (String id : new String[] {"", "w1-0.1", ".AAAAAAAAAAAAAAAA", "w1-0.1.AAAAAAAAAAAAAAAA"}) {
      assertThat(secret.attempt(id, "LS-0001", "c1")).as(id).isEmpty();
    }
  }

  @Test
  void the_longest_attempt_still_makes_an_id_that_the_contract_allows() {
    assertThat(secret.delivery("a".repeat(64), "LS-0001", "c1")).matches("[A-Za-z0-9._-]{1,96}");
  }

  @Test
  void every_device_has_a_password_of_its_own() {
    String password = secret.password("LS-0001");
    assertThat(secret.admits("LS-0001", password)).isTrue();
    assertThat(secret.admits("LS-0002", password)).isFalse();
    assertThat(secret.admits("LS-0001", "")).isFalse();
  }

  @Test
  void a_short_secret_is_refused() {
    assertThatThrownBy(() -> new SiteSecret(new byte[8])).hasMessageContaining("at least 16");
  }
}

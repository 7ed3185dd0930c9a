package org.lastmile.simulators.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CallbackCryptoTest {
  private static final String KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

  private final CallbackCrypto crypto =
      new CallbackCrypto(KEY, "wxb11529c136998cb6", new Random(1));

  /** The example of the platform's own sample code. */
  @Test
  void opensThePlatformsExample() {
    assertThat(
            crypto.decrypt(
                "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="))
        .isEqualTo("我是中文abcd123");
  }

  @Test
  void opensWhatItSealedWhateverItsLength() {
    for (int length = 0; length < 100; length++) {
      String text = "字".repeat(length);
      assertThat(crypto.decrypt(crypto.encrypt(text))).isEqualTo(text);
    }
  }

  @Test
  void refusesWhatWasWrittenForAnotherReceiver() {
    String other = new CallbackCrypto(KEY, "wxOther", new Random(1)).encrypt("words");
    assertThatThrownBy(() -> crypto.decrypt(other)).hasMessageContaining("another receiver");
  }
}

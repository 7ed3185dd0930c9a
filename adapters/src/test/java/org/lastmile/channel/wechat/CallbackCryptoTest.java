package org.lastmile.channel.wechat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.List;
import me.chanjar.weixin.common.util.crypto.SHA1;
import me.chanjar.weixin.common.util.crypto.WxCryptUtil;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** Our callback crypto against another hand's (WxJava), both ways. */
class CallbackCryptoTest {
  private static final String APP_ID = "wx0123456789abcdef";
  private static final String RANDOM = "0123456789abcdef";
  private final CallbackCrypto ours = new CallbackCrypto(APP_ID, List.of(Desk.AES_KEY));
  private final WxCryptUtil theirs = new WxCryptUtil("callback-token", Desk.AES_KEY, APP_ID);

  @Property(tries = 200)
  void we_read_what_they_encrypt(@ForAll @StringLength(max = 300) String noise) throws Exception {
    String text = "<xml><Content>收到" + asUtf8CarriesIt(noise) + "</Content></xml>";
    String sealed = theirs.encrypt(RANDOM, text);
    assertThat(new String(ours.decrypt(sealed), UTF_8)).isEqualTo(text);
  }

  @Property(tries = 200)
  void they_read_what_we_encrypt(@ForAll @StringLength(max = 300) String noise) {
    String text = "<xml><Content>收到" + asUtf8CarriesIt(noise) + "</Content></xml>";
    assertThat(theirs.decrypt(ours.encrypt(text))).isEqualTo(text);
  }

  @Test
  void our_signatures_are_theirs() {
    assertThat(CallbackCrypto.signature("token", "1409735669", "1320562132"))
        .isEqualTo(SHA1.gen("token", "1409735669", "1320562132"));
    assertThat(CallbackCrypto.signature("token", "1409735669", "1320562132", "c2VhbGVk+/=="))
        .isEqualTo(SHA1.gen("token", "1409735669", "1320562132", "c2VhbGVk+/=="));
  }

  @Test
  void the_previous_key_still_opens_while_keys_are_changed() throws Exception {
    WxCryptUtil old = new WxCryptUtil("callback-token", Desk.OLD_AES_KEY, APP_ID);
    CallbackCrypto changing = new CallbackCrypto(APP_ID, List.of(Desk.AES_KEY, Desk.OLD_AES_KEY));
    assertThat(changing.decrypt(old.encrypt(RANDOM, "old"))).asString().isEqualTo("old");
    assertThat(changing.decrypt(theirs.encrypt(RANDOM, "new"))).asString().isEqualTo("new");
    assertThatThrownBy(() -> ours.decrypt(old.encrypt(RANDOM, "old")))
        .isInstanceOf(CallbackCrypto.NotOurs.class);
  }

  @Test
  void a_message_for_another_receiver_is_not_ours() {
    WxCryptUtil another = new WxCryptUtil("callback-token", Desk.AES_KEY, "wxffffffffffffffff");
    assertThatThrownBy(() -> ours.decrypt(another.encrypt(RANDOM, "hello")))
        .isInstanceOf(CallbackCrypto.NotOurs.class)
        .hasMessageContaining("another receiver");
  }

  @Property(tries = 300)
  void whatever_else_comes_is_refused_and_breaks_nothing(@ForAll byte[] junk) {
    String sealed = Base64.getEncoder().encodeToString(junk);
    assertThatThrownBy(() -> ours.decrypt(sealed)).isInstanceOf(CallbackCrypto.NotOurs.class);
  }

  @Test
  void what_is_not_base64_is_refused() {
    assertThatThrownBy(() -> ours.decrypt("收到")).isInstanceOf(CallbackCrypto.NotOurs.class);
  }

  /** Halves of surrogate pairs can't be written in UTF-8. */
  private static String asUtf8CarriesIt(String text) {
    return new String(text.getBytes(UTF_8), UTF_8);
  }
}

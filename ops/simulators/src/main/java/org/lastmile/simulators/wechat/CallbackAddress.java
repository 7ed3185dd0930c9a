package org.lastmile.simulators.wechat;

import java.net.URI;
import java.time.Duration;
import org.lastmile.simulators.wechat.AccountSettings.Mode;

/**
 * Where a platform posts its callbacks and how it writes them.
 *
 * @param url null = nowhere
 * @param token shared secret of the signatures
 * @param aesKey 43 characters (EncodingAESKey)
 * @param receiver app id or corp id: stands behind the text inside the cipher
 * @param addressedTo what the envelope names as ToUserName
 * @param agentId of the WeCom application; empty for an official account
 * @param retryAfter wait before a callback that was not taken is posted again
 * @param verifyWithin how soon the URL has to answer when it is entered
 */
record CallbackAddress(
    URI url,
    String token,
    String aesKey,
    String receiver,
    String addressedTo,
    Mode mode,
    String agentId,
    Duration retryAfter,
    Duration verifyWithin) {

  static CallbackAddress of(AccountSettings settings) {
    return new CallbackAddress(
        settings.callback(),
        settings.callbackToken(),
        settings.aesKey(),
        settings.appId(),
        settings.originalId(),
        settings.mode(),
        "",
        settings.retryAfter(),
        Duration.ofSeconds(5));
  }

  /** WeCom encrypts always. */
  static CallbackAddress of(WeComSettings settings) {
    return new CallbackAddress(
        settings.callback(),
        settings.callbackToken(),
        settings.aesKey(),
        settings.corpId(),
        settings.corpId(),
        Mode.ENCRYPTED,
        Integer.toString(settings.agentId()),
        settings.retryAfter(),
        Duration.ofSeconds(1));
  }

  boolean isWeCom() {
    return !agentId.isEmpty();
  }
}

package org.lastmile.simulators.wechat;

import java.net.URI;
import java.time.Duration;
import java.util.Set;

/**
 * One WeCom application and how WeCom treats it.
 *
 * @param robotKey of the group robot
 * @param allowedAddresses IP addresses that may call; empty = all
 * @param callback where events and texts are posted; null = nowhere
 * @param callbackToken shared secret of the signatures
 * @param aesKey 43 characters (EncodingAESKey)
 * @param limits of calls and accounts
 * @param tokenLife of an access token
 * @param arrivalDelay from acceptance to the member's phone
 * @param retryAfter wait before a callback that was not taken is posted again
 */
public record WeComSettings(
    String corpId,
    int agentId,
    String secret,
    String robotKey,
    Set<String> allowedAddresses,
    URI callback,
    String callbackToken,
    String aesKey,
    Limits limits,
    Duration tokenLife,
    Duration arrivalDelay,
    Duration retryAfter) {

  /**
   * What WeCom counts.
   *
   * @param accounts that the company may have: 200 person-sends a day each (45009), and a fifth of
   *     them as misses of getuserid a day
   * @param callsAMinute API calls of any kind (45009)
   * @param callsAtOnce API calls under way (45033)
   */
  public record Limits(int accounts, int callsAMinute, int callsAtOnce) {}

  public WeComSettings {
    allowedAddresses = Set.copyOf(allowedAddresses);
  }

  /** An application with callbacks that go nowhere yet and real time limits. */
  public static WeComSettings plain() {
    return new WeComSettings(
        "ww0123456789abcdef",
        1_000_002,
        "wecom-secret-0123456789abcdef0123456789abcd",
        "robot-key",
        Set.of(),
        null,
        "wecom-token",
        "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba",
        new Limits(1000, Integer.MAX_VALUE, Integer.MAX_VALUE),
        Duration.ofSeconds(7200),
        Duration.ofMillis(100),
        Duration.ofSeconds(5));
  }

  public WeComSettings withAllowedAddresses(Set<String> addresses) {
    return with(addresses, callback, callbackToken, aesKey, limits);
  }

  public WeComSettings withCallback(URI url) {
    return with(allowedAddresses, url, callbackToken, aesKey, limits);
  }

  public WeComSettings withCallbackSecrets(String token, String encodingAesKey) {
    return with(allowedAddresses, callback, token, encodingAesKey, limits);
  }

  public WeComSettings withLimits(Limits newLimits) {
    return with(allowedAddresses, callback, callbackToken, aesKey, newLimits);
  }

  public WeComSettings withTokenLife(Duration newTokenLife) {
    return with(newTokenLife, arrivalDelay, retryAfter);
  }

  public WeComSettings withTimes(Duration newArrivalDelay, Duration newRetryAfter) {
    return with(tokenLife, newArrivalDelay, newRetryAfter);
  }

  private WeComSettings with(
      Set<String> newAddresses,
      URI newCallback,
      String newToken,
      String newAesKey,
      Limits newLimits) {
    return new WeComSettings(
        corpId,
        agentId,
        secret,
        robotKey,
        newAddresses,
        newCallback,
        newToken,
        newAesKey,
        newLimits,
        tokenLife,
        arrivalDelay,
        retryAfter);
  }

  private WeComSettings with(
      Duration newTokenLife, Duration newArrivalDelay, Duration newRetryAfter) {
    return new WeComSettings(
        corpId,
        agentId,
        secret,
        robotKey,
        allowedAddresses,
        callback,
        callbackToken,
        aesKey,
        limits,
        newTokenLife,
        newArrivalDelay,
        newRetryAfter);
  }
}

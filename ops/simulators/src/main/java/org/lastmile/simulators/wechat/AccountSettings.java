package org.lastmile.simulators.wechat;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One official account and how WeChat treats it.
 *
 * @param originalId {@code gh_…}: who callbacks are addressed to
 * @param templates names of the fields by template id; a field is its type and a number, {@code
 *     thing1}
 * @param allowedAddresses IP addresses that may call; empty = all
 * @param callback where events and texts are posted; null = nowhere
 * @param callbackToken shared secret of the signatures
 * @param aesKey 43 characters (EncodingAESKey); used when {@code mode} encrypts
 * @param mode how callbacks are written
 * @param tokenLife of an access token
 * @param dailyQuota template messages a day (45009)
 * @param minuteQuota template messages a minute (45011)
 * @param receiptDelay from acceptance to the follower's phone and the receipt
 * @param retryAfter wait before a callback that was not taken is posted again
 */
public record AccountSettings(
    String appId,
    String secret,
    String originalId,
    Map<String, List<String>> templates,
    Set<String> allowedAddresses,
    URI callback,
    String callbackToken,
    String aesKey,
    Mode mode,
    Duration tokenLife,
    int dailyQuota,
    int minuteQuota,
    Duration receiptDelay,
    Duration retryAfter) {

  /** The template that {@link #plain()} knows. */
  public static final String WARNING_TEMPLATE = "TPL-WARNING";

  /** How callbacks are written. */
  public enum Mode {
    PLAIN,
    /** Plain text and cipher text in one body. */
    COMPATIBLE,
    ENCRYPTED
  }

  public AccountSettings {
    templates = Map.copyOf(templates);
    allowedAddresses = Set.copyOf(allowedAddresses);
  }

  /**
   * An account with one warning template, plain callbacks that go nowhere yet, real time limits.
   */
  public static AccountSettings plain() {
    return new AccountSettings(
        "wx0123456789abcdef",
        "0123456789abcdef0123456789abcdef",
        "gh_0123456789ab",
        Map.of(WARNING_TEMPLATE, List.of("thing1", "phrase2", "thing3", "time4", "thing5")),
        Set.of(),
        null,
        "callback-token",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        Mode.PLAIN,
        Duration.ofSeconds(7200),
        100_000,
        Integer.MAX_VALUE,
        Duration.ofMillis(100),
        Duration.ofSeconds(5));
  }

  public AccountSettings withTemplate(String id, List<String> fields) {
    return with(Map.of(id, fields), allowedAddresses, callback, callbackToken, aesKey, mode);
  }

  public AccountSettings withAllowedAddresses(Set<String> addresses) {
    return with(templates, addresses, callback, callbackToken, aesKey, mode);
  }

  public AccountSettings withCallback(URI url, Mode how) {
    return with(templates, allowedAddresses, url, callbackToken, aesKey, how);
  }

  public AccountSettings withCallbackSecrets(String token, String encodingAesKey) {
    return with(templates, allowedAddresses, callback, token, encodingAesKey, mode);
  }

  public AccountSettings withTimes(Duration newReceiptDelay, Duration newRetryAfter) {
    return with(tokenLife, dailyQuota, minuteQuota, newReceiptDelay, newRetryAfter);
  }

  public AccountSettings withLimits(Duration newTokenLife, int newDailyQuota) {
    return with(newTokenLife, newDailyQuota, minuteQuota, receiptDelay, retryAfter);
  }

  public AccountSettings withMinuteQuota(int newMinuteQuota) {
    return with(tokenLife, dailyQuota, newMinuteQuota, receiptDelay, retryAfter);
  }

  private AccountSettings with(
      Map<String, List<String>> newTemplates,
      Set<String> newAddresses,
      URI newCallback,
      String newToken,
      String newAesKey,
      Mode newMode) {
    return new AccountSettings(
        appId,
        secret,
        originalId,
        newTemplates,
        newAddresses,
        newCallback,
        newToken,
        newAesKey,
        newMode,
        tokenLife,
        dailyQuota,
        minuteQuota,
        receiptDelay,
        retryAfter);
  }

  private AccountSettings with(
      Duration newTokenLife,
      int newDailyQuota,
      int newMinuteQuota,
      Duration newReceiptDelay,
      Duration newRetryAfter) {
    return new AccountSettings(
        appId,
        secret,
        originalId,
        templates,
        allowedAddresses,
        callback,
        callbackToken,
        aesKey,
        mode,
        newTokenLife,
        newDailyQuota,
        newMinuteQuota,
        newReceiptDelay,
        newRetryAfter);
  }
}

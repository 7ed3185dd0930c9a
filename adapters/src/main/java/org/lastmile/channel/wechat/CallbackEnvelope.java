package org.lastmile.channel.wechat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Who may speak to us: a callback is opened only if the platform signed it, just now, for us. With
 * an AES key configured nothing but the encrypted part is believed: the plain signature does not
 * cover the body.
 */
final class CallbackEnvelope {
  private final WeChatConfig.OfficialAccount account;
  private final Duration clockSkew;
  private final Lane lane;
  private final Clock clock;
  private final CallbackCrypto crypto;
  private final boolean encrypted;

  CallbackEnvelope(WeChatConfig config, Lane lane, Clock clock) {
    this.account = config.officialAccount();
    this.clockSkew = config.limits().clockSkew();
    this.lane = lane;
    this.clock = clock;
    List<String> keys =
        Stream.of(account.aesKey(), account.previousAesKey()).filter(k -> !k.isEmpty()).toList();
    this.crypto = new CallbackCrypto(account.appId(), keys);
    this.encrypted = !keys.isEmpty();
  }

  /** Refused: the status to answer, and why, for the log. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;

    Refused(int status, String why) {
      super(why);
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  /** Checks signature and time of the query; quick, and touches nothing outside memory. */
  void checkSigned(Map<String, String> query) throws Refused {
    String timestamp = query.getOrDefault("timestamp", "");
    String nonce = query.getOrDefault("nonce", "");
    String expected = CallbackCrypto.signature(account.callbackToken(), timestamp, nonce);
    if (!CallbackCrypto.same(expected, query.getOrDefault("signature", ""))) {
      lane.callbackUnsigned();
      throw new Refused(403, "wrong signature");
    }
    lane.callbackSigned();
    Duration off =
        timestamp.matches("\\d{1,12}")
            ? Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), clock.instant())
            : Duration.ofDays(36_500);
    if (off.abs().compareTo(clockSkew) > 0) {
      String why = "its time is " + off.toSeconds() + " s off; is this machine's clock right?";
      lane.callbackRefused(why);
      throw new Refused(403, why);
    }
  }

  /** The fields of the message, decrypted wherever an AES key is configured. */
  Map<String, String> open(Map<String, String> query, byte[] body) throws Refused {
    try {
      Map<String, String> outer = CallbackXml.read(body);
      if (!encrypted) {
        if (outer.containsKey("Encrypt") && !outer.containsKey("MsgType")) {
          throw signedRefusal(403, "it is encrypted, and no aes-key is configured");
        }
        return outer;
      }
      String sealed = outer.getOrDefault("Encrypt", "");
      if (sealed.isEmpty()) {
        throw signedRefusal(403, "it is not encrypted, and an aes-key is configured");
      }
      String expected =
          CallbackCrypto.signature(
              account.callbackToken(),
              query.getOrDefault("timestamp", ""),
              query.getOrDefault("nonce", ""),
              sealed);
      if (!CallbackCrypto.same(expected, query.getOrDefault("msg_signature", ""))) {
        throw signedRefusal(403, "wrong msg_signature");
      }
      return CallbackXml.read(crypto.decrypt(sealed));
    } catch (CallbackXml.Unreadable e) {
      throw signedRefusal(400, e.getMessage());
    } catch (CallbackCrypto.NotOurs e) {
      throw signedRefusal(403, e.getMessage());
    }
  }

  private Refused signedRefusal(int status, String why) {
    lane.callbackRefused(why);
    return new Refused(status, why);
  }
}

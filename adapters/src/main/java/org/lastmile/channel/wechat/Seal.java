package org.lastmile.channel.wechat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The signed and encrypted part of a callback, which both platforms write in the same way. */
final class Seal {
  private final String token;
  private final Duration clockSkew;
  private final Lane lane;
  private final Clock clock;
  private final CallbackCrypto crypto;
  private final boolean encrypts;

  /**
   * @param receiver app id or corp id that every message must be meant for
   * @param aesKey empty = nothing is ever encrypted
   */
  Seal(
      String token,
      String receiver,
      String aesKey,
      String previousAesKey,
      Duration clockSkew,
      Lane lane,
      Clock clock) {
    this.token = token;
    this.clockSkew = clockSkew;
    this.lane = lane;
    this.clock = clock;
    List<String> keys = Stream.of(aesKey, previousAesKey).filter(k -> !k.isEmpty()).toList();
    this.crypto = new CallbackCrypto(receiver, keys);
    this.encrypts = !keys.isEmpty();
  }

  boolean encrypts() {
    return encrypts;
  }

  /** Whether this is what the platform signs these parts with, together with the token. */
  boolean signed(String given, Map<String, String> query, String... more) {
    String[] parts =
        Stream.concat(
                Stream.of(
                    token, query.getOrDefault("timestamp", ""), query.getOrDefault("nonce", "")),
                Stream.of(more))
            .toArray(String[]::new);
    return CallbackCrypto.same(CallbackCrypto.signature(parts), given);
  }

  /** Call it only when the signature was right: strangers may write any time they like. */
  void checkTime(Map<String, String> query) throws Envelope.Refused {
    String timestamp = query.getOrDefault("timestamp", "");
    Duration off =
        timestamp.matches("\\d{1,12}")
            ? Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), clock.instant())
            : Duration.ofDays(36_500);
    if (off.abs().compareTo(clockSkew) > 0) {
      String why = "its time is " + off.toSeconds() + " s off; is this machine's clock right?";
      throw refused(403, why);
    }
  }

  /** The words inside, once their signature was found right. */
  byte[] unseal(String sealed) throws Envelope.Refused {
    try {
      return crypto.decrypt(sealed);
    } catch (CallbackCrypto.NotOurs e) {
      throw refused(403, e.getMessage());
    }
  }

  /** The fields inside, once their signature was found right. */
  Map<String, String> read(String sealed) throws Envelope.Refused {
    return xml(unseal(sealed));
  }

  /** The fields of XML that may be believed. */
  Map<String, String> xml(byte[] words) throws Envelope.Refused {
    try {
      return CallbackXml.read(words);
    } catch (CallbackXml.Unreadable e) {
      throw refused(400, e.getMessage());
    }
  }

  /** A passive reply, encrypted and signed as the platform wants it. */
  String reply(String words, String nonce) {
    String sealed = crypto.encrypt(words);
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    String signature = CallbackCrypto.signature(token, timestamp, nonce, sealed);
    return "<xml><Encrypt><![CDATA["
        + sealed
        + "]]></Encrypt><MsgSignature><![CDATA["
        + signature
        + "]]></MsgSignature><TimeStamp>"
        + timestamp
        + "</TimeStamp><Nonce><![CDATA["
        + nonce
        + "]]></Nonce></xml>";
  }

  /** Signed with our token, and still not to be taken: the operator is told. */
  Envelope.Refused refused(int status, String why) {
    lane.callbackRefused(why);
    return new Envelope.Refused(status, why);
  }

  static String text(byte[] words) {
    return new String(words, StandardCharsets.UTF_8);
  }
}

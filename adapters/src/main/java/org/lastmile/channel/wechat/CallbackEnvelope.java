package org.lastmile.channel.wechat;

import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.lastmile.channel.Memory;

/**
 * The official account's: plain, encrypted, or both in one. With an AES key configured nothing but
 * the encrypted part is believed: the plain signature does not cover the body. Without one, a
 * signature is good for one body, so that whoever has seen one can't put other words under it.
 */
final class CallbackEnvelope implements Envelope {
  private final Seal seal;
  private final Lane lane;
  private final Memory memory;
  private final Duration window;

  /**
   * @param memory shared by all nodes, so that a signature is good for one body at all of them
   */
  CallbackEnvelope(WeChatConfig config, Lane lane, Memory memory, Clock clock) {
    WeChatConfig.OfficialAccount account = config.officialAccount();
    this.lane = lane;
    this.memory = memory;
    // A timestamp may lie ahead as far as behind: what is older is refused for its time.
    this.window = config.limits().clockSkew().multipliedBy(2).plusSeconds(1);
    this.seal =
        new Seal(
            account.callbackToken(),
            account.appId(),
            account.aesKey(),
            account.previousAesKey(),
            config.limits().clockSkew(),
            lane,
            clock);
  }

  @Override
  public String echo(Map<String, String> query) throws Refused {
    checkSigned(query);
    return query.getOrDefault("echostr", "");
  }

  @Override
  public void checkSigned(Map<String, String> query) throws Refused {
    if (!seal.signed(query.getOrDefault("signature", ""), query)) {
      lane.callbackUnsigned();
      throw new Refused(403, "wrong signature");
    }
    lane.callbackSigned();
    seal.checkTime(query);
  }

  @Override
  public Map<String, String> open(Map<String, String> query, byte[] body) throws Refused {
    Map<String, String> outer = seal.xml(body);
    String sealed = outer.getOrDefault("Encrypt", "");
    if (!seal.encrypts()) {
      if (!sealed.isEmpty() && !outer.containsKey("MsgType")) {
        throw seal.refused(403, "it is encrypted, and no aes-key is configured");
      }
      once(query.getOrDefault("signature", ""), Attempts.hash(Seal.text(body)));
      return outer;
    }
    if (sealed.isEmpty()) {
      throw seal.refused(403, "it is not encrypted, and an aes-key is configured");
    }
    if (!seal.signed(query.getOrDefault("msg_signature", ""), query, sealed)) {
      throw seal.refused(403, "wrong msg_signature");
    }
    return seal.read(sealed);
  }

  /** A passive answer to that callback, as plain or as sealed as callbacks are here. */
  String reply(Map<String, String> query, String xml) {
    return seal.encrypts() ? seal.reply(xml, query.getOrDefault("nonce", "")) : xml;
  }

  private void once(String signature, String body) throws Refused {
    String key = "signed/" + signature.toLowerCase(Locale.ROOT);
    try {
      if (!memory.claim(key, body, window) && !memory.get(key).orElse(body).equals(body)) {
        throw seal.refused(403, "its signature was used for other words before");
      }
    } catch (Memory.Away e) {
      throw new Refused(500, "the store is away; send it again");
    }
  }
}

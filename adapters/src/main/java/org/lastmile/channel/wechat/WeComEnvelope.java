package org.lastmile.channel.wechat;

import java.time.Clock;
import java.util.Map;

/** WeCom's: always encrypted, and the signature covers what is encrypted. */
final class WeComEnvelope implements Envelope {
  private final Seal seal;
  private final Lane lane;

  WeComEnvelope(Seal seal, Lane lane) {
    this.seal = seal;
    this.lane = lane;
  }

  static Seal seal(WeComConfig config, Lane lane, Clock clock) {
    return new Seal(
        config.callbackToken(),
        config.corpId(),
        config.aesKey(),
        config.previousAesKey(),
        config.limits().clockSkew(),
        lane,
        clock);
  }

  @Override
  public String echo(Map<String, String> query) throws Refused {
    String sealed = query.getOrDefault("echostr", "");
    checkSigned(query, sealed);
    return Seal.text(seal.unseal(sealed));
  }

  /** The signature covers the body: here only what can't be one is turned away. */
  @Override
  public void checkSigned(Map<String, String> query) throws Refused {
    if (!query.getOrDefault("msg_signature", "").matches("[0-9a-fA-F]{40}")) {
      lane.callbackUnsigned();
      throw new Refused(403, "no msg_signature");
    }
  }

  @Override
  public Map<String, String> open(Map<String, String> query, byte[] body) throws Refused {
    String sealed;
    try {
      sealed = CallbackXml.read(body).getOrDefault("Encrypt", "");
    } catch (CallbackXml.Unreadable e) {
      // Nobody knows yet whose it is: no business of the operator's.
      throw new Refused(400, e.getMessage());
    }
    checkSigned(query, sealed);
    return seal.read(sealed);
  }

  private void checkSigned(Map<String, String> query, String sealed) throws Refused {
    if (sealed.isEmpty() || !seal.signed(query.getOrDefault("msg_signature", ""), query, sealed)) {
      lane.callbackUnsigned();
      throw new Refused(403, "wrong msg_signature");
    }
    lane.callbackSigned();
    seal.checkTime(query);
  }
}

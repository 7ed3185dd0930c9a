package org.lastmile;

import org.lastmile.channel.loudspeaker.KeyRing;
import org.lastmile.channel.loudspeaker.LoudspeakerChannel;
import org.lastmile.channel.loudspeaker.PublicKey;
import org.lastmile.channel.loudspeaker.TrustDocument;
import org.lastmile.console.DeviceKeys;

/** The loudspeaker channel's keys, in the console's words. */
record LoudspeakerKeys(LoudspeakerChannel channel) implements DeviceKeys {

  @Override
  public Keys list() {
    LoudspeakerChannel.Following following = channel.following();
    return new Keys(
        channel.keys().stream()
            .map(k -> new Key(k.key().kid(), k.key().alg(), k.key().base64(), k.state(), k.since()))
            .toList(),
        following.online(),
        following.follow());
  }

  @Override
  public void announce(String alg) {
    orRefused(() -> channel.announceKey(alg));
  }

  @Override
  public void use() {
    orRefused(channel::useNextKey);
  }

  @Override
  public void retire(String kid) {
    orRefused(() -> channel.retireKey(kid));
  }

  @Override
  public void addRecovery(String kid, String alg, String publicKey) {
    orRefused(() -> channel.addRecoveryKey(new PublicKey(kid, alg, publicKey)));
  }

  @Override
  public void recover(String document) {
    orRefused(() -> channel.recover(TrustDocument.read(document)));
  }

  /** What people typed may be anything; the message says what is wrong with it. */
  private static void orRefused(Runnable what) {
    try {
      what.run();
    } catch (KeyRing.Refused | IllegalArgumentException e) {
      throw new Refused(e.getMessage());
    }
  }
}

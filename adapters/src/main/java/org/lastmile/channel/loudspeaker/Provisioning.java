package org.lastmile.channel.loudspeaker;

import java.io.IOException;
import java.util.List;
import org.lastmile.channel.Memory;

/**
 * What devices must be told before they can connect and obey, without a channel that binds ports.
 * Made from the same secret and keys as the channel's; made up where the site has none yet.
 */
public final class Provisioning {
  private final SiteSecret secret;
  private final List<PublicKey> keys;

  private Provisioning(SiteSecret secret, List<PublicKey> keys) {
    this.secret = secret;
    this.keys = keys;
  }

  /**
   * Blocks for the store.
   *
   * @throws IOException naming the signing key's file when that can't be read
   * @throws Memory.Away if the store can't be reached
   */
  public static Provisioning of(LoudspeakerConfig config, Memory memory) throws IOException {
    SigningKey key =
        config.signingKey() == null
            ? SigningKey.keptIn(memory)
            : SigningKey.in(config.signingKey());
    return new Provisioning(SiteSecret.keptIn(memory), List.of(key.publicKey()));
  }

  public String password(String device) {
    return secret.password(device);
  }

  /** What devices check commands with. */
  public List<PublicKey> keys() {
    return keys;
  }

  /** Whether that can be a device id on the wire. */
  public static boolean isDevice(String id) {
    return Topics.isDevice(id);
  }
}

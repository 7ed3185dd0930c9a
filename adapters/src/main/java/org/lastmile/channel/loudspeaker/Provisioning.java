package org.lastmile.channel.loudspeaker;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.lastmile.channel.Memory;

/**
 * What devices must be told before they can connect and obey, without a channel that binds ports.
 * Made from the same secret and keys as the channel's; made up where the site has none yet.
 */
public final class Provisioning {
  private final SiteSecret secret;
  private final List<TrustedKey> keys;

  private Provisioning(SiteSecret secret, List<TrustedKey> keys) {
    this.secret = secret;
    this.keys = keys;
  }

  /**
   * Blocks for the store.
   *
   * @throws IOException naming the signing key's file when that can't be read
   * @throws Memory.Away if the store can't be reached
   */
  public static Provisioning of(LoudspeakerConfig config, Memory memory, InstantSource clock)
      throws IOException {
    KeyRing ring = KeyRing.open(memory, config.signingKey(), clock);
    return new Provisioning(SiteSecret.keptIn(memory), ring.trusted());
  }

  public String password(String device) {
    return secret.password(device);
  }

  /** The list that devices trust: what commands are checked with, and the recovery key. */
  public List<TrustedKey> keys() {
    return keys;
  }

  /** Whether that can be a device id on the wire. */
  public static boolean isDevice(String id) {
    return Topics.isDevice(id);
  }
}

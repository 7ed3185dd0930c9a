package org.lastmile.channel.loudspeaker;

/**
 * One line of a device's trust list.
 *
 * @param use {@code command} or {@code recovery}
 * @param notAfter Unix seconds, 0 = no end
 */
public record TrustedKey(PublicKey key, String use, long notAfter) {
  static final String COMMAND = "command";
  static final String RECOVERY = "recovery";

  public static TrustedKey command(PublicKey key) {
    return new TrustedKey(key, COMMAND, 0);
  }

  public static TrustedKey recovery(PublicKey key) {
    return new TrustedKey(key, RECOVERY, 0);
  }
}

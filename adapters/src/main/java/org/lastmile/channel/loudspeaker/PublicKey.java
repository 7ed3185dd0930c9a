package org.lastmile.channel.loudspeaker;

import java.util.Base64;
import java.util.HexFormat;

/**
 * What a device checks commands with.
 *
 * @param kid key id, as commands name it
 * @param alg {@code Ed25519} or {@code SM2}
 * @param base64 Ed25519: the raw 32 bytes; SM2: the uncompressed point, 65 bytes
 */
public record PublicKey(String kid, String alg, String base64) {

  /** All problems of what somebody typed or sent are found here. */
  public PublicKey {
    if (!kid.matches("[A-Za-z0-9._-]{1,32}")) {
      throw new IllegalArgumentException("key id is not [A-Za-z0-9._-]{1,32}: " + kid);
    }
    Algorithm algorithm =
        Algorithm.of(alg)
            .orElseThrow(
                () -> new IllegalArgumentException("\"alg\" is not Ed25519 or SM2: " + alg));
    if (!algorithm.isPublic(Base64.getDecoder().decode(base64))) {
      throw new IllegalArgumentException("key " + kid + " is not an " + alg + " public key");
    }
  }

  /** As openssl reads it: the algorithm's fixed header before the bytes, in PEM. */
  public String pem() {
    byte[] header = HexFormat.of().parseHex(algorithm().derHeader());
    byte[] raw = bytes();
    byte[] der = new byte[header.length + raw.length];
    System.arraycopy(header, 0, der, 0, header.length);
    System.arraycopy(raw, 0, der, header.length, raw.length);
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END PUBLIC KEY-----\n";
  }

  /**
   * Whether a command is signed by its private half.
   *
   * @param path that came with it; empty when none did
   */
  public boolean verifies(byte[] body, byte[] path, byte[] signature) {
    return verifies(path.length == 0 ? body : HashTree.signed(body, path), signature);
  }

  boolean verifies(byte[] body, byte[] signature) {
    return algorithm().verifies(bytes(), body, signature);
  }

  private Algorithm algorithm() {
    return Algorithm.of(alg).orElseThrow();
  }

  private byte[] bytes() {
    return Base64.getDecoder().decode(base64);
  }
}

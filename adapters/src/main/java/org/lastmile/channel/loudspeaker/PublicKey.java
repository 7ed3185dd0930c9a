package org.lastmile.channel.loudspeaker;

import java.util.Base64;
import java.util.HexFormat;

/**
 * What a device checks commands with.
 *
 * @param kid key id, as commands name it
 * @param alg {@code Ed25519}
 * @param base64 the raw 32 bytes
 */
public record PublicKey(String kid, String alg, String base64) {

  /** As openssl reads it: the fixed header of RFC 8410 before the raw bytes, in PEM. */
  public String pem() {
    byte[] header = HexFormat.of().parseHex("302a300506032b6570032100");
    byte[] raw = Base64.getDecoder().decode(base64);
    byte[] der = new byte[header.length + raw.length];
    System.arraycopy(header, 0, der, 0, header.length);
    System.arraycopy(raw, 0, der, header.length, raw.length);
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getEncoder().encodeToString(der)
        + "\n-----END PUBLIC KEY-----\n";
  }
}

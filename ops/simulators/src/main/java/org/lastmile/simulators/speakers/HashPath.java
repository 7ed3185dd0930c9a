package org.lastmile.simulators.speakers;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** The contract's hash tree from one leaf up: what the signature of a body with a path is over. */
final class HashPath {
  private static final int HASH = 32;
  private static final int MOST = 16;
  private static final byte[] TAG = "lastmile-tree-v1:".getBytes(StandardCharsets.US_ASCII);

  private HashPath() {}

  /** Throws IllegalArgumentException when it is no path. */
  static byte[] signed(byte[] body, byte[] path) {
    if (path.length == 0 || path.length % HASH != 0 || path.length > MOST * HASH) {
      throw new IllegalArgumentException(path.length + " bytes are no path");
    }
    MessageDigest sha = sha256();
    sha.update((byte) 0);
    byte[] root = sha.digest(body);
    for (int at = 0; at < path.length; at += HASH) {
      byte[] sibling = Arrays.copyOfRange(path, at, at + HASH);
      boolean first = Arrays.compareUnsigned(root, sibling) < 0;
      sha.update((byte) 1);
      sha.update(first ? root : sibling);
      sha.update(first ? sibling : root);
      root = sha.digest();
    }
    byte[] signed = Arrays.copyOf(TAG, TAG.length + HASH);
    System.arraycopy(root, 0, signed, TAG.length, HASH);
    return signed;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256", e);
    }
  }
}

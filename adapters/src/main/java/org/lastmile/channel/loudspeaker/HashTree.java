package org.lastmile.channel.loudspeaker;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Many bodies under one signature, as the contract's section "Hash tree" has it: each travels with
 * the hashes that lead from it to the root. Leaves, nodes and what is signed begin differently, so
 * that none can be passed off as another.
 */
final class HashTree {
  static final int HASH = 32;

  /** Hashes in a path at most. */
  static final int DEEPEST = 16;

  private static final byte[] TAG = "lastmile-tree-v1:".getBytes(StandardCharsets.US_ASCII);
  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  /** From the leaves up to the root alone. */
  private final List<byte[][]> levels = new ArrayList<>();

  /** One leaf for each body, in that order. */
  HashTree(List<byte[]> bodies) {
    if (bodies.size() < 2 || bodies.size() > 1 << DEEPEST) {
      throw new IllegalArgumentException(bodies.size() + " leaves");
    }
    MessageDigest sha = sha256();
    byte[][] level = new byte[bodies.size()][];
    for (int i = 0; i < level.length; i++) {
      level[i] = leaf(sha, bodies.get(i));
    }
    levels.add(level);
    while (level.length > 1) {
      byte[][] above = new byte[(level.length + 1) / 2][];
      for (int i = 0; i < above.length; i++) {
        boolean alone = 2 * i + 1 == level.length;
        above[i] = alone ? level[2 * i] : node(sha, level[2 * i], level[2 * i + 1]);
      }
      levels.add(above);
      level = above;
    }
  }

  /** What the one signature is over. */
  byte[] signed() {
    return tagged(levels.get(levels.size() - 1)[0]);
  }

  /** The hashes from that leaf to the root, its own sibling first. */
  byte[] path(int leaf) {
    ByteArrayOutputStream path = new ByteArrayOutputStream(DEEPEST * HASH);
    int at = leaf;
    for (byte[][] level : levels) {
      int sibling = at ^ 1;
      if (sibling < level.length) {
        path.writeBytes(level[sibling]);
      }
      at >>= 1;
    }
    return path.toByteArray();
  }

  /** What the signature of a body that came with that path is over. */
  static byte[] signed(byte[] body, byte[] path) {
    if (path.length == 0 || path.length % HASH != 0 || path.length > DEEPEST * HASH) {
      throw new IllegalArgumentException("a path of " + path.length + " bytes");
    }
    MessageDigest sha = sha256();
    byte[] hash = leaf(sha, body);
    for (int at = 0; at < path.length; at += HASH) {
      hash = node(sha, hash, Arrays.copyOfRange(path, at, at + HASH));
    }
    return tagged(hash);
  }

  private static byte[] leaf(MessageDigest sha, byte[] body) {
    sha.update(LEAF);
    return sha.digest(body);
  }

  /** The lower hash first, so that a path need not say which side it is on. */
  private static byte[] node(MessageDigest sha, byte[] one, byte[] other) {
    boolean inOrder = Arrays.compareUnsigned(one, other) <= 0;
    sha.update(NODE);
    sha.update(inOrder ? one : other);
    return sha.digest(inOrder ? other : one);
  }

  private static byte[] tagged(byte[] root) {
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

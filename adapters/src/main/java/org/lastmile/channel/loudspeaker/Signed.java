package org.lastmile.channel.loudspeaker;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A signed body, ready for any number of wrappers: these differ in the delivery's id alone, so the
 * rest is written once.
 */
public final class Signed {
  private static final byte[] NO_PATH = {};
  private static final byte[] HEAD = ascii("{\"v\":1,\"id\":\"");

  /**
   * A larger body is signed by itself: with a path of sixteen hashes its wrapper could be larger
   * than 8,192 bytes.
   */
  private static final int LARGEST_IN_TREE = 5_200;

  private final String kid;
  private final byte[] sig;
  private final byte[] path;
  private final byte[] body;
  private final byte[] tail;

  /** One without a path: the signature is over the body itself. */
  Signed(String kid, byte[] sig, byte[] body) {
    this(kid, sig, NO_PATH, body);
  }

  private Signed(String kid, byte[] sig, byte[] path, byte[] body) {
    this.kid = kid;
    this.sig = sig;
    this.path = path;
    this.body = body;
    ByteArrayOutputStream text =
        new ByteArrayOutputStream(256 + (path.length + body.length) * 4 / 3);
    text.writeBytes(ascii("\",\"kid\":\"" + kid + "\",\"sig\":\""));
    text.writeBytes(base64(sig));
    if (path.length > 0) {
      text.writeBytes(ascii("\",\"path\":\""));
      text.writeBytes(base64(path));
    }
    text.writeBytes(ascii("\",\"body\":\""));
    text.writeBytes(base64(body));
    text.writeBytes(ascii("\"}"));
    this.tail = text.toByteArray();
  }

  /** By a signature of its own. */
  static Signed by(SigningKey key, byte[] body) {
    return new Signed(key.kid(), key.sign(body), body);
  }

  /** All of them by one signature, in the same order; a single one by one of its own. */
  public static List<Signed> all(SigningKey key, List<byte[]> bodies) {
    List<byte[]> leaves = bodies.stream().filter(b -> b.length <= LARGEST_IN_TREE).toList();
    HashTree tree = leaves.size() < 2 ? null : new HashTree(leaves);
    byte[] sig = tree == null ? null : key.sign(tree.signed());
    List<Signed> all = new ArrayList<>(bodies.size());
    int leaf = 0;
    for (byte[] body : bodies) {
      if (tree == null || body.length > LARGEST_IN_TREE) {
        all.add(by(key, body));
      } else {
        all.add(new Signed(key.kid(), sig, tree.path(leaf), body));
        leaf++;
      }
    }
    return all;
  }

  String kid() {
    return kid;
  }

  public byte[] sig() {
    return sig.clone();
  }

  /** The hashes to the root that was signed; empty when the body itself was. */
  public byte[] path() {
    return path.clone();
  }

  public byte[] body() {
    return body.clone();
  }

  /** The bytes for the wire. */
  public byte[] wrap(String delivery) {
    byte[] id = JsonStringEncoder.getInstance().quoteAsUTF8(delivery);
    byte[] whole = new byte[HEAD.length + id.length + tail.length];
    System.arraycopy(HEAD, 0, whole, 0, HEAD.length);
    System.arraycopy(id, 0, whole, HEAD.length, id.length);
    System.arraycopy(tail, 0, whole, HEAD.length + id.length, tail.length);
    return whole;
  }

  private static byte[] base64(byte[] bytes) {
    return Base64.getEncoder().encode(bytes);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

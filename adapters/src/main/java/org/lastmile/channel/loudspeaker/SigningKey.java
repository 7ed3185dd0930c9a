package org.lastmile.channel.loudspeaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import org.lastmile.channel.Memory;

/**
 * A private key. BouncyCastle signs in about 0.1 ms where the JDK needs nearly 1 ms. As a file or
 * in memory it is the JSON of the contract's test key: {@code kid}, {@code alg}, {@code private},
 * {@code public}, keys in base64.
 */
public final class SigningKey {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PublicKey open;
  private final byte[] secret;
  private final UnaryOperator<byte[]> signer;

  SigningKey(String kid, byte[] seed) {
    this(kid, Algorithm.ED25519, seed);
  }

  private SigningKey(String kid, Algorithm algorithm, byte[] secret) {
    this.open = new PublicKey(kid, algorithm.word(), base64(algorithm.publicOf(secret)));
    this.secret = secret.clone();
    this.signer = algorithm.signer(secret);
  }

  /** The one in that file. */
  public static SigningKey in(Path file) throws IOException {
    try {
      return parse(Files.readString(file));
    } catch (IllegalArgumentException e) {
      throw new IOException("signing key " + file + ": " + e.getMessage(), e);
    }
  }

  /** The one kept in memory; made at the first start. Blocks. */
  static SigningKey keptIn(Memory memory) {
    memory.claim("signing-key", fresh("Ed25519", "k").json(), Memory.FOR_EVER);
    return parse(memory.get("signing-key").orElseThrow());
  }

  /**
   * A new one, named after its public half.
   *
   * @param alg {@code Ed25519} or {@code SM2}
   */
  public static SigningKey fresh(String alg, String prefix) {
    Algorithm algorithm =
        Algorithm.of(alg)
            .orElseThrow(
                () -> new IllegalArgumentException("\"alg\" is not Ed25519 or SM2: " + alg));
    byte[] secret = algorithm.freshSecret(new SecureRandom());
    return new SigningKey(
        prefix + "-" + fingerprint(algorithm.publicOf(secret)), algorithm, secret);
  }

  /** Of the exact bytes; from any thread. */
  public byte[] sign(byte[] body) {
    return signer.apply(body);
  }

  String kid() {
    return open.kid();
  }

  /** What a device is provisioned with. */
  public PublicKey publicKey() {
    return open;
  }

  static SigningKey parse(String json) {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (IOException e) {
      throw new IllegalArgumentException("is not JSON", e);
    }
    String kid = node.path("kid").asText();
    if (!kid.matches("[A-Za-z0-9._-]{1,32}")) {
      throw new IllegalArgumentException("\"kid\" is not [A-Za-z0-9._-]{1,32}");
    }
    Algorithm algorithm =
        Algorithm.of(node.path("alg").asText())
            .orElseThrow(() -> new IllegalArgumentException("\"alg\" is not Ed25519 or SM2"));
    byte[] secret = Base64.getDecoder().decode(node.path("private").asText());
    if (!algorithm.isSecret(secret)) {
      throw new IllegalArgumentException(
          "\"private\" is not an " + algorithm.word() + " key of 32 bytes in base64");
    }
    SigningKey parsed = new SigningKey(kid, algorithm, secret);
    if (!parsed.publicKey().base64().equals(node.path("public").asText())) {
      throw new IllegalArgumentException("\"public\" does not belong to \"private\"");
    }
    return parsed;
  }

  /** The private half is in it. */
  public String json() {
    try {
      return JSON.writeValueAsString(
          JSON.createObjectNode()
              .put("kid", open.kid())
              .put("alg", open.alg())
              .put("private", base64(secret))
              .put("public", open.base64()));
    } catch (IOException e) {
      throw new UncheckedIOException("four strings did not become JSON", e);
    }
  }

  @Override
  public String toString() {
    return "SigningKey[" + open.kid() + "]";
  }

  private static String fingerprint(byte[] pub) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(pub);
      return HexFormat.of().formatHex(hash, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256", e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}

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
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.lastmile.channel.Memory;

/**
 * The private key behind every command. BouncyCastle signs in about 0.1 ms where the JDK needs
 * nearly 1 ms. As a file or in memory it is the JSON of the contract's test key: {@code kid},
 * {@code alg}, {@code private}, {@code public}, keys in base64.
 */
final class SigningKey {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String kid;
  private final Ed25519PrivateKeyParameters key;

  SigningKey(String kid, byte[] seed) {
    this.kid = kid;
    this.key = new Ed25519PrivateKeyParameters(seed);
  }

  /** The one in that file. */
  static SigningKey in(Path file) throws IOException {
    try {
      return parse(Files.readString(file));
    } catch (IllegalArgumentException e) {
      throw new IOException("signing key " + file + ": " + e.getMessage(), e);
    }
  }

  /** The one kept in memory; made at the first start. Blocks. */
  static SigningKey keptIn(Memory memory) {
    byte[] seed = new byte[32];
    new SecureRandom().nextBytes(seed);
    byte[] pub = new Ed25519PrivateKeyParameters(seed).generatePublicKey().getEncoded();
    memory.claim("signing-key", new SigningKey(name(pub), seed).json(), Memory.FOR_EVER);
    return parse(memory.get("signing-key").orElseThrow());
  }

  byte[] sign(byte[] body) {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, key);
    signer.update(body, 0, body.length);
    return signer.generateSignature();
  }

  String kid() {
    return kid;
  }

  /** What a device is provisioned with. */
  PublicKey publicKey() {
    return new PublicKey(kid, "Ed25519", base64(key.generatePublicKey().getEncoded()));
  }

  private static SigningKey parse(String json) {
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
    if (!node.path("alg").asText().equals("Ed25519")) {
      throw new IllegalArgumentException("\"alg\" is not Ed25519");
    }
    byte[] seed = Base64.getDecoder().decode(node.path("private").asText());
    if (seed.length != 32) {
      throw new IllegalArgumentException("\"private\" is not 32 bytes in base64");
    }
    SigningKey parsed = new SigningKey(kid, seed);
    if (!parsed.publicKey().base64().equals(node.path("public").asText())) {
      throw new IllegalArgumentException("\"public\" does not belong to \"private\"");
    }
    return parsed;
  }

  private String json() {
    try {
      return JSON.writeValueAsString(
          JSON.createObjectNode()
              .put("kid", kid)
              .put("alg", "Ed25519")
              .put("private", base64(key.getEncoded()))
              .put("public", publicKey().base64()));
    } catch (IOException e) {
      throw new UncheckedIOException("four strings did not become JSON", e);
    }
  }

  private static String name(byte[] pub) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(pub);
      return "k-" + HexFormat.of().formatHex(hash, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256", e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}

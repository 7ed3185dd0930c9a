package org.lastmile.dist.provision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/** The contract's golden frames, and others signed with its test keys. */
final class Frames {
  static final ObjectMapper JSON = new ObjectMapper();

  /** When the golden frames are obeyed. */
  static final long NOW = 1_795_318_200;

  static final String TEST_KEY = "test-1";

  private Frames() {}

  static byte[] golden(String name) throws IOException {
    try (InputStream in = Frames.class.getResourceAsStream("/lastmile/device/v1/golden/" + name)) {
      return in.readAllBytes();
    }
  }

  static String text(String name) throws IOException {
    return new String(golden(name + ".json"), StandardCharsets.UTF_8);
  }

  /** The golden warning's body, to be changed. */
  static ObjectNode body() throws IOException {
    ObjectNode body = (ObjectNode) JSON.readTree(golden("command-warn.body.json"));
    body.put("text", "转移");
    ((ObjectNode) body.path("speech")).put("siren", "").put("repeats", 1);
    return body;
  }

  /** Signed with the test key and wrapped. */
  static String signed(String id, JsonNode body) throws IOException, GeneralSecurityException {
    return signed("test-key", id, body);
  }

  /** Signed with that golden key and wrapped. */
  static String signed(String key, String id, JsonNode body)
      throws IOException, GeneralSecurityException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    return wrapper(key, id, bytes, bytes).toString();
  }

  /** Signed as a body of a tree with that root. */
  static String inTree(String id, JsonNode body, byte[] path, byte[] root)
      throws IOException, GeneralSecurityException {
    byte[] tree = "lastmile-tree-v1:".getBytes(StandardCharsets.US_ASCII);
    return wrapper("test-key", id, JSON.writeValueAsBytes(body), joined(tree, root))
        .put("path", Base64.getEncoder().encodeToString(path))
        .toString();
  }

  static byte[] leaf(JsonNode body) throws IOException, GeneralSecurityException {
    return sha256(joined(new byte[] {0}, JSON.writeValueAsBytes(body)));
  }

  static byte[] node(byte[] one, byte[] other) throws GeneralSecurityException {
    boolean ordered = Arrays.compareUnsigned(one, other) <= 0;
    byte[] children = ordered ? joined(one, other) : joined(other, one);
    return sha256(joined(new byte[] {1}, children));
  }

  static byte[] joined(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static byte[] sha256(byte[] octets) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(octets);
  }

  private static ObjectNode wrapper(String key, String id, byte[] body, byte[] signed)
      throws IOException, GeneralSecurityException {
    JsonNode by = JSON.readTree(golden(key + ".json"));
    byte[] seed = Base64.getDecoder().decode(by.path("private").asText());
    Signature ed25519 = Signature.getInstance("Ed25519");
    ed25519.initSign(
        KeyFactory.getInstance("Ed25519")
            .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)));
    ed25519.update(signed);
    Base64.Encoder base64 = Base64.getEncoder();
    return JSON.createObjectNode()
        .put("v", 1)
        .put("id", id)
        .put("kid", by.path("kid").asText())
        .put("sig", base64.encodeToString(ed25519.sign()))
        .put("body", base64.encodeToString(body));
  }

  static JsonNode testKey() throws IOException {
    return JSON.readTree(golden("test-key.json"));
  }

  /** The test key as a configuration names it. */
  static Path keyFile(Path folder) throws IOException {
    return Files.write(folder.resolve("test-key.json"), golden("test-key.json"));
  }
}

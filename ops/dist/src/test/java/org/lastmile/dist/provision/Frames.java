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
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;

/** The contract's golden frames, and others signed with its test key. */
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
    byte[] seed = Base64.getDecoder().decode(testKey().path("private").asText());
    byte[] bytes = JSON.writeValueAsBytes(body);
    Signature ed25519 = Signature.getInstance("Ed25519");
    ed25519.initSign(
        KeyFactory.getInstance("Ed25519")
            .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)));
    ed25519.update(bytes);
    Base64.Encoder base64 = Base64.getEncoder();
    return JSON.createObjectNode()
        .put("v", 1)
        .put("id", id)
        .put("kid", TEST_KEY)
        .put("sig", base64.encodeToString(ed25519.sign()))
        .put("body", base64.encodeToString(bytes))
        .toString();
  }

  static JsonNode testKey() throws IOException {
    return JSON.readTree(golden("test-key.json"));
  }

  /** The test key as a configuration names it. */
  static Path keyFile(Path folder) throws IOException {
    return Files.write(folder.resolve("test-key.json"), golden("test-key.json"));
  }
}

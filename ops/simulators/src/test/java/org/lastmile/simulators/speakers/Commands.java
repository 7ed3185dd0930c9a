package org.lastmile.simulators.speakers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;

/** Signed commands with the contract's test key, and its golden frames. */
final class Commands {
  static final long ISSUED = 1795318200L;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Commands() {}

  static byte[] golden(String name) {
    try (InputStream in =
        Commands.class.getResourceAsStream("/lastmile/device/v1/golden/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode key(String file) throws IOException {
    return JSON.readTree(golden(file));
  }

  static byte[] publicKey() throws IOException {
    return publicKey("test-key.json");
  }

  static byte[] publicKey(String file) throws IOException {
    return key(file).get("public").binaryValue();
  }

  /** The body of a warning to everybody in the town; change it before sealing. */
  static ObjectNode warning(String content, long seq) {
    ObjectNode body = JSON.createObjectNode();
    body.put("v", 1).put("type", "command").put("content", content).put("kind", "WARN");
    body.put("about", "w1").put("epoch", 1795276800L).put("seq", seq).put("priority", 1);
    body.put("issued", ISSUED).put("notAfter", ISSUED + 3600).put("drill", false);
    body.putArray("targets").add("510723104000");
    body.putArray("supersedes");
    body.put("text", "请立即转移");
    ObjectNode speech = body.putObject("speech");
    speech.put("repeats", 2).put("pauseMs", 0).put("volume", 100);
    speech.put("siren", "").put("audio", "").put("sha256", "");
    return body;
  }

  /** Wraps and signs it under a delivery id. */
  static byte[] seal(String id, ObjectNode body) throws IOException, GeneralSecurityException {
    return seal("test-key.json", id, body);
  }

  /** The same with the key of another golden file. */
  static byte[] seal(String file, String id, ObjectNode body)
      throws IOException, GeneralSecurityException {
    PrivateKey key =
        KeyFactory.getInstance("Ed25519")
            .generatePrivate(
                new EdECPrivateKeySpec(
                    NamedParameterSpec.ED25519, key(file).get("private").binaryValue()));
    byte[] signed = body.toString().getBytes(StandardCharsets.UTF_8);
    Signature ed25519 = Signature.getInstance("Ed25519");
    ed25519.initSign(key);
    ed25519.update(signed);
    ObjectNode wrapper = JSON.createObjectNode();
    wrapper.put("v", 1).put("id", id).put("kid", key(file).get("kid").textValue());
    wrapper.put("sig", Base64.getEncoder().encodeToString(ed25519.sign()));
    wrapper.put("body", Base64.getEncoder().encodeToString(signed));
    return wrapper.toString().getBytes(StandardCharsets.UTF_8);
  }
}

package org.lastmile.simulators.speakers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * The first two checks: readable, and signed by a known key. A fleet verifies the same bytes once
 * and not once per device, since one content carries one signature.
 */
final class Opener {
  private static final int MAX_OCTETS = 8192;
  private static final int MAX_TEXT = 1500;
  private static final int REMEMBERED = 512;
  private static final int RAW_KEY = 32;

  /** Exactly the strings that were verified. */
  private record Seal(String kid, String sig, String body) {}

  /** What came of a seal: a body or a reason. */
  private record Inside(String content, String refusal, Body body) {}

  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, Ed25519PublicKeyParameters> keys = new HashMap<>();
  private final Map<Seal, Inside> verified =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Seal, Inside> eldest) {
          return size() > REMEMBERED;
        }
      };

  Opener(Map<String, byte[]> publicKeys) {
    publicKeys.forEach(
        (kid, key) -> {
          byte[] raw = Arrays.copyOfRange(key, key.length - RAW_KEY, key.length);
          keys.put(kid, new Ed25519PublicKeyParameters(raw));
        });
  }

  Opened open(byte[] payload) {
    Optional<JsonNode> read = payload.length > MAX_OCTETS ? Optional.empty() : read(payload);
    JsonNode wrapper = read.orElse(json.nullNode());
    String id = wrapper.path("id").asText();
    if (wrapper.path("v").asInt() != 1
        || !id.matches("[A-Za-z0-9._-]{1,96}")
        || !wrapper.path("sig").isTextual()
        || !wrapper.path("body").isTextual()) {
      return new Opened(id.matches("[A-Za-z0-9._-]{0,96}") ? id : "", "", "MALFORMED", null);
    }
    Inside inside =
        inside(
            new Seal(
                wrapper.path("kid").asText(),
                wrapper.path("sig").asText(),
                wrapper.path("body").asText()));
    return new Opened(id, inside.content(), inside.refusal(), inside.body());
  }

  private synchronized Inside inside(Seal seal) {
    return verified.computeIfAbsent(seal, this::verify);
  }

  private Inside verify(Seal seal) {
    byte[] signed;
    byte[] signature;
    try {
      signed = Base64.getDecoder().decode(seal.body());
      signature = Base64.getDecoder().decode(seal.sig());
    } catch (IllegalArgumentException e) {
      return new Inside("", "MALFORMED", null);
    }
    JsonNode body = read(signed).orElse(json.nullNode());
    String content = body.path("content").asText();
    if (!content.matches("[A-Za-z0-9._-]{1,64}")) {
      content = "";
    }
    if (body.path("v").asInt() != 1 || content.isEmpty()) {
      return new Inside(content, "MALFORMED", null);
    }
    Ed25519PublicKeyParameters key = keys.get(seal.kid());
    if (key == null) {
      return new Inside(content, "UNKNOWN_KEY", null);
    }
    Ed25519Signer ed25519 = new Ed25519Signer();
    ed25519.init(false, key);
    ed25519.update(signed, 0, signed.length);
    if (signature.length != Ed25519PublicKeyParameters.KEY_SIZE * 2
        || !ed25519.verifySignature(signature)) {
      return new Inside(content, "BAD_SIGNATURE", null);
    }
    if (!Body.supported(body)) {
      return new Inside(content, "UNSUPPORTED", null);
    }
    if (body.path("text").asText().length() > MAX_TEXT) {
      return new Inside(content, "TOO_LONG", null);
    }
    return new Inside(content, "", Body.of(body));
  }

  private Optional<JsonNode> read(byte[] octets) {
    try {
      return Optional.ofNullable(json.readTree(octets)).filter(JsonNode::isObject);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

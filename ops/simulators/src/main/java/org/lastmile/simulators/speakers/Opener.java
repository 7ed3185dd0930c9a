package org.lastmile.simulators.speakers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The first two checks: readable, and signed by a key that the device trusts. A fleet verifies the
 * same bytes once and not once per device, since one content carries one signature.
 */
final class Opener {
  private static final int MAX_OCTETS = 8192;
  private static final int MAX_TEXT = 1500;
  private static final int REMEMBERED = 512;

  private static final Set<String> DOCUMENTS = Set.of("floor", "keys", "recovery");

  /** Exactly the strings that were verified, and the key; a null key is one not trusted. */
  private record Seal(TrustList.Key key, String sig, String body) {}

  /** What came of a seal: a body, another document, or a reason. */
  private record Inside(String content, String refusal, Body body, JsonNode document) {
    static Inside refused(String content, String reason) {
      return new Inside(content, reason, null, null);
    }
  }

  private final ObjectMapper json = new ObjectMapper();
  private final Verifier verifier = new Verifier();
  private final Map<Seal, Inside> verified = new Remembered<>();
  private final Map<String, String> types = new Remembered<>();

  private static final class Remembered<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > REMEMBERED;
    }
  }

  /**
   * Opens it for a device that trusts that list.
   *
   * @param now of its clock, 0 = it has no valid one
   */
  Opened open(byte[] payload, TrustList trust, long now) {
    Optional<JsonNode> read = payload.length > MAX_OCTETS ? Optional.empty() : read(payload);
    JsonNode wrapper = read.orElse(json.nullNode());
    String id = wrapper.path("id").asText();
    if (wrapper.path("v").asInt() != 1
        || !id.matches("[A-Za-z0-9._-]{1,96}")
        || !wrapper.path("sig").isTextual()
        || !wrapper.path("body").isTextual()) {
      return new Opened(id.matches("[A-Za-z0-9._-]{0,96}") ? id : "", "", "MALFORMED", null, null);
    }
    String sealed = wrapper.path("body").asText();
    String use = type(sealed).equals("recovery") ? "recovery" : "command";
    TrustList.Key key = trust.find(wrapper.path("kid").asText(), use, now);
    Inside inside = inside(new Seal(key, wrapper.path("sig").asText(), sealed));
    return new Opened(id, inside.content(), inside.refusal(), inside.body(), inside.document());
  }

  private String type(String sealed) {
    synchronized (types) {
      return types.computeIfAbsent(sealed, this::typeOf);
    }
  }

  private String typeOf(String sealed) {
    try {
      return read(Base64.getDecoder().decode(sealed))
          .map(body -> body.path("type").asText())
          .orElse("");
    } catch (IllegalArgumentException e) {
      // Not base64: verify() says so.
      return "";
    }
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
      return Inside.refused("", "MALFORMED");
    }
    JsonNode body = read(signed).orElse(json.nullNode());
    String type = body.path("type").asText();
    String content = body.path("content").asText();
    if (!content.matches("[A-Za-z0-9._-]{1,64}")) {
      content = "";
    }
    if (body.path("v").asInt() != 1 || (content.isEmpty() && !DOCUMENTS.contains(type))) {
      return Inside.refused(content, "MALFORMED");
    }
    if (seal.key() == null) {
      return Inside.refused(content, "UNKNOWN_KEY");
    }
    if (!verifier.isRight(seal.key(), signed, signature)) {
      return Inside.refused(content, "BAD_SIGNATURE");
    }
    if (DOCUMENTS.contains(type)) {
      return new Inside(content, "", null, body);
    }
    if (!Body.supported(body)) {
      return Inside.refused(content, "UNSUPPORTED");
    }
    if (body.path("text").asText().length() > MAX_TEXT) {
      return Inside.refused(content, "TOO_LONG");
    }
    return new Inside(content, "", Body.of(body), null);
  }

  private Optional<JsonNode> read(byte[] octets) {
    try {
      return Optional.ofNullable(json.readTree(octets)).filter(JsonNode::isObject);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

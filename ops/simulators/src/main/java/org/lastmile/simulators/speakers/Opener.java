package org.lastmile.simulators.speakers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The first two checks: readable, and signed by a key that the device trusts. A fleet verifies the
 * same signature once and not once per device: a device by itself would verify one for each
 * command.
 */
final class Opener {
  private static final int MAX_OCTETS = 8192;
  private static final int MAX_TEXT = 1500;
  private static final int REMEMBERED = 512;

  private static final Set<String> DOCUMENTS = Set.of("floor", "keys", "recovery");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,96}");
  private static final Pattern CONTENT = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** Exactly the strings that were verified, and the key; a null key is one not trusted. */
  private record Seal(TrustList.Key key, String sig, String path, String body) {}

  /** A body as it was read once; neither octets nor JSON when it can't be. */
  private static final class Read {
    final byte[] octets;
    final JsonNode json;

    Read(byte[] octets, JsonNode json) {
      this.octets = octets;
      this.json = json;
    }
  }

  /** What came of a seal: a body, another document, or a reason. */
  private record Inside(String content, String refusal, Body body, JsonNode document) {
    static Inside refused(String content, String reason) {
      return new Inside(content, reason, null, null);
    }
  }

  private final ObjectMapper json = new ObjectMapper();
  private final Seals seals = new Seals();
  private final Map<Seal, Inside> verified = new Remembered<>();
  private final Map<String, Read> bodies = new Remembered<>();

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
        || !ID.matcher(id).matches()
        || !wrapper.path("sig").isTextual()
        || !(wrapper.path("path").isMissingNode() || wrapper.path("path").isTextual())
        || !wrapper.path("body").isTextual()) {
      return new Opened(ID.matcher(id).matches() ? id : "", "", "MALFORMED", null, null);
    }
    String sealed = wrapper.path("body").asText();
    boolean recovery = body(sealed).json.path("type").asText().equals("recovery");
    TrustList.Key key =
        trust.find(wrapper.path("kid").asText(), recovery ? "recovery" : "command", now);
    String path = wrapper.has("path") ? wrapper.path("path").asText() : null;
    Inside inside = inside(new Seal(key, wrapper.path("sig").asText(), path, sealed));
    return new Opened(id, inside.content(), inside.refusal(), inside.body(), inside.document());
  }

  private Read body(String sealed) {
    synchronized (bodies) {
      return bodies.computeIfAbsent(sealed, this::bodyOf);
    }
  }

  private Read bodyOf(String sealed) {
    try {
      byte[] octets = Base64.getDecoder().decode(sealed);
      return new Read(octets, read(octets).orElse(json.nullNode()));
    } catch (IllegalArgumentException e) {
      // Not base64: verify() says so.
      return new Read(null, json.nullNode());
    }
  }

  private synchronized Inside inside(Seal seal) {
    return verified.computeIfAbsent(seal, this::verify);
  }

  private Inside verify(Seal seal) {
    Read read = body(seal.body());
    byte[] signed;
    byte[] signature;
    try {
      signature = Base64.getDecoder().decode(seal.sig());
      signed = read.octets;
      if (seal.path() != null && signed != null) {
        signed = HashPath.signed(signed, Base64.getDecoder().decode(seal.path()));
      }
    } catch (IllegalArgumentException e) {
      return Inside.refused("", "MALFORMED");
    }
    if (signed == null) {
      return Inside.refused("", "MALFORMED");
    }
    JsonNode body = read.json;
    String type = body.path("type").asText();
    String content = body.path("content").asText();
    if (!CONTENT.matcher(content).matches()) {
      content = "";
    }
    if (body.path("v").asInt() != 1 || (content.isEmpty() && !DOCUMENTS.contains(type))) {
      return Inside.refused(content, "MALFORMED");
    }
    if (seal.key() == null) {
      return Inside.refused(content, "UNKNOWN_KEY");
    }
    if (!seals.isRight(seal.key(), signed, signature)) {
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

  /** How often a key was used. */
  long verified() {
    return seals.verified();
  }

  private Optional<JsonNode> read(byte[] octets) {
    try {
      return Optional.ofNullable(json.readTree(octets)).filter(JsonNode::isObject);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

package org.lastmile.channel.loudspeaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A signed trust list, as it was signed: devices that were away get the very bytes again, long
 * after the key that signed them is gone.
 */
public final class TrustDocument {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Signed signed;
  private final byte[] body;
  private final String type;
  private final String content;
  private final Edition edition;
  private final long seqFloor;
  private final List<TrustedKey> keys;

  private TrustDocument(Signed signed) {
    this.signed = signed;
    this.body = signed.body();
    JsonNode node;
    try {
      node = JSON.readTree(body);
    } catch (IOException e) {
      throw new IllegalArgumentException("its body is not JSON", e);
    }
    this.type = node.path("type").asText();
    if (!type.equals("keys") && !type.equals("recovery")) {
      throw new IllegalArgumentException("its type is neither keys nor recovery");
    }
    this.content = node.path("content").asText();
    this.edition = new Edition(node.path("epoch").asLong(), node.path("issued").asLong());
    this.seqFloor = node.path("seqFloor").asLong();
    List<TrustedKey> listed = new ArrayList<>();
    for (JsonNode line : node.path("keys")) {
      listed.add(
          new TrustedKey(
              new PublicKey(
                  line.path("kid").asText(),
                  line.path("alg").asText(),
                  line.path("public").asText()),
              line.path("use").asText(),
              line.path("notAfter").asLong()));
    }
    this.keys = List.copyOf(listed);
  }

  static TrustDocument keys(SigningKey by, Edition edition, List<TrustedKey> keys) {
    String content = "keys-" + edition.epoch() + "-" + edition.issued();
    return signed(by, Documents.keys(content, edition, keys));
  }

  /** For the machine that holds the recovery key: a new beginning with exactly these keys. */
  public static TrustDocument recovery(SigningKey by, List<TrustedKey> keys, Instant now) {
    long seconds = now.getEpochSecond();
    return signed(
        by, Documents.recovery("recovery-" + seconds, new Edition(seconds, seconds), keys, 0));
  }

  /** What {@link #json} wrote. */
  public static TrustDocument read(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      return new TrustDocument(
          new Signed(
              node.path("kid").asText(),
              Base64.getDecoder().decode(node.path("sig").asText()),
              Base64.getDecoder().decode(node.path("body").asText())));
    } catch (IOException e) {
      throw new IllegalArgumentException("the document is not JSON", e);
    }
  }

  /** A wrapper without a delivery's id. */
  public String json() {
    ObjectNode node = JSON.createObjectNode();
    Base64.Encoder base64 = Base64.getEncoder();
    node.put("kid", signed.kid()).put("sig", base64.encodeToString(signed.sig()));
    node.put("body", base64.encodeToString(signed.body()));
    return node.toString();
  }

  boolean isRecovery() {
    return type.equals("recovery");
  }

  boolean signedBy(PublicKey key) {
    return key.kid().equals(signed.kid()) && key.verifies(body, signed.sig());
  }

  boolean trusts(PublicKey key) {
    return keys.stream().anyMatch(k -> k.use().equals(TrustedKey.COMMAND) && k.key().equals(key));
  }

  List<TrustedKey> keys() {
    return keys;
  }

  Edition edition() {
    return edition;
  }

  long seqFloor() {
    return seqFloor;
  }

  String content() {
    return content;
  }

  byte[] wrap(String delivery) {
    return signed.wrap(delivery);
  }

  private static TrustDocument signed(SigningKey by, byte[] body) {
    return new TrustDocument(Signed.by(by, body));
  }
}

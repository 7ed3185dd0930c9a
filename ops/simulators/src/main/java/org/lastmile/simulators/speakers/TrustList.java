package org.lastmile.simulators.speakers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whom a device believes, kept across reboots. Never changed: a document that counts makes another
 * list, so that thousands of devices share one.
 *
 * @param epoch of the last recovery, 0 before the first
 * @param issued of the newest document, 0 before the first
 */
record TrustList(List<Key> keys, long epoch, long issued) {
  private static final Set<String> ALGORITHMS = Set.of("Ed25519", "SM2");
  private static final int SM2_POINT = 65;
  private static final int ED25519_RAW = 32;

  /** One key; {@code open} is base64, as the wire has it. */
  record Key(String kid, String alg, String use, String open, long notAfter) {}

  /** What came of a document: the list from now on, and why it was refused, if it was. */
  record Taken(TrustList list, String refusal) {}

  TrustList {
    keys = List.copyOf(keys);
  }

  /** As provisioned: Ed25519 keys raw or as X.509, SM2 keys as a point. */
  static TrustList provisioned(Map<String, byte[]> command, Map<String, byte[]> recovery) {
    List<Key> keys = new ArrayList<>();
    command.forEach((kid, bytes) -> keys.add(key(kid, "command", bytes)));
    recovery.forEach((kid, bytes) -> keys.add(key(kid, "recovery", bytes)));
    return new TrustList(keys, 0, 0);
  }

  private static Key key(String kid, String use, byte[] bytes) {
    boolean sm2 = bytes.length == SM2_POINT;
    byte[] raw = new byte[sm2 ? SM2_POINT : ED25519_RAW];
    System.arraycopy(bytes, bytes.length - raw.length, raw, 0, raw.length);
    return new Key(kid, sm2 ? "SM2" : "Ed25519", use, Base64.getEncoder().encodeToString(raw), 0);
  }

  /** Null when it does not trust that key for that. {@code now} 0 = no valid clock. */
  Key find(String kid, String use, long now) {
    for (Key key : keys) {
      boolean over = now > 0 && key.notAfter() > 0 && now >= key.notAfter();
      if (key.kid().equals(kid) && key.use().equals(use) && !over) {
        return key;
      }
    }
    return null;
  }

  /** A {@code keys} or {@code recovery} document whose signature was right. */
  Taken take(JsonNode document) {
    boolean recovery = document.path("type").asText().equals("recovery");
    long newEpoch = document.path("epoch").asLong();
    long newIssued = document.path("issued").asLong();
    if (newEpoch == epoch && newIssued == issued) {
      return new Taken(this, "");
    }
    boolean later = recovery ? newEpoch > epoch : newEpoch == epoch && newIssued > issued;
    if (!later) {
      return new Taken(this, "REPLAYED");
    }
    List<Key> listed = new ArrayList<>();
    for (JsonNode line : document.path("keys")) {
      String alg = line.path("alg").asText();
      if (ALGORITHMS.contains(alg)) {
        listed.add(
            new Key(
                line.path("kid").asText(),
                alg,
                line.path("use").asText(),
                line.path("public").asText(),
                line.path("notAfter").asLong()));
      }
    }
    if (of(listed, "command").isEmpty()) {
      return new Taken(this, "UNSUPPORTED");
    }
    List<Key> old = of(keys, "recovery");
    List<Key> fresh = of(listed, "recovery");
    List<Key> all = new ArrayList<>(of(listed, "command"));
    all.addAll(old.isEmpty() || (recovery && !fresh.isEmpty()) ? fresh : old);
    return new Taken(new TrustList(all, newEpoch, newIssued), "");
  }

  private static List<Key> of(List<Key> keys, String use) {
    return keys.stream().filter(key -> key.use().equals(use)).toList();
  }
}

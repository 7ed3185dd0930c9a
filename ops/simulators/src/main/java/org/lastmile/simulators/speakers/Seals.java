package org.lastmile.simulators.speakers;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Signatures that were verified already. One root stands for a thousand commands, so that a fleet
 * in one process does not verify what in the field a thousand processors verify.
 */
final class Seals {
  private static final int REMEMBERED = 512;

  private record Seal(TrustList.Key key, String signed, String signature) {}

  private final Verifier verifier = new Verifier();
  private final Map<Seal, Boolean> known =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Seal, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };
  private long verified;

  synchronized boolean isRight(TrustList.Key key, byte[] signed, byte[] signature) {
    Base64.Encoder text = Base64.getEncoder();
    Seal seal = new Seal(key, text.encodeToString(signed), text.encodeToString(signature));
    return known.computeIfAbsent(
        seal,
        s -> {
          verified++;
          return verifier.isRight(key, signed, signature);
        });
  }

  /** How often a key was used. */
  synchronized long verified() {
    return verified;
  }
}

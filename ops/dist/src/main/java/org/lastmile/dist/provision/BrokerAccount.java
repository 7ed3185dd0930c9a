package org.lastmile.dist.provision;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A user of the broker with its password as Mosquitto 2 keeps it: PBKDF2 with SHA-512, salted. A
 * derived password has 256 random bits, which no number of rounds makes safer; one that a person
 * may have chosen gets many.
 */
record BrokerAccount(String user, String salt, String hash, int rounds, boolean gateway) {
  private static final int MOSQUITTO_ROUNDS = 101;
  private static final int ROUNDS_FOR_PEOPLE = 50_000;
  private static final int SALT_BYTES = 12;
  private static final int HASH_BITS = 512;
  private static final SecureRandom RANDOM = new SecureRandom();

  static BrokerAccount device(String id, String password) {
    return of(id, password, MOSQUITTO_ROUNDS, false);
  }

  static BrokerAccount gateway(String user, String password) {
    return of(user, password, ROUNDS_FOR_PEOPLE, true);
  }

  /** A line of {@code mosquitto.passwd}. */
  String line() {
    return user + ":$7$" + rounds + "$" + salt + "$" + hash + "\n";
  }

  private static BrokerAccount of(String user, String password, int rounds, boolean gateway) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    PBEKeySpec key = new PBEKeySpec(password.toCharArray(), salt, rounds, HASH_BITS);
    try {
      byte[] hash =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(key).getEncoded();
      Base64.Encoder base64 = Base64.getEncoder();
      return new BrokerAccount(
          user, base64.encodeToString(salt), base64.encodeToString(hash), rounds, gateway);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no PBKDF2WithHmacSHA512", e);
    } finally {
      key.clearPassword();
    }
  }
}

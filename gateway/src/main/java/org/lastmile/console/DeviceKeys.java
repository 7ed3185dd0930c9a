package org.lastmile.console;

import java.time.Instant;
import java.util.List;

/** The keys that loudspeakers trust. Every call but {@link #list} blocks for the store. */
public interface DeviceKeys {

  /**
   * One key.
   *
   * @param publicKey the public half in base64
   * @param state current, next, previous, retired or recovery
   */
  record Key(String kid, String alg, String publicKey, String state, Instant since) {}

  /**
   * All keys, the current one first.
   *
   * @param online loudspeakers that are there
   * @param follow of these, those that have the newest list
   */
  record Keys(List<Key> keys, int online, int follow) {}

  Keys list();

  void announce(String alg);

  void use();

  void retire(String kid);

  void addRecovery(String kid, String alg, String publicKey);

  /** A document that was signed where the recovery key is. */
  void recover(String document);

  /** It can't be done now, and why. */
  final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Refused(String why) {
      super(why);
    }
  }
}

package org.lastmile.channel.sms;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.lastmile.channel.Memory;

/**
 * Sees that the PIN of one port is tried once on a SIM and never again, whatever the modem, the
 * port's name or a restart: three wrong tries lock a SIM. What was tried is remembered under the
 * SIM's serial and the modem's IMEI, and forgotten when that SIM is seen unlocked.
 */
final class Pin {
  /** Behind a try under the IMEI: the SIM has a serial of its own, so that another may follow. */
  private static final String OF_A_KNOWN_SIM = " sim";

  /**
   * Where a PIN goes.
   *
   * @param serial of the SIM; empty where it can't be read
   * @param imei of the modem; empty where it can't be read
   */
  record Place(String serial, String imei) {
    boolean unknown() {
      return serial.isEmpty() && imei.isEmpty();
    }

    private List<String> keys() {
      return Stream.of(serial, imei).filter(name -> !name.isEmpty()).map(Pin::key).toList();
    }
  }

  private static final int ROUNDS = 200_000;
  private static final int HASH_BITS = 128;

  private final String digits;
  private final Memory memory;
  private final Clerk clerk;
  private final Set<String> unlocked = new HashSet<>();
  private final Map<String, String> hashes = new HashMap<>();

  Pin(String digits, Memory memory, Clerk clerk) {
    this.digits = digits;
    this.memory = memory;
    this.clerk = clerk;
  }

  boolean given() {
    return !digits.isEmpty();
  }

  String digits() {
    return digits;
  }

  /**
   * Notes that it is about to be tried there.
   *
   * @return false when it was before: it must not be tried
   * @throws Memory.Away when nothing could be noted: it must not be tried either
   */
  synchronized boolean first(Place where) {
    forget();
    if (tried(where)) {
      return false;
    }
    if (!where.serial().isEmpty()) {
      note(key(where.serial()), "");
    }
    if (!where.imei().isEmpty()) {
      note(key(where.imei()), where.serial().isEmpty() ? "" : OF_A_KNOWN_SIM);
    }
    return true;
  }

  /** The SIM there is unlocked: nothing that was tried is held against it. */
  void unlocked(Place where) {
    synchronized (this) {
      unlocked.addAll(where.keys());
    }
    clerk.next(this::forget);
  }

  private synchronized void forget() {
    unlocked.forEach(memory::remove);
    unlocked.clear();
  }

  private boolean tried(Place where) {
    String bySerial = key(where.serial());
    String byImei = key(where.imei());
    boolean unnamed = noted(byImei).contains(hash(byImei));
    return where.serial().isEmpty()
        ? unnamed || noted(byImei).contains(hash(byImei) + OF_A_KNOWN_SIM)
        : unnamed || noted(bySerial).contains(hash(bySerial));
  }

  private void note(String key, String mark) {
    memory.put(
        key,
        Stream.concat(noted(key).stream(), Stream.of(hash(key) + mark))
            .distinct()
            .collect(Collectors.joining("\n")),
        Memory.FOR_EVER);
  }

  private List<String> noted(String key) {
    return memory.get(key).stream().flatMap(String::lines).toList();
  }

  /** A PIN has few values: what is kept of it must take long to try out, for each SIM anew. */
  private String hash(String key) {
    return hashes.computeIfAbsent(key, this::slowly);
  }

  private String slowly(String key) {
    try {
      PBEKeySpec spec =
          new PBEKeySpec(
              digits.toCharArray(), key.getBytes(StandardCharsets.UTF_8), ROUNDS, HASH_BITS);
      return HexFormat.of()
          .formatHex(
              SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                  .generateSecret(spec)
                  .getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has PBKDF2", e);
    }
  }

  private static String key(String name) {
    return "pin/" + name;
  }
}

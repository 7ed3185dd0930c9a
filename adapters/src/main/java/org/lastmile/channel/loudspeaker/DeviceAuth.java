package org.lastmile.channel.loudspeaker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;

/** Who may connect to the embedded endpoint as a device. Called on event loops: never blocks. */
@FunctionalInterface
public interface DeviceAuth {

  /** Whether that password is the device's. */
  boolean admits(String device, String password);

  /** A fixed table from device id to password. */
  static DeviceAuth table(Map<String, String> passwords) {
    Map<String, String> kept = Map.copyOf(passwords);
    return (device, password) -> kept.containsKey(device) && same(kept.get(device), password);
  }

  /** Compares in a time that tells nothing about where two passwords differ. */
  static boolean same(String expected, String given) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }
}

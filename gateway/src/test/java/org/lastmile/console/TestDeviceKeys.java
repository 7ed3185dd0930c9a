package org.lastmile.console;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what was asked for, and refuses key {@code k-used}. */
final class TestDeviceKeys implements DeviceKeys {
  final List<String> asked = new CopyOnWriteArrayList<>();
  volatile int follow = 2;

  @Override
  public Keys list() {
    Key key = new Key("k-used", "Ed25519", "AAAA", "current", Instant.EPOCH);
    return new Keys(List.of(key), 2, follow);
  }

  @Override
  public void announce(String alg) {
    asked.add("announce " + alg);
  }

  @Override
  public void use() {
    asked.add("use");
  }

  @Override
  public void retire(String kid) {
    if (kid.equals("k-used")) {
      throw new Refused("key k-used signs commands now");
    }
    asked.add("retire " + kid);
  }

  @Override
  public void addRecovery(String kid, String alg, String publicKey) {
    asked.add("recovery " + kid + " " + alg + " " + publicKey);
  }

  @Override
  public void recover(String document) {
    asked.add("recover " + document);
  }
}

package org.lastmile.channel.loudspeaker;

import java.io.IOException;

/** A broker for tests, whose process can be killed and started again on the same port. */
public interface Broker extends AutoCloseable {

  /** The gateway's own account. */
  String GATEWAY = "lastmile-gateway";

  /** Every account's password in these tests. */
  String PASSWORD = "only-a-test";

  int port();

  void kill();

  void start() throws IOException;

  @Override
  void close();

  /** Mosquitto where it is installed, with the configuration we ship; else the small stand-in. */
  static Broker best(String... devices) throws IOException {
    return Mosquitto.isInstalled() ? new Mosquitto(devices) : new SmallBroker();
  }
}

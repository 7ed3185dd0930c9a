package org.lastmile.dist.provision;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.lastmile.channel.loudspeaker.Mosquitto;

/** A real Mosquitto on the files that provisioning wrote; only their paths are this machine's. */
final class ProvisionedBroker implements AutoCloseable {
  private static final Path LIBRARIES = Path.of("/usr/lib");
  private final Path folder;
  private final Path log;
  private final int port;
  private final Process process;

  /** With the password file and the access list. */
  static ProvisionedBroker files(Path broker, int port) throws IOException {
    return new ProvisionedBroker(broker, port, "");
  }

  /** With the dynamic-security plugin. */
  static ProvisionedBroker plugin(Path broker, int port, Path plugin) throws IOException {
    return new ProvisionedBroker(
        broker,
        port,
        "plugin "
            + plugin
            + "\nplugin_opt_config_file "
            + broker.resolve("dynamic-security.json")
            + "\n");
  }

  private ProvisionedBroker(Path broker, int port, String plugin) throws IOException {
    this.folder = Files.createTempDirectory("provisioned-broker");
    this.log = folder.resolve("mosquitto.log");
    this.port = port;
    String config =
        Files.readString(broker.resolve("mosquitto.conf"))
            .replace("listener " + port + "\n", "listener " + port + " 127.0.0.1\n")
            .replace("/var/lib/mosquitto/", folder + "/");
    config =
        plugin.isEmpty()
            ? config
                .replace("/etc/mosquitto/lastmile.passwd", broker + "/mosquitto.passwd")
                .replace("/etc/mosquitto/lastmile.acl", broker + "/mosquitto.acl")
            : config.replaceAll("(?m)^(password_file|acl_file) .*\n", "") + plugin;
    Files.writeString(
        folder.resolve("mosquitto.conf"),
        config + "\nuser " + System.getProperty("user.name") + "\n");
    process =
        new ProcessBuilder(
                Mosquitto.program("mosquitto").orElseThrow().toString(),
                "-c",
                folder.resolve("mosquitto.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    await().atMost(Duration.ofSeconds(20)).until(this::answers);
  }

  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  /** The plugin that Debian's package brings. */
  static Optional<Path> pluginFile() throws IOException {
    if (!Files.isDirectory(LIBRARIES)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(LIBRARIES, 2)) {
      return files.filter(f -> f.endsWith("mosquitto_dynamic_security.so")).findFirst();
    }
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  private boolean answers() throws IOException {
    if (!process.isAlive()) {
      throw new IOException("mosquitto ended: " + log());
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}

package org.lastmile.dist.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A Mosquitto with the configuration and access list that are shipped, on the loopback alone. */
final class Mosquitto implements AutoCloseable {
  static final String GATEWAY = "lastmile-gateway";
  static final String PASSWORD = "bench";

  private final Process process;
  private final int port;

  /**
   * Takes connections when this returns.
   *
   * @param more lines for the access list
   */
  Mosquitto(Path folder, List<String> users, String more) throws Exception {
    Files.createDirectories(folder);
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path shipped = Path.of("ops", "mosquitto");
    Path passwords = folder.resolve("passwd");
    StringBuilder accounts = new StringBuilder(GATEWAY + ":" + PASSWORD + "\n");
    users.forEach(user -> accounts.append(user).append(':').append(PASSWORD).append('\n'));
    Files.writeString(passwords, accounts);
    Process hashing =
        new ProcessBuilder(program("mosquitto_passwd"), "-U", passwords.toString())
            .inheritIO()
            .start();
    if (hashing.waitFor() != 0) {
      throw new IOException("mosquitto_passwd ended with " + hashing.exitValue());
    }
    Files.writeString(
        folder.resolve("acl"), Files.readString(shipped.resolve("lastmile.acl")) + "\n" + more);
    Files.writeString(
        folder.resolve("mosquitto.conf"),
        Files.readString(shipped.resolve("mosquitto.conf"))
                .replace("listener 1883", "listener " + port + " 127.0.0.1")
                .replace("/etc/mosquitto/lastmile.passwd", passwords.toString())
                .replace("/etc/mosquitto/lastmile.acl", folder.resolve("acl").toString())
                .replace("/var/lib/mosquitto/", folder + "/")
            + "\nuser "
            + System.getProperty("user.name")
            + "\n");
    process =
        new ProcessBuilder(program("mosquitto"), "-c", folder.resolve("mosquitto.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("mosquitto.log").toFile())
            .start();
    Site.await("mosquitto", this::answers);
  }

  private static String program(String name) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin";
    Optional<Path> found =
        Stream.of(path.split(":", -1))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
    return found
        .map(Path::toString)
        .orElseThrow(() -> new IllegalStateException(name + " is not installed"));
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      return true;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  URI uri() {
    return URI.create("mqtt://127.0.0.1:" + port);
  }

  /** Seconds of processor time so far. */
  double cpu() {
    return Processor.of(process.pid()) / 1e9;
  }

  @Override
  public void close() {
    process.destroyForcibly(); // it would else write down what nobody reads any more
    process.onExit().join();
  }
}

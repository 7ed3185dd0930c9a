package org.lastmile.channel.loudspeaker;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A real Mosquitto with the configuration and access list of {@code ops/mosquitto}. */
public final class Mosquitto implements Broker {
  private final Path folder;
  private final int port;
  private final boolean full;
  private Process process;

  Mosquitto(String... devices) throws IOException {
    this(UnaryOperator.identity(), devices);
  }

  /** With other settings than those we ship. */
  Mosquitto(UnaryOperator<String> settings, String... devices) throws IOException {
    this(false, settings, devices);
  }

  private Mosquitto(boolean full, UnaryOperator<String> settings, String... devices)
      throws IOException {
    this.full = full;
    folder = Files.createTempDirectory("mosquitto");
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path shipped = shipped();
    Path passwords = folder.resolve("passwd");
    StringBuilder accounts = new StringBuilder(GATEWAY + ":" + PASSWORD + "\n");
    for (String device : devices) {
      accounts.append(device).append(':').append(PASSWORD).append('\n');
    }
    Files.writeString(passwords, accounts);
    run(program("mosquitto_passwd").orElseThrow().toString(), "-U", passwords.toString());
    Files.copy(shipped.resolve("lastmile.acl"), folder.resolve("lastmile.acl"));
    String config =
        Files.readString(shipped.resolve("mosquitto.conf"))
            .replace("listener 1883", "listener " + port + " 127.0.0.1")
            .replace("/etc/mosquitto/lastmile.passwd", passwords.toString())
            .replace("/etc/mosquitto/lastmile.acl", folder.resolve("lastmile.acl").toString())
            .replace("/var/lib/mosquitto/", folder + "/");
    Files.writeString(
        folder.resolve("mosquitto.conf"),
        settings.apply(config) + "\nuser " + System.getProperty("user.name") + "\n");
    start();
  }

  /** One with Mosquitto's own limits. */
  public static Mosquitto withDefaultLimits(String... devices) throws IOException {
    return new Mosquitto(c -> c.replaceAll("(?m)^max_(inflight|queued)_.*$", ""), devices);
  }

  /** On a disk that takes not a byte from it: what it keeps for others lies in its memory alone. */
  public static Mosquitto onAFullDisk(String... devices) throws IOException {
    return new Mosquitto(true, UnaryOperator.identity(), devices);
  }

  /** Of one on a full disk: has it save what it holds; true once it has tried, in vain. */
  public boolean savesInVain() throws IOException {
    run("kill", "-USR1", Long.toString(process.pid()));
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> saved = files.filter(f -> f.getFileName().toString().contains(".db")).toList();
      return !saved.isEmpty() && saved.stream().allMatch(f -> f.toFile().length() == 0);
    }
  }

  /** From whatever module a test runs in. */
  private static Path shipped() {
    Path top = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(top.resolve("ops/mosquitto"))) {
      top = top.getParent();
    }
    return top.resolve("ops/mosquitto");
  }

  /** Where it keeps its files. */
  Path folder() {
    return folder;
  }

  public static boolean isInstalled() {
    return program("mosquitto").isPresent() && program("mosquitto_passwd").isPresent();
  }

  /** Where a program is, sbin included: Debian keeps the broker there. */
  public static Optional<Path> program(String name) {
    String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
    return Stream.of(path.split(File.pathSeparator))
        .map(dir -> Path.of(dir, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void kill() {
    process.destroyForcibly();
    await().atMost(Duration.ofSeconds(10)).until(() -> !process.isAlive());
  }

  @Override
  public void start() throws IOException {
    String program = program("mosquitto").orElseThrow().toString();
    String config = folder.resolve("mosquitto.conf").toString();
    // To one process a limit of 0 bytes a file is what a full disk is to all, and needs no root;
    // what ends a process that does not know of limits is ignored.
    List<String> command =
        full
            ? List.of(
                "sh", "-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" -c \"$1\"", program, config)
            : List.of(program, "-c", config);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("mosquitto.log").toFile()))
            .start();
    await().atMost(Duration.ofSeconds(20)).until(this::answers);
  }

  @Override
  public void close() {
    kill();
  }

  private boolean answers() throws IOException {
    if (!process.isAlive()) {
      throw new IOException(
          "mosquitto ended: " + Files.readString(folder.resolve("mosquitto.log")));
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(List.of(command)).inheritIO().start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + " ended with " + process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}

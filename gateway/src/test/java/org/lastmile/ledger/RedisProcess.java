package org.lastmile.ledger;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A Redis server that a test may kill and start again on the same port and the same data. */
public final class RedisProcess implements AutoCloseable {
  private final List<String> command;
  private final Path folder;
  private final int port;
  private Process process;

  private RedisProcess(Path binary, Path folder, int port, String... options) {
    this.folder = folder;
    this.port = port;
    this.command =
        new ArrayList<>(
            List.of(
                binary.toString(),
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--save",
                "",
                "--appendonly",
                "yes",
                "--appendfsync",
                "always"));
    command.addAll(Arrays.asList(options));
  }

  /** The server that is installed here, else the one that LastMile carries. */
  public static RedisProcess start(Path folder) {
    Path binary = RedisBinary.onPath().orElseGet(() -> RedisBinary.carried(folder).path());
    return start(binary, folder);
  }

  static RedisProcess start(Path binary, Path folder, String... options) {
    RedisProcess redis = new RedisProcess(binary, folder, freePort(), options);
    redis.start();
    return redis;
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void start() {
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(new File(folder.toFile(), "redis.log")))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException(Files.readString(folder.resolve("redis.log")));
              }
              return answers();
            });
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** kill -9. */
  public void kill() {
    process.destroyForcibly();
    await().until(() -> !process.isAlive());
  }

  public int port() {
    return port;
  }

  RedisAddress address() {
    return RedisAddress.parse("redis://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    kill();
  }
}

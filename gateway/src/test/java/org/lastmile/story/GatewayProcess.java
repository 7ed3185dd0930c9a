package org.lastmile.story;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.lastmile.App;
import org.lastmile.channel.loudspeaker.PublicKey;
import org.lastmile.config.Config;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway in a JVM of its own, which can be killed, stopped in its tracks, and started again. */
final class GatewayProcess extends Gateway {
  private final Path config;
  private final Path said;
  private final Path log;
  private final Collection<String> devices;
  private Process process;
  private Properties words = new Properties();

  /** Not started yet. */
  GatewayProcess(Path config, Collection<String> devices) {
    this.config = config;
    this.said = config.resolveSibling(config.getFileName() + ".said");
    this.log = config.resolveSibling(config.getFileName() + ".log");
    this.devices = devices;
  }

  /** Starts it and waits until it listens; its desk may still be waiting for the lease. */
  GatewayProcess start() {
    launch();
    return listens();
  }

  /** Waits until one that was launched listens. */
  GatewayProcess listens() {
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException(
                    "the gateway ended at its start: " + Files.readString(log));
              }
              return Files.exists(said);
            });
    words = new Properties();
    try (var in = Files.newBufferedReader(said)) {
      words.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Starts it and waits for nothing. */
  void launch() {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                GatewayProcess.class.getName(),
                config.toString(),
                said.toString()));
    command.addAll(devices);
    try {
      Files.deleteIfExists(said);
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What runs in the other JVM: says where it listens and what devices need, then stays. */
  public static void main(String[] args) throws Exception {
    ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME))
        .setLevel(Level.INFO);
    App app = App.start(Config.read(Path.of(args[0])), Clock.systemUTC(), TOKEN);
    Runtime.getRuntime().addShutdownHook(new Thread(app::close));
    Properties words = new Properties();
    words.setProperty("port", Integer.toString(app.port()));
    words.setProperty("management", Integer.toString(app.managementPort()));
    PublicKey key = app.loudspeakers().publicKey();
    words.setProperty("kid", key.kid());
    words.setProperty("key", key.base64());
    for (int i = 2; i < args.length; i++) {
      words.setProperty("password." + args[i], app.loudspeakers().passwordOf(args[i]));
    }
    Path fresh = Path.of(args[1] + ".new");
    try (var out = Files.newBufferedWriter(fresh)) {
      words.store(out, null);
    }
    Files.move(fresh, Path.of(args[1]), StandardCopyOption.ATOMIC_MOVE);
    while (System.in.read() >= 0) {
      // Nobody writes: this ends when the test's JVM does, and nothing outlives it.
    }
    System.exit(0);
  }

  /** kill -9. */
  void kill() {
    process.destroyForcibly();
    await().atMost(Duration.ofSeconds(30)).until(() -> !process.isAlive());
  }

  /** Holds it still, as a machine without memory or a long pause does, until {@link #goesOn()}. */
  void freezes() {
    signal("-STOP");
  }

  void goesOn() {
    signal("-CONT");
  }

  private void signal(String which) {
    try {
      Process kill = new ProcessBuilder("kill", which, Long.toString(process.pid())).start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill " + which + " ended with " + kill.exitValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Whether its desk is the one that decides, by its own metrics. */
  boolean decides() {
    return metrics(words.getProperty("management")).contains("lastmile_desk_active 1.0");
  }

  @Override
  Map<String, String> passwords() {
    return devices.stream()
        .collect(Collectors.toMap(d -> d, d -> words.getProperty("password." + d)));
  }

  @Override
  Map<String, byte[]> keys() {
    return Map.of(words.getProperty("kid"), Base64.getDecoder().decode(words.getProperty("key")));
  }

  @Override
  int port() {
    return Integer.parseInt(words.getProperty("port"));
  }

  /** Asks it to end; an embedded store ends with it. */
  @Override
  public void close() {
    if (!isAlive()) {
      return;
    }
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}

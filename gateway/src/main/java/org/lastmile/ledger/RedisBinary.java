package org.lastmile.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.error.OsArchitectureNotFound;
import redis.embedded.model.OsArchitecture;

/**
 * A Redis server program: the one installed here, else the one that LastMile carries (in the jar of
 * embedded-redis, for Linux and macOS), unpacked into the data folder.
 *
 * @param version as it calls itself, e.g. 7.0.15
 */
record RedisBinary(Path path, String version) {
  private static final Pattern VERSION = Pattern.compile("v=(\\d+\\.\\d+(?:\\.\\d+)?)");

  /** The first {@code redis-server} on PATH, if any. */
  static Optional<Path> onPath() {
    String places = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(places.split(File.pathSeparator))
        .filter(place -> !place.isEmpty())
        .map(place -> Path.of(place, "redis-server"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Asks a program who it is.
   *
   * @throws EmbeddedRedis.Refused when it can't be run
   */
  static RedisBinary at(Path path) {
    try {
      Process asked =
          new ProcessBuilder(path.toString(), "--version").redirectErrorStream(true).start();
      String said = new String(asked.getInputStream().readAllBytes(), UTF_8).strip();
      Matcher version = VERSION.matcher(said);
      if (!asked.waitFor(10, TimeUnit.SECONDS) || !version.find()) {
        throw new EmbeddedRedis.Refused(
            path + " is not a Redis server that runs here; it says: " + said);
      }
      return new RedisBinary(path, version.group(1));
    } catch (IOException e) {
      throw new EmbeddedRedis.Refused(path + " can't be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedRedis.Refused("interrupted while starting " + path, e);
    }
  }

  /** Unpacks the carried program into a folder. */
  static RedisBinary carried(Path folder) {
    String name;
    try {
      name =
          ExecutableProvider.newProvidedVersionsMap().get(OsArchitecture.detectOSandArchitecture());
    } catch (OsArchitectureNotFound e) {
      throw new EmbeddedRedis.Refused(noneCarried(), e);
    }
    if (name == null) {
      throw new EmbeddedRedis.Refused(noneCarried());
    }
    Path target = folder.resolve(Path.of(name).getFileName().toString());
    if (Files.isExecutable(target)) {
      return at(target);
    }
    Path fresh = folder.resolve("redis-server.new");
    try (InputStream packed =
        ExecutableProvider.class.getResourceAsStream(name.startsWith("/") ? name : "/" + name)) {
      if (packed == null) {
        throw new EmbeddedRedis.Refused(noneCarried());
      }
      // There whole or not at all.
      Files.copy(packed, fresh, StandardCopyOption.REPLACE_EXISTING);
      if (!fresh.toFile().setExecutable(true, true)) {
        throw new EmbeddedRedis.Refused(fresh + " can't be made executable");
      }
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new EmbeddedRedis.Refused("can't unpack the Redis server into " + folder + ": " + e, e);
    }
    return at(target);
  }

  /** True when it may misread what a server of that version wrote. */
  boolean olderThan(String other) {
    int[] mine = numbers(version);
    int[] theirs = numbers(other);
    return mine[0] != theirs[0] ? mine[0] < theirs[0] : mine[1] < theirs[1];
  }

  /** Data formats change with the first two numbers only. */
  private static int[] numbers(String version) {
    return Arrays.stream(version.split("\\.")).limit(2).mapToInt(Integer::parseInt).toArray();
  }

  private static String noneCarried() {
    return "LastMile carries no Redis server for "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch")
        + ": install redis-server, or set store.redis to the address of one";
  }
}

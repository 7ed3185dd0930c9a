package org.lastmile.dist.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.lastmile.ledger.RedisAddress;

/**
 * From {@code java} to a desk that decides, with the embedded store and MQTT endpoint and without
 * them, and the size of what has to be installed.
 */
final class Startup implements Measure {

  @Override
  public void run(boolean quick, Path folder, Consumer<Figure> figures) throws Exception {
    figures.accept(Figure.lower("startup", "program", megabytes(), null, "MB"));
    int times = quick ? 3 : 11;
    Path embedded = folder.resolve("embedded.yaml");
    Files.writeString(
        embedded,
        """
        http: { port: 0, management-port: 0 }
        store: { redis: embedded, data: ./data }
        channels: { loudspeaker: { broker: embedded, port: 0 } }
        """);
    figures.accept(
        Figure.lower("startup", "ready, embedded parts", median(embedded, times), null, "ms"));
    try (RawRedis redis = new RawRedis(folder.resolve("external"))) {
      Path external = folder.resolve("external.yaml");
      Files.writeString(external, store(redis.address()));
      figures.accept(
          Figure.lower(
              "startup", "ready, store already running", median(external, times), null, "ms"));
    }
  }

  /** A configuration with that store and nothing else. */
  static String store(RedisAddress address) {
    return """
        http: { port: 0, management-port: 0 }
        store: { redis: "redis://:%s@%s/" }
        """
        .formatted(address.password(), address.hosts().iterator().next());
  }

  private static double median(Path config, int times) throws IOException {
    Samples samples = new Samples();
    for (int i = -1; i < times; i++) {
      try (Child child = new Child(config)) {
        if (i >= 0) { // the first one fills the disk's cache for the others
          samples.add(child.millis());
        }
      }
    }
    return samples.median();
  }

  /** Everything on the class path: the program as it is installed. */
  private static double megabytes() throws IOException {
    long bytes = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      try (Stream<Path> files = Files.walk(Path.of(entry))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          bytes += Files.size(file);
        }
      }
    }
    return bytes / 1e6;
  }
}

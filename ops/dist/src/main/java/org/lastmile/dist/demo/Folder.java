package org.lastmile.dist.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The demo's own folder: everything it writes is in it, and it is gone at the end. */
final class Folder implements AutoCloseable {
  private final Path path;
  private volatile boolean keepLog;

  Folder() throws IOException {
    path = Files.createTempDirectory("lastmile-demo-");
  }

  Path path() {
    return path;
  }

  Path log() {
    return path.resolve("demo.log");
  }

  /** The log stays for whoever wants to know what went wrong. */
  void keepLog() {
    keepLog = true;
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!keepLog || !(each.equals(log()) || each.equals(path))) {
          Files.deleteIfExists(each);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the demo's folder " + path + " could not be deleted", e);
    }
  }
}

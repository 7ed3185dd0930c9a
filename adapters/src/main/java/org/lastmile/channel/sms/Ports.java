package org.lastmile.channel.sms;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which devices a configured port stands for now. */
final class Ports {
  private static final Logger log = LoggerFactory.getLogger(Ports.class);

  private Ports() {}

  /** Whether it names as many devices as match, rather than one. */
  static boolean glob(String port) {
    return port.matches(".*[*?\\[{].*");
  }

  /** The paths that match now, in order of name; a plain path is itself, there or not. */
  static List<String> matching(String port) {
    if (!glob(port)) {
      return List.of(port);
    }
    int slash = port.lastIndexOf('/');
    Path folder = Path.of(slash <= 0 ? "/" : port.substring(0, slash));
    List<String> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(folder, port.substring(slash + 1))) {
        files.forEach(file -> found.add(file.toString()));
      } catch (IOException e) {
        log.warn("{} can't be listed, so no new modem is found there: {}", folder, e.toString());
      }
    }
    found.sort(null);
    return found;
  }

  /** The device behind a path; the path itself when there is none now. */
  static Path device(String path) {
    try {
      return Path.of(path).toRealPath();
    } catch (IOException e) {
      return Path.of(path); // not there now: it can't be the same device as another
    }
  }

  /** The devices behind all of them. */
  static Set<Path> devices(List<String> paths) {
    Set<Path> devices = new HashSet<>();
    paths.forEach(path -> devices.add(device(path)));
    return devices;
  }
}

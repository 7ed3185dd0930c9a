package org.lastmile.channel.sms.at;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which other programs have a device open now, as far as the system lets us see. */
public final class PortUsers {
  /** Where Linux shows its processes. */
  public static final Path PROC = Path.of("/proc");

  private PortUsers() {}

  /**
   * Names and numbers of the processes, this one left out; empty when there are none, or when they
   * belong to another user and can't be seen.
   *
   * @param device device, not a link to it
   */
  public static List<String> of(Path proc, Path device) {
    List<String> users = new ArrayList<>();
    String self = Long.toString(ProcessHandle.current().pid());
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        if (!process.getFileName().toString().equals(self) && opened(process, device)) {
          users.add(name(process) + " (pid " + process.getFileName() + ")");
        }
      }
    } catch (IOException e) {
      return users; // no such view on this system: then nobody can be named
    }
    users.sort(null);
    return users;
  }

  private static boolean opened(Path process, Path device) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (leadsTo(file, device)) {
          return true;
        }
      }
    } catch (IOException e) {
      return false; // ended meanwhile, or not ours to look into
    }
    return false;
  }

  private static boolean leadsTo(Path file, Path device) {
    try {
      return Files.readSymbolicLink(file).equals(device);
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  private static String name(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip();
    } catch (IOException e) {
      return "a program"; // ended meanwhile
    }
  }
}

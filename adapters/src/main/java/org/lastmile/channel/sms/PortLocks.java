package org.lastmile.channel.sms;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.lastmile.channel.sms.at.Finding;
import org.lastmile.channel.sms.at.LineLost;
import org.lastmile.channel.sms.at.Said;
import org.lastmile.channel.sms.at.Trouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock files by which programs that use serial ports keep off each other's (UUCP style: {@code
 * LCK..ttyUSB0} holds the owner's process id). A second gateway would be stopped by the lock on the
 * device itself; smstools, gammu and minicom only look here.
 */
final class PortLocks {
  private static final Logger log = LoggerFactory.getLogger(PortLocks.class);
  private static final long OURS = ProcessHandle.current().pid();

  /** Locks of this process, whichever channel has them. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private boolean said;

  PortLocks(Path folder) {
    this.folder = folder;
  }

  /** A port that is ours until this is closed. */
  final class Held implements AutoCloseable {
    private final Path file;

    private Held(Path file) {
      this.file = file;
      if (file != null) {
        HELD.add(file);
      }
    }

    /** The lock file; empty when there is none. */
    Optional<Path> file() {
      return Optional.ofNullable(file);
    }

    @Override
    public void close() {
      if (file != null) {
        try {
          if (owner(file) == OURS) {
            Files.deleteIfExists(file);
          }
        } catch (IOException e) {
          unlocked(e);
        } finally {
          HELD.remove(file);
        }
      }
    }
  }

  /**
   * Locks the device behind a port.
   *
   * @throws LineLost when a process that is alive holds it; the message names it
   */
  Held take(String port) throws LineLost {
    Path device = Ports.device(port);
    Path file =
        folder.resolve("LCK.." + device.toString().replaceFirst("^/dev/", "").replace('/', '_'));
    if (!Files.isWritable(folder)) {
      unlocked(null);
      return new Held(null);
    }
    try {
      for (int again = 0; again < 3; again++) {
        if (claimed(file)) {
          return new Held(file);
        }
        Seen seen = Seen.of(file);
        if (seen.inUse(file)) {
          throw inUse(port, seen.owner());
        }
        setAside(file, seen);
      }
      throw inUse(port, owner(file)); // it takes the lock as often as it lets it go
    } catch (LineLost e) {
      throw e;
    } catch (IOException e) {
      unlocked(e);
      return new Held(null);
    }
  }

  /** Written beside it first, so that nobody ever reads a lock without an owner. */
  private boolean claimed(Path file) throws IOException {
    Path fresh = Files.createTempFile(folder, "LTMP.", "." + OURS);
    try {
      Files.writeString(fresh, "%10d\n".formatted(OURS), StandardCharsets.US_ASCII);
      if (fresh.toFile().setReadable(true, false)) {
        Files.createLink(file, fresh);
      }
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /**
   * Takes a stale lock away, and not the fresh one of somebody who has taken it away first: by a
   * rename, which only one can do, and a second look.
   */
  void setAside(Path file, Seen seen) throws IOException {
    Path aside = folder.resolve("LTMP.stale." + OURS + "." + System.nanoTime());
    try {
      Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return; // another was faster
    }
    try {
      if (!Seen.of(aside).equals(seen)) {
        Files.createLink(file, aside);
      }
    } catch (FileAlreadyExistsException e) {
      log.debug("a third program was faster: the lock on the device decides");
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  /**
   * A lock as it was found.
   *
   * @param owner its process id; 0 when it names none, which no process has
   */
  record Seen(long owner, Instant at) {
    /** Between the clocks of file systems and of processes. */
    private static final Duration SKEW = Duration.ofSeconds(2);

    static Seen of(Path file) throws IOException {
      try {
        return new Seen(PortLocks.owner(file), Files.getLastModifiedTime(file).toInstant());
      } catch (NoSuchFileException e) {
        return new Seen(0, Instant.EPOCH);
      }
    }

    /** Not when its process is gone, or began only later: then the number was given anew. */
    private boolean inUse(Path file) {
      if (owner == OURS && HELD.contains(file)) {
        return true;
      }
      // With our own number but not by us: by an earlier run, or from another container.
      return owner > 0
          && ProcessHandle.of(owner)
              .filter(ProcessHandle::isAlive)
              .map(process -> process.info().startInstant().orElse(Instant.EPOCH))
              .filter(start -> !start.isAfter(at.plus(SKEW)))
              .isPresent();
    }
  }

  /** Its process id; 0 when it names none, which no process has. */
  private static long owner(Path file) throws IOException {
    String words = Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    String first = words.strip().split("\\s+", 2)[0];
    return first.matches("\\d{1,10}") ? Long.parseLong(first) : 0;
  }

  private static LineLost inUse(String port, long owner) {
    String command = command(owner);
    return new LineLost(
        Finding.of(
            Trouble.PORT_BUSY,
            port,
            new Said(
                "process %d (%s)".formatted(owner, command),
                "进程 %d（%s）".formatted(owner, command))));
  }

  private static String command(long process) {
    return ProcessHandle.of(process)
        .flatMap(handle -> handle.info().command())
        .map(path -> path.substring(path.lastIndexOf('/') + 1))
        .orElse("unknown");
  }

  private synchronized void unlocked(IOException why) {
    if (!said) {
      said = true;
      log.info(
          "no lock files in {}{}: other serial programs must be kept off the modems by hand",
          folder,
          why == null ? "" : " (" + why + ")");
    }
  }
}

package org.lastmile.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * The folder that holds the data of the embedded Redis. It is locked while a gateway uses it, and
 * remembers whose data it is and which server wrote it last, because an older server would start
 * empty without a word. Only its owner can read it: it holds people's phone numbers.
 */
final class RedisFolder implements AutoCloseable {
  private static final String STORE = "store.properties";
  private static final long LOG_LIMIT = 1_000_000;

  private final Path path;
  private final FileChannel lockFile;
  private final Properties store = new Properties();

  private RedisFolder(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Makes the folder if need be, locks it and reads what it remembers.
   *
   * @throws EmbeddedRedis.Refused when it can't be used
   */
  static RedisFolder open(Path wanted) {
    Path path = wanted.toAbsolutePath().normalize();
    try {
      Files.createDirectories(path);
      path = path.toRealPath();
      restrict(path, "rwx------");
      FileChannel lockFile =
          FileChannel.open(
              path.resolve("lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      try {
        RedisFolder folder = new RedisFolder(path, lockFile);
        folder.lock();
        folder.load();
        return folder;
      } catch (IOException | RuntimeException e) {
        lockFile.close();
        throw e;
      }
    } catch (IOException e) {
      throw new EmbeddedRedis.Refused(
          "the data folder "
              + path
              + " can't be used by "
              + System.getProperty("user.name")
              + ": "
              + e
              + "; make it writable, or name another with store.data",
          e);
    }
  }

  /** The server of whoever holds the folder now; empty when nobody does. */
  static Optional<RedisAddress> inUse(Path wanted) throws IOException {
    Path path = wanted.toAbsolutePath().normalize();
    if (!Files.exists(path.resolve("lock"))) {
      return Optional.empty();
    }
    try (FileChannel lockFile = FileChannel.open(path.resolve("lock"), StandardOpenOption.WRITE);
        RedisFolder folder = new RedisFolder(path, lockFile)) {
      if (!isHeld(lockFile)) {
        return Optional.empty();
      }
      folder.load();
      return Optional.of(folder.address());
    }
  }

  private static boolean isHeld(FileChannel lockFile) throws IOException {
    try (FileLock free = lockFile.tryLock()) {
      return free == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  /** Where the server listens, with its password. */
  RedisAddress address() throws IOException {
    return RedisAddress.parse("redis://:" + password() + "@127.0.0.1:" + port());
  }

  private void lock() throws IOException {
    FileLock lock;
    try {
      lock = lockFile.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new EmbeddedRedis.Refused(
          "another LastMile uses the data folder "
              + path
              + ": end it first, or name another folder with store.data");
    }
  }

  private void load() throws IOException {
    if (Files.exists(path.resolve(STORE))) {
      store.load(new StringReader(Files.readString(path.resolve(STORE))));
      return;
    }
    try (Stream<Path> files = Files.list(path)) {
      List<String> data =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.startsWith("appendonly") || name.endsWith(".rdb"))
              .toList();
      if (!data.isEmpty()) {
        throw new EmbeddedRedis.Refused(
            "the data folder "
                + path
                + " holds data of a Redis that LastMile did not start ("
                + String.join(", ", data)
                + "): name another folder with store.data");
      }
    }
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    store.setProperty("id", Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    new SecureRandom().nextBytes(random);
    write("password", Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    save();
  }

  /** Identity of the data: the same words are kept inside Redis. */
  String id() {
    return store.getProperty("id");
  }

  /** True once the data is known to hold its identity: from then on it may never be missing. */
  boolean confirmed() {
    return store.containsKey("confirmed");
  }

  void confirm() throws IOException {
    store.setProperty("confirmed", "yes");
    save();
  }

  String password() throws IOException {
    return Files.readString(path.resolve("password")).strip();
  }

  /**
   * Notes that this server will write here from now on.
   *
   * @throws EmbeddedRedis.Refused when a newer one already did
   */
  void admit(RedisBinary binary) throws IOException {
    String before = store.getProperty("server");
    if (before != null && binary.olderThan(before)) {
      throw new EmbeddedRedis.Refused(
          "the data in "
              + path
              + " was written by Redis "
              + before
              + "; "
              + binary.path()
              + " is Redis "
              + binary.version()
              + ", which would start empty: install redis-server "
              + before
              + " or newer");
    }
    if (!binary.version().equals(before)) {
      store.setProperty("server", binary.version());
      save();
    }
  }

  /** Writes the server's configuration and answers its place. */
  Path configure(int port) throws IOException {
    store.setProperty("port", Integer.toString(port));
    save();
    String text =
        """
        # Written by LastMile at every start: changes made here are lost.
        bind 127.0.0.1
        port %d
        protected-mode yes
        requirepass %s
        dir %s
        databases 1
        appendonly yes
        appendfsync always
        save ""
        maxmemory-policy noeviction
        logfile %s
        set-proc-title no
        """
            .formatted(port, password(), quoted(path), quoted(log()));
    write("redis.conf", text);
    return config();
  }

  Path config() {
    return path.resolve("redis.conf");
  }

  Path log() {
    return path.resolve("redis.log");
  }

  /** The port that the server was last told to listen on; 0 = none yet. */
  int port() {
    return Integer.parseInt(store.getProperty("port", "0"));
  }

  Path path() {
    return path;
  }

  /** Keeps the log of the run before, and no more. */
  void turnLog() throws IOException {
    if (Files.exists(log()) && Files.size(log()) > LOG_LIMIT) {
      Files.move(log(), path.resolve("redis.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void save() throws IOException {
    StringWriter text = new StringWriter();
    store.store(text, "Whose data this is. Without this file LastMile does not touch the data.");
    write(STORE, text.toString());
  }

  /** On disk whole or not at all, and readable by the owner alone. */
  private void write(String name, String text) throws IOException {
    Path fresh = path.resolve(name + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh);
    restrict(fresh, "rw-------");
    try (FileChannel file = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
      file.force(true);
    }
    Files.move(fresh, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void restrict(Path file, String permissions) throws IOException {
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
  }

  private static String quoted(Path file) {
    return '"' + file.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** Releases the lock. */
  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}

package org.lastmile.channel.loudspeaker.speech;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of clips: each under the hash of its bytes, found by the hash of what it says. Which
 * there are is known in memory, so that asking costs no disk; a clip appears whole or not at all.
 */
public final class Clips {
  private static final Logger LOG = LoggerFactory.getLogger(Clips.class);
  private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})\\.(wav|mp3)");
  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");

  /** A clip used so lately may be on its way to a device: it is kept whatever the bounds say. */
  private static final Duration IN_USE = Duration.ofHours(2);

  private final Path folder;
  private final Path keys;
  private final long most;
  private final Duration longest;
  private final InstantSource clock;
  private final Map<String, Kept> clips = new ConcurrentHashMap<>();
  private final Map<String, String> byKey = new ConcurrentHashMap<>();

  private static final class Kept {
    private final Clip clip;
    private volatile Instant used;

    private Kept(Clip clip, Instant used) {
      this.clip = clip;
      this.used = used;
    }
  }

  /**
   * Opens the folder, made if it is not there.
   *
   * @param most bytes kept
   * @param longest a clip is kept that nobody uses
   * @throws IOException naming the folder that can't be used
   */
  public Clips(Path folder, long most, Duration longest, InstantSource clock) throws IOException {
    this.folder = folder;
    this.keys = folder.resolve("said");
    this.most = most;
    this.longest = longest;
    this.clock = clock;
    Files.createDirectories(keys);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          Clip clip = new Clip(name.group(1), name.group(2), file, Files.size(file));
          clips.put(clip.sha256(), new Kept(clip, Files.getLastModifiedTime(file).toInstant()));
        } else if (file.getFileName().toString().endsWith(".part")) {
          Files.deleteIfExists(file); // left by a process that died in the middle
        }
      }
    }
    try (Stream<Path> files = Files.list(keys)) {
      for (Path file : files.toList()) {
        String sha256 = Files.readString(file).strip();
        if (KEY.matcher(file.getFileName().toString()).matches() && clips.containsKey(sha256)) {
          byKey.put(file.getFileName().toString(), sha256);
        } else {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** By the name it has in URLs; empty for every other text, whatever it contains. */
  public Optional<Clip> named(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        ? Optional.ofNullable(clips.get(matcher.group(1)))
            .filter(kept -> kept.clip.format().equals(matcher.group(2)))
            .map(this::used)
        : Optional.empty();
  }

  /** What says that; the key is a {@link #hash}. */
  Optional<Clip> saying(String key) {
    String sha256 = byKey.get(key);
    return sha256 == null
        ? Optional.empty()
        : Optional.ofNullable(clips.get(sha256)).map(this::used);
  }

  private Clip used(Kept kept) {
    kept.used = clock.instant();
    return kept.clip;
  }

  /** A file to write into, in the folder itself so that it can be moved in one step. */
  Path fresh() throws IOException {
    return Files.createTempFile(folder, "new-", ".part");
  }

  /** Takes a finished file of the folder in; the file is gone afterwards. Blocks on the disk. */
  Clip keep(String key, Path finished, String format) throws IOException {
    String sha256 = hashOf(finished);
    Clip clip =
        new Clip(sha256, format, folder.resolve(sha256 + "." + format), Files.size(finished));
    Files.move(
        finished, clip.file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path said = fresh();
    Files.writeString(said, sha256);
    Files.move(
        said,
        keys.resolve(key),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    clips.put(sha256, new Kept(clip, clock.instant()));
    byKey.put(key, sha256);
    return clip;
  }

  /**
   * Lets go of what is too old or too much, what was used longest ago first. Blocks on the disk.
   */
  void sweep() {
    Instant now = clock.instant();
    long size = bytes();
    List<Kept> oldest =
        clips.values().stream().sorted(Comparator.comparing((Kept kept) -> kept.used)).toList();
    for (Kept kept : oldest) {
      boolean old = kept.used.plus(longest).isBefore(now);
      boolean inUse = kept.used.plus(IN_USE).isAfter(now);
      if (!inUse && (old || size > most)) {
        size -= kept.clip.size();
        forget(kept.clip);
      } else {
        touch(kept);
      }
    }
  }

  private void forget(Clip clip) {
    clips.remove(clip.sha256());
    byKey.entrySet().removeIf(said -> said.getValue().equals(clip.sha256()));
    try {
      Files.deleteIfExists(clip.file());
    } catch (IOException e) {
      LOG.warn("clip {} can't be deleted: {}", clip.file(), e.toString());
    }
  }

  private static void touch(Kept kept) {
    try {
      Files.setLastModifiedTime(kept.clip.file(), FileTime.from(kept.used));
    } catch (NoSuchFileException e) {
      LOG.warn("clip {} was deleted by somebody else", kept.clip.file());
    } catch (IOException e) {
      LOG.debug("clip {} keeps its old time: {}", kept.clip.file(), e.toString());
    }
  }

  int count() {
    return clips.size();
  }

  long bytes() {
    return clips.values().stream().mapToLong(kept -> kept.clip.size()).sum();
  }

  /** SHA-256 of the parts, each told from the next. */
  static String hash(List<String> parts) {
    MessageDigest digest = sha256();
    for (String part : parts) {
      digest.update(part.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static String hashOf(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[64 * 1024];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256", e);
    }
  }
}

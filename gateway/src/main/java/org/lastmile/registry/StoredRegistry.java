package org.lastmile.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.lastmile.channel.Memory;

/**
 * A registry in the store: deflated JSON in chunks that no single write is long with, and one small
 * record, written last, that says which chunks count. A crash between them leaves the old registry.
 */
final class StoredRegistry {
  /** Raised when what is written changes so that an older program would misread it. */
  private static final int FORMAT = 1;

  private static final int CHUNK_BYTES = 384 * 1024;
  private static final String VERSIONS = "registry/versions";
  private static final String CURRENT = "registry/current";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          // A newer program of the same format may have added a field.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final Memory memory;

  StoredRegistry(Memory memory) {
    this.memory = memory;
  }

  /** Which chunks count. */
  record Head(int format, int version, Instant importedAt, int chunks, long crc) {}

  /** A number that no other registry has or gets. */
  int nextVersion() {
    return Math.toIntExact(memory.add(VERSIONS, 1));
  }

  void save(Registry registry) {
    byte[] packed = pack(registry.entries());
    Optional<Head> before = head();
    int chunks = 0;
    for (int from = 0; from < packed.length; from += CHUNK_BYTES) {
      byte[] chunk =
          java.util.Arrays.copyOfRange(packed, from, Math.min(packed.length, from + CHUNK_BYTES));
      memory.put(
          key(registry.version(), chunks++),
          Base64.getEncoder().encodeToString(chunk),
          Memory.FOR_EVER);
    }
    Head head = new Head(FORMAT, registry.version(), registry.importedAt(), chunks, crc(packed));
    memory.put(CURRENT, write(head), Memory.FOR_EVER);
    before.ifPresent(this::forget);
  }

  private void forget(Head old) {
    for (int chunk = 0; chunk < old.chunks(); chunk++) {
      memory.remove(key(old.version(), chunk));
    }
  }

  Optional<Integer> currentVersion() {
    return head().map(Head::version);
  }

  Optional<Registry> load() {
    return head().map(this::load);
  }

  private Registry load(Head head) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    for (int chunk = 0; chunk < head.chunks(); chunk++) {
      String key = key(head.version(), chunk);
      packed.writeBytes(
          Base64.getDecoder()
              .decode(memory.get(key).orElseThrow(() -> broken(head, key + " is missing", null))));
    }
    if (crc(packed.toByteArray()) != head.crc()) {
      throw broken(head, "its checksum does not fit", null);
    }
    try (InputStream json =
        new InflaterInputStream(new ByteArrayInputStream(packed.toByteArray()))) {
      return Registry.of(JSON.readValue(json, Entries.class)).as(head.version(), head.importedAt());
    } catch (IOException e) {
      throw broken(head, e.getMessage(), e);
    }
  }

  private Optional<Head> head() {
    Optional<String> kept = memory.get(CURRENT);
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    try {
      Head head = JSON.readValue(kept.get(), Head.class);
      if (head.format() > FORMAT) {
        throw new IllegalStateException(
            "the stored registry has format "
                + head.format()
                + ", this program reads up to "
                + FORMAT
                + ": start a newer program");
      }
      return Optional.of(head);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(CURRENT + " in the store is not readable", e);
    }
  }

  private static IllegalStateException broken(Head head, String why, Exception cause) {
    return new IllegalStateException(
        "registry " + head.version() + " in the store can't be read: " + why + "; import it again",
        cause);
  }

  private static String key(int version, int chunk) {
    return "registry/" + version + "/" + chunk;
  }

  private static byte[] pack(Entries entries) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream deflated = new DeflaterOutputStream(packed)) {
      JSON.writeValue(deflated, entries);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return packed.toByteArray();
  }

  private static String write(Head head) {
    try {
      return JSON.writeValueAsString(head);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a head of plain values can be written", e);
    }
  }

  private static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }
}

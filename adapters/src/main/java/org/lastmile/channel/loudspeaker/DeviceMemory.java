package org.lastmile.channel.loudspeaker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers devices beyond a restart. A hundred thousand of them share a few hundred values in the
 * store, so that what changed at many of them is one write. Every call blocks.
 */
final class DeviceMemory {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceMemory.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  static final int SHELVES = 256;

  private final Memory memory;

  DeviceMemory(Memory memory) {
    this.memory = memory;
  }

  /** Where that device is kept. */
  static int shelf(String device) {
    int hash = device.hashCode();
    return (hash ^ (hash >>> 16)) & (SHELVES - 1);
  }

  Map<String, Kept> read() {
    Map<String, Kept> all = new HashMap<>();
    for (int shelf = 0; shelf < SHELVES; shelf++) {
      Optional<String> text = memory.get(key(shelf));
      if (text.isPresent()) {
        read(text.get(), all);
      }
    }
    return all;
  }

  private static void read(String text, Map<String, Kept> all) {
    try {
      JSON.readTree(text).fields().forEachRemaining(e -> all.put(e.getKey(), of(e.getValue())));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // What is lost is when they were seen last, and they will be seen again.
      LOG.error("what is remembered of loudspeakers can't be read: {}", e.getMessage());
    }
  }

  void write(int shelf, Map<String, Kept> devices) {
    ObjectNode all = JSON.createObjectNode();
    devices.forEach((device, kept) -> all.set(device, row(kept)));
    try {
      memory.put(key(shelf), JSON.writeValueAsString(all), Memory.FOR_EVER);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a tree of strings and numbers did not become JSON", e);
    }
  }

  private static String key(int shelf) {
    return "devices/" + shelf;
  }

  private static ArrayNode row(Kept kept) {
    ArrayNode row = JSON.createArrayNode();
    row.add(kept.seen()).add(kept.condition().name()).add(kept.since());
    row.add(kept.failed()).add(kept.reason());
    Tested test = kept.test();
    if (test != null) {
      row.add(test.at().getEpochSecond()).add(test.content());
      row.add(test.result().name()).add(test.why());
    }
    return row;
  }

  private static Kept of(JsonNode row) {
    Tested test =
        row.size() < 9
            ? null
            : new Tested(
                Instant.ofEpochSecond(row.get(5).asLong()),
                row.get(6).asText(),
                Tested.Result.valueOf(row.get(7).asText()),
                row.get(8).asText());
    return new Kept(
        row.path(0).asLong(),
        Condition.valueOf(row.path(1).asText()),
        row.path(2).asLong(),
        row.path(3).asInt(),
        row.path(4).asText(),
        test);
  }
}

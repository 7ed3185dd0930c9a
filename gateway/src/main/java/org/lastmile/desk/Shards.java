package org.lastmile.desk;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.lastmile.channel.Memory;

/**
 * A table of short lines by key that is read whole at the start and written a sixty-fourth at a
 * time: a hundred thousand people's accounts are loaded at once, and one that is added costs one
 * small write. On the desk's thread alone, so that no two writers meet.
 */
final class Shards {
  private static final int COUNT = 64;

  private final Memory memory;
  private final String name;

  Shards(Memory memory, String name) {
    this.memory = memory;
    this.name = name;
  }

  /** Everything that is kept; throws {@link Memory.Away} when the store can't be reached. */
  Map<String, String> load() {
    Map<String, String> all = new LinkedHashMap<>();
    for (int shard = 0; shard < COUNT; shard++) {
      all.putAll(read(shard));
    }
    return all;
  }

  /** Keeps a line without tabs and line ends under a key; null takes it out. */
  void put(String key, String line) {
    int shard = Math.floorMod(key.hashCode(), COUNT);
    Map<String, String> lines = read(shard);
    if (line == null) {
      lines.remove(key);
    } else {
      lines.put(key, line);
    }
    if (lines.isEmpty()) {
      memory.remove(at(shard));
    } else {
      memory.put(
          at(shard),
          lines.entrySet().stream()
              .map(e -> e.getKey() + "\t" + e.getValue())
              .collect(Collectors.joining("\n")),
          Memory.FOR_EVER);
    }
  }

  private Map<String, String> read(int shard) {
    Map<String, String> lines = new TreeMap<>();
    memory
        .get(at(shard))
        .ifPresent(
            kept ->
                kept.lines().map(line -> line.split("\t", 2)).forEach(f -> lines.put(f[0], f[1])));
    return lines;
  }

  private String at(int shard) {
    return name + "/" + shard;
  }
}

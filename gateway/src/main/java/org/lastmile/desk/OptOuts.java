package org.lastmile.desk;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.lastmile.channel.Memory;

/**
 * Phones that asked for no more SMS (退订). As residents they get none of yellow and blue warnings;
 * red and orange ones go out all the same: what threatens life is no advertising. Whoever answers
 * for others has a duty and gets everything.
 */
final class OptOuts {
  private static final String ALL = "all";

  private final Memory memory;
  private final Map<String, View.OptOut> phones = new ConcurrentHashMap<>();

  OptOuts(Memory memory) {
    this.memory = memory;
  }

  /** Takes up what is kept; throws {@link Memory.Away} when the store can't be reached. */
  void load() {
    phones.clear();
    memory
        .get(ALL)
        .ifPresent(
            kept ->
                kept.lines()
                    .map(line -> line.split("\t", 4))
                    .map(f -> new View.OptOut(f[0], Instant.parse(f[1]), f[2], f[3]))
                    .forEach(o -> phones.put(o.phone(), o)));
  }

  boolean has(String phone) {
    return phones.containsKey(key(phone));
  }

  /** False when it was so already. */
  boolean add(String phone, String by, String note, Instant now) {
    String key = key(phone);
    if (phones.containsKey(key)) {
      return false;
    }
    phones.put(key, new View.OptOut(key, now, line(by), line(note)));
    keep(() -> phones.remove(key));
    return true;
  }

  /** False when there was nothing to take back. */
  boolean remove(String phone) {
    View.OptOut before = phones.remove(key(phone));
    if (before == null) {
      return false;
    }
    keep(() -> phones.put(before.phone(), before));
    return true;
  }

  /** Newest first. */
  List<View.OptOut> all() {
    return phones.values().stream()
        .sorted(Comparator.comparing(View.OptOut::since).reversed())
        .toList();
  }

  private void keep(Runnable takeBack) {
    try {
      memory.put(
          ALL,
          all().stream()
              .map(o -> String.join("\t", o.phone(), o.since().toString(), o.by(), o.note()))
              .collect(Collectors.joining("\n")),
          Memory.FOR_EVER);
    } catch (Memory.Away e) {
      takeBack.run();
      throw e;
    }
  }

  /** The same for every way of writing one number. */
  private static String key(String phone) {
    String digits = phone.replaceAll("[\\s()\\-]", "");
    return digits.startsWith("+86") ? digits.substring(3) : digits;
  }

  private static String line(String text) {
    return text.replaceAll("\\s+", " ");
  }
}

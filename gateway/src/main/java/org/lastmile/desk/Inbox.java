package org.lastmile.desk;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Signal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that people wrote and that was no answer, whether or not a warning had been sent to
 * them: kept before the wire is told that we have it, and shown until somebody has seen to it. The
 * oldest are forgotten first, by number and by age.
 */
final class Inbox {
  private static final Logger log = LoggerFactory.getLogger(Inbox.class);

  /** Entries kept. */
  static final int MOST = 1_000;

  // The season, and its review in the winter.
  private static final Duration KEPT = Duration.ofDays(400);

  // A modem hands on a stored message again for days.
  private static final Duration REPEATS = Duration.ofDays(7);
  private static final int LONGEST = 2_000;
  private static final String LAST = "last";

  private final Memory memory;
  private final NavigableMap<Long, View.Words> entries = new TreeMap<>();

  Inbox(Memory memory) {
    this.memory = memory;
  }

  /** Takes up what is kept; throws {@link Memory.Away} when the store can't be reached. */
  void load(Instant now) {
    entries.clear();
    long last = memory.add(LAST, 0);
    for (long n = Math.max(1, last - MOST + 1); n <= last; n++) {
      long number = n;
      memory.get(key(n)).ifPresent(kept -> entries.put(number, read(number, kept)));
    }
    forgetOld(now);
  }

  /** Whether all that follows from the very message is kept, answers included. */
  boolean knows(String channel, Signal.Inbound in) {
    return !in.id().isEmpty() && memory.get(done(channel, in)).isPresent();
  }

  /** All that follows from it is kept. */
  void remember(String channel, Signal.Inbound in) {
    if (in.id().isEmpty()) {
      return;
    }
    try {
      memory.put(done(channel, in), in.at().toString(), REPEATS);
    } catch (Memory.Away e) {
      log.warn("the store is away: should a message come again, it is read again");
    }
  }

  private static String done(String channel, Signal.Inbound in) {
    return "done/" + channel + "/" + in.id();
  }

  /** Keeps words; empty when the same message was kept before. */
  Optional<View.Words> keep(String channel, Signal.Inbound in, View.Words.Kind kind, Place place) {
    String repeat = "id/" + channel + "/" + in.id();
    if (!in.id().isEmpty() && memory.get(repeat).isPresent()) {
      return Optional.empty();
    }
    long number = memory.add(LAST, 1);
    String text = in.text().strip();
    View.Words words =
        new View.Words(
            number,
            in.at(),
            channel,
            line(in.from()),
            line(in.to()),
            text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text,
            kind,
            place.warning(),
            place.point(),
            line(place.name()),
            "",
            null);
    memory.put(key(number), write(words), KEPT);
    if (!in.id().isEmpty()) {
      memory.put(repeat, Long.toString(number), REPEATS);
    }
    entries.put(number, words);
    while (entries.size() > MOST) {
      memory.remove(key(entries.pollFirstEntry().getKey()));
    }
    forgetOld(in.at());
    return Optional.of(words);
  }

  /**
   * Which message the words came after.
   *
   * @param warning id, point id, name of who wrote; empty = none, not known
   */
  record Place(String warning, String point, String name) {
    static final Place NONE = new Place("", "", "");
  }

  /** Somebody has seen to it. Who was first stands; empty when there is no such entry. */
  Optional<View.Words> seen(long number, String who, Instant now) {
    View.Words words = entries.get(number);
    if (words != null && words.seenBy().isEmpty()) {
      words = words.seen(line(who), now);
      memory.put(key(number), write(words), KEPT);
      entries.put(number, words);
    }
    return Optional.ofNullable(words);
  }

  /** Newest first. */
  List<View.Words> newest(int most) {
    List<View.Words> all = new ArrayList<>(entries.descendingMap().values());
    return Collections.unmodifiableList(all.subList(0, Math.min(most, all.size())));
  }

  private void forgetOld(Instant now) {
    while (!entries.isEmpty() && entries.firstEntry().getValue().at().plus(KEPT).isBefore(now)) {
      entries.pollFirstEntry(); // the store forgets it by itself
    }
  }

  private static String key(long number) {
    return "n/" + number;
  }

  /** One line: entries are kept line by line, the words last, since they may have several. */
  private static String line(String text) {
    return text.replaceAll("\\R", " ");
  }

  private static String write(View.Words w) {
    return String.join(
        "\n",
        w.at().toString(),
        w.channel(),
        w.from(),
        w.to(),
        w.kind().name(),
        w.warning(),
        w.point(),
        w.name(),
        w.seenBy(),
        w.seenAt() == null ? "" : w.seenAt().toString(),
        w.text());
  }

  private static View.Words read(long number, String kept) {
    String[] f = kept.split("\n", 11);
    return new View.Words(
        number,
        Instant.parse(f[0]),
        f[1],
        f[2],
        f[3],
        f[10],
        View.Words.Kind.valueOf(f[4]),
        f[5],
        f[6],
        f[7],
        f[8],
        f[9].isEmpty() ? null : Instant.parse(f[9]));
  }
}

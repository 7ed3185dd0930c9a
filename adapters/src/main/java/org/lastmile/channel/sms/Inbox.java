package org.lastmile.channel.sms;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Signal;
import org.lastmile.channel.sms.pdu.Concat;
import org.lastmile.channel.sms.pdu.Incoming;

/**
 * What people write to us: long messages are put together first. A part is acknowledged to its
 * modem only when it is kept, in memory or as the whole. For one thread: the channel's clerk.
 */
final class Inbox {
  private static final Duration KEEP = Duration.ofDays(2);

  /** After that the parts that came are handed on with gaps: half a cry for help is one too. */
  private static final Duration WAIT_FOR_REST = Duration.ofMinutes(5);

  private static final String GAP = "…";

  private static final String NO_STAMP = "-";

  /** Names the sets that are not whole yet, so that a restart does not forget them. */
  private static final String OPEN = "in-open";

  /** A set that is not whole yet, by one of its parts. */
  private record Waiting(Incoming.Deliver sample, String to, Instant until) {
    String key() {
      return "in/" + to + "/" + set(sample);
    }

    String line() {
      return String.join(
          " ",
          Long.toString(until.toEpochMilli()),
          stamp(sample),
          Integer.toString(sample.concat().reference()),
          Integer.toString(sample.concat().total()),
          hex(to),
          hex(sample.from()));
    }

    static Waiting of(String line) {
      String[] f = line.split(" ", -1);
      Optional<Instant> sent =
          f[1].equals(NO_STAMP)
              ? Optional.empty()
              : Optional.of(Instant.ofEpochSecond(Long.parseLong(f[1])));
      Concat concat = new Concat(Integer.parseInt(f[2]), Integer.parseInt(f[3]), 1);
      return new Waiting(
          new Incoming.Deliver(unhex(f[5]), sent, concat, ""),
          unhex(f[4]),
          Instant.ofEpochMilli(Long.parseLong(f[0])));
    }
  }

  private final Memory memory;
  private final Clock clock;
  private final Offers offers;

  /** Also those that were handed on as they are, until that is kept. */
  private final Map<String, Waiting> incomplete = new ConcurrentHashMap<>();

  private final Set<String> leaving = ConcurrentHashMap.newKeySet();
  private boolean loaded;

  /** Whether memory still names a set that is not open any more. */
  private volatile boolean stale;

  Inbox(Memory memory, Clock clock, Offers offers) {
    this.memory = memory;
    this.clock = clock;
    this.offers = offers;
  }

  /**
   * @param to our own number, or the modem's IMEI where the SIM doesn't know it
   * @param kept acknowledges it to the modem
   */
  void deliver(String to, Incoming.Deliver part, Runnable kept) {
    if (part.concat().total() == 1) {
      offer(to, part, part.sent(), part.text(), kept);
      return;
    }
    load();
    Waiting waiting = new Waiting(part, to, clock.instant().plus(WAIT_FOR_REST));
    String key = waiting.key();
    Map<Integer, String> parts = parts(key);
    int number = part.concat().number();
    String line = stamp(part) + " " + hex(part.text());
    if (parts.containsKey(number) && !parts.get(number).equals(line)) {
      // The sender has come round to the same reference: what is left of the old one goes first.
      Waiting old = incomplete.remove(key);
      if (old != null) {
        String text = text(parts, part.concat().total());
        offer(to, old.sample(), begun(parts), text, () -> {});
      }
      parts.clear();
    }
    boolean again = line.equals(parts.put(number, line));
    boolean whole = parts.size() == part.concat().total();
    if (!again) {
      memory.put(key, write(parts), KEEP);
    }
    if (!whole) {
      leaving.remove(key);
      incomplete.put(key, waiting);
      keepOpen();
      kept.run();
      return;
    }
    // The parts stay in memory: when the last one comes twice, the whole is offered twice under
    // one id instead of becoming a message of its own.
    if (incomplete.remove(key) != null) {
      stale = true;
    }
    offer(to, part, begun(parts), text(parts, part.concat().total()), kept);
  }

  /** Hands on what has waited too long for its other parts. */
  void sweep() {
    load();
    Instant now = clock.instant();
    for (Waiting waiting : List.copyOf(incomplete.values())) {
      if (waiting.until().isBefore(now) && !leaving.contains(waiting.key())) {
        handOn(waiting, parts(waiting.key()));
      }
    }
    if (stale) {
      keepOpen();
    }
  }

  /** What a process before this one had deleted from its modems and not handed on. */
  private void load() {
    if (!loaded) {
      memory.get(OPEN).stream()
          .flatMap(String::lines)
          .map(Waiting::of)
          .forEach(waiting -> incomplete.put(waiting.key(), waiting));
      loaded = true;
    }
  }

  private void keepOpen() {
    stale = false;
    try {
      memory.put(
          OPEN,
          incomplete.values().stream().map(Waiting::line).collect(Collectors.joining("\n")),
          KEEP);
    } catch (Memory.Away e) {
      stale = true;
      throw e;
    }
  }

  /** A PDU that can't be read is shown as it is: a person may still make sense of it. */
  void unreadable(String to, String hex, String why, Runnable kept) {
    offers.offer(
        new Signal.Inbound(Hash.of(hex), "", to, "[" + why + "] " + hex, clock.instant()), kept);
  }

  private void handOn(Waiting waiting, Map<Integer, String> parts) {
    String key = waiting.key();
    if (parts.isEmpty()) { // memory has forgotten them
      if (incomplete.remove(key, waiting)) {
        stale = true;
      }
      return;
    }
    leaving.add(key);
    offer(
        waiting.to(),
        waiting.sample(),
        begun(parts),
        text(parts, waiting.sample().concat().total()),
        () -> {
          leaving.remove(key);
          if (incomplete.remove(key, waiting)) {
            stale = true;
          }
        });
  }

  /** When the first of its parts was written. */
  private static Optional<Instant> begun(Map<Integer, String> parts) {
    return parts.values().stream()
        .map(line -> line.substring(0, line.indexOf(' ')))
        .filter(stamp -> !stamp.equals(NO_STAMP))
        .map(stamp -> Instant.ofEpochSecond(Long.parseLong(stamp)))
        .min(Comparator.naturalOrder());
  }

  private void offer(
      String to, Incoming.Deliver part, Optional<Instant> written, String text, Runnable kept) {
    String from = Phone.address(part.from());
    // A lone surrogate would not survive any store: it becomes a question mark.
    String clean = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    String identity =
        String.join("/", to, set(part), part.concat().total() == 1 ? stamp(part) : "", clean);
    offers.offer(
        new Signal.Inbound(
            Hash.of(identity), from, to, clean, clock.instant(), written.orElse(null)),
        kept);
  }

  private static String set(Incoming.Deliver part) {
    return "%s/%d/%d"
        .formatted(Phone.key(part.from()), part.concat().reference(), part.concat().total());
  }

  private static String stamp(Incoming.Deliver part) {
    return part.sent().map(at -> Long.toString(at.getEpochSecond())).orElse(NO_STAMP);
  }

  private Map<Integer, String> parts(String key) {
    Map<Integer, String> parts = new TreeMap<>();
    Optional<String> held = memory.get(key);
    held.ifPresent(
        value ->
            value
                .lines()
                .map(line -> line.split(" ", 2))
                .forEach(f -> parts.put(Integer.valueOf(f[0]), f[1])));
    return parts;
  }

  private static String write(Map<Integer, String> parts) {
    return parts.entrySet().stream()
        .map(e -> e.getKey() + " " + e.getValue())
        .collect(Collectors.joining("\n"));
  }

  private static String text(Map<Integer, String> parts, int total) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= total; i++) {
      String line = parts.get(i);
      text.append(line == null ? GAP : unhex(line.substring(line.indexOf(' ') + 1)));
    }
    return text.toString();
  }

  /** UTF-16, so that half a surrogate pair waits unharmed for its other half. */
  private static String hex(String text) {
    StringBuilder hex = new StringBuilder();
    text.chars().forEach(c -> hex.append(HexFormat.of().toHexDigits((char) c)));
    return hex.toString();
  }

  private static String unhex(String hex) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i + 4 <= hex.length(); i += 4) {
      text.append((char) HexFormat.fromHexDigits(hex, i, i + 4));
    }
    return text.toString();
  }
}

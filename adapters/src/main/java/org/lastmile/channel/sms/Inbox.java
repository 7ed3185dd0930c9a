package org.lastmile.channel.sms;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Signal;
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

  private record Waiting(Incoming.Deliver sample, String to, Instant until) {}

  private final Memory memory;
  private final Clock clock;
  private final Offers offers;
  private final Map<String, Waiting> incomplete = new HashMap<>();

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
      offer(to, part, part.text(), kept);
      return;
    }
    String key = "in/" + to + "/" + set(part);
    Map<Integer, String> parts = parts(key);
    int number = part.concat().number();
    String line = stamp(part) + " " + hex(part.text());
    if (parts.containsKey(number) && !parts.get(number).equals(line)) {
      // The sender has come round to the same reference: what is left of the old one goes first.
      handOn(key, new Waiting(part, to, clock.instant()), parts);
      parts.clear();
    }
    boolean again = line.equals(parts.put(number, line));
    boolean whole = parts.size() == part.concat().total();
    if (!again) {
      memory.put(key, write(parts), KEEP);
    }
    if (!whole) {
      incomplete.put(key, new Waiting(part, to, clock.instant().plus(WAIT_FOR_REST)));
      kept.run();
      return;
    }
    // The parts stay in memory: when the last one comes twice, the whole is offered twice under
    // one id instead of becoming a message of its own.
    incomplete.remove(key);
    offer(to, part, text(parts, part.concat().total()), kept);
  }

  /** Hands on what has waited too long for its other parts. */
  void sweep() {
    Instant now = clock.instant();
    for (Map.Entry<String, Waiting> e : Map.copyOf(incomplete).entrySet()) {
      if (e.getValue().until().isBefore(now)) {
        handOn(e.getKey(), e.getValue(), parts(e.getKey()));
      }
    }
  }

  /** A PDU that can't be read is shown as it is: a person may still make sense of it. */
  void unreadable(String to, String hex, String why, Runnable kept) {
    offers.offer(
        new Signal.Inbound(Hash.of(hex), "", to, "[" + why + "] " + hex, clock.instant()), kept);
  }

  private void handOn(String key, Waiting waiting, Map<Integer, String> parts) {
    boolean open = incomplete.remove(key) != null;
    if (open) {
      String text = text(parts, waiting.sample().concat().total());
      offer(waiting.to(), waiting.sample(), text, () -> {});
    }
  }

  private void offer(String to, Incoming.Deliver part, String text, Runnable kept) {
    String from = Phone.key(part.from());
    // A lone surrogate would not survive any store: it becomes a question mark.
    String clean = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    String identity =
        String.join("/", to, set(part), part.concat().total() == 1 ? stamp(part) : "", clean);
    offers.offer(
        new Signal.Inbound(
            Hash.of(identity), from, to, clean, clock.instant(), part.sent().orElse(null)),
        kept);
  }

  private static String set(Incoming.Deliver part) {
    return "%s/%d/%d"
        .formatted(Phone.key(part.from()), part.concat().reference(), part.concat().total());
  }

  private static String stamp(Incoming.Deliver part) {
    return part.sent().map(at -> Long.toString(at.getEpochSecond())).orElse("-");
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

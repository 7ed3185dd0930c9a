package org.lastmile.channel.wechat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which attempt a receipt speaks of. The platform's message id is known only when a send was
 * answered; receipts may come before that, without an id, or for a send that was never answered.
 */
final class Attempts {
  /** The platform forgets a {@code client_msg_id} after 10 minutes; a little less to be sure. */
  private static final Duration DEDUPED = Duration.ofMinutes(9);

  private static final Duration KEEP = Duration.ofDays(2);
  private static final Duration PARK = Duration.ofHours(1);
  private static final String SEVERAL = "several";
  private static final String FAILED = "failed";
  private static final int LONGEST_CLIENT_ID = 32;
  private static final int MOST_OPENIDS = 20_000;
  private static final Logger log = LoggerFactory.getLogger(Attempts.class);

  private final Memory memory;
  private final Clock clock;
  private final Map<String, List<Open>> open = newest();
  private final Map<String, String> unkept = newest();

  Attempts(Memory memory, Clock clock) {
    this.memory = memory;
    this.clock = clock;
  }

  private enum State {
    UNDERWAY,
    ACCEPTED,
    /** Taken without a number: its receipt will carry one that we don't know. */
    UNNUMBERED,
    UNKNOWN
  }

  private record Open(String attempt, State state, Instant since) {}

  /** A receipt that came before its send was answered: its status, and when it came. */
  record Parked(String msgid, String status, Instant at) {}

  /**
   * How a try may be sent.
   *
   * @param clientMessageId under this {@code client_msg_id}, or not at all if it is empty
   * @param again an earlier try may have arrived
   */
  record Repeat(String clientMessageId, boolean again) {
    static final Repeat TOO_LATE = new Repeat("", true);
  }

  /**
   * Keeps that the message is about to be written, and says how. Repeats of one delivery carry the
   * same id, so that the platform sends only one of them. A new try after a receipt that said
   * "failed" carries an id of its own, else it would be swallowed; and one whose first try may have
   * arrived more than 10 minutes ago is too late to be repeated. Kept before the request leaves, so
   * that this holds after a crash as well.
   */
  Repeat begins(Message message) {
    String delivery = delivery(message.attempt());
    Repeat repeat = noted(message, delivery);
    if (!repeat.equals(Repeat.TOO_LATE)) {
      set(message, State.UNDERWAY);
    }
    return repeat;
  }

  private Repeat noted(Message message, String delivery) {
    String key = "try/" + delivery;
    String shared = clientMessageId(delivery);
    Optional<Instant> unkept = unknownHere(message.address(), delivery);
    Instant now = clock.instant();
    if (memory.claim(key, note(unkept.orElse(now), shared), KEEP)) {
      return unkept.map(at -> again(at, shared)).orElse(new Repeat(shared, false));
    }
    String before = memory.get(key).orElse(FAILED);
    if (before.equals(FAILED)) {
      String own = clientMessageId(message.attempt());
      memory.put(key, note(now, own), KEEP);
      return new Repeat(own, false);
    }
    String[] first = before.split(" ", 2);
    Instant at = Instant.ofEpochMilli(Long.parseLong(first[0]));
    return again(at, first.length == 2 ? first[1] : shared);
  }

  private static String note(Instant at, String clientMessageId) {
    return at.toEpochMilli() + " " + clientMessageId;
  }

  private Repeat again(Instant first, String clientMessageId) {
    return clock.instant().isAfter(first.plus(DEDUPED))
        ? Repeat.TOO_LATE
        : new Repeat(clientMessageId, true);
  }

  /** When a try began of which the store knows nothing, because it was away. */
  private synchronized Optional<Instant> unknownHere(String openid, String delivery) {
    return open.getOrDefault(openid, List.of()).stream()
        .filter(o -> o.state() == State.UNKNOWN && delivery(o.attempt()).equals(delivery))
        .map(Open::since)
        .findFirst();
  }

  /** The store is away: this first try is remembered by this process alone. */
  Repeat beginsUnkept(Message message) {
    set(message, State.UNDERWAY);
    return new Repeat(clientMessageId(delivery(message.attempt())), false);
  }

  /** The platform took it; returns the receipt that was already there, if any. */
  Optional<Parked> accepted(Message message, String msgid) {
    if (msgid.equals("0")) {
      return unnumbered(message, State.UNNUMBERED);
    }
    set(message, State.ACCEPTED);
    try {
      return memory
          .putAndGet("msg/" + msgid, message.attempt(), KEEP, "parked/" + msgid)
          .map(text -> parked(msgid, text));
    } catch (Memory.Away e) {
      log.warn("Message {} is remembered by this process alone: {}", msgid, e.getMessage());
      synchronized (this) {
        unkept.put(msgid, message.attempt());
      }
      return Optional.empty();
    }
  }

  /**
   * It may have left: remembered, for its receipt and for when it may be repeated. Returns the
   * receipt that came while the answer was waited for, if it can only be this one's.
   */
  Optional<Parked> unknown(Message message) {
    return unnumbered(message, State.UNKNOWN);
  }

  private Optional<Parked> unnumbered(Message message, State state) {
    String delivery = delivery(message.attempt());
    Instant begun;
    boolean alone;
    synchronized (this) {
      List<Open> all = open.getOrDefault(message.address(), List.of());
      begun =
          all.stream()
              .filter(o -> o.attempt().equals(message.attempt()))
              .map(Open::since)
              .findFirst()
              .orElse(clock.instant());
      alone = all.stream().allMatch(o -> delivery(o.attempt()).equals(delivery));
      set(message, state, begun);
    }
    String person = hash(message.address());
    try {
      if (state == State.UNKNOWN) {
        // For one that began while the store was away.
        memory.claim("try/" + delivery, note(begun, clientMessageId(delivery)), KEEP);
      }
      String key = "unknown/" + person;
      Optional<String> before = memory.get(key);
      boolean another = before.isPresent() && !delivery(before.get()).equals(delivery);
      memory.put(key, another ? SEVERAL : message.attempt(), PARK);
      return memory
          .get("early/" + person)
          .filter(msgid -> alone && !another && !msgid.equals(SEVERAL))
          .filter(msgid -> known(msgid).isEmpty())
          .flatMap(this::parked)
          .filter(receipt -> !receipt.at().isBefore(begun));
    } catch (Memory.Away e) {
      log.warn("A message without a number is remembered here alone: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** It did not leave, or was refused: no receipt will come, and it may be sent at any time. */
  void over(Message message, Repeat repeat) {
    synchronized (this) {
      forget(message.address(), message.attempt());
    }
    if (!repeat.again()) {
      try {
        memory.remove("try/" + delivery(message.attempt()));
      } catch (Memory.Away e) {
        // Taken for one that may have arrived, later on: not sent twice, at the worst not again.
        log.warn("A try that was refused stays noted: {}", e.getMessage());
      }
    }
  }

  /** The receipt said "failed": another try must not look like a repeat. */
  void failed(String attempt) {
    memory.put("try/" + delivery(attempt), FAILED, KEEP);
  }

  /** What a receipt speaks of. */
  sealed interface Found {
    record Attempt(String attempt) implements Found {}

    /** It may be about the send that is under way, or an earlier one: ask again in a moment. */
    record NotYet() implements Found {}

    /** An id that is not ours, or not yet: park it. */
    record Foreign() implements Found {}

    /** No id, and several messages that it could be about. */
    record Ambiguous() implements Found {}
  }

  Found find(String msgid, String openid) {
    boolean numbered = !msgid.isEmpty() && !msgid.equals("0");
    if (numbered) {
      Optional<String> known = known(msgid);
      if (known.isPresent()) {
        return new Found.Attempt(known.get());
      }
    }
    List<Open> candidates;
    synchronized (this) {
      candidates = List.copyOf(open.getOrDefault(openid, List.of()));
    }
    if (candidates.stream().anyMatch(o -> o.state() == State.UNDERWAY)) {
      boolean another = candidates.stream().anyMatch(Attempts::withoutNumber);
      return numbered && !another ? new Found.Foreign() : new Found.NotYet();
    }
    if (numbered) {
      candidates = candidates.stream().filter(Attempts::withoutNumber).toList();
    }
    List<String> attempts = new ArrayList<>(candidates.stream().map(Open::attempt).toList());
    if (attempts.isEmpty()) {
      memory.get("unknown/" + hash(openid)).ifPresent(attempts::add);
    }
    if (attempts.size() == 1 && !attempts.get(0).equals(SEVERAL)) {
      return new Found.Attempt(attempts.get(0));
    }
    return numbered ? new Found.Foreign() : new Found.Ambiguous();
  }

  private static boolean withoutNumber(Open open) {
    return open.state() == State.UNKNOWN || open.state() == State.UNNUMBERED;
  }

  /** Keeps a receipt until its send is answered; ask {@link #find} once more afterwards. */
  void park(String msgid, String openid, String status) {
    memory.put("parked/" + msgid, clock.millis() + " " + status, PARK);
    String key = "early/" + hash(openid);
    boolean another = memory.get(key).filter(other -> !other.equals(msgid)).isPresent();
    memory.put(key, another ? SEVERAL : msgid, PARK);
  }

  void unpark(String msgid, String openid) {
    memory.remove("parked/" + msgid);
    memory.remove("early/" + hash(openid));
  }

  private Optional<Parked> parked(String msgid) {
    return memory.get("parked/" + msgid).map(text -> parked(msgid, text));
  }

  private static Parked parked(String msgid, String text) {
    String[] t = text.split(" ", 2);
    return new Parked(msgid, t[1], Instant.ofEpochMilli(Long.parseLong(t[0])));
  }

  /** What several tries of one delivery have in common: the attempt id up to its last dot. */
  static String delivery(String attempt) {
    int dot = attempt.lastIndexOf('.');
    return dot > 0 ? attempt.substring(0, dot) : attempt;
  }

  /** The same for all tries of a delivery; the platform takes at most 32 characters. */
  static String clientMessageId(String id) {
    return id.length() <= LONGEST_CLIENT_ID ? id : hash(id);
  }

  /** A key that does not show the person; 32 characters. */
  static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private Optional<String> known(String msgid) {
    synchronized (this) {
      String here = unkept.get(msgid);
      if (here != null) {
        return Optional.of(here);
      }
    }
    return memory.get("msg/" + msgid);
  }

  /** The confirmation of this attempt is kept: no other receipt can mean it. */
  void settle(String openid, String attempt) {
    synchronized (this) {
      forget(openid, attempt);
    }
    memory.remove("unknown/" + hash(openid));
  }

  private void set(Message message, State state) {
    set(message, state, clock.instant());
  }

  private synchronized void set(Message message, State state, Instant since) {
    forget(message.address(), message.attempt());
    open.computeIfAbsent(message.address(), k -> new ArrayList<>())
        .add(new Open(message.attempt(), state, since));
  }

  /** Drops every try of the same delivery, and what is too old for any receipt. */
  private void forget(String openid, String attempt) {
    String delivery = delivery(attempt);
    Instant old = clock.instant().minus(PARK);
    open.computeIfPresent(
        openid,
        (k, list) -> {
          list.removeIf(o -> delivery(o.attempt()).equals(delivery) || o.since().isBefore(old));
          return list.isEmpty() ? null : list;
        });
  }

  private static <V> Map<String, V> newest() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > MOST_OPENIDS;
      }
    };
  }
}

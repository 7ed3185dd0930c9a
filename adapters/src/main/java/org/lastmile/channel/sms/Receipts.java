package org.lastmile.channel.sms;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Signal;
import org.lastmile.channel.sms.pdu.Incoming;
import org.lastmile.channel.sms.pdu.ReportStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose part a status report speaks of. A reference is the modem's own, modulo 256, and wraps
 * within minutes; so a part is known by modem, reference, recipient and time together. Kept in
 * memory that survives a restart. For one thread: the channel's clerk.
 */
final class Receipts {
  /** Longer than any report is worth waiting for. */
  static final Duration KEEP = Duration.ofDays(2);

  private static final Logger log = LoggerFactory.getLogger(Receipts.class);

  /** How long a report may come before the answer it belongs to. */
  private static final Duration PARK = Duration.ofSeconds(10);

  /** Of one modem, reference and recipient, this many are remembered. */
  private static final int CANDIDATES = 4;

  private static final int RECENT = 20_000;

  /** A part that went out (or may have). */
  private record Sent(long at, String attempt, int set, int part, int total) {
    String line() {
      return at + " " + attempt + " " + set + " " + part + " " + total;
    }

    static Sent of(String line) {
      String[] f = line.split(" ", 5);
      return new Sent(
          Long.parseLong(f[0]),
          f[1],
          Integer.parseInt(f[2]),
          Integer.parseInt(f[3]),
          Integer.parseInt(f[4]));
    }
  }

  private record Parked(String modem, Incoming.Report report, Runnable kept, Instant until) {}

  private final Memory memory;
  private final Clock clock;
  private final Offers offers;
  private final boolean readOnly;

  /** What was kept last: most reports come within seconds, and need not ask the store. */
  private final Map<String, String> recent =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > RECENT;
        }
      };

  /** Parts whose end was reported, with the centre's stamp on that report. */
  private final Map<Sent, Instant> ended =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sent, Instant> eldest) {
          return size() > RECENT;
        }
      };

  /** What the memory could not keep while its store was away. */
  private final Map<String, String> unkept = new HashMap<>();

  private final List<Parked> parked = new ArrayList<>();

  /**
   * @param readOnly reports that nobody claims are not acknowledged: their own program wants them
   */
  Receipts(Memory memory, Clock clock, Offers offers, boolean readOnly) {
    this.readOnly = readOnly;
    this.memory = memory;
    this.clock = clock;
    this.offers = offers;
  }

  /**
   * A part went out under that reference; a report that came first is answered now.
   *
   * @param reference TP-MR, or -1 when the modem's answer was lost: then the next unknown reference
   *     to that recipient is taken for it
   */
  void sent(String modem, int reference, Letter letter, int set, int part, Instant at) {
    Sent sent = new Sent(at.toEpochMilli(), letter.message.attempt(), set, part, letter.total());
    note(key(modem, reference, letter.phone.key()), sent);
    for (Parked p : parked.stream().filter(p -> p.modem().equals(modem)).toList()) {
      parked.remove(p);
      try {
        report(p.modem(), p.report(), p.kept(), p.until());
      } catch (Memory.Away e) {
        parked.add(p);
        throw e;
      }
    }
  }

  private void note(String key, Sent sent) {
    List<Sent> candidates = new ArrayList<>(List.of(sent));
    earlier(key).stream().filter(s -> !s.equals(sent)).forEach(candidates::add);
    keep(
        key,
        candidates.stream().limit(CANDIDATES).map(Sent::line).collect(Collectors.joining("\n")));
  }

  /** A part in the words that {@link #recover} reads. */
  static String line(Letter letter, int part, Instant at) {
    return letter.phone.key()
        + " "
        + new Sent(at.toEpochMilli(), letter.message.attempt(), letter.set, part, letter.total())
            .line();
  }

  /**
   * A part that a process before this one was about to send: the next unknown reference to that
   * recipient is taken for it.
   */
  void recover(String modem, String line) {
    String[] f = line.split(" ", 2);
    log.info("{} was about to be sent when the gateway ended: a report will tell", f[1]);
    note(key(modem, -1, f[0]), Sent.of(f[1]));
  }

  /**
   * A report came.
   *
   * @param kept acknowledges it to the modem
   */
  void report(String modem, Incoming.Report report, Runnable kept) {
    report(modem, report, kept, clock.instant().plus(PARK));
  }

  private void report(String modem, Incoming.Report report, Runnable kept, Instant parkUntil) {
    String recipient = Phone.key(report.recipient());
    Optional<Sent> sent = match(modem, report, recipient);
    if (sent.isEmpty()) {
      parked.add(new Parked(modem, report, kept, parkUntil));
      return;
    }
    confirm(sent.get(), report, kept);
  }

  /**
   * Lets go of reports that nobody claimed: those of another program on the same SIM. Keeps what
   * could not be kept; throws at the first that still can't.
   */
  void sweep() {
    Instant now = clock.instant();
    for (Parked p : List.copyOf(parked)) {
      if (p.until().isBefore(now)) {
        parked.remove(p);
        log.info(
            "foreign status report on modem {}: reference {}, {}",
            p.modem(),
            p.report().reference(),
            ReportStatus.words(p.report().status()));
        if (!readOnly) {
          p.kept().run();
        }
      }
    }
    Map.copyOf(unkept)
        .forEach(
            (key, value) -> {
              memory.put(key, value, KEEP);
              unkept.remove(key);
            });
  }

  private Optional<Sent> match(String modem, Incoming.Report report, String recipient) {
    Optional<Sent> known =
        nearest(candidates(key(modem, report.reference(), recipient)), report.sent());
    if (known.isPresent()) {
      return known;
    }
    String lost = key(modem, -1, recipient);
    Optional<Sent> guessed = nearest(candidates(lost), report.sent());
    // From now on the reference is known: a second report about the same part must find it.
    guessed.ifPresent(
        sent -> {
          keep(key(modem, report.reference(), recipient), sent.line());
          keep(
              lost,
              candidates(lost).stream()
                  .filter(s -> !s.equals(sent))
                  .map(Sent::line)
                  .collect(Collectors.joining("\n")));
        });
    return guessed;
  }

  /**
   * The one that this very report was about before; else one that still waits for its end; of those
   * the one whose time is nearest to the centre's stamp, else the latest. A centre's clock may be
   * wrong.
   */
  private Optional<Sent> nearest(List<Sent> candidates, Optional<Instant> stamp) {
    return candidates.stream()
        .min(
            Comparator.<Sent>comparingInt(
                    s ->
                        !ended.containsKey(s)
                            ? 1
                            : stamp.filter(ended.get(s)::equals).isPresent() ? 0 : 2)
                .thenComparingLong(
                    s -> stamp.map(at -> Math.abs(at.toEpochMilli() - s.at())).orElse(-s.at())));
  }

  private void confirm(Sent sent, Incoming.Report report, Runnable kept) {
    String words = ReportStatus.words(report.status());
    boolean last = sent.part() == sent.total();
    if (ReportStatus.of(report.status()) != ReportStatus.UNDER_WAY) {
      ended.put(sent, report.sent().orElse(Instant.MIN));
    }
    switch (ReportStatus.of(report.status())) {
      case DELIVERED -> {
        int arrived = arrived(sent);
        if (arrived == sent.total()) {
          tell(sent, Signal.Evidence.DELIVERED, words, kept);
        } else if (last) {
          String some = arrived + " of " + sent.total() + " parts have arrived";
          tell(sent, Signal.Evidence.RECEIVED, some, kept);
        } else {
          kept.run();
        }
      }
      case UNDER_WAY -> {
        if (last) {
          tell(sent, Signal.Evidence.RECEIVED, words, kept);
        } else {
          kept.run();
        }
      }
      case EXPIRED -> tell(sent, Signal.Evidence.EXPIRED, words, kept);
      case FAILED -> tell(sent, Signal.Evidence.FAILED, words, kept);
    }
  }

  /**
   * Of the parts of a long message only the last one shows that the carrier has all of it: what
   * becomes of an earlier one must not keep the whole from being sent again.
   */
  private void tell(Sent sent, Signal.Evidence evidence, String why, Runnable kept) {
    Map<String, String> facts =
        Map.of("part", Integer.toString(sent.part()), "parts", Integer.toString(sent.total()));
    offers.offer(
        new Signal.Confirmation(sent.attempt(), evidence, why, clock.instant(), facts), kept);
  }

  /** Notes that a part has arrived; says how many of its set have. */
  private int arrived(Sent sent) {
    if (sent.total() == 1) {
      return 1;
    }
    String key = "parts/" + sent.attempt() + "/" + sent.set();
    List<String> delivered =
        new ArrayList<>(recall(key).map(v -> Arrays.asList(v.split(" ", -1))).orElseGet(List::of));
    String part = Integer.toString(sent.part());
    if (!delivered.contains(part)) {
      delivered.add(part);
      // Before its report is acknowledged, or it waits for the store like the report itself.
      memory.put(key, String.join(" ", delivered), KEEP);
      recent.put(key, String.join(" ", delivered));
    }
    return delivered.size();
  }

  /** Without them a reused reference may be taken for this part's, which is the lesser harm. */
  private List<Sent> earlier(String key) {
    try {
      return candidates(key);
    } catch (Memory.Away e) {
      log.debug("the store is away: earlier uses of a reference are not known");
      return List.of();
    }
  }

  private List<Sent> candidates(String key) {
    long oldest = clock.instant().minus(KEEP).toEpochMilli();
    return recall(key).stream()
        .flatMap(String::lines)
        .map(Sent::of)
        .filter(sent -> sent.at() >= oldest)
        .toList();
  }

  private Optional<String> recall(String key) {
    String held = unkept.getOrDefault(key, recent.get(key));
    return held != null ? Optional.of(held) : memory.get(key);
  }

  private void keep(String key, String value) {
    recent.put(key, value);
    try {
      memory.put(key, value, KEEP);
      unkept.remove(key);
    } catch (Memory.Away e) {
      // The part has left all the same; while this process lives its report still finds it.
      if (unkept.isEmpty()) {
        log.warn("the store is away: references of messages are only held in memory");
      }
      unkept.put(key, value);
    }
  }

  private static String key(String modem, int reference, String recipient) {
    return "ref/" + modem + "/" + (reference < 0 ? "lost" : reference) + "/" + recipient;
  }
}

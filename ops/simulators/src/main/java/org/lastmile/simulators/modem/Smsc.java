package org.lastmile.simulators.modem;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.lastmile.simulators.Loop;

/**
 * The short-message centre behind all modems: takes parts, brings them to phones, joins them there,
 * reports, and carries answers back. Its own thread does whatever happens later.
 */
public final class Smsc implements AutoCloseable {
  private static final int DELIVERED = 0x00;
  private static final int EXPIRED = 0x46;

  /** "SM rejected - duplicate SM" (TS 27.005, 3.2.5). */
  private static final int CMS_DUPLICATE = 197;

  /** The side of a modem that the centre sees. */
  interface Line {
    /** The SIM's number, normalised. */
    String number();

    void bring(Downlink pdu);
  }

  private record Reference(String sim, String to, int bits, int reference, int total) {}

  private final InstantSource clock;
  private final Loop loop = new Loop("smsc");
  private final Random random;
  private final Map<String, Phone> phones = new ConcurrentHashMap<>();
  private final Map<String, Line> lines = new LinkedHashMap<>();
  private final List<Consumer<Sms>> hooks = new CopyOnWriteArrayList<>();
  private final List<BiConsumer<String, String>> takers = new CopyOnWriteArrayList<>();
  private final Map<Reference, Submit[]> open = new HashMap<>();
  private final Set<List<Object>> seen = new HashSet<>();
  private final Map<String, Long> partsBySim = new HashMap<>();
  private final Map<String, Long> byRecipient = new HashMap<>();
  private final Set<List<String>> unique = new HashSet<>();
  private final Map<String, Instant> written = new HashMap<>();
  private Duration transit = Duration.ofMillis(200);
  private long parts;
  private long messages;
  private long duplicateParts;
  private long splitPairs;
  private long reports;

  /** A centre on the machine's clock. */
  public Smsc() {
    this(InstantSource.system(), 1);
  }

  /**
   * @param clock decides timestamps and when a message's validity has passed
   * @param seed of the references of long inbound messages
   */
  public Smsc(InstantSource clock, long seed) {
    this.clock = clock;
    random = new Random(seed);
  }

  /** Digits without country code: +86 138…, 86138… and 138… are one phone. */
  static String normal(String number) {
    String digits = number.startsWith("+") ? number.substring(1) : number;
    return digits.length() == 13 && digits.startsWith("86") ? digits.substring(2) : digits;
  }

  /** The phone with that number; it is there as soon as somebody asks for it. */
  public Phone phone(String number) {
    return phones.computeIfAbsent(normal(number), n -> new Phone(this, n));
  }

  /** Calls for every whole message that a phone got, on the centre's thread. */
  public void onDelivered(Consumer<Sms> hook) {
    hooks.add(hook);
  }

  /**
   * Calls for every part that the centre took, on its modem's thread, with the numbers of the SIM
   * and of the phone.
   */
  public void onAccepted(BiConsumer<String, String> hook) {
    takers.add(hook);
  }

  /** How long a part travels from its acceptance to the phone; 200 ms at first. */
  public synchronized void transit(Duration time) {
    transit = time;
  }

  synchronized void join(Line line) {
    if (lines.putIfAbsent(line.number(), line) != null) {
      throw new IllegalArgumentException("two modems with the number " + line.number());
    }
  }

  synchronized void leave(Line line) {
    lines.remove(line.number(), line);
  }

  Instant now() {
    return clock.instant();
  }

  synchronized int nextReference() {
    return random.nextInt(256);
  }

  /**
   * Takes one part from a modem.
   *
   * @param reference that the modem gave it, repeated in its status report
   * @return a +CMS error when the centre refuses it
   */
  synchronized OptionalInt accept(Line from, Submit submit, int reference) {
    String to = normal(submit.to());
    Phone phone = phone(to);
    if (phone.refusal() != 0) {
      return OptionalInt.of(phone.refusal());
    }
    // A centre compares TP-MR, which modems overwrite, so a repeat is known by its content here.
    boolean repeat = !seen.add(List.of(from.number(), to, submit.text(), submit.part()));
    if (repeat && submit.rejectDuplicates()) {
      return OptionalInt.of(CMS_DUPLICATE);
    }
    parts++;
    partsBySim.merge(from.number(), 1L, Long::sum);
    if (cutsPair(submit)) {
      splitPairs++;
    }
    Instant sent = now();
    Arrival arrival = new Arrival(from, phone, submit, reference, sent);
    later(transit, arrival);
    takers.forEach(hook -> hook.accept(from.number(), to));
    return OptionalInt.empty();
  }

  private static boolean cutsPair(Submit submit) {
    String text = submit.text();
    return submit.alphabet() == Submit.Alphabet.UCS2
        && !text.isEmpty()
        && (Character.isLowSurrogate(text.charAt(0))
            || Character.isHighSurrogate(text.charAt(text.length() - 1)));
  }

  /** One part reaching its phone, now or when the phone is on again. */
  private final class Arrival implements Runnable {
    private final Line from;
    private final Phone phone;
    private final Submit submit;
    private final int reference;
    private final Instant sent;

    Arrival(Line from, Phone phone, Submit submit, int reference, Instant sent) {
      this.from = from;
      this.phone = phone;
      this.submit = submit;
      this.reference = reference;
      this.sent = sent;
    }

    @Override
    public void run() {
      if (phone.failure() != 0) {
        report(phone.failure());
      } else if (phone.reachable(this)) {
        boolean late = submit.until().map(end -> end.isBefore(now())).orElse(false);
        report(late ? EXPIRED : DELIVERED);
        if (!late) {
          join(from, submit, phone).ifPresent(sms -> hand(phone, sms));
        }
      }
    }

    private void report(int status) {
      if (submit.reportWanted()) {
        synchronized (Smsc.this) {
          reports++;
        }
        from.bring(Downlink.report(reference, submit.to(), sent, now(), status));
      }
    }
  }

  private synchronized Optional<Sms> join(Line from, Submit submit, Phone phone) {
    if (submit.part().isEmpty()) {
      return Optional.of(whole(from, phone, List.of(submit)));
    }
    Submit.Part part = submit.part().get();
    Reference key =
        new Reference(from.number(), phone.number(), part.bits(), part.reference(), part.total());
    Submit[] have = open.computeIfAbsent(key, k -> new Submit[part.total()]);
    Submit before = have[part.number() - 1];
    if (before != null && before.text().equals(submit.text())) {
      duplicateParts++;
      return Optional.empty();
    }
    if (before != null) {
      // Another message uses the same reference: the unfinished one is lost, as on a phone.
      have = new Submit[part.total()];
      open.put(key, have);
    }
    have[part.number() - 1] = submit;
    for (Submit each : have) {
      if (each == null) {
        return Optional.empty();
      }
    }
    open.remove(key);
    return Optional.of(whole(from, phone, List.of(have)));
  }

  private Sms whole(Line from, Phone phone, List<Submit> parts) {
    String text = String.join("", parts.stream().map(Submit::text).toList());
    messages++;
    byRecipient.merge(phone.number(), 1L, Long::sum);
    unique.add(List.of(phone.number(), text));
    boolean flash = parts.stream().allMatch(Submit::flash);
    return new Sms(from.number(), phone.number(), text, flash, parts, now());
  }

  private void hand(Phone phone, Sms sms) {
    phone.take(sms);
    hooks.forEach(hook -> hook.accept(sms));
  }

  /** Brings words from a phone to a SIM; the first modem's when none is named. */
  void inbound(String from, Optional<String> sim, String text) {
    Line line;
    synchronized (this) {
      line =
          sim.map(lines::get)
              .or(() -> sim.isPresent() ? Optional.empty() : lines.values().stream().findFirst())
              .orElseThrow(
                  () -> new NoSuchElementException("no modem has the SIM " + sim.orElse("?")));
    }
    Downlink.deliver("+86" + from, text, nextReference(), writes(from)).forEach(line::bring);
  }

  /**
   * When the centre got words of that phone: of no two in the same second, the unit of TP-SCTS, for
   * a phone takes longer than that to submit one.
   */
  private synchronized Instant writes(String from) {
    Instant second = now().truncatedTo(ChronoUnit.SECONDS);
    return written.merge(from, second, (last, at) -> last.isBefore(at) ? at : last.plusSeconds(1));
  }

  void soon(Runnable task) {
    later(Duration.ZERO, task);
  }

  void later(Duration delay, Runnable task) {
    loop.after(delay, task);
  }

  /** What it has seen so far. */
  public synchronized SmscStatistics statistics() {
    return new SmscStatistics(
        parts,
        messages,
        unique.size(),
        messages - unique.size(),
        duplicateParts,
        open.size(),
        splitPairs,
        reports,
        byRecipient,
        partsBySim);
  }

  /** Stops; what is under way never arrives. */
  @Override
  public void close() {
    loop.close();
  }
}

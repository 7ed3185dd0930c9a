package org.lastmile.channel.sms;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.lastmile.channel.Content;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.sms.pdu.Concat;
import org.lastmile.channel.sms.pdu.Submit;
import org.lastmile.channel.sms.pdu.Validity;
import org.lastmile.channel.sms.pdu.Words;

/**
 * A message on its way through the pool. Belongs to the outbox or to the one session that took it,
 * never to both.
 */
final class Letter {
  /** Sessions that may hand it on before the desk is asked to try later. */
  private static final int MOST_HANDS = 3;

  final Message message;
  final Phone phone;
  final Words words;
  final long order;
  private final boolean wide;
  private final long since = System.nanoTime();
  final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  /** References of the parts that the carrier took in this set. */
  final List<String> references = new ArrayList<>();

  /** Names this set of parts: a set that was begun anew has nothing to do with the one before. */
  int set;

  private final Set<String> refusedBy = new HashSet<>();
  private int hands;
  private int doubts;
  private long carriedBefore;
  private boolean validity = true;
  private volatile boolean replaced;

  /**
   * @param wide whether its parts are joined by a reference of 16 bits
   */
  Letter(Message message, Phone phone, Words words, boolean wide, long order) {
    this.message = message;
    this.phone = phone;
    this.words = words;
    this.wide = wide;
    this.order = order;
  }

  Duration waits() {
    return Duration.ofNanos(System.nanoTime() - since);
  }

  int total() {
    return words.parts().size();
  }

  /** The next part to send, from 1. */
  int next() {
    return references.size() + 1;
  }

  boolean last() {
    return next() == total();
  }

  Submit part(Clock clock) {
    int number = next();
    OptionalInt period =
        validity
            ? OptionalInt.of(
                Validity.roundedDown(Duration.between(clock.instant(), message.content().playBy())))
            : OptionalInt.empty();
    return new Submit(
        phone.number(),
        words.alphabet(),
        words.parts().get(number - 1),
        concat(number),
        period,
        true,
        message.marks().contains(Message.Mark.POSSIBLE_DUPLICATE),
        message.marks().contains(Message.Mark.FLASH));
  }

  private Concat concat(int number) {
    if (total() == 1) {
      return Concat.NONE;
    }
    return wide ? Concat.wide(set, total(), number) : new Concat(set & 0xFF, total(), number);
  }

  /** Whether it takes the place of an earlier one to the same person. */
  boolean replaces(Letter earlier) {
    List<String> supersedes = message.content().supersedes();
    Content before = earlier.message.content();
    return earlier.order < order
        && (supersedes.contains(before.id()) || supersedes.contains(before.about()))
        && earlier.phone.key().equals(phone.key());
  }

  void replaced() {
    replaced = true;
  }

  /** Why it must not go out any more, or null. */
  Outcome overtaken(Instant now) {
    if (replaced) {
      return new Outcome.Permanent("a later message to the same person takes its place");
    }
    return tooLate(now) ? new Outcome.Permanent("too late: its play-by time has passed") : null;
  }

  private boolean tooLate(Instant now) {
    return !now.isBefore(message.content().playBy());
  }

  void withoutValidity() {
    validity = false;
  }

  boolean hasValidity() {
    return validity;
  }

  /** Notes that this SIM was refused; whether another was before it. */
  boolean refusedBySeveral(String sim) {
    refusedBy.add(sim);
    return refusedBy.size() > 1;
  }

  /**
   * Notes a refusal that is about it or its modem. It is about the letter when there were several,
   * and others left between them.
   *
   * @param carried letters that have left so far
   */
  boolean refusedAsItIs(long carried) {
    if (doubts == 0) {
      carriedBefore = carried;
    }
    return ++doubts >= MOST_HANDS && carried > carriedBefore;
  }

  /**
   * Begins anew, for another modem. A phone joins parts only when they come from one number under
   * one reference, so parts that another modem sent are worth nothing, and harm nobody.
   *
   * @return false when it has gone round often enough
   */
  boolean handOn() {
    references.clear();
    return ++hands < MOST_HANDS;
  }
}

package org.lastmile.channel.sms;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.sms.at.Answer;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.at.AtError;
import org.lastmile.channel.sms.at.Finding;
import org.lastmile.channel.sms.at.LineLost;
import org.lastmile.channel.sms.at.Said;
import org.lastmile.channel.sms.at.Trouble;
import org.lastmile.channel.sms.pdu.Incoming;
import org.lastmile.channel.sms.pdu.Submit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends letters through one modem that is set up, part by part, and says of each what is known. The
 * one rule: what may have arrived whole is never sent again from here; what can't have, may be.
 */
final class Carrier {
  /** What has its turn between two parts of a letter. */
  interface Between {
    void parts() throws LineLost;
  }

  private static final Logger log = LoggerFactory.getLogger(Carrier.class);

  /** Of one part; of the first only where nothing may have left. */
  private static final int TRIES = 3;

  /** Before a letter that this modem could not carry is offered again. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final String name;
  private final int perMinute;
  private final AtDialogue at;
  private final Modem modem;
  private final ModemStore store;
  private final Shared shared;
  private final Timing timing;
  private final Between between;
  private final BooleanSupplier another;
  private final BooleanSupplier closed;

  private String underWayTo = "";

  /** The part that was written down as about to leave. */
  private String about = "";

  private int lastReference = -1;
  private int provedReference = -1;
  private long provedAt;
  private long nextPartAt = System.nanoTime();
  private long restUntil = nextPartAt;

  /** Why the SIM rests; {@link Finding#NONE} when nobody refused it. */
  private Finding refused = Finding.NONE;

  /** To whom the SIM was refused last, nothing having gone out since. */
  private String refusedTo = "";

  /** The letter whose refusal set-up is wanted for, and which may be all that is wrong. */
  private String doubted = "";

  private long slowest;
  private int tries;
  private boolean ended;
  private boolean setUpAgain;
  private Said lastError = Said.NOTHING;
  private int sent;

  Carrier(
      String name,
      int perMinute,
      AtDialogue at,
      Modem modem,
      ModemStore store,
      Shared shared,
      Between between,
      BooleanSupplier another,
      BooleanSupplier closed) {
    this.name = name;
    this.perMinute = perMinute;
    this.at = at;
    this.modem = modem;
    this.store = store;
    this.shared = shared;
    this.timing = shared.timing();
    this.between = between;
    this.another = another;
    this.closed = closed;
  }

  /** Whether the port's own rate allows a part now, and it does not rest. */
  boolean mayStart() {
    return System.nanoTime() - nextPartAt >= 0 && !resting();
  }

  /** After a refusal that says that the next message would be refused too. */
  boolean resting() {
    return System.nanoTime() - restUntil < 0;
  }

  /** That its SIM is refused and rests, or {@link Finding#NONE}. */
  Finding refused() {
    return resting() ? refused : Finding.NONE;
  }

  /** Whether a part is between its command and its answer. */
  boolean underWay() {
    return !underWayTo.isEmpty();
  }

  /** Whether the modem's mind is unknown, so that nothing else may be asked before set-up. */
  boolean wantsSetUp() {
    return setUpAgain;
  }

  /** The attempt that set-up is wanted for, where that may be all that is wrong; else empty. */
  String doubted() {
    return doubted;
  }

  /** The last refusal, code first; {@link Said#NOTHING} when there was none. */
  Said lastError() {
    return lastError;
  }

  /** Parts that the carrier took since this was last asked. */
  int takeSent() {
    int count = sent;
    sent = 0;
    return count;
  }

  /** Whether a report may be about the very part whose answer we wait for. */
  boolean mayBeAbout(Incoming.Report report) {
    return underWay() && Phone.key(report.recipient()).equals(underWayTo);
  }

  /** A report about the very part whose answer we wait for proves that it was taken. */
  void prove(Incoming.Report report) {
    if (mayBeAbout(report)
        && lastReference >= 0
        && report.reference() == ((lastReference + 1) & 0xFF)) {
      provedReference = report.reference();
      provedAt = System.nanoTime();
    }
  }

  /**
   * Carries one letter as far as this modem can; afterwards it is settled, back in the outbox, or
   * the channel is closing.
   */
  void carry(Letter letter) throws LineLost, SetupFailure {
    if (letter.total() > 1) {
      letter.set = reference(letter.phone.key());
    }
    tries = 0;
    ended = false;
    while (!ended && !closed.getAsBoolean()) {
      Outcome overtaken = letter.overtaken(shared.clock().instant());
      if (overtaken != null) {
        settle(letter, overtaken);
        return;
      }
      Submit part = letter.part(shared.clock());
      Instant began = shared.clock().instant();
      Answer answer = submit(letter, part, began);
      AtError meaning = AtError.of(answer);
      int reference = answer.reference().orElse(provedReference);
      try {
        if (meaning == AtError.ACCEPTED || (meaning == AtError.UNKNOWN && reference >= 0)) {
          // The modem's number, or a report, says so even where the OK was lost.
          taken(letter, reference, began);
        } else {
          notTaken(letter, meaning, answer, began);
        }
      } finally {
        noted();
      }
      if (answer.end() == Answer.End.GONE) {
        throw new LineLost(Finding.of(Trouble.GONE, name));
      }
      setUpAgain |= answer.end() == Answer.End.RESTARTED;
      boolean late = answer.end() == Answer.End.TIMEOUT || at.doubted();
      if (late && !setUpAgain && !resync()) {
        setUpAgain = true;
      }
      if (setUpAgain && !ended) {
        handOn(letter);
      }
      if (!ended) {
        between.parts();
      }
      while (!ended && !mayStart() && !closed.getAsBoolean()) {
        at.listen();
      }
    }
  }

  private Answer submit(Letter letter, Submit part, Instant when) {
    underWayTo = letter.phone.key();
    provedReference = -1;
    if (perMinute > 0) {
      nextPartAt = System.nanoTime() + Duration.ofMinutes(1).dividedBy(perMinute).toNanos();
    }
    long began = System.nanoTime();
    try {
      Answer answer =
          at.submit(
              part.length(),
              part.hex(),
              timing.prompt(),
              timing.answer(),
              () -> {
                if (letter.last()) {
                  about = shared.intents().about(modem.imei(), letter, when);
                }
              },
              usuallyQuick() ? timing.doubt() : timing.answer(),
              () ->
                  provedReference >= 0 && System.nanoTime() - provedAt > timing.proof().toNanos());
      if (answer.ok()) {
        slowest = Math.max(slowest, System.nanoTime() - began);
      }
      return answer;
    } finally {
      underWayTo = "";
    }
  }

  private boolean usuallyQuick() {
    return slowest > 0 && slowest < timing.doubt().toNanos() / 3;
  }

  private void taken(Letter letter, int reference, Instant at) {
    boolean last = letter.last();
    sent++;
    shared.budgets().spent(modem.sim());
    tries = 0;
    refusedTo = "";
    lastReference = reference;
    note(letter, reference, at);
    letter.references.add(reference < 0 ? "" : Integer.toString(reference));
    if (last) {
      settle(letter, new Outcome.Accepted(letter.references, modem.address()));
    }
  }

  private void notTaken(Letter letter, AtError meaning, Answer answer, Instant began)
      throws LineLost, SetupFailure {
    lastReference = -1;
    lastError = answer.said();
    log.warn("{}: part {} of {} not taken: {}", name, letter.next(), letter.total(), lastError);
    boolean spent = ++tries >= TRIES;
    switch (meaning) {
      case PERMANENT -> settle(letter, new Outcome.Permanent(lastError.english()));
      case NO_VALIDITY -> {
        if (letter.hasValidity()) {
          letter.withoutValidity();
        } else {
          settle(letter, new Outcome.Permanent(lastError.english()));
        }
      }
      case RETRY, RETRY_LATE -> {
        if (AtError.ofTheNetwork(answer) && another.getAsBoolean()) {
          // Else the modem that fails fastest would take, and put off, whatever is most urgent.
          rest(AtError.pause(answer), Finding.NONE);
          handOn(letter);
        } else if (letter.next() == 1 || spent) {
          settle(letter, new Outcome.Retry(AtError.pause(answer), lastError.english()));
        } else {
          quiet(Duration.ofSeconds(tries));
        }
      }
      case STORE_FULL -> {
        store.readAll();
        if (spent) {
          settle(letter, new Outcome.Retry(AtError.pause(answer), lastError.english()));
        }
      }
      case SIM_REFUSED -> {
        Duration rest = AtError.pause(answer);
        String to = letter.phone.key();
        if (letter.refusedBySeveral(modem.sim())) {
          // Two SIMs: it is this number that is barred, not they.
          settle(letter, new Outcome.Retry(rest, lastError.english()));
        } else {
          if (!refusedTo.isEmpty() && !refusedTo.equals(to)) {
            rest(rest, Finding.of(Trouble.SIM_REFUSED, name, lastError, rest.toMinutes()));
          }
          refusedTo = to;
          handOn(letter);
        }
      }
      case SET_UP -> {
        setUpAgain = true;
        boolean doubtful = AtError.doubtful(answer);
        doubted = doubtful ? letter.message.attempt() : "";
        if (doubtful && letter.refusedAsItIs(shared.outbox().carried())) {
          // Each time by a modem that was freshly set up, and which others do not meet.
          settle(letter, new Outcome.Permanent(lastError.english()));
        } else {
          handOn(letter);
        }
      }
      case NO_CENTRE -> {
        handOn(letter);
        if (modem.centre().isEmpty()) {
          throw new SetupFailure(Finding.of(Trouble.NO_CENTRE, name), timing.byHand());
        }
        setUpAgain = true; // the SIM has forgotten it: set-up tells it again
      }
      case UNKNOWN -> {
        shared.budgets().spent(modem.sim());
        if (letter.last()) {
          note(letter, -1, began);
          settle(letter, new Outcome.Unknown(lastError.english()));
        } else if (spent || answer.end() == Answer.End.GONE) {
          handOn(letter);
        }
        // Else the same part again: without its later parts the message can't be whole anywhere,
        // and a phone drops a second copy of a part.
      }
      case ACCEPTED -> throw new IllegalStateException("an accepted part is not refused");
    }
  }

  private void rest(Duration time, Finding why) {
    restUntil = System.nanoTime() + time.toNanos();
    refused = why;
  }

  /** Finds the modem again after a time-out; its settings are still there if it answers. */
  private boolean resync() throws LineLost {
    return at.resync(3) && at.ask("ATE0", timing.command()).ok();
  }

  private void quiet(Duration pause) throws LineLost {
    long end = System.nanoTime() + pause.toNanos();
    while (!closed.getAsBoolean() && end - System.nanoTime() > 0) {
      at.listen();
    }
  }

  /** The next concatenation reference for this recipient. */
  private int reference(String recipient) {
    try {
      return (int) (shared.memory().add("concat/" + recipient, 1) & 0x7FFF_FFFF);
    } catch (Memory.Away e) {
      log.warn("the store is away: a long message's reference is taken from the clock");
      return (int) (shared.clock().millis() / 1000 & 0x7FFF_FFFF);
    }
  }

  private void note(Letter letter, int reference, Instant began) {
    int part = letter.next();
    int set = letter.set;
    shared
        .clerk()
        .next(() -> shared.receipts().sent(modem.imei(), reference, letter, set, part, began));
  }

  /** Behind the note of what became of it: it is not about to leave any more. */
  private void noted() {
    String line = about;
    about = "";
    if (!line.isEmpty()) {
      shared.clerk().next(() -> shared.intents().settled(modem.imei(), line));
    }
  }

  /** Tells the sender, behind what was noted about the letter before. */
  private void settle(Letter letter, Outcome outcome) {
    ended = true;
    shared.outbox().done(letter);
    shared.clerk().next(() -> letter.outcome.complete(outcome));
  }

  private void handOn(Letter letter) {
    if (letter.handOn()) {
      ended = true;
      shared.outbox().back(letter);
    } else {
      settle(letter, new Outcome.Retry(AGAIN, lastError.english()));
    }
  }
}

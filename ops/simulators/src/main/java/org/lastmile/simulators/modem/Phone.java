package org.lastmile.simulators.modem;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One phone behind the centre. At first it is on and silent: messages arrive and nobody answers.
 * Safe to use from any thread.
 */
public final class Phone {
  private final Smsc smsc;
  private final String number;
  private final List<Sms> inbox = new ArrayList<>();
  private final List<Sms> unexpected = new ArrayList<>();
  private final Deque<Runnable> held = new ArrayDeque<>();
  private boolean on = true;
  private int refusal;
  private int failure;
  private String answer;
  private Duration answerAfter = Duration.ZERO;
  private String lastSender;

  Phone(Smsc smsc, String number) {
    this.smsc = smsc;
    this.number = number;
  }

  /** Its number without country code. */
  public String number() {
    return number;
  }

  /** All it ever got, in order. */
  public synchronized List<Sms> inbox() {
    return List.copyOf(inbox);
  }

  /**
   * Waits for a message that no earlier call returned.
   *
   * @throws AssertionError when none came in time; it lists what did come
   */
  public synchronized Sms expect(Predicate<Sms> wanted, Duration within)
      throws InterruptedException {
    long end = System.nanoTime() + within.toNanos();
    while (true) {
      for (Sms sms : unexpected) {
        if (wanted.test(sms)) {
          unexpected.remove(sms);
          return sms;
        }
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError(
            "phone " + number + " got no such message within " + within + ", but " + texts());
      }
      wait(left);
    }
  }

  /** Waits for a message that contains these words. */
  public Sms expect(String words, Duration within) throws InterruptedException {
    return expect(sms -> sms.text().contains(words), within);
  }

  private List<String> texts() {
    return inbox.stream().map(Sms::text).toList();
  }

  /** Answers the SIM that wrote last, or the centre's first modem when none did. */
  public void replies(String text) {
    smsc.inbound(number, lastSender(), text);
  }

  /** Writes to that SIM. */
  public void sends(String sim, String text) {
    smsc.inbound(number, Optional.of(Smsc.normal(sim)), text);
  }

  /** From now on answers every message with this text after the delay. */
  public synchronized Phone answers(String text, Duration after) {
    answer = text;
    answerAfter = after;
    return this;
  }

  /** Messages arrive, nobody answers. */
  public synchronized Phone silent() {
    answer = null;
    return this;
  }

  /** Out of reach: nothing arrives and nothing is reported until {@link #on()}. */
  public synchronized Phone off() {
    on = false;
    return this;
  }

  /** In reach again: what the centre kept and what is still valid arrives now. */
  public Phone on() {
    List<Runnable> kept;
    synchronized (this) {
      on = true;
      kept = List.copyOf(held);
      held.clear();
    }
    kept.forEach(smsc::soon);
    return this;
  }

  /** Messages to it are refused at once with that +CMS error (1: no such number); 0 ends it. */
  public synchronized Phone refused(int cms) {
    refusal = cms;
    return this;
  }

  /** Messages to it are taken, then reported with that TP-ST (0x41: permanent); 0 ends it. */
  public synchronized Phone failing(int status) {
    failure = status;
    return this;
  }

  synchronized int refusal() {
    return refusal;
  }

  synchronized int failure() {
    return failure;
  }

  /** True when it is on; else keeps the arrival for later. */
  synchronized boolean reachable(Runnable arrival) {
    if (!on) {
      held.add(arrival);
    }
    return on;
  }

  private synchronized Optional<String> lastSender() {
    return Optional.ofNullable(lastSender);
  }

  void take(Sms sms) {
    synchronized (this) {
      inbox.add(sms);
      unexpected.add(sms);
      lastSender = sms.from();
      notifyAll();
      if (answer != null) {
        String text = answer;
        smsc.later(answerAfter, () -> smsc.inbound(number, Optional.of(sms.from()), text));
      }
    }
  }
}

package org.lastmile.channel.sms;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.at.LineLost;
import org.lastmile.channel.sms.pdu.Incoming;
import org.lastmile.channel.sms.pdu.MalformedPdu;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one modem brings: reports and people's messages go to the clerk, and are acknowledged to the
 * modem once they are kept. For the session's thread.
 */
final class Arrivals {
  private static final Logger log = LoggerFactory.getLogger(Arrivals.class);

  /** Longest stay with what comes in while letters wait: the store may be slow or away. */
  private static final Duration CATCH_UP = Duration.ofMillis(200);

  /** From an acknowledgement to what the modem held back until then. */
  private static final Duration NEXT_ONE = Duration.ofMillis(2);

  /** Something to tell the modem between letters. */
  interface Errand {
    void run() throws LineLost;
  }

  private final String name;
  private final AtDialogue at;
  private final Shared shared;
  private final BooleanSupplier closed;
  private final BlockingQueue<Errand> errands = new LinkedBlockingQueue<>();
  private final List<Runnable> held = new ArrayList<>();
  private final List<String> unheard = new ArrayList<>();
  private Modem modem;
  private Carrier carrier;

  /** Indications that the modem waits to have acknowledged before it brings the next. */
  private int owed;

  Arrivals(String name, AtDialogue at, Shared shared, BooleanSupplier closed) {
    this.name = name;
    this.at = at;
    this.shared = shared;
    this.closed = closed;
  }

  /**
   * From now on it is known who is speaking, and what is being sent; what came while the modem was
   * being set up has its turn.
   */
  void of(Modem which, Carrier sending) {
    modem = which;
    carrier = sending;
    unheard.forEach(hex -> handle(hex, this::acknowledge));
    unheard.clear();
  }

  /** Brought without being asked for; it wants an acknowledgement. */
  void pushed(String hex) {
    owed++;
    if (modem == null) {
      unheard.add(hex);
    } else {
      handle(hex, this::acknowledge);
    }
  }

  /** Read from a store. */
  void stored(String hex, Errand delete) {
    handle(hex, delete);
  }

  /**
   * Takes in what the modem has to bring before anything more is sent. It brings one thing at a
   * time and waits for its acknowledgement: with one a letter, answers would queue up behind the
   * reports of the letters before, and the ladder would climb over people who have answered.
   */
  void catchUp() throws LineLost {
    long end = System.nanoTime() + CATCH_UP.toNanos();
    try {
      while (!closed.getAsBoolean()) {
        long left = owed == 0 ? 0 : end - System.nanoTime();
        Errand errand = errands.poll(Math.max(0, left), TimeUnit.NANOSECONDS);
        if (errand == null) {
          return;
        }
        errand.run();
        if (owed == 0) {
          nextOne();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the session ends at its next pause
    }
  }

  /** A modem that has another brings it right behind the acknowledgement. */
  private void nextOne() throws LineLost, InterruptedException {
    if (!at.poll()) {
      TimeUnit.NANOSECONDS.sleep(NEXT_ONE.toNanos());
      at.poll();
    }
  }

  void betweenParts() throws LineLost {
    release();
    catchUp();
  }

  /** A report may overtake the answer that names its reference: now it has its turn. */
  void release() {
    held.forEach(shared.clerk()::next);
    held.clear();
  }

  private void acknowledge() throws LineLost {
    owed = Math.max(0, owed - 1);
    // An error answer means that the modem no longer waits for it; the watch sees to the rest.
    at.ask("AT+CNMA", shared.timing().command());
  }

  private void handle(String hex, Errand acknowledge) {
    Modem from = modem;
    Runnable kept = () -> errands.add(acknowledge);
    Runnable work;
    boolean early = false;
    try {
      Incoming incoming = Incoming.read(hex);
      if (incoming instanceof Incoming.Report report) {
        carrier.prove(report);
        early = carrier.mayBeAbout(report);
        work = () -> shared.receipts().report(from.imei(), report, kept);
      } else if (shared.readOnly()) {
        log.debug("{}: a message is left for the gateway", name);
        return;
      } else {
        work = () -> shared.inbox().deliver(from.address(), (Incoming.Deliver) incoming, kept);
      }
    } catch (MalformedPdu e) {
      if (shared.readOnly()) {
        return;
      }
      log.warn("{} brought a PDU that can't be read: {}", name, e.getMessage());
      work = () -> shared.inbox().unreadable(from.address(), hex, e.getMessage(), kept);
    }
    if (early) {
      held.add(work);
    } else {
      shared.clerk().next(work);
    }
  }
}

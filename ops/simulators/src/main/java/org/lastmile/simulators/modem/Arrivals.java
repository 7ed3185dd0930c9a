package org.lastmile.simulators.modem;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What the network brings to this SIM, waiting for its turn on the line or in a storage. Used on
 * the modem's thread alone; it outlives restarts, since the centre keeps what nobody took.
 */
final class Arrivals {
  private static final Duration TRY_AGAIN = Duration.ofSeconds(2);

  /** {@code again}: the client did not acknowledge it before, so it is not lost quietly. */
  private record Waiting(Downlink pdu, boolean again) {}

  private final VirtualModem modem;
  private final Map<String, Storage> storages;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private Waiting unacknowledged;
  private long indications;
  long delivers;
  long reports;
  long lostReports;
  long missingAcknowledgements;

  Arrivals(VirtualModem modem, Map<String, Storage> storages) {
    this.modem = modem;
    this.storages = storages;
  }

  void add(Downlink pdu) {
    waiting.add(new Waiting(pdu, false));
  }

  /** The modem restarts or is gone: what was indicated and not acknowledged comes again. */
  void interrupted() {
    if (unacknowledged != null) {
      waiting.addFirst(new Waiting(unacknowledged.pdu(), true));
      unacknowledged = null;
    }
  }

  /** AT+CNMA; false when there is nothing to acknowledge. */
  boolean acknowledge(boolean received) {
    if (unacknowledged == null) {
      return false;
    }
    Waiting one = unacknowledged;
    unacknowledged = null;
    if (!received) {
      later(one);
    }
    return true;
  }

  /** Brings what can be brought while the line is idle. */
  void pump(Registers registers) {
    while (unacknowledged == null && !waiting.isEmpty()) {
      Waiting next = waiting.remove();
      boolean brought = next.pdu().report() ? report(next, registers) : deliver(next, registers);
      if (!brought) {
        waiting.addFirst(next);
        modem.after(TRY_AGAIN, modem::pump);
        return;
      }
    }
  }

  private boolean deliver(Waiting next, Registers registers) {
    if (registers.mt() == 2) {
      modem.send("\r\n+CMT: ," + next.pdu().length() + "\r\n" + next.pdu().hex() + "\r\n");
      awaitAcknowledgement(next, registers);
    } else {
      String storage = registers.storages[2];
      OptionalInt slot = storages.get(storage).keep(next.pdu());
      if (slot.isEmpty()) {
        return false;
      }
      if (registers.mt() == 1) {
        modem.send("\r\n+CMTI: \"" + storage + "\"," + slot.getAsInt() + "\r\n");
      }
    }
    delivers++;
    return true;
  }

  private boolean report(Waiting next, Registers registers) {
    if (registers.ds() == 1) {
      modem.send("\r\n+CDS: " + next.pdu().length() + "\r\n" + next.pdu().hex() + "\r\n");
      awaitAcknowledgement(next, registers);
    } else if (registers.ds() == 2) {
      OptionalInt slot = storages.get("SR").keep(next.pdu());
      if (slot.isEmpty()) {
        return false;
      }
      modem.send("\r\n+CDSI: \"SR\"," + slot.getAsInt() + "\r\n");
    } else if (next.again()) {
      later(next);
      return true;
    } else {
      lostReports++;
      return true;
    }
    reports++;
    return true;
  }

  private void awaitAcknowledgement(Waiting one, Registers registers) {
    if (registers.csms != 1) {
      return;
    }
    unacknowledged = one;
    long mine = ++indications;
    modem.after(
        modem.settings().acknowledgeWithin(),
        () -> {
          if (unacknowledged != null && indications == mine) {
            missingAcknowledgements++;
            unacknowledged = null;
            registers.stopRouting();
            later(one);
            modem.pump();
          }
        });
  }

  private void later(Waiting one) {
    modem.afterAnyRestart(
        TRY_AGAIN,
        () -> {
          waiting.addFirst(new Waiting(one.pdu(), true));
          modem.pump();
        });
  }
}

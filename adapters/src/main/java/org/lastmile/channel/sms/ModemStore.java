package org.lastmile.channel.sms;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.lastmile.channel.sms.at.Answer;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.at.LineLost;
import org.lastmile.channel.sms.at.Unsolicited;

/**
 * The message stores in a modem and its SIM: what is received there is read, and deleted once it is
 * kept elsewhere. A store that filled up would stop receipts.
 */
final class ModemStore {
  /** Takes a PDU that was read from a store. */
  interface Reader {
    void read(String hex, String store, int index);
  }

  private final AtDialogue at;
  private final Modem modem;
  private final Timing timing;
  private final Set<String> pending;
  private final Reader reader;
  private final Queue<Unsolicited.Stored> announced = new ArrayDeque<>();
  private String chosen;

  /**
   * Begins with the store that set-up chose.
   *
   * @param pending PDUs that were read and are not deleted yet: they are not read twice
   */
  ModemStore(AtDialogue at, Modem modem, Timing timing, Set<String> pending, Reader reader) {
    this.at = at;
    this.modem = modem;
    this.timing = timing;
    this.pending = pending;
    this.reader = reader;
    chosen = modem.storage();
  }

  void announce(Unsolicited.Stored stored) {
    announced.add(stored);
  }

  /** Reads what was announced. */
  void readAnnounced() throws LineLost {
    for (Unsolicited.Stored next = announced.poll(); next != null; next = announced.poll()) {
      if (choose(next.storage())) {
        Answer answer = at.ask("AT+CMGR=" + next.index(), timing.command());
        for (String text : answer.lines()) {
          if (pdu(text)) {
            take(text, next.storage(), next.index());
          }
        }
      }
    }
  }

  /** Reads everything received that lies in any store. */
  void readAll() throws LineLost {
    List<String> stores =
        modem.reporting().startsWith("2,1,0,2") ? List.of("SM", "ME", "SR") : List.of("SM", "ME");
    for (String store : stores) {
      if (choose(store)) {
        list(store, at.ask("AT+CMGL=4", timing.command().multipliedBy(4)).lines());
      }
    }
    if (!choose(modem.storage())) {
      announced.clear(); // a modem without stores announces nothing
    }
  }

  private void list(String store, List<String> lines) {
    int index = -1;
    for (String text : lines) {
      if (text.matches("\\+CMGL:\\s*\\d{1,5}\\s*,\\s*[01]\\s*,.*")) {
        index = Integer.parseInt(text.replaceAll("\\+CMGL:\\s*(\\d+).*", "$1"));
      } else if (text.startsWith("+CMGL:")) {
        index = -1; // written and stored by us or another, not received
      } else if (index >= 0 && pdu(text)) {
        take(text, store, index);
        index = -1;
      }
    }
  }

  private void take(String hex, String store, int index) {
    if (pending.add(hex)) {
      reader.read(hex, store, index);
    }
  }

  void delete(String hex, String store, int index) throws LineLost {
    if (choose(store)) {
      at.ask("AT+CMGD=" + index, timing.command());
    }
    pending.remove(hex);
  }

  private static boolean pdu(String text) {
    return text.matches("(?:[0-9A-Fa-f]{2}){8,200}");
  }

  private boolean choose(String wanted) throws LineLost {
    if (!wanted.isEmpty()
        && !wanted.equals(chosen)
        && at.ask("AT+CPMS=\"" + wanted + "\"", timing.command()).ok()) {
      chosen = wanted;
    }
    return !wanted.isEmpty() && wanted.equals(chosen);
  }
}

package org.lastmile.channel.sms;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lastmile.channel.sms.at.Answer;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.at.LineLost;
import org.lastmile.channel.sms.at.Unsolicited;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The message stores in a modem and its SIM: what is received there is read, and deleted once it is
 * kept elsewhere. A store that filled up would stop receipts.
 */
final class ModemStore {
  private static final Logger log = LoggerFactory.getLogger(ModemStore.class);

  /** index, state (27.005, 3.1: 0 and 1 received, 2 and 3 written here), and more. */
  private static final Pattern LISTED =
      Pattern.compile("\\+CMGL:\\s*(\\d{1,5})\\s*,\\s*(\\d)\\s*,.*");

  /** The reading store's name, how many messages it holds, how many it can. */
  private static final Pattern USAGE =
      Pattern.compile("\"?\\w*\"?\\s*,\\s*(\\d{1,5})\\s*,\\s*(\\d{1,5}).*");

  /** Takes a PDU that was read from a store. */
  interface Reader {
    void read(String hex, String store, int index);
  }

  private final AtDialogue at;
  private final Modem modem;
  private final Timing timing;
  private final Set<String> pending;
  private final Reader reader;
  private final boolean readOnly;
  private final Queue<Unsolicited.Stored> announced = new ArrayDeque<>();

  /** Stores whose last deletion was refused. */
  private final Set<String> stuck = new HashSet<>();

  private String chosen;
  private String full = "";

  /**
   * Begins with the store that set-up chose.
   *
   * @param pending PDUs that were read and are not deleted yet: they are not read twice
   * @param readOnly no room is made in a full store
   */
  ModemStore(
      AtDialogue at,
      Modem modem,
      Timing timing,
      Set<String> pending,
      boolean readOnly,
      Reader reader) {
    this.readOnly = readOnly;
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

  /** The store that is full and can't be emptied; empty when there is none. */
  String full() {
    return full;
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

  /** Reads everything received that lies in any store, and makes room where there is none. */
  void readAll() throws LineLost {
    full = "";
    for (String store : modem.storages()) {
      if (choose(store)) {
        List<Integer> useless =
            list(store, at.ask("AT+CMGL=4", timing.command().multipliedBy(4)).lines());
        if (filled()) {
          makeRoom(store, useless);
        }
      }
    }
    if (!choose(modem.storage())) {
      announced.clear(); // a modem without stores announces nothing
    }
  }

  /** Hands out what was received; says which others hold room for nothing. */
  private List<Integer> list(String store, List<String> lines) {
    List<Integer> useless = new ArrayList<>();
    int index = -1;
    for (String text : lines) {
      Matcher listed = LISTED.matcher(text);
      if (listed.matches()) {
        index = Integer.parseInt(listed.group(1));
        useless.add(index);
        if (listed.group(2).compareTo("1") > 0) {
          index = -1; // written by us or another, not received
        }
      } else if (text.startsWith("+CMGL:")) {
        index = -1;
      } else if (index >= 0 && pdu(text)) {
        useless.remove(Integer.valueOf(index));
        take(text, store, index);
        index = -1;
      }
    }
    return useless;
  }

  /** Whether the chosen store has no free place. */
  private boolean filled() throws LineLost {
    Matcher usage = USAGE.matcher(at.ask("AT+CPMS?", timing.command()).value("+CPMS:").orElse(""));
    return usage.matches() && Integer.parseInt(usage.group(1)) >= Integer.parseInt(usage.group(2));
  }

  private void makeRoom(String store, List<Integer> useless) throws LineLost {
    boolean room = !pending.isEmpty() && !stuck.contains(store); // it comes once that is kept
    if (readOnly) {
      full = room || !useless.isEmpty() ? full : store; // whoever takes messages can make room
      return;
    }
    for (int index : useless) {
      log.warn("store {} is full: deleting its message {}, which was not received", store, index);
      room |= at.ask("AT+CMGD=" + index, timing.command()).ok();
    }
    full = room ? full : store;
  }

  private void take(String hex, String store, int index) {
    if (pending.add(hex)) {
      reader.read(hex, store, index);
    }
  }

  void delete(String hex, String store, int index) throws LineLost {
    try {
      if (choose(store)) {
        boolean gone = at.ask("AT+CMGD=" + index, timing.command()).ok();
        boolean unused = gone ? stuck.remove(store) : stuck.add(store);
        log.trace("{} {} deleted: {}, {}", store, index, gone, unused);
      }
    } finally {
      pending.remove(hex);
    }
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

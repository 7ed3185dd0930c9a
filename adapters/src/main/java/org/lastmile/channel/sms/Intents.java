package org.lastmile.channel.sms;

import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was about to leave when the gateway died. The part that makes a message whole is written
 * down before its modem gets it; so a status report that comes after a restart finds its message,
 * and the desk hears what became of a try whose outcome was lost. Without it the report would be
 * foreign, and the message sent again.
 *
 * <p>One value for each modem, written while the modem prepares its prompt, so that it costs no
 * time; what is settled goes with the next write.
 */
final class Intents {
  private static final Logger log = LoggerFactory.getLogger(Intents.class);

  private final Memory memory;
  private final Clerk clerk;
  private final Receipts receipts;
  private final Map<String, Slot> slots = new ConcurrentHashMap<>();

  /** What may have left through one modem and is not noted yet; locked while the store writes. */
  private static final class Slot {
    private final Queue<String> open = new ConcurrentLinkedQueue<>();
    private boolean read;
    private boolean kept;
  }

  Intents(Memory memory, Clerk clerk, Receipts receipts) {
    this.memory = memory;
    this.clerk = clerk;
    this.receipts = receipts;
  }

  /** A modem is set up: takes up what a process before this one left. May wait for the store. */
  void begin(String modem) {
    Slot slot = slots.computeIfAbsent(modem, m -> new Slot());
    synchronized (slot) {
      try {
        readOnce(modem, slot);
      } catch (Memory.Away e) {
        log.warn("the store is away: what was about to leave is looked up later");
      }
    }
  }

  private void readOnce(String modem, Slot slot) {
    if (slot.read) {
      return;
    }
    for (String line : memory.get(key(modem)).stream().flatMap(String::lines).toList()) {
      slot.open.add(line);
      slot.kept = true;
      clerk.next(
          () -> {
            receipts.recover(modem, line);
            settled(modem, line);
          });
    }
    slot.read = true;
  }

  /**
   * The next part of a letter is about to leave. Waits for the store, and goes on without it when
   * it is away: a warning does not wait for book-keeping.
   *
   * @return names it, for {@link #settled}
   */
  String about(String modem, Letter letter, Instant at) {
    String line = Receipts.line(letter, letter.next(), at);
    Slot slot = slots.computeIfAbsent(modem, m -> new Slot());
    synchronized (slot) {
      slot.open.add(line);
      try {
        readOnce(modem, slot);
        memory.put(key(modem), String.join("\n", slot.open), Receipts.KEEP);
        slot.kept = true;
      } catch (Memory.Away e) {
        log.warn("the store is away: a message leaves without a note that it was about to");
      }
    }
    return line;
  }

  /** What became of it is noted, or nothing left. */
  void settled(String modem, String line) {
    slots.get(modem).open.remove(line);
  }

  /** Forgets what is settled where no later write has done so. */
  void sweep() {
    slots.forEach(
        (modem, slot) -> {
          synchronized (slot) {
            if (slot.kept && slot.open.isEmpty()) {
              memory.remove(key(modem));
              slot.kept = false;
            }
          }
        });
  }

  private static String key(String modem) {
    return "about/" + modem;
  }
}

package org.lastmile.simulators.modem;

import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** One of the modem's message storages: numbered slots, unread and read (TS 27.005, 3.1). */
final class Storage {
  /** Values of {@code <stat>} in PDU mode. */
  static final int UNREAD = 0;

  static final int READ = 1;

  /** Written there and sent, by whoever had the SIM before. */
  static final int SENT = 3;

  static final int ALL = 4;

  /** One stored message. */
  record Slot(Downlink pdu, int status) {}

  private final int capacity;
  private final Map<Integer, Slot> slots = new TreeMap<>();

  Storage(int capacity) {
    this.capacity = capacity;
  }

  /** Keeps it as unread; empty when all slots are taken. */
  OptionalInt keep(Downlink pdu) {
    for (int i = 1; i <= capacity; i++) {
      if (slots.putIfAbsent(i, new Slot(pdu, UNREAD)) == null) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** Takes every free slot for a message that was not received. */
  void fill() {
    Downlink old = Downlink.deliver("10086", "old", 0, Instant.EPOCH).get(0);
    for (int i = 1; i <= capacity; i++) {
      slots.putIfAbsent(i, new Slot(old, SENT));
    }
  }

  /** The slots by number; reading marks them read. */
  Map<Integer, Slot> readAll(int status) {
    Map<Integer, Slot> found = new TreeMap<>(slots);
    found.values().removeIf(slot -> status != ALL && slot.status() != status);
    found.keySet().forEach(this::markRead);
    return found;
  }

  /** One slot, marked read; null when it is empty. */
  Slot readOne(int index) {
    Slot slot = slots.get(index);
    if (slot != null) {
      markRead(index);
    }
    return slot;
  }

  private void markRead(int index) {
    slots.compute(
        index, (i, slot) -> slot.status() == UNREAD ? new Slot(slot.pdu(), READ) : slot);
  }

  /** AT+CMGD's flag: 0 that one, 1 to 3 all read ones, 4 all. False when there is no such slot. */
  boolean delete(int index, int flag) {
    if (flag == 4) {
      slots.clear();
    } else if (flag > 0) {
      slots.values().removeIf(slot -> slot.status() == READ);
    } else if (index < 1 || index > capacity) {
      return false;
    } else {
      slots.remove(index);
    }
    return true;
  }

  /** {@code used,total} as +CPMS writes it. */
  String usage() {
    return slots.size() + "," + capacity;
  }
}

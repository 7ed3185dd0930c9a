package org.lastmile.dist.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.lastmile.simulators.modem.ModemSettings;
import org.lastmile.simulators.modem.Smsc;
import org.lastmile.simulators.modem.VirtualModem;

/** Virtual modems on pseudo-terminals behind one centre, and when that centre took each part. */
final class Rack implements AutoCloseable {

  /** A part that the centre took from the modem with that number, at {@link System#nanoTime}. */
  record Taken(long at, int modem, String phone) {}

  private final Smsc smsc = new Smsc();
  private final List<VirtualModem> modems = new ArrayList<>();
  private final Map<String, Integer> bySim = new HashMap<>();
  private final ConcurrentLinkedQueue<Taken> taken = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();

  Rack(Path folder, int size, Duration networkDelay) {
    for (int i = 0; i < size; i++) {
      String number = "139%08d".formatted(i);
      bySim.put(number, i);
      modems.add(
          new VirtualModem(
              folder.resolve("modem" + i),
              ModemSettings.ofNumber(number).withNetworkDelay(networkDelay),
              smsc));
    }
    smsc.onAccepted(
        (sim, phone) -> {
          taken.add(new Taken(System.nanoTime(), bySim.get(sim), phone));
          count.incrementAndGet();
        });
  }

  List<String> ports() {
    return modems.stream().map(m -> m.link().toString()).toList();
  }

  VirtualModem modem(int number) {
    return modems.get(number);
  }

  int size() {
    return modems.size();
  }

  Smsc smsc() {
    return smsc;
  }

  /** Parts so far. */
  int parts() {
    return count.get();
  }

  /** Parts in the order in which they were taken. */
  List<Taken> taken() {
    return List.copyOf(taken);
  }

  /**
   * Parts a minute from one moment to another, summed over the modems. Each modem's rate is taken
   * between its own first and last part, so that the cut edges of a short measurement don't count;
   * a modem that had stopped longer than its longest pause before does pay for that.
   */
  double perMinute(long from, long to) {
    return perMinute(taken(), modems.size(), from, to);
  }

  static double perMinute(List<Taken> taken, int modems, long from, long to) {
    double sum = 0;
    for (int modem = 0; modem < modems; modem++) {
      int number = modem;
      long[] at =
          taken.stream()
              .filter(t -> t.modem() == number && t.at() >= from && t.at() <= to)
              .mapToLong(Taken::at)
              .toArray();
      if (at.length < 2) {
        continue;
      }
      long longest = 0;
      for (int i = 1; i < at.length; i++) {
        longest = Math.max(longest, at[i] - at[i - 1]);
      }
      long end = Math.max(at[at.length - 1], to - longest);
      sum += (at.length - 1) / ((end - at[0]) / 60e9);
    }
    return sum;
  }

  @Override
  public void close() {
    modems.forEach(VirtualModem::close);
    smsc.close();
  }
}

package org.lastmile.dist.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.lastmile.simulators.modem.Fault;
import org.lastmile.simulators.modem.SmscStatistics;
import org.lastmile.simulators.modem.VirtualModem;

/**
 * Twenty messages through one modem that goes wrong on the way.
 *
 * @param lost messages that never arrived
 * @param duplicated messages that arrived more than once
 * @param recovery longest time in seconds from the AT+CMGS that a fault hit to the next part that
 *     was taken; infinite when none was
 * @param whole seconds from the first fault until every message had arrived; infinite when some did
 *     not
 */
record FaultTrial(long lost, long duplicated, double recovery, double whole) {
  private static final int LETTERS = 20;
  private static final Duration DELAY = Duration.ofMillis(300);

  /** For the start of a daemon. */
  private static final Duration START = Duration.ofSeconds(60);

  /** A fault, when it came, and how many parts had been taken by then. */
  private record Hit(Fault fault, long at, int parts) {}

  /**
   * @param patience nothing came for so long: whatever is missing is lost
   * @param linger how long a second copy is waited for once everything has arrived
   */
  static FaultTrial run(
      Sender.Maker maker, Path folder, FaultPlan plan, Duration patience, Duration linger)
      throws Exception {
    Files.createDirectories(folder);
    List<Letter> letters = plan.load().letters(LETTERS);
    int parts = LETTERS * plan.load().parts();
    try (Rack rack = new Rack(folder, 1, DELAY)) {
      List<Hit> hits = new CopyOnWriteArrayList<>();
      AtomicReference<Long> all = new AtomicReference<>();
      VirtualModem modem = rack.modem(0);
      modem.onFault(fault -> hits.add(new Hit(fault, System.nanoTime(), rack.parts())));
      plan.faults().forEach(fault -> modem.next(1, fault));
      try (Sender sender = maker.prepare(folder, rack.ports(), letters)) {
        sender.start();
        wait(rack, parts, all, patience, linger);
      }
      SmscStatistics seen = rack.smsc().statistics();
      long arrived = seen.byRecipient().size();
      double whole =
          all.get() == null || hits.isEmpty()
              ? Double.POSITIVE_INFINITY
              : (all.get() - hits.get(0).at()) / 1e9;
      return new FaultTrial(
          LETTERS - arrived, seen.duplicates(), recovery(hits, rack.taken(), parts), whole);
    }
  }

  private static void wait(
      Rack rack, int enough, AtomicReference<Long> all, Duration patience, Duration linger)
      throws InterruptedException {
    long moved = System.nanoTime();
    int before = 0;
    while (true) {
      Thread.sleep(20);
      int parts = rack.parts();
      long now = System.nanoTime();
      if (parts != before) {
        before = parts;
        moved = now;
      }
      if (all.get() == null && parts >= enough && everybody(rack)) {
        all.set(now);
      }
      Duration longest = all.get() != null ? linger : parts == 0 ? START : patience;
      if (now - moved > longest.toNanos()) {
        return;
      }
    }
  }

  private static boolean everybody(Rack rack) {
    return rack.smsc().statistics().byRecipient().size() >= LETTERS;
  }

  private static double recovery(List<Hit> hits, List<Rack.Taken> taken, int parts) {
    // Who never came as far as the fault never came at all.
    double longest = hits.isEmpty() ? Double.POSITIVE_INFINITY : 0;
    for (Hit hit : hits) {
      int next = hit.parts() + (FaultPlan.taken(hit.fault()) ? 1 : 0);
      if (next < taken.size()) {
        longest = Math.max(longest, (taken.get(next).at() - hit.at()) / 1e9);
      } else if (hit.parts() < parts - 1) {
        return Double.POSITIVE_INFINITY;
      }
    }
    return longest;
  }
}

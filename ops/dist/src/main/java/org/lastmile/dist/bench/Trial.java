package org.lastmile.dist.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One sender at work on modems of its own.
 *
 * @param perMinute parts that the centre took a minute
 * @param processor share of one core that the sender used
 * @param simulator share of one core that the simulator used
 * @param idle share of the whole machine that had nothing to do
 */
record Trial(double perMinute, double processor, double simulator, double idle) {
  /** Nothing at all came within that time: it never will. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Above that the simulator's threads get in each other's way, or wait for a core. */
  private static final double BUSY = 0.8;

  /**
   * @param warmUp of sending that is not counted
   * @param time that is counted, unless all letters are sent before
   */
  static Trial run(
      Sender.Maker maker,
      Path folder,
      int modems,
      Duration networkDelay,
      List<Letter> letters,
      Duration warmUp,
      Duration time)
      throws Exception {
    Files.createDirectories(folder);
    try (Rack rack = new Rack(folder, modems, networkDelay);
        Sender sender = maker.prepare(folder, rack.ports(), letters)) {
      sender.start();
      long begun = System.nanoTime();
      while (rack.parts() == 0) {
        if (System.nanoTime() - begun > PATIENCE.toNanos()) {
          return new Trial(0, 0, 0, 0);
        }
        Thread.sleep(1);
      }
      Thread.sleep(warmUp.toMillis());
      long from = System.nanoTime();
      long cpu = sender.cpu();
      long own = Processor.own();
      long idle = Processor.idle();
      long all = (long) letters.size() * parts(letters);
      while (System.nanoTime() - from < time.toNanos() && rack.parts() < all) {
        Thread.sleep(20);
      }
      long to = System.nanoTime();
      double span = to - from;
      int cores = Runtime.getRuntime().availableProcessors();
      return new Trial(
          rack.perMinute(warmUp.isZero() ? begun : from, to),
          (sender.cpu() - cpu) / span,
          (Processor.own() - own) / span,
          (Processor.idle() - idle) / span / cores);
    }
  }

  private static int parts(List<Letter> letters) {
    return org.lastmile.channel.sms.pdu.Words.of(letters.get(0).text()).parts().size();
  }

  /** Whether the simulator or the machine, not the sender, may have set the pace. */
  boolean limited() {
    return simulator > BUSY || idle < 1 - BUSY;
  }

  static void delete(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}

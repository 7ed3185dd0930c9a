package org.lastmile.dist.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * How long it takes until somebody who answers for each point has been told by SMS: the whole
 * gateway with its order against the same messages in the order of the ledgers, through our own
 * channel and through other daemons.
 *
 * <p>Modems may be made faster to save time. What is compared is then not seconds but modem time,
 * parts that each modem had sent by then, at 2.5 s a part: daemons' own waits, which don't shrink
 * with the modems, must not count ten times.
 */
final class SmsCoverage implements Measure {
  private static final String BENCH = "sms-coverage";
  private static final String FIFO = "first-in first-out";
  private static final int MODEMS = 4;
  private static final double PART = 2.5;

  /** Nothing was taken for so long: it will not go on. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Rivals rivals;
  private final int scale;

  /**
   * @param scale how many times faster than 2.5 s a part the modems are
   */
  SmsCoverage(Rivals rivals, int scale) {
    this.rivals = rivals;
    this.scale = scale;
  }

  /**
   * @param parts that all modems together had sent when the last point was told; infinite = never
   */
  private record Told(double parts, double seconds) {
    private static final Told NEVER = new Told(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    double modemTime() {
      return parts / MODEMS * PART;
    }
  }

  @Override
  public void run(boolean quick, Path folder, Consumer<Figure> figures) throws Exception {
    rivals.require();
    int faster = quick ? 25 : scale;
    int points = quick ? 20 : 300;
    int recipients = quick ? 134 : 2_000;
    Duration delay = Duration.ofMillis(Math.round(PART * 1_000 / faster));
    Riverside town = Riverside.of(points, recipients);
    try (RawRedis store = new RawRedis(folder.resolve("store"))) {
      Map<String, Sender.Maker> senders = new LinkedHashMap<>();
      senders.put(
          Rivals.GATEWAY,
          (own, ports, letters) ->
              new GatewaySender(own, ports, town.township(), "", store.address()));
      senders.put(FIFO, SendingChild.channel(store.address()));
      senders.putAll(rivals.peers());
      Map<String, Told> told = new LinkedHashMap<>();
      // Slow modems leave the machine idle: everybody at once, each with modems of its own.
      ExecutorService threads = Executors.newFixedThreadPool(senders.size());
      try {
        Map<String, Future<Told>> running = new LinkedHashMap<>();
        senders.forEach(
            (who, maker) ->
                running.put(
                    who,
                    threads.submit(
                        () -> told(maker, folder.resolve(who.replace(' ', '-')), town, delay))));
        for (Map.Entry<String, Future<Told>> each : running.entrySet()) {
          told.put(each.getKey(), each.getValue().get());
        }
      } finally {
        threads.shutdownNow();
      }
      compare(
              "%d points, %d recipients, %d modems".formatted(points, recipients, MODEMS),
              told,
              faster)
          .forEach(figures);
      release(quick ? 3 : 20, folder.resolve("release"), store, figures);
    }
  }

  private static java.util.List<Figure> compare(String town, Map<String, Told> told, int faster) {
    Told ours = told.remove(Rivals.GATEWAY);
    return told.entrySet().stream()
        .map(
            each ->
                Figure.lower(
                        BENCH,
                        "every point told, " + town,
                        ours.modemTime(),
                        each.getValue().modemTime(),
                        "s of modem time, 2.5 s a part")
                    .with("oursName", Rivals.GATEWAY)
                    .with("referenceName", each.getKey())
                    .with("seconds", ours.seconds())
                    .with("referenceSeconds", each.getValue().seconds())
                    .with("scale", faster))
        .toList();
  }

  private static Told told(Sender.Maker maker, Path folder, Riverside town, Duration delay)
      throws Exception {
    Files.createDirectories(folder);
    Map<String, Integer> responsible = town.responsible();
    try (Rack rack = new Rack(folder, MODEMS, delay)) {
      Set<Integer> open = new HashSet<>(responsible.values());
      long[] end = {0, 0};
      rack.smsc()
          .onDelivered(
              sms -> {
                Integer point = responsible.get(sms.to());
                synchronized (open) {
                  if (point != null && open.remove(point) && open.isEmpty()) {
                    end[0] = System.nanoTime();
                    end[1] = rack.parts();
                  }
                }
              });
      try (Sender sender = maker.prepare(folder, rack.ports(), town.inLedgerOrder())) {
        sender.start();
        long begun = System.nanoTime();
        int before = 0;
        long moved = begun;
        while (true) {
          Thread.sleep(50);
          synchronized (open) {
            if (open.isEmpty()) {
              return new Told(end[1], (end[0] - begun) / 1e9);
            }
          }
          if (rack.parts() > before) {
            before = rack.parts();
            moved = System.nanoTime();
          } else if (System.nanoTime() - moved > PATIENCE.toNanos()) {
            return Told.NEVER;
          }
        }
      }
    }
  }

  /**
   * From the POST of a warning to the first part that the centre took, less the modem's own time.
   */
  private static void release(int times, Path folder, RawRedis store, Consumer<Figure> figures)
      throws Exception {
    Files.createDirectories(folder);
    Duration delay = Duration.ofMillis(300);
    Riverside town = Riverside.of(40, 120);
    Samples samples = new Samples();
    try (Rack rack = new Rack(folder, MODEMS, delay);
        GatewaySender gateway =
            new GatewaySender(folder, rack.ports(), town.township(), "", store.address())) {
      Caps caps = new Caps(town.township());
      for (int i = 0; i < times; i++) {
        int before = quiet(rack);
        long begun = System.nanoTime();
        String id = gateway.issue(caps.village());
        Site.await("the first SMS", () -> rack.parts() > before);
        samples.add((rack.taken().get(before).at() - begun - delay.toNanos()) / 1e6);
        gateway.lift(id);
      }
    }
    String name = "from release to the first SMS, beyond the modem's own time, ";
    figures.accept(
        Figure.lower(BENCH, name + "p50", samples.median(), null, "ms")
            .with("oursName", Rivals.GATEWAY));
    figures.accept(
        Figure.lower(BENCH, name + "p95", samples.quantile(0.95), null, "ms")
            .with("oursName", Rivals.GATEWAY));
  }

  /** Waits until nothing was sent for a second; answers the parts until then. */
  private static int quiet(Rack rack) throws InterruptedException {
    int before = -1;
    while (rack.parts() != before) {
      before = rack.parts();
      Thread.sleep(1_000);
    }
    return before;
  }
}

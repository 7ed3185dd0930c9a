package org.lastmile.dist.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Parts a minute through one, four and sixteen modems: our channel alone, the whole gateway from
 * the POST of a warning, the bare dialogue, and other daemons, by turns on modems of the same kind.
 */
final class SmsThroughput implements Measure {
  private static final String BENCH = "sms-throughput";
  private static final String UNIT = "parts/min";

  /** As long as a cheap modem takes for a part at its best. */
  private static final int SLOW = 2_500;

  /** A good modem in a good network. */
  private static final int FAST = 300;

  private final Rivals rivals;
  private final String only;

  /**
   * @param only words in the names of the cases to measure; empty = all of them
   */
  SmsThroughput(Rivals rivals, String only) {
    this.rivals = rivals;
    this.only = only;
  }

  /** One row of the table. */
  private record Cell(Letter.Load load, int delay, int modems) {
    String name() {
      return "%s, %d ms, %d modem%s".formatted(load.words(), delay, modems, modems == 1 ? "" : "s");
    }

    /** The line's own pace, which no sender can pass. */
    double line() {
      return modems * 60_000.0 / delay;
    }

    /** The line's delay steadies what it paces; only what is compared hardest is done again. */
    int rounds() {
      return delay == FAST ? 2 : 1;
    }

    /** Whether modems leave the machine so idle that all senders can have their turn at once. */
    boolean idle() {
      return delay == SLOW || (delay == FAST && modems == 1);
    }
  }

  @Override
  public void run(boolean quick, Path folder, Consumer<Figure> figures) throws Exception {
    rivals.require();
    try (RawRedis store = new RawRedis(folder.resolve("store"))) {
      Runs runs = new Runs(quick, folder, store);
      for (Cell cell : quick ? few() : all()) {
        if (cell.name().contains(only)) {
          runs.measure(cell, figures);
        }
      }
      runs.scaling(figures);
    }
  }

  private static List<Cell> few() {
    return List.of(
        new Cell(Letter.Load.SHORT_GSM7, 300, 1), new Cell(Letter.Load.SHORT_GSM7, 300, 16));
  }

  private static List<Cell> all() {
    List<Cell> cells = new ArrayList<>();
    for (int delay : new int[] {0, FAST, SLOW}) {
      for (Letter.Load load : Letter.Load.values()) {
        for (int modems : new int[] {1, 4, 16}) {
          cells.add(new Cell(load, delay, modems));
        }
      }
    }
    return cells;
  }

  /** All that is measured in one go, on one store. */
  private final class Runs {
    private final boolean quick;
    private final Path folder;
    private final Map<String, Sender.Maker> senders = new LinkedHashMap<>();
    private final Map<Cell, Double> ours = new LinkedHashMap<>();
    private int number;

    Runs(boolean quick, Path folder, RawRedis store) {
      this.quick = quick;
      this.folder = folder;
      senders.put(Rivals.OURS, SendingChild.channel(store.address()));
      senders.put(Rivals.GATEWAY, GatewaySender.oneText(store.address(), SmsFaults.UNKNOWN));
      senders.putAll(rivals.makers());
    }

    void measure(Cell cell, Consumer<Figure> figures) throws Exception {
      Map<String, Samples> rates = new LinkedHashMap<>();
      boolean limited = false;
      for (int round = 0; round < (quick ? 1 : cell.rounds()); round++) {
        for (Map.Entry<String, Trial> result : round(cell, round).entrySet()) {
          String who = result.getKey();
          rates.computeIfAbsent(who, w -> new Samples()).add(result.getValue().perMinute());
          limited |= result.getValue().limited() && !Rivals.isPeer(who);
        }
      }
      double own = rates.get(Rivals.OURS).median();
      ours.put(cell, own);
      for (String who : rates.keySet()) {
        if (who.equals(Rivals.OURS)) {
          continue;
        }
        boolean whole = who.equals(Rivals.GATEWAY);
        // The whole gateway is ours too: it is held against the line.
        Samples reference = whole ? rates.get(Rivals.RAW) : rates.get(who);
        Figure figure =
            Figure.higher(
                    BENCH,
                    cell.name() + (whole ? ", whole gateway" : ""),
                    whole ? rates.get(who).median() : own,
                    reference == null ? null : reference.median(),
                    UNIT)
                .with("oursName", whole ? Rivals.GATEWAY : Rivals.OURS)
                .with("referenceName", whole ? Rivals.RAW : who)
                .with("limited", limited ? "by simulator or machine" : "no");
        figures.accept(cell.delay() == 0 ? figure : figure.with("line", cell.line()));
      }
      if (cell.delay() == SLOW && cell.modems() == 16 && cell.load() == Letter.Load.SHORT_GSM7) {
        processor(cell, figures);
      }
    }

    /** Of a gateway that has been at work for five minutes: before that half of it is compiling. */
    private void processor(Cell cell, Consumer<Figure> figures) throws Exception {
      Map<String, Double> used = new LinkedHashMap<>();
      for (String who : List.of(Rivals.GATEWAY, Rivals.RAW)) {
        Duration warmUp = Duration.ofSeconds(who.equals(Rivals.GATEWAY) ? 300 : 5);
        used.put(who, trial(who, senders.get(who), cell, warmUp, 30).processor() * 100);
      }
      figures.accept(
          Figure.lower(
                  BENCH,
                  "processor, " + cell.name() + ", whole gateway",
                  used.get(Rivals.GATEWAY),
                  used.get(Rivals.RAW),
                  "% of a core")
              .with("oursName", Rivals.GATEWAY)
              .with("referenceName", Rivals.RAW));
    }

    /** Everybody once, beginning with another each time; idle modems leave room for all at once. */
    private Map<String, Trial> round(Cell cell, int round) throws Exception {
      Map<String, Sender.Maker> now = new LinkedHashMap<>();
      senders.forEach(
          (who, maker) -> {
            if (worth(who, cell, round)) {
              now.put(who, maker);
            }
          });
      List<String> order = new ArrayList<>(now.keySet());
      java.util.Collections.rotate(order, round);
      ExecutorService threads = Executors.newFixedThreadPool(cell.idle() ? order.size() : 1);
      try {
        Map<String, Future<Trial>> results = new LinkedHashMap<>();
        for (String who : order) {
          results.put(who, threads.submit(() -> trial(who, now.get(who), cell)));
        }
        Map<String, Trial> trials = new LinkedHashMap<>();
        for (String who : now.keySet()) {
          trials.put(who, results.get(who).get());
        }
        return trials;
      } finally {
        threads.shutdownNow();
      }
    }

    /**
     * Daemons that send a third as fast are asked once, and with several modems only at their best.
     */
    private boolean worth(String who, Cell cell, int round) {
      if (Rivals.isPeer(who)) {
        return round == 0 && (cell.modems() == 1 || (cell.delay() > 0 && who.contains("tuned")));
      }
      return !who.equals(Rivals.GATEWAY) || cell.delay() > 0;
    }

    private Trial trial(String who, Sender.Maker maker, Cell cell) throws Exception {
      Duration warmUp = Duration.ofSeconds(cell.delay() == 0 && !quick ? 5 : 0);
      int seconds = cell.delay() == SLOW ? 20 : quick ? 4 : Rivals.isPeer(who) ? 15 : 8;
      Trial trial = trial(who, maker, cell, warmUp, seconds);
      // Without any delay the bare dialogue may lose an answer in a terminal that is full of
      // reports,
      // and waits for it for ever.
      for (int i = 0; i < 2 && trial.perMinute() == 0 && who.equals(Rivals.RAW); i++) {
        trial = trial(who, maker, cell, warmUp, seconds);
      }
      return trial;
    }

    private Trial trial(String who, Sender.Maker maker, Cell cell, Duration warmUp, int seconds)
        throws Exception {
      Path own = folder.resolve("run-" + next());
      double perSecond =
          Math.min(
              Rivals.most(who),
              cell.delay() == 0 ? Double.MAX_VALUE : cell.modems() * 1_100.0 / cell.delay());
      int letters =
          (int) Math.ceil(perSecond * (seconds + warmUp.toSeconds()) / cell.load().parts())
              + cell.modems();
      try {
        return Trial.run(
            maker,
            own,
            cell.modems(),
            Duration.ofMillis(cell.delay()),
            cell.load().letters(letters),
            warmUp,
            Duration.ofSeconds(seconds));
      } finally {
        Trial.delete(own);
      }
    }

    private synchronized int next() {
      return number++;
    }

    void scaling(Consumer<Figure> figures) {
      ours.forEach(
          (cell, rate) -> {
            Double one = ours.get(new Cell(cell.load(), cell.delay(), 1));
            if (cell.modems() == 16 && one != null) {
              figures.accept(
                  Figure.higher(
                          BENCH,
                          "16 modems against 1: %s, %d ms"
                              .formatted(cell.load().words(), cell.delay()),
                          rate / one,
                          16.0,
                          "times")
                      .with("oursName", Rivals.OURS));
            }
          });
    }
  }
}

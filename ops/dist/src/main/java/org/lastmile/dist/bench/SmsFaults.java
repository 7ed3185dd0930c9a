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
import org.lastmile.warning.Policy;

/**
 * What a modem's faults cost: messages lost, messages twice, and seconds until it sends again, for
 * the whole gateway and for other daemons. Modems of 300 ms leave the machine idle, so several
 * runs, each with a modem and a process of its own, go on at once.
 */
final class SmsFaults implements Measure {
  private static final String BENCH = "sms-faults";

  private static final Duration PATIENCE = Duration.ofSeconds(200);

  /** As shipped: an outcome that nobody knows is left alone so long before one more try. */
  static final Duration UNKNOWN = Policy.defaults().waits().unknown();

  private static final Duration LINGER = Duration.ofSeconds(20);

  private final Rivals rivals;
  private final String only;

  /**
   * @param only words in the names of the cases to measure; empty = all of them
   */
  SmsFaults(Rivals rivals, String only) {
    this.rivals = rivals;
    this.only = only;
  }

  @Override
  public void run(boolean quick, Path folder, Consumer<Figure> figures) throws Exception {
    rivals.require();
    List<FaultPlan> plans =
        (quick ? FaultPlan.few() : FaultPlan.all())
            .stream().filter(plan -> plan.name().contains(only)).toList();
    ExecutorService threads = Executors.newFixedThreadPool(12);
    try (RawRedis store = new RawRedis(folder.resolve("store"))) {
      Map<String, Sender.Maker> senders = new LinkedHashMap<>();
      senders.put(
          Rivals.GATEWAY,
          GatewaySender.oneText(store.address(), quick ? Duration.ofSeconds(5) : UNKNOWN));
      if (!quick) {
        senders.putAll(rivals.peers());
      }
      Map<FaultPlan, Map<String, Future<FaultTrial>>> results = new LinkedHashMap<>();
      int number = 0;
      for (FaultPlan plan : plans) {
        Map<String, Future<FaultTrial>> row = new LinkedHashMap<>();
        for (Map.Entry<String, Sender.Maker> sender : senders.entrySet()) {
          Path own = folder.resolve("run-" + number++);
          row.put(
              sender.getKey(),
              threads.submit(
                  () ->
                      FaultTrial.run(
                          sender.getValue(),
                          own,
                          plan,
                          quick ? Duration.ofSeconds(25) : PATIENCE,
                          quick ? Duration.ofSeconds(1) : LINGER)));
        }
        results.put(plan, row);
      }
      for (Map.Entry<FaultPlan, Map<String, Future<FaultTrial>>> row : results.entrySet()) {
        Map<String, FaultTrial> trials = new LinkedHashMap<>();
        for (Map.Entry<String, Future<FaultTrial>> cell : row.getValue().entrySet()) {
          trials.put(cell.getKey(), cell.getValue().get());
        }
        figures(row.getKey(), trials).forEach(figures);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Figure> figures(FaultPlan plan, Map<String, FaultTrial> trials) {
    FaultTrial ours = trials.remove(Rivals.GATEWAY);
    List<Figure> figures = new ArrayList<>();
    if (trials.isEmpty()) {
      figures.add(figure(plan, ours, "", null));
    }
    trials.forEach((who, theirs) -> figures.add(figure(plan, ours, who, theirs)));
    return figures;
  }

  /** Recovery is the figure; an endless one is written as null, and {@code never} says whose. */
  private static Figure figure(FaultPlan plan, FaultTrial ours, String who, FaultTrial theirs) {
    Figure figure =
        Figure.lower(
                BENCH, plan.name(), ours.recovery(), theirs == null ? null : theirs.recovery(), "s")
            .with("oursName", Rivals.GATEWAY)
            .with("referenceName", who)
            .with("lost", ours.lost())
            .with("duplicated", ours.duplicated())
            .with("unknowable", plan.unknowable())
            .with("whole", ours.whole());
    if (plan.bound() != null) {
      figure = figure.with("bound", plan.bound().toSeconds());
    }
    return theirs == null
        ? figure
        : figure
            .with("referenceLost", theirs.lost())
            .with("referenceDuplicated", theirs.duplicated())
            .with("referenceWhole", theirs.whole());
  }
}

package org.lastmile.dist.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * From the moment that a warning's plan is durable, and from its POST, to the first command at a
 * loudspeaker; with nothing else to do, and while ten warnings a second come in.
 */
final class LoudspeakerLatency implements Measure {
  static final String NAME = "loudspeaker-latency";

  private static final int VILLAGES = 10;
  private static final int A_SECOND = 10;

  private final List<String> links;

  LoudspeakerLatency(List<String> links) {
    this.links = links;
  }

  @Override
  public void run(boolean quick, Path folder, Consumer<Figure> figures) throws Exception {
    for (String link : links) {
      boolean byBroker = link.equals("broker");
      try (HornSite site =
          new HornSite(folder.resolve(link), byBroker, VILLAGES * 100, false, List.of())) {
        idle(site, quick ? 5 : 30);
        tell("idle, by " + link, site, idle(site, quick ? 15 : 200), figures);
        busy(site, quick ? 2 : 10);
        tell("10 warnings/s, by " + link, site, busy(site, quick ? 6 : 60), figures);
      }
    }
  }

  /** A warning and when it was posted. */
  private record Posted(String warning, long at) {}

  /** One at a time, each over before the next. */
  private static List<Posted> idle(HornSite site, int count) throws Exception {
    List<Posted> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      site.gateway().ask("forget");
      long at = System.nanoTime();
      String warning = site.issue(Horns.village(i % VILLAGES));
      all.add(new Posted(warning, at));
      site.gateway().ask("confirmed 100 20");
      site.gateway().ask("forget");
      site.gateway().ask("lift " + warning);
      site.gateway().ask("confirmed 100 20");
    }
    return all;
  }

  /** At a fixed rate, whatever the answers take. */
  private static List<Posted> busy(HornSite site, int seconds) throws Exception {
    ExecutorService offices = Executors.newFixedThreadPool(A_SECOND);
    try {
      List<Future<Posted>> posting = new ArrayList<>();
      long start = System.nanoTime();
      for (int i = 0; i < seconds * A_SECOND; i++) {
        long early = start + i * 1_000_000_000L / A_SECOND - System.nanoTime();
        if (early > 0) {
          // Posted by the clock, whether or not the one before is through.
          Thread.sleep(early / 1_000_000, (int) (early % 1_000_000));
        }
        int village = i % VILLAGES;
        posting.add(
            offices.submit(
                () -> {
                  long at = System.nanoTime();
                  return new Posted(site.issue(Horns.village(village)), at);
                }));
      }
      List<Posted> all = new ArrayList<>();
      for (Future<Posted> one : posting) {
        all.add(one.get());
      }
      settled(site, all);
      return all;
    } finally {
      offices.shutdown();
    }
  }

  /** Late is not lost: whoever counts what is missing has to wait for what is on its way. */
  private static void settled(HornSite site, List<Posted> all) throws Exception {
    long until = System.nanoTime() + 60_000_000_000L;
    while (System.nanoTime() < until) {
      Map<String, Long> firsts = firsts(site);
      if (all.stream().allMatch(posted -> firsts.containsKey(posted.warning()))) {
        return;
      }
      Thread.sleep(200); // the fleets are other processes, which can only be asked
    }
  }

  private static Map<String, Long> firsts(HornSite site) throws Exception {
    Map<String, Long> firsts = new HashMap<>();
    for (String one : site.fleets().get(0).ask("firsts").split(" ", -1)) {
      String[] parts = one.split("=", 2);
      if (parts.length == 2) {
        firsts.put(parts[0], Long.parseLong(parts[1]));
      }
    }
    return firsts;
  }

  private static void tell(String what, HornSite site, List<Posted> all, Consumer<Figure> figures)
      throws Exception {
    Map<String, Long> firsts = firsts(site);
    Samples durable = new Samples();
    Samples posted = new Samples();
    int missing = 0;
    for (Posted one : all) {
      Long first = firsts.get(one.warning());
      if (first == null) {
        missing++;
      } else {
        durable.add((first - site.gateway().number("released " + one.warning())) / 1e6);
        posted.add((first - one.at()) / 1e6);
      }
    }
    for (double part : new double[] {0.5, 0.99}) {
      String p = " p" + Math.round(part * 100) + ", " + what;
      figures.accept(
          Figure.lower(NAME, "durable to first command" + p, durable.quantile(part), null, "ms")
              .with("oursName", "gateway")
              .with("samples", durable.size())
              .with("missing", missing));
      figures.accept(
          Figure.lower(NAME, "POST to first command" + p, posted.quantile(part), null, "ms")
              .with("oursName", "gateway"));
    }
  }
}

package org.lastmile.dist.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * From the release of a warning until the ledger holds every loudspeaker's receipt that it has
 * played, beside a bare publisher that does the same on the wire and keeps nothing.
 */
final class LoudspeakerFanout implements Measure {
  static final String NAME = "loudspeaker-fanout";

  private final List<String> links;
  private final List<Integer> sizes;

  /** An empty list means: as many as belong to the run. */
  LoudspeakerFanout(List<String> links, List<Integer> sizes) {
    this.links = links;
    this.sizes = sizes;
  }

  @Override
  public void run(boolean quick, Path folder, Consumer<Figure> figures) throws Exception {
    List<Integer> all =
        !sizes.isEmpty()
            ? sizes
            : quick ? List.of(1_000) : List.of(1_000, 10_000, 19_000, 25_000, 100_000);
    for (String link : links) {
      for (int devices : all) {
        if (devices > HornSite.SOCKETS) {
          System.err.printf(
              Locale.ROOT,
              "%s: %,d devices by %s not measured: here a process may have 20,000 descriptors, and"
                  + " a gateway has one %s%n",
              NAME,
              devices,
              link,
              link);
          continue;
        }
        Path own = folder.resolve(link + "-" + devices);
        try (HornSite site = new HornSite(own, link.equals("broker"), devices, true, List.of())) {
          measure(site, link, devices, quick ? 2 : 12, quick ? 3 : 7, figures);
        }
      }
    }
  }

  private static void measure(
      HornSite site, String link, int devices, int warmUp, int rounds, Consumer<Figure> figures)
      throws Exception {
    Samples ours = new Samples();
    Samples bare = new Samples();
    Samples posted = new Samples();
    HornSite.Cpu used = new HornSite.Cpu(0, 0, 0, 0, 0);
    HornSite.Cpu bareUsed = used;
    long missing = 0;
    long bareMissing = 0;
    long heap = 0;
    double first = 0;
    double compiling = 0;
    for (int i = -warmUp; i < rounds; i++) {
      if (i == 0) {
        heap = site.gateway().number("heap");
      }
      HornSite.Cpu before = site.cpu();
      double compiled = site.gateway().compiling();
      Round round = round(site, devices);
      HornSite.Cpu between = site.cpu();
      compiled = site.gateway().compiling() - compiled;
      int octets = site.octets();
      quiet(site, devices, round.warning);
      HornSite.Cpu then = site.cpu();
      String[] reference = site.bare().ask("round " + octets).split(" ", -1);
      HornSite.Cpu after = site.cpu();
      if (i == -warmUp) {
        first = round.millis;
      }
      if (i >= 0) {
        ours.add(round.millis);
        posted.add(round.posted);
        missing += round.missing;
        used = sum(used, between.minus(before));
        compiling += compiled;
        bare.add(Long.parseLong(reference[0]) / 1e6);
        bareMissing += Long.parseLong(reference[1]);
        bareUsed = sum(bareUsed, after.minus(then));
      }
      Thread.sleep(
          500); // what a round leaves behind (collection, the log's flush) is not the next's
    }
    String what = String.format(Locale.ROOT, "%,d devices by %s", devices, link);
    double perThousand = 1e3 / devices / rounds;
    figures.accept(
        Figure.higher(
                NAME,
                what,
                devices / ours.median() * 1e3,
                devices / bare.median() * 1e3,
                "devices/s")
            .with("oursName", "gateway")
            .with("referenceName", "bare")
            .with("seconds", ours.median() / 1e3)
            .with("firstSeconds", first / 1e3)
            .with("bareSeconds", bare.median() / 1e3)
            .with("worstSeconds", ours.quantile(1) / 1e3)
            .with("secondsFromPost", posted.median() / 1e3)
            .with("missing", missing)
            .with("bareMissing", bareMissing)
            .with("bytesACommand", site.octets())
            .with("rounds", rounds)
            .with("cpuGateway", used.gateway() * perThousand)
            .with("cpuGatewayCompiling", compiling * perThousand)
            .with("cpuStore", used.store() * perThousand)
            .with("cpuBroker", used.broker() * perThousand)
            .with("cpuFleet", used.fleet() * perThousand)
            .with("bareCpuGateway", bareUsed.bare() * perThousand)
            .with("bareCpuBroker", bareUsed.broker() * perThousand)
            .with("bareCpuFleet", bareUsed.fleet() * perThousand));
    figures.accept(
        Figure.lower(
                NAME,
                "heap of the gateway after against before, " + what,
                site.gateway().number("heap") / 1e6,
                heap / 1e6,
                "MB")
            .with("oursName", "gateway")
            .with("referenceName", "before"));
  }

  private static HornSite.Cpu sum(HornSite.Cpu one, HornSite.Cpu other) {
    return new HornSite.Cpu(
        one.gateway() + other.gateway(),
        one.store() + other.store(),
        one.bare() + other.bare(),
        one.broker() + other.broker(),
        one.fleet() + other.fleet());
  }

  private record Round(String warning, double millis, double posted, long missing) {}

  private static Round round(HornSite site, int devices) throws Exception {
    site.gateway().ask("forget");
    long post = System.nanoTime();
    String warning = site.issue(Horns.county());
    long released = site.gateway().number("released " + warning);
    String[] done = site.gateway().ask("confirmed " + devices + " 120").split(" ", -1);
    long last = Long.parseLong(done[0]);
    long missing = devices - site.inLedger(warning);
    if (missing > 0) {
      System.err.println("kept: " + site.gateway().ask("counts"));
    }
    return new Round(warning, (last - released) / 1e6, (last - post) / 1e6, missing);
  }

  /** Calls the warning off and waits until every device has played that, too. */
  private static void quiet(HornSite site, int devices, String warning) throws Exception {
    site.gateway().ask("forget");
    site.gateway().ask("lift " + warning);
    site.gateway().ask("confirmed " + devices + " 120");
    Thread.sleep(500); // as between rounds
  }
}

package org.lastmile.dist.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What it costs to watch over everybody's heartbeat, and how long a loudspeaker whose power is cut
 * is shown as being there. By broker the heartbeats of a hundred thousand come over one connection;
 * the endpoint has as many real devices as a process may have connections.
 */
final class Supervision implements Measure {
  static final String NAME = "supervision";

  private static final int PERIOD = 30;
  private static final String USER = "heartbeats";
  private static final int REAL = 100;

  private final List<String> links;
  private final List<Integer> sizes;

  Supervision(List<String> links, List<Integer> sizes) {
    this.links = links;
    this.sizes = sizes;
  }

  @Override
  public void run(boolean quick, Path folder, Consumer<Figure> figures) throws Exception {
    for (String link : links) {
      if (quick && links.size() > 1 && link.equals("endpoint")) {
        continue; // one link fills the minute
      }
      if (link.equals("broker")) {
        broker(quick, folder.resolve(link), sizes.isEmpty() ? 100_000 : sizes.get(0), figures);
      } else {
        int most = quick ? 2_000 : 19_000;
        int devices = sizes.isEmpty() ? most : Math.min(19_000, sizes.get(0));
        try (HornSite site = new HornSite(folder.resolve(link), false, devices, false, List.of())) {
          // Births are over and heartbeats alone go on when the measuring begins.
          Thread.sleep(quick ? 2_000 : 35_000);
          share(site, link, devices, quick ? 15 : 60, figures);
          if (!quick) {
            silence(site, link, figures);
          }
        }
      }
    }
  }

  private static void broker(boolean quick, Path folder, int devices, Consumer<Figure> figures)
      throws Exception {
    try (HornSite site = new HornSite(folder, true, REAL, false, List.of(USER))) {
      try (Heartbeats beats =
          new Heartbeats(site.broker().uri(), USER, REAL, devices, devices / PERIOD)) {
        Site.await("the first heartbeats", () -> beats.sent() >= devices);
        share(site, "broker", devices, quick ? 15 : 60, figures);
      }
      if (!quick) {
        silence(site, "broker", figures);
      }
    }
  }

  private static void share(
      HornSite site, String link, int devices, int seconds, Consumer<Figure> figures)
      throws Exception {
    HornSite.Cpu before = site.cpu();
    long start = System.nanoTime();
    Thread.sleep(seconds * 1_000L); // the stretch that is measured
    double took = (System.nanoTime() - start) / 1e9;
    HornSite.Cpu used = site.cpu().minus(before);
    figures.accept(
        Figure.lower(
                NAME,
                String.format(
                    Locale.ROOT, "processor, %,d heartbeats per 30 s, by %s", devices, link),
                100 * used.gateway() / took,
                null,
                "% of a core")
            .with("oursName", "gateway")
            .with("store", 100 * used.store() / took)
            .with("broker", 100 * used.broker() / took)
            .with("heapMB", site.gateway().number("heap") / 1e6)
            .with("states", site.gateway().ask("devices")));
  }

  /** Stopped as by a power cut: the connections stay and nothing comes over them. */
  private static void silence(HornSite site, String link, Consumer<Figure> figures)
      throws Exception {
    long pid = site.fleets().get(0).pid();
    long start = System.nanoTime();
    signal("STOP", pid);
    long shown;
    try {
      shown = site.gateway().number("offline " + Horns.id(0) + " 150");
    } finally {
      signal("CONT", pid);
    }
    figures.accept(
        Figure.lower(
                NAME,
                "from a device's silence until it is shown, by " + link,
                shown == 0 ? Double.POSITIVE_INFINITY : (shown - start) / 1e9,
                null,
                "s")
            .with("oursName", "gateway"));
  }

  private static void signal(String which, long pid) throws Exception {
    int code = new ProcessBuilder("kill", "-" + which, Long.toString(pid)).start().waitFor();
    if (code != 0) {
      throw new IllegalStateException("kill -" + which + " ended with " + code);
    }
  }
}

package org.lastmile.dist.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.lastmile.console.Role;
import org.lastmile.dist.sample.SampleTownship;

/**
 * Warnings accepted a second over HTTP, each with its plan for one village on disk before its 202,
 * beside what the bare store keeps a second for as many clients. Rounds of both take turns, so that
 * a busy moment of the machine hits both. First from an issuer whose warnings wait for a second
 * person, so that nothing but the intake is at work; then from one who may release, while
 * everything accepted goes out on three channels.
 */
final class Intake implements Measure {
  private static final int POINTS = 2_000;

  /** About the bytes of a warning's text and of its plan for one village. */
  private static final int BYTES = 4_096;

  @Override
  public void run(boolean quick, Path folder, Consumer<Figure> figures) throws Exception {
    SampleTownship township = SampleTownship.generate(1, POINTS, POINTS);
    Caps caps = new Caps(township);
    int rounds = quick ? 3 : 5;
    int each = quick ? 40 : 80;
    try (RawRedis raw = new RawRedis(folder.resolve("raw"));
        Site site = new Site(folder, township)) {
      String waiting =
          site.app().accounts().makeToken("office", Role.ISSUER, List.of(), null).secret();
      for (String token : List.of(waiting, Site.TOKEN)) {
        String how = token.equals(waiting) ? "kept for approval" : "released and going out";
        round(site, caps, token, 8, each / 8); // the first ones pay for the JVM's warming up
        for (int clients : new int[] {1, 8}) {
          Samples ours = new Samples();
          Samples bare = new Samples();
          for (int i = 0; i < rounds; i++) {
            bare.add(raw.appends(clients, 4 * each / clients, BYTES));
            ours.add(round(site, caps, token, clients, each / clients));
          }
          figures.accept(
              Figure.higher(
                  "intake",
                  clients + (clients == 1 ? " client, " : " clients, ") + how,
                  ours.median(),
                  bare.median(),
                  "warnings/s"));
        }
      }
    }
  }

  private static double round(Site site, Caps caps, String token, int clients, int each)
      throws Exception {
    List<String> receipts = new CopyOnWriteArrayList<>();
    double perSecond =
        RawRedis.perSecond(
            clients, each, client -> number -> receipts.add(site.issue(caps.village(), token)));
    if (!token.equals(Site.TOKEN)) { // nobody will approve them: they need not wait for it
      for (String receipt : receipts) {
        site.app().desk().reject(PlanLatency.id(receipt), "bench", "measured").join();
      }
    }
    return perSecond;
  }
}

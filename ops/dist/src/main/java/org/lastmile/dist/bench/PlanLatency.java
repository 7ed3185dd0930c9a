package org.lastmile.dist.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lastmile.cap.Reading;
import org.lastmile.cap.WarningReader;
import org.lastmile.dist.sample.SampleTownship;
import org.lastmile.ledger.Ledger;
import org.lastmile.ledger.RedisLedger;
import org.lastmile.registry.Registry;
import org.lastmile.warning.Event;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Warning;
import org.lastmile.warning.Wording;
import redis.clients.jedis.Jedis;

/**
 * From a warning's POST to the first command at a loudspeaker, with 2,000 points and three channels
 * in the registry; and what a plan of 10,000 deliveries takes to be made and kept.
 */
final class PlanLatency implements Measure {
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  private static final int POINTS = 2_000;

  /** Points of the sample township that make about 10,000 deliveries. */
  private static final int POINTS_OF_10_000 = 585;

  private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");
  private static final Pattern DELIVERIES = Pattern.compile("\"deliveries\":(\\d+)");

  @Override
  public void run(boolean quick, Path folder, Consumer<Figure> figures) throws Exception {
    plan(quick, folder, figures);
    SampleTownship township = SampleTownship.generate(1, POINTS, POINTS);
    Caps caps = new Caps(township);
    try (Site site = new Site(folder, township)) {
      Probe first = probe(site, caps::town);
      String town = "2,000 points, " + first.deliveries + " deliveries";
      figures.accept(
          Figure.lower("plan", "first command, first warning: " + town, first.millis, null, "ms"));
      latency(site, caps::village, "one village", quick ? 10 : 200, quick ? 3 : 10, figures);
      latency(site, caps::town, town, quick ? 2 : 30, quick ? 0 : 3, figures);
    }
  }

  private record Probe(double millis, double accepted, int deliveries) {}

  private static void latency(
      Site site,
      Supplier<String> caps,
      String what,
      int samples,
      int warmUp,
      Consumer<Figure> figures)
      throws Exception {
    Samples heard = new Samples();
    Samples accepted = new Samples();
    for (int i = -warmUp; i < samples; i++) {
      Probe probe = probe(site, caps);
      if (i >= 0) {
        heard.add(probe.millis);
        accepted.add(probe.accepted);
      }
    }
    figures.accept(Figure.lower("plan", "first command p50: " + what, heard.median(), null, "ms"));
    figures.accept(
        Figure.lower("plan", "first command p99: " + what, heard.quantile(0.99), null, "ms"));
    figures.accept(Figure.lower("plan", "202 p50: " + what, accepted.median(), null, "ms"));
  }

  private static Probe probe(Site site, Supplier<String> caps) throws Exception {
    String cap = caps.get();
    long before = site.commands();
    long start = System.nanoTime();
    double[] accepted = new double[1];
    CompletableFuture<String> receipt =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                String body = site.issue(cap, Site.TOKEN);
                accepted[0] = Samples.millis(start);
                return body;
              } catch (Exception e) { // handed on to whoever joins
                throw new CompletionException(e);
              }
            });
    while (site.commands() == before && !receipt.isCompletedExceptionally()) {
      LockSupport.parkNanos(200_000);
    }
    double millis = Samples.millis(start);
    String body = receipt.join();
    settle(site);
    site.lift(id(body));
    settle(site);
    return new Probe(millis, accepted[0], Integer.parseInt(found(DELIVERIES, body)));
  }

  /** The next warning comes when the loudspeakers have what the one before brought them. */
  private static void settle(Site site) throws InterruptedException {
    long commands = -1;
    while (commands != site.commands()) {
      commands = site.commands();
      Thread.sleep(300);
    }
  }

  /** Of a receipt. */
  static String id(String receipt) {
    return found(ID, receipt);
  }

  private static String found(Pattern pattern, String body) {
    Matcher matcher = pattern.matcher(body);
    if (!matcher.find()) {
      throw new IllegalStateException("a receipt without " + pattern + ": " + body);
    }
    return matcher.group(1);
  }

  private static void plan(boolean quick, Path folder, Consumer<Figure> figures) {
    SampleTownship township = SampleTownship.generate(1, POINTS_OF_10_000, POINTS_OF_10_000);
    Registry registry = Registry.of(township.entries());
    Caps caps = new Caps(township);
    WarningReader reader = new WarningReader(1 << 20, Clock.systemUTC());
    Samples ours = new Samples();
    Samples raw = new Samples();
    int deliveries = 0;
    try (RawRedis redis = new RawRedis(folder.resolve("plan"));
        Ledger ledger = new RedisLedger(redis.address(), "bench")) {
      Ledger.Lease lease =
          ledger.claim("bench", Instant.now(), Duration.ofMinutes(10)).orElseThrow();
      for (int i = quick ? -3 : -10; i < (quick ? 5 : 30); i++) {
        Warning warning =
            ((Reading.Read) reader.read(caps.town().getBytes(StandardCharsets.UTF_8), ZONE))
                .warning();
        Instant now = Instant.now();
        long start = System.nanoTime();
        Plan plan =
            Planner.plan(
                warning,
                registry.threatened(warning),
                Policy.defaults(),
                Wording.defaults(ZONE),
                new Planner.Terms(
                    now,
                    channels(),
                    List.of(),
                    who -> Planner.Codes.NONE,
                    phone -> false,
                    List.of()));
        ledger.open(lease, warning, plan, List.of(Event.of(now, Event.Type.RELEASED, "bench")));
        double took = Samples.millis(start);
        double bare = redis.write(sizes(redis, "plan:" + plan.warning()));
        deliveries = plan.deliveries().size();
        if (i >= 0) {
          ours.add(took);
          raw.add(bare);
        }
      }
    }
    figures.accept(
        Figure.lower(
            "plan",
            "plan of " + deliveries + " deliveries made and kept",
            ours.median(),
            raw.median(),
            "ms"));
  }

  static Map<String, Planner.Address> channels() {
    Map<String, Planner.Address> channels = new LinkedHashMap<>();
    channels.put("loudspeaker", Planner.Address.DEVICE);
    channels.put("sms", Planner.Address.PHONE);
    channels.put("wechat", Planner.Address.OPENID);
    return channels;
  }

  private static List<Integer> sizes(RawRedis redis, String key) {
    List<Integer> sizes = new ArrayList<>();
    try (Jedis jedis = RawRedis.connect(redis.address())) {
      byte[] name = ("lastmile:{bench}:" + key).getBytes(StandardCharsets.UTF_8);
      jedis.hgetAll(name).values().forEach(chunk -> sizes.add(chunk.length));
    }
    return sizes;
  }
}

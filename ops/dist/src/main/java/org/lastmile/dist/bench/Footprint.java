package org.lastmile.dist.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.lastmile.cap.Reading;
import org.lastmile.cap.WarningReader;
import org.lastmile.dist.sample.SampleTownship;
import org.lastmile.ledger.Ledger;
import org.lastmile.ledger.RedisLedger;
import org.lastmile.registry.Registries;
import org.lastmile.registry.Registry;
import org.lastmile.warning.Delivery;
import org.lastmile.warning.Event;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Warning;
import org.lastmile.warning.Wording;
import redis.clients.jedis.Jedis;

/**
 * What one warning of 100,000 deliveries weighs once each was tried, sent, delivered and confirmed:
 * in the store, in the heap of a gateway that takes it up after a restart, and on its processor.
 */
final class Footprint implements Measure {
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

  /** Points of the sample township that make about 100,000 deliveries. */
  private static final int POINTS_OF_100_000 = 5_820;

  /** Rows that a lane takes at once. */
  private static final int HANDED_OUT = 10;

  @Override
  public void run(boolean quick, Path folder, Consumer<Figure> figures) throws Exception {
    int points = quick ? POINTS_OF_100_000 / 5 : POINTS_OF_100_000;
    SampleTownship township = SampleTownship.generate(1, points, points);
    Registry registry = Registry.of(township.entries());
    try (RawRedis redis = new RawRedis(folder.resolve("store"));
        Ledger ledger = new RedisLedger(redis.address(), "default");
        Jedis jedis = RawRedis.connect(redis.address())) {
      new Registries(ledger.memory("registry"), Clock.systemUTC()).swap(registry);
      // How fast it gets there is not measured here; what is kept is the same.
      jedis.configSet("appendfsync", "no");
      Plan plan = open(ledger, claimed(ledger), township, registry);
      int deliveries = plan.deliveries().size();
      String what = deliveries + " deliveries";
      weigh(folder, redis, "waiting: " + what, figures);
      confirm(ledger, claimed(ledger), plan);
      figures.accept(
          Figure.lower(
              "footprint",
              "store, " + what,
              (double) bytes(jedis, plan.warning()) / deliveries,
              null,
              "bytes/delivery"));
      weigh(folder, redis, "confirmed: " + what, figures);
    }
  }

  /** The desk in our name; the gateway that is weighed runs in the same one. */
  private static Ledger.Lease claimed(Ledger ledger) {
    return ledger.claim("bench", Instant.now(), Duration.ofMinutes(10)).orElseThrow();
  }

  private static Plan open(
      Ledger ledger, Ledger.Lease lease, SampleTownship township, Registry registry) {
    byte[] cap = new Caps(township).town().getBytes(StandardCharsets.UTF_8);
    Warning warning =
        ((Reading.Read) new WarningReader(1 << 20, Clock.systemUTC()).read(cap, ZONE)).warning();
    Instant now = Instant.now();
    Plan plan =
        Planner.plan(
            warning,
            registry.threatened(warning),
            Policy.defaults(),
            Wording.defaults(ZONE),
            new Planner.Terms(
                now,
                PlanLatency.channels(),
                List.of(),
                who -> Planner.Codes.NONE,
                phone -> false,
                List.of()));
    String receipt = "RELEASED " + plan.points().size() + " " + plan.deliveries().size() + " bench";
    ledger.open(
        lease,
        warning,
        plan,
        List.of(
            Event.of(now, Event.Type.ACCEPTED, receipt),
            Event.of(now, Event.Type.RELEASED, "bench")));
    return plan;
  }

  /** As it comes in real life: tries by the handful, everything that comes back on its own. */
  private static void confirm(Ledger ledger, Ledger.Lease lease, Plan plan) {
    long batch = 0;
    List<Delivery> all = plan.deliveries();
    for (int from = 0; from < all.size(); from += HANDED_OUT) {
      List<Delivery> some = all.subList(from, Math.min(all.size(), from + HANDED_OUT));
      List<Event> tried = new ArrayList<>();
      some.forEach(d -> tried.add(event(Event.Type.TRIED, d, null, "")));
      ledger.append(lease, ++batch, Map.of(plan.warning(), tried));
      for (Event.Type type : List.of(Event.Type.SENT, Event.Type.DELIVERED, Event.Type.CONFIRMED)) {
        for (Delivery delivery : some) {
          boolean sent = type == Event.Type.SENT;
          Event event =
              event(
                  type,
                  delivery,
                  sent && delivery.channel().equals("loudspeaker")
                      ? Instant.now().plusSeconds(30)
                      : null,
                  sent ? reference(delivery) : "");
          ledger.append(lease, ++batch, Map.of(plan.warning(), List.of(event)));
        }
      }
    }
  }

  private static Event event(Event.Type type, Delivery delivery, Instant due, String detail) {
    return Event.ofDelivery(Instant.now(), type, delivery.number(), 1, due, detail);
  }

  /** As the wires give them: a number for each part, a message id, nothing. */
  private static String reference(Delivery delivery) {
    return switch (delivery.channel()) {
      case "sms" -> delivery.number() % 256 + "," + (delivery.number() + 1) % 256;
      case "wechat" -> Long.toString(3_712_345_678_901_234_567L + delivery.number());
      default -> "";
    };
  }

  private static long bytes(Jedis redis, String warning) {
    long bytes = 0;
    for (String kind : List.of("warning", "plan", "events")) {
      bytes += redis.memoryUsage("lastmile:{default}:" + kind + ":" + warning, 0);
    }
    return bytes;
  }

  private static void weigh(Path folder, RawRedis redis, String what, Consumer<Figure> figures)
      throws IOException, InterruptedException {
    Path config = folder.resolve("lastmile.yaml");
    Files.writeString(config, Startup.store(redis.address()) + "desk: { owner: bench }\n");
    try (Child child = new Child(config)) {
      figures.accept(Figure.lower("footprint", "ready, " + what, child.millis(), null, "ms"));
      Thread.sleep(3_000); // what starting left to do is done
      long cpu = child.cpu();
      long start = System.nanoTime();
      Thread.sleep(5_000);
      double share = 100 * (child.cpu() - cpu) / (double) (System.nanoTime() - start);
      figures.accept(Figure.lower("footprint", "idle, " + what, share, null, "% of a core"));
      figures.accept(Figure.lower("footprint", "heap, " + what, child.heap() / 1e6, null, "MB"));
    }
  }
}

package org.lastmile.dist.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.lastmile.App;
import org.lastmile.channel.Signal;
import org.lastmile.config.Config;
import org.lastmile.desk.View;
import org.lastmile.registry.Registry;
import org.lastmile.warning.Event;

/**
 * The whole gateway over {@link Horns}, in a process of its own. What it counts are events that the
 * ledger has kept: the desk speaks of them afterwards.
 */
final class HornGateway {
  private final App app;

  /** When the ledger had kept the release of each warning. */
  private final Map<String, Long> released = new ConcurrentHashMap<>();

  private final Map<Event.Type, Integer> kept = new EnumMap<>(Event.Type.class);
  private long lastConfirmed;

  private HornGateway(App app) {
    this.app = app;
  }

  public static void main(String[] args) throws Exception {
    try (App app = App.start(Config.read(Path.of(args[0])), Clock.systemUTC(), Site.TOKEN)) {
      Site.await("the desk", app.desk()::active);
      app.registries().swap(Registry.of(Horns.entries(Integer.parseInt(args[1]))));
      HornGateway gateway = new HornGateway(app);
      app.desk().onChange(gateway::kept);
      Station.serve(gateway::answer);
    }
  }

  /** On the desk's thread. */
  private synchronized void kept(View.Change change) {
    kept.merge(change.type(), 1, Integer::sum);
    if (change.type() == Event.Type.CONFIRMED) {
      lastConfirmed = System.nanoTime();
    } else if (change.type() == Event.Type.RELEASED) {
      released.putIfAbsent(change.warning(), System.nanoTime());
    }
  }

  private synchronized int count(Event.Type type) {
    return kept.getOrDefault(type, 0);
  }

  private synchronized long lastConfirmed() {
    return lastConfirmed;
  }

  private synchronized String forget() {
    kept.clear();
    return "ok";
  }

  private synchronized String counts() {
    return kept.toString();
  }

  private String answer(String question, String rest) throws Exception {
    return switch (question) {
      case "port" -> Integer.toString(app.port());
      case "mqtt" -> Integer.toString(app.mqttPort().orElse(0));
      case "heap" -> Long.toString(heap());
      case "key" -> {
        var key = app.loudspeakers().publicKey();
        yield key.kid() + "=" + key.base64();
      }
      case "passwords" -> passwords(rest.split(" ", -1));
      case "forget" -> forget();
      case "counts" -> counts();
      case "confirmed" -> confirmed(rest.split(" ", -1));
      case "released" -> Long.toString(released.getOrDefault(rest, 0L));
      case "lift" -> {
        app.desk().lift(rest, "bench", "measured").join();
        yield "ok";
      }
      case "health" -> app.loudspeakers().check().toString().replace('\n', ' ');
      case "devices" -> states();
      case "offline" -> offline(rest.split(" ", -1));
      default -> throw new IllegalArgumentException("asked for " + question);
    };
  }

  private String passwords(String[] what) throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(what[1]); i++) {
      lines.add(app.loudspeakers().passwordOf(Horns.id(i)));
    }
    Files.write(Path.of(what[0]), lines);
    return "ok";
  }

  /** Waits for that many; answers when the last one was kept and how many there are. */
  private String confirmed(String[] what) {
    int wanted = Integer.parseInt(what[0]);
    long until = System.nanoTime() + Long.parseLong(what[1]) * 1_000_000_000L;
    while (count(Event.Type.CONFIRMED) < wanted && System.nanoTime() < until) {
      LockSupport.parkNanos(10_000_000); // when the last one came stands in lastConfirmed
    }
    return lastConfirmed() + " " + count(Event.Type.CONFIRMED);
  }

  private String states() {
    return app.desk().devices().values().stream()
        .collect(Collectors.groupingBy(s -> s, Collectors.counting()))
        .toString();
  }

  /** Waits until that device is shown as gone; answers when that was, 0 = not within the time. */
  private String offline(String[] what) {
    long until = System.nanoTime() + Long.parseLong(what[1]) * 1_000_000_000L;
    while (app.desk().devices().get(what[0]) != Signal.State.OFFLINE) {
      if (System.nanoTime() > until) {
        return "0";
      }
      LockSupport.parkNanos(100_000_000);
    }
    return Long.toString(System.nanoTime());
  }

  private static long heap() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }
}

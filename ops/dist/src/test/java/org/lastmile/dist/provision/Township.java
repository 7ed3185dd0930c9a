package org.lastmile.dist.provision;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.lastmile.ledger.EmbeddedRedis;
import org.lastmile.ledger.RedisLedger;
import org.lastmile.registry.Entries;
import org.lastmile.registry.Registries;
import org.lastmile.registry.Registry;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;

/** A site whose registry has loudspeakers; its store is held as a running gateway holds it. */
final class Township implements AutoCloseable {
  private final Path folder;
  private final EmbeddedRedis store;

  Township(Path folder, Loudspeaker... loudspeakers) {
    this.folder = folder;
    store = EmbeddedRedis.start(folder.resolve("data"));
    try (RedisLedger ledger = ledger()) {
      HazardPoint point =
          new HazardPoint(
              "P-1",
              "上坝<滑坡>",
              "测试镇",
              "上坝村",
              "三组",
              "510723104201",
              null,
              List.of(),
              List.of(),
              "",
              "",
              0,
              0,
              "",
              "",
              "",
              "",
              false);
      Entries entries =
          new Entries(
              List.of(point), List.of(), List.of(), List.of(loudspeakers), List.of(), Map.of());
      new Registries(ledger.memory("registry"), Clock.systemUTC()).swap(Registry.of(entries));
    }
  }

  RedisLedger ledger() {
    return new RedisLedger(store.address(), "default");
  }

  /** The gateway ends, and its store with it. */
  @Override
  public void close() {
    store.close();
  }

  /** A configuration of the gateway with that loudspeaker channel. */
  String config(String loudspeaker) throws Exception {
    return Files.writeString(
            folder.resolve("lastmile.yaml"),
            "store: { data: data }\nchannels:\n  loudspeaker: { " + loudspeaker + " }\n")
        .toString();
  }

  static Loudspeaker speaker(String id) {
    return new Loudspeaker(
        id, "村口'大'喇叭", "上坝村", null, List.of("P-1"), "RPi", "", "三组", "510723104201");
  }

  /** One that plays files and can't speak. */
  static Loudspeaker mute(String id) {
    return new Loudspeaker(
        id, "村口音箱", "上坝村", null, List.of("P-1"), "RPi", "音频", "三组", "510723104201");
  }

  static Loudspeaker without(String id, String code) {
    return new Loudspeaker(id, id, "", null, List.of(), "", "", "", code);
  }
}

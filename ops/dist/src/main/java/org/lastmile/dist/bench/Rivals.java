package org.lastmile.dist.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whom our SMS is held against.
 *
 * @param chosen {@code raw}, {@code smstools}, {@code gammu} or {@code all}
 * @param configurations the folder ops/bench/peers
 * @param path folders of programs, as {@code PATH} names them
 */
record Rivals(Choice chosen, Path configurations, String path) {
  /** Our channel alone. */
  static final String OURS = "channel";

  /** The whole gateway. */
  static final String GATEWAY = "gateway";

  static final String RAW = "raw";

  private static final String TUNED = " tuned";

  /** What {@code --reference} takes. */
  enum Choice {
    raw,
    smstools,
    gammu,
    all
  }

  static boolean isPeer(String who) {
    return !who.equals(OURS) && !who.equals(GATEWAY) && !who.equals(RAW);
  }

  /** More letters a second than it can ever send, whatever the modems; more need not be queued. */
  static double most(String who) {
    return !isPeer(who) ? 4_000 : who.startsWith("gammu") ? 30 : 60;
  }

  boolean has(Peer.Kind kind) {
    return chosen == Choice.all || chosen.name().equalsIgnoreCase(kind.name());
  }

  /** Throws when a daemon that was asked for is not installed. */
  void require() throws Peer.Missing {
    for (Peer.Kind kind : Peer.Kind.values()) {
      if (has(kind)) {
        Peer.require(kind, path);
      }
    }
  }

  /** By name; the bare dialogue first, whatever was chosen. */
  Map<String, Sender.Maker> makers() {
    Map<String, Sender.Maker> makers = new LinkedHashMap<>();
    makers.put(RAW, SendingChild.raw());
    makers.putAll(peers());
    return makers;
  }

  /** Other daemons alone, each as shipped and tuned. */
  Map<String, Sender.Maker> peers() {
    Map<String, Sender.Maker> makers = new LinkedHashMap<>();
    for (Peer.Kind kind : Peer.Kind.values()) {
      if (has(kind)) {
        String name = kind.name().toLowerCase(java.util.Locale.ROOT);
        makers.put(name, Peer.maker(kind, configurations, false));
        makers.put(name + TUNED, Peer.maker(kind, configurations, true));
      }
    }
    return makers;
  }
}

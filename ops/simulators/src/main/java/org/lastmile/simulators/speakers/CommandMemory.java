package org.lastmile.simulators.speakers;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a device remembers across reboots: the 64 highest commands it has accepted, and which
 * contents were ended. Checks 4 to 6 of the contract rest on it.
 */
final class CommandMemory {
  private static final int WINDOW = 64;
  private static final int ENDED = 256;

  /** One accepted command, its last outcome, and every delivery id that asked for it. */
  static final class Known {
    final Body body;
    final Set<String> ids = new LinkedHashSet<>();
    Receipt last = Receipt.plain("received", "");

    Known(Body body) {
      this.body = body;
    }
  }

  private final TreeMap<Body.Position, Known> window = new TreeMap<>();
  private final Map<String, Known> byContent = new HashMap<>();
  private final Set<String> ended = new LinkedHashSet<>();
  private Body.Position floor = new Body.Position(0, 0);

  /** Null when the content is not remembered. */
  Known known(String content) {
    return byContent.get(content);
  }

  /** REPLAYED, SUPERSEDED, or empty when neither. */
  String refusal(Body body) {
    Known same = window.get(body.position());
    boolean taken = same != null && !same.body.content().equals(body.content());
    boolean tooOld = window.size() >= WINDOW && body.position().compareTo(window.firstKey()) < 0;
    if (taken || tooOld || body.position().compareTo(floor) <= 0) {
      return "REPLAYED";
    }
    boolean overtaken =
        !body.about().isEmpty()
            && window.values().stream()
                .anyMatch(
                    known ->
                        known.body.about().equals(body.about())
                            && known.body.issued() > body.issued());
    return overtaken || ended.contains(body.content()) ? "SUPERSEDED" : "";
  }

  Known accept(Body body) {
    Known known = new Known(body);
    window.put(body.position(), known);
    byContent.put(body.content(), known);
    if (window.size() > WINDOW) {
      byContent.remove(window.pollFirstEntry().getValue().body.content());
    }
    body.supersedes().forEach(this::end);
    return known;
  }

  /** A floor never lowers what is kept. */
  void raise(Body.Position position, List<String> contents) {
    floor = position.compareTo(floor) > 0 ? position : floor;
    contents.forEach(this::end);
  }

  /** After a recovery places begin anew, even lower; contents stay known. */
  void beginAnew(Body.Position position) {
    floor = position;
    window.clear();
  }

  /** Back to the factory. */
  void forget() {
    window.clear();
    byContent.clear();
    ended.clear();
    floor = new Body.Position(0, 0);
  }

  private void end(String content) {
    ended.add(content);
    if (ended.size() > ENDED) {
      ended.remove(ended.iterator().next());
    }
  }

  /** Power was lost: what had no final outcome failed, so that a new delivery is tried again. */
  void interrupted() {
    for (Known known : window.values()) {
      String last = known.last.outcome();
      if (last.equals("received") || last.equals("playing")) {
        known.last = Receipt.plain("failed", "INTERNAL");
      }
    }
  }

  /** Highest place accepted; (0, 0) before the first. */
  Body.Position highest() {
    return window.isEmpty() ? new Body.Position(0, 0) : window.lastKey();
  }
}

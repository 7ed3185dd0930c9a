package org.lastmile.desk;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lastmile.channel.Content;
import org.lastmile.warning.Event;
import org.lastmile.warning.Progress;

/** One warning on the desk: its progress, and what the desk keeps beside it while it is open. */
final class Case {
  /** Cases of one desk are told apart by the order in which they came. */
  final int order;

  final Progress progress;

  /** Rows that stand in a lane's queue. */
  final BitSet queued = new BitSet();

  /** Contents already put together, by id. */
  final Map<String, Content> contents = new HashMap<>();

  /** Points at which something happened since they were last looked at. */
  private final BitSet stirred = new BitSet();

  private boolean whole;

  private Map<String, List<Progress.Row>> byAddress;

  Case(int order, Progress progress) {
    this.order = order;
    this.progress = progress;
  }

  String id() {
    return progress.id();
  }

  /** Something happened: what follows from it is decided at once. */
  void stir(Event e) {
    if (e.point() >= 0) {
      stirred.set(e.point());
    } else if (e.delivery() >= 0) {
      stir(progress.row(e.delivery()));
    } else {
      stir();
    }
  }

  void stir(Progress.Row row) {
    row.delivery().points().forEach(stirred::set);
  }

  /** Everything about it has to be looked at. */
  void stir() {
    whole = true;
  }

  /** Points to look at. */
  List<Progress.Spot> spots() {
    return whole ? progress.spots() : stirred.stream().mapToObj(progress::spot).toList();
  }

  /** Rows to look at. */
  List<Progress.Row> rows() {
    return whole
        ? progress.rows()
        : stirred.stream().mapToObj(progress::spot).flatMap(s -> s.rows().stream()).toList();
  }

  /** It was looked at. */
  void settle() {
    whole = false;
    stirred.clear();
  }

  /** Rows that go to that address on that channel. */
  List<Progress.Row> rowsAt(String channel, String address) {
    if (byAddress == null) {
      byAddress = new HashMap<>();
      for (Progress.Row row : progress.rows()) {
        byAddress
            .computeIfAbsent(
                row.delivery().channel() + ' ' + row.delivery().address(), a -> new ArrayList<>(2))
            .add(row);
      }
    }
    return byAddress.getOrDefault(channel + ' ' + address, List.of());
  }
}

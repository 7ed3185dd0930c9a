package org.lastmile.desk;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.lastmile.warning.Audience;
import org.lastmile.warning.Coverage;
import org.lastmile.warning.Delivery;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.DutyTask;
import org.lastmile.warning.Event;
import org.lastmile.warning.Plan;
import org.lastmile.warning.Progress;
import org.lastmile.warning.Reason;
import org.lastmile.warning.WarningStatus;

/** Makes what people are shown from a progress. */
final class Views {
  private Views() {}

  static View.Summary summary(Progress p) {
    Map<DeliveryState, Integer> states = new EnumMap<>(DeliveryState.class);
    Map<String, Map<DeliveryState, Integer>> channels = new TreeMap<>();
    int retries = 0;
    for (Progress.Row row : p.rows()) {
      boolean needless = row.delivery().stage() > 0 && row.attempts() == 0;
      if (needless || row.delivery().details()) {
        continue; // a rung that nobody needed; words that only go on where others began
      }
      states.merge(row.state(), 1, Integer::sum);
      channels
          .computeIfAbsent(row.delivery().channel(), c -> new EnumMap<>(DeliveryState.class))
          .merge(row.state(), 1, Integer::sum);
      retries += Math.max(0, row.attempts() - 1);
    }
    int covered = 0;
    int reached = 0;
    int stage = 0;
    for (Progress.Spot spot : p.spots()) {
      covered += spot.covered() ? 1 : 0;
      reached += spot.state() == Coverage.State.REACHED ? 1 : 0;
      stage = Math.max(stage, spot.stage());
    }
    return new View.Summary(
        p.id(),
        p.warning(),
        p.status(),
        p.why(),
        p.accepted(),
        p.released(),
        p.paged(),
        p.plan().inForceUntil(),
        p.spots().size(),
        covered,
        reached,
        states,
        channels,
        retries,
        stage);
  }

  static List<View.Row> rows(Progress p) {
    List<View.Row> rows = new ArrayList<>();
    for (Progress.Row row : p.rows()) {
      Delivery d = row.delivery();
      rows.add(
          new View.Row(
              d.number(),
              d.channel(),
              d.audience(),
              d.recipient(),
              d.name(),
              d.address(),
              d.stage(),
              row.state(),
              row.state() == DeliveryState.QUEUED
                  && (!p.awake(row) || (d.details() && !p.mayFollow(row))),
              row.attempts(),
              row.since(),
              row.due(),
              d.points().stream().map(i -> p.plan().points().get(i).id()).toList(),
              p.plan().words().get(d.words()).text(),
              row.why(),
              report(row),
              d.details(),
              Reason.of(row.why())));
    }
    return rows;
  }

  /** Empty when the plan has no such delivery to a person. */
  static Optional<View.Personal> personal(Progress p, int number, List<View.Other> others) {
    if (number < 0
        || number >= p.rows().size()
        || p.row(number).delivery().audience() == Audience.LOUDSPEAKER) {
      return Optional.empty();
    }
    Delivery d = p.row(number).delivery();
    List<View.Asked> points = new ArrayList<>();
    for (int place : d.points()) {
      Plan.Point point = p.plan().points().get(place);
      Progress.Spot spot = p.spot(place);
      Boolean said =
          spot.answered().contains(d.recipient())
              ? Boolean.TRUE
              : spot.declinedBy().contains(d.recipient()) ? Boolean.FALSE : null;
      points.add(
          new View.Asked(place, point.id(), point.name(), point.route(), point.shelter(), said));
    }
    // A person without a phone is known by an id of the registry, which is no number.
    List<String> phones =
        Stream.of(d.recipient(), d.address()).filter(Views::phone).distinct().toList();
    return Optional.of(new View.Personal(summary(p), d.audience(), phones, points, others));
  }

  private static boolean phone(String text) {
    return text.matches("\\+?\\d{7,16}");
  }

  /** A carrier reports after it has taken a message; what failed before that is no report. */
  private static View.Report report(Progress.Row row) {
    if (row.delivery().audience() == Audience.LOUDSPEAKER || !row.left()) {
      return View.Report.NONE;
    }
    return switch (row.state()) {
      case SENT -> row.trying() ? View.Report.TRYING : View.Report.NONE;
      case DELIVERED, CONFIRMED -> View.Report.DELIVERED;
      case FAILED -> View.Report.FAILED;
      case EXPIRED -> View.Report.EXPIRED;
      default -> View.Report.NONE;
    };
  }

  static List<View.Line> timeline(Progress p) {
    List<View.Line> lines = new ArrayList<>();
    for (Event e : p.events()) {
      Delivery d = e.delivery() < 0 ? null : p.plan().deliveries().get(e.delivery());
      Plan.Point point = e.point() < 0 ? null : p.plan().points().get(e.point());
      lines.add(
          new View.Line(
              e.at(),
              e.type(),
              e.delivery(),
              d == null ? "" : d.channel(),
              d == null ? "" : d.name(),
              point == null ? "" : point.name(),
              e.type() == Event.Type.STAGE
                  ? ("rung " + e.attempt() + " " + e.detail()).strip()
                  : e.detail()));
    }
    return lines;
  }

  static List<DutyTask> dutyTasks(Collection<Progress> all) {
    List<DutyTask> tasks = new ArrayList<>();
    for (Progress p : all) {
      if (p.status() == WarningStatus.RELEASED) {
        Map<String, List<Progress.Spot>> villages = new LinkedHashMap<>();
        for (Progress.Spot spot : p.spots()) {
          if (spot.duty() && !spot.covered()) {
            Plan.Point point = p.plan().points().get(spot.place());
            villages
                .computeIfAbsent(point.town() + "/" + point.village(), v -> new ArrayList<>())
                .add(spot);
          }
        }
        villages.forEach((village, spots) -> tasks.add(task(p, village, spots)));
      }
    }
    tasks.sort(
        Comparator.comparing(DutyTask::drill)
            .thenComparing(t -> t.grade() == null ? 0 : t.grade().ordinal())
            .thenComparing(DutyTask::since));
    return tasks;
  }

  private static DutyTask task(Progress p, String village, List<Progress.Spot> spots) {
    String id = p.id() + "." + village.replace(' ', '_');
    Plan.Point first = p.plan().points().get(spots.get(0).place());
    boolean silent =
        p.spots().stream()
            .filter(s -> p.plan().points().get(s.place()).village().equals(first.village()))
            .flatMap(s -> s.rows().stream())
            .noneMatch(r -> r.state().told());
    Map<String, DutyTask.Call> calls = new LinkedHashMap<>();
    List<DutyTask.Item> items = new ArrayList<>();
    Instant since = null;
    for (Progress.Spot spot : spots) {
      Plan.Point point = p.plan().points().get(spot.place());
      items.add(
          new DutyTask.Item(
              point.id(), point.name(), spot.missing(), spot.dutyWhy(), Reason.of(spot.dutyWhy())));
      if (since == null || spot.dutySince().isBefore(since)) {
        since = spot.dutySince();
      }
      spot.rows().stream()
          .map(Progress.Row::delivery)
          .filter(d -> d.channel().equals("sms") && d.audience() != Audience.RESIDENT)
          .sorted(Comparator.comparing(Delivery::audience))
          .forEach(
              d ->
                  calls.putIfAbsent(
                      d.address(), new DutyTask.Call(d.name(), d.address(), d.audience())));
    }
    return new DutyTask(
        id,
        p.id(),
        p.warning().grade(),
        p.warning().headline(),
        p.warning().drill(),
        silent ? DutyTask.Kind.CUT_OFF : DutyTask.Kind.CALL_OR_KNOCK,
        first.town(),
        first.village(),
        items,
        List.copyOf(calls.values()),
        since,
        p.takenBy(id));
  }
}

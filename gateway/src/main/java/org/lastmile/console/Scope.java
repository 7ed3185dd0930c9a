package org.lastmile.console;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.lastmile.desk.View;
import org.lastmile.warning.Audience;
import org.lastmile.warning.Coverage;
import org.lastmile.warning.DutyTask;

/** What one caller sees of a warning: the points of their areas, personal data as they need it. */
record Scope(Caller caller) {

  boolean whole() {
    return caller.areas().isEmpty();
  }

  boolean personal() {
    return caller.may(Right.SEE_PERSONAL);
  }

  /** The points of the caller's areas, counted anew. */
  Coverage of(Coverage coverage) {
    if (whole()) {
      return coverage;
    }
    List<Coverage.At> points =
        coverage.points().stream().filter(p -> caller.sees(p.areaCode())).toList();
    List<Coverage.AreaCoverage> areas =
        coverage.byArea().stream().filter(a -> caller.sees(a.areaCode())).toList();
    Map<Coverage.State, Long> count =
        points.stream().collect(Collectors.groupingBy(Coverage.At::state, Collectors.counting()));
    return new Coverage(
        points.size(),
        count.getOrDefault(Coverage.State.COVERED, 0L).intValue(),
        count.getOrDefault(Coverage.State.REACHED, 0L).intValue(),
        count.getOrDefault(Coverage.State.UNREACHED, 0L).intValue(),
        areas,
        points);
  }

  /**
   * A row of the plan; where need be people's addresses and residents' names are masked, and what a
   * helper is told, since it names somebody of a key group.
   */
  View.Row of(View.Row row) {
    if (personal() || row.audience() == Audience.LOUDSPEAKER) {
      return row;
    }
    boolean resident = row.audience() == Audience.RESIDENT;
    return new View.Row(
        row.number(),
        row.channel(),
        row.audience(),
        Mask.address(row.recipient()),
        resident ? Mask.name(row.name()) : row.name(),
        Mask.address(row.address()),
        row.stage(),
        row.state(),
        row.asleep(),
        row.attempts(),
        row.since(),
        row.due(),
        row.points(),
        row.audience() == Audience.HELPER ? Mask.WITHHELD : row.text(),
        row.why(),
        row.report(),
        row.details(),
        row.reason());
  }

  /** A line of the timeline; residents: numbers of their deliveries. */
  View.Line of(View.Line line, Set<Integer> residents) {
    return personal() || !residents.contains(line.delivery())
        ? line
        : new View.Line(
            line.at(),
            line.type(),
            line.delivery(),
            line.channel(),
            Mask.name(line.recipient()),
            line.point(),
            line.detail());
  }

  /** A duty task with the items that are among these points, phones masked where need be. */
  DutyTask of(DutyTask task, Set<String> points) {
    List<DutyTask.Item> items =
        whole()
            ? task.items()
            : task.items().stream().filter(i -> points.contains(i.point())).toList();
    List<DutyTask.Call> calls =
        personal()
            ? task.calls()
            : task.calls().stream()
                .map(c -> new DutyTask.Call(c.name(), Mask.address(c.phone()), c.audience()))
                .toList();
    return new DutyTask(
        task.id(),
        task.warning(),
        task.grade(),
        task.headline(),
        task.drill(),
        task.kind(),
        task.town(),
        task.village(),
        items,
        calls,
        task.since(),
        task.takenBy());
  }

  /** Lines of the timeline speak of points by name. */
  static Set<String> names(Coverage coverage) {
    return coverage.points().stream().map(Coverage.At::name).collect(Collectors.toSet());
  }

  static Set<String> ids(Coverage coverage) {
    return coverage.points().stream().map(Coverage.At::id).collect(Collectors.toSet());
  }
}

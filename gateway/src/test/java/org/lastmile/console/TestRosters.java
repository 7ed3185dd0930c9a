package org.lastmile.console;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.Threat;

/** The township as a registry; remembers what was handed in, and finds a problem when told so. */
final class TestRosters implements Rosters {
  volatile List<Threat.AtPoint> threatened = Township.points();
  final List<String> read = new CopyOnWriteArrayList<>();
  volatile List<Problem.Finding> problems = List.of();

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<HazardPoint> points() {
    return threatened.stream().map(Threat.AtPoint::point).toList();
  }

  @Override
  public List<ResponsiblePerson> people() {
    return threatened.stream().flatMap(p -> p.responsible().stream()).toList();
  }

  @Override
  public List<Resident> residents() {
    return threatened.stream().flatMap(p -> p.residents().stream()).toList();
  }

  @Override
  public List<Loudspeaker> loudspeakers() {
    return threatened.stream().flatMap(p -> p.loudspeakers().stream()).toList();
  }

  @Override
  public Imported read(
      List<LedgerFile> files, boolean dryRun, boolean despiteProblems, String who) {
    files.forEach(f -> read.add(f.name() + "=" + f.bytes() + (dryRun ? " dry" : "") + " " + who));
    boolean taken = !dryRun && (problems.isEmpty() || despiteProblems);
    return new Imported(taken, taken ? 2 : 1, Map.of("隐患点台账", 6), problems, List.of(), List.of());
  }
}

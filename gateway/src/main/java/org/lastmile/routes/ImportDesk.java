package org.lastmile.routes;

import java.util.List;
import org.lastmile.console.Problem;
import org.lastmile.console.Rosters;
import org.lastmile.registry.Gap;
import org.lastmile.registry.ImportReport;
import org.lastmile.registry.NamedBytes;
import org.lastmile.registry.Registries;
import org.lastmile.registry.Registry;
import org.lastmile.registry.RegistryImport;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows the registry to the console and takes new ledgers from it. */
public final class ImportDesk implements Rosters {
  private static final Logger log = LoggerFactory.getLogger(ImportDesk.class);

  private final Registries registries;

  public ImportDesk(Registries registries) {
    this.registries = registries;
  }

  @Override
  public int version() {
    return registries.current().version();
  }

  @Override
  public List<HazardPoint> points() {
    return registries.current().points();
  }

  @Override
  public List<ResponsiblePerson> people() {
    return registries.current().people();
  }

  @Override
  public List<Resident> residents() {
    return registries.current().residents();
  }

  @Override
  public List<Loudspeaker> loudspeakers() {
    return registries.current().loudspeakers();
  }

  @Override
  public Imported read(
      List<LedgerFile> files, boolean dryRun, boolean despiteProblems, String who) {
    Registry current = registries.current();
    ImportReport report =
        RegistryImport.read(
            files.stream().map(f -> new NamedBytes(f.name(), f.bytes().getBytes())).toList(),
            current);
    boolean take =
        !dryRun && report.candidate() != null && (despiteProblems || report.problems().isEmpty());
    int version = take ? registries.swap(report.candidate()).version() : current.version();
    if (take) {
      log.info("registry version {} by {}: {}", version, who, report.rows());
    }
    return new Imported(
        take,
        version,
        report.rows(),
        findings(report.problems()),
        findings(report.notices()),
        report.gaps().stream().map(ImportDesk::finding).toList());
  }

  private static List<Problem.Finding> findings(List<ImportReport.Remark> remarks) {
    return remarks.stream()
        .map(
            r -> {
              String row = r.row() > 0 ? " 第" + r.row() + "行" : "";
              String column = r.column().isEmpty() ? "" : " " + r.column();
              String todo = r.todo().isEmpty() ? "" : "；" + r.todo();
              return new Problem.Finding(r.sheet() + row + column, r.what() + todo);
            })
        .toList();
  }

  private static Problem.Finding finding(Gap gap) {
    return new Problem.Finding(gap.kind() + " " + gap.name(), gap.what());
  }
}

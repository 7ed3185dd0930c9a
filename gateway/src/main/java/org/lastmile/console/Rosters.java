package org.lastmile.console;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;

/** What the console shows of the registry, and the way in for new ledgers. */
public interface Rosters {

  /** 0 = never imported; counts up with every import. */
  int version();

  List<HazardPoint> points();

  /** One person may stand here more than once, with one id, for different parts. */
  List<ResponsiblePerson> people();

  /** Never shown as a whole: asked for who has a phone. */
  List<Resident> residents();

  List<Loudspeaker> loudspeakers();

  /**
   * Reads ledgers and, unless it is a dry run, puts them in the place of the registry. Blocks.
   *
   * @param despiteProblems take what could be read although something could not
   */
  Imported read(List<LedgerFile> files, boolean dryRun, boolean despiteProblems, String who);

  /** A file as it was handed in. */
  record LedgerFile(String name, Buffer bytes) {}

  /**
   * What an import found.
   *
   * @param taken the registry is now what the files say
   * @param version of the registry after it
   * @param rows rows read by table
   * @param problems what could not be taken as it stands; notices: what was guessed or doubtful
   * @param gaps what is missing to reach everybody
   */
  record Imported(
      boolean taken,
      int version,
      Map<String, Integer> rows,
      List<Problem.Finding> problems,
      List<Problem.Finding> notices,
      List<Problem.Finding> gaps) {}
}

package org.lastmile.channel.loudspeaker.speech;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lastmile.channel.Content;
import org.lastmile.channel.Field;

/**
 * What people of the place have recorded: fixed words of a warning in their own dialect, listed in
 * one small table beside the files. The first line that fits a warning is taken.
 */
final class Recordings {
  static final String LIST = "recordings.csv";

  private static final List<String> COLUMNS =
      List.of("文件", "方言", "类型", "等级", "灾害", "隐患点", "方式", "演练");

  private final List<Recording> lines;
  private final List<String> problems;

  private Recordings(List<Recording> lines, List<String> problems) {
    this.lines = List.copyOf(lines);
    this.problems = List.copyOf(problems);
  }

  /**
   * One line of the list; an empty text fits everything.
   *
   * @param dialect as the ledger's 播报方式 names it
   * @param kind 预警, 更新 or 解除
   * @param instead played instead of the Mandarin words; else after them
   * @param drill for drills, and for nothing else
   */
  record Recording(
      Path file,
      String dialect,
      String kind,
      String grade,
      String hazard,
      String point,
      boolean instead,
      boolean drill) {

    boolean fits(Content content, String playMode) {
      return playMode.contains(dialect)
          && drill == content.drill()
          && (kind.isEmpty() || kind.equals(word(content.kind())))
          && fits(grade, content, Field.GRADE)
          && fits(hazard, content, Field.HAZARD)
          && fits(point, content, Field.PLACE);
    }

    private static boolean fits(String wanted, Content content, String field) {
      return wanted.isEmpty() || wanted.equals(content.fields().getOrDefault(field, ""));
    }

    private static String word(Content.Kind kind) {
      return switch (kind) {
        case WARN -> "预警";
        case UPDATE -> "更新";
        case LIFT -> "解除";
        default -> "";
      };
    }
  }

  static Recordings none() {
    return new Recordings(List.of(), List.of());
  }

  /** Reads the list of that folder; what is wrong with it is told by {@link #problems}. */
  static Recordings in(Path folder) {
    List<Recording> lines = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Path list = folder.resolve(LIST);
    try {
      List<String> rows = Files.readAllLines(list, StandardCharsets.UTF_8);
      Map<String, Integer> header = new HashMap<>();
      for (int i = 0; i < rows.size(); i++) {
        List<String> cells =
            Arrays.stream(rows.get(i).replace("\uFEFF", "").split("[,，\t]", -1))
                .map(String::strip)
                .toList();
        if (rows.get(i).isBlank()) {
          continue;
        }
        if (header.isEmpty()) {
          for (int c = 0; c < cells.size(); c++) {
            header.put(cells.get(c), c);
          }
          COLUMNS.subList(0, 2).stream()
              .filter(name -> !header.containsKey(name))
              .forEach(name -> problems.add(LIST + ": no column " + name));
          continue;
        }
        read(folder, cells, header, i + 1, problems).ifPresent(lines::add);
      }
    } catch (IOException e) {
      problems.add(list + " can't be read: " + e);
    }
    return new Recordings(lines, problems);
  }

  private static Optional<Recording> read(
      Path folder,
      List<String> cells,
      Map<String, Integer> header,
      int line,
      List<String> problems) {
    List<String> row =
        COLUMNS.stream()
            .map(name -> header.getOrDefault(name, Integer.MAX_VALUE))
            .map(at -> at < cells.size() ? cells.get(at) : "")
            .toList();
    Path file = folder.resolve(row.get(0)).normalize();
    String problem = "";
    if (row.get(1).isEmpty()) {
      problem = "names no dialect (方言)";
    } else if (!file.startsWith(folder.normalize()) || !Files.isRegularFile(file)) {
      problem = "there is no file " + row.get(0);
    } else if (!row.get(0).matches(".*\\.(?:wav|mp3)")) {
      problem = row.get(0) + " is neither .wav nor .mp3";
    }
    if (!problem.isEmpty()) {
      problems.add(LIST + " line " + line + ": " + problem);
      return Optional.empty();
    }
    return Optional.of(
        new Recording(
            file,
            row.get(1),
            row.get(2),
            row.get(3),
            row.get(4),
            row.get(5),
            row.get(6).equals("代替"),
            row.get(7).equals("是")));
  }

  /** The one for that content on a device of that 播报方式. */
  Optional<Recording> find(Content content, String playMode) {
    return lines.stream().filter(line -> line.fits(content, playMode)).findFirst();
  }

  /** Whether a device of that 播报方式 has any. */
  boolean speaks(String playMode) {
    return lines.stream().anyMatch(line -> playMode.contains(line.dialect()));
  }

  List<Recording> lines() {
    return lines;
  }

  List<String> problems() {
    return problems;
  }
}

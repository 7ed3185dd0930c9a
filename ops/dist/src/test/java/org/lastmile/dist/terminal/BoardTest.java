package org.lastmile.dist.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoardTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2026-07-01T12:01:05Z");

  @Test
  void everyLineFitsEightyColumnsHoweverManyVillagesThereAre() {
    for (int villages : new int[] {1, 6, 75}) {
      List<String> lines = new Board(80, false).lines(warning(), coverage(villages), NOW, 23);

      assertThat(lines).hasSizeLessThanOrEqualTo(23);
      assertThat(lines).allSatisfy(l -> assertThat(Columns.width(l)).isLessThanOrEqualTo(80));
    }
  }

  @Test
  void showsABarForEachVillageAndWhatIsStuckAndWhatItLacks() {
    String board = String.join("\n", new Board(80, false).lines(warning(), coverage(2), NOW, 23));

    assertThat(board).contains("暴雨红色预警").contains("1:05");
    assertThat(board).contains("2 of 4 points covered (50 %) · 2 told · 0 untold");
    assertThat(board).containsPattern("第1村 +█+▒+ +1/2");
    assertThat(board).containsPattern("P1-2 .*duty +0:30 +answer, helpers");
    assertThat(board).containsPattern("sms +3 ");
  }

  @Test
  void foldsVillagesThatDoNotFitAndCountsThem() {
    List<String> lines = new Board(80, false).lines(warning(), coverage(75), NOW, 23);

    assertThat(lines).anyMatch(l -> l.matches(" \\d+ more villages; 0 of all 75 are covered"));
  }

  @Test
  void howManyAreUntoldIsNeverCutAwayByWhatMattersLess() {
    ObjectNode coverage = (ObjectNode) coverage(2);
    coverage.put("total", 5_000).put("covered", 1_234).put("reached", 1_200);
    coverage.put("unreached", 2_566);
    ObjectNode warning = (ObjectNode) warning();
    warning.put("retries", 123_456);

    assertThat(new Board(80, false).lines(warning, coverage, NOW, 23).get(1))
        .isEqualTo("1234 of 5000 points covered (24 %) · 1200 told · 2566 untold");
    assertThat(new Board(80, false).lines(warning(), coverage(2), NOW, 23).get(1))
        .endsWith(" untold        duty tasks 2 · retries 1");
    assertThat(new Board(40, false).lines(warning, coverage, NOW, 23))
        .allSatisfy(l -> assertThat(Columns.width(l)).isLessThanOrEqualTo(40));
  }

  @Test
  void coloursSayWhatIsUntoldAndWhatWaitsForAPersonAndLeaveTheWordsReadable() {
    ObjectNode coverage = (ObjectNode) coverage(1);
    coverage.put("reached", 0).put("unreached", 1);
    List<String> open = new Board(80, true).lines(warning(), coverage, NOW, 23);
    assertThat(open.get(1)).contains("0 told · \u001b[31m1 untold\u001b[0m");
    assertThat(open).anyMatch(l -> l.contains("… \u001b[31mduty   \u001b[0m"));

    coverage.put("covered", 2).put("unreached", 0);
    assertThat(new Board(80, true).lines(warning(), coverage, NOW, 23).get(1))
        .startsWith("\u001b[32m2 of 2 points covered (100 %)");
  }

  private static JsonNode warning() {
    ObjectNode warning = JSON.createObjectNode();
    warning.put("headline", "云岭县气象台发布暴雨红色预警[Ⅰ级/特别严重]");
    warning.put("status", "RELEASED");
    warning.put("released", "2026-07-01T12:00:00Z");
    warning.put("retries", 1);
    warning.putObject("byChannel").putObject("sms").put("QUEUED", 3).put("CONFIRMED", 12);
    return warning;
  }

  /** Two points a village: one covered, one told and stuck. */
  private static JsonNode coverage(int villages) {
    ObjectNode coverage = JSON.createObjectNode();
    coverage.put("total", villages * 2).put("covered", villages);
    coverage.put("reached", villages).put("unreached", 0);
    ArrayNode areas = coverage.putArray("byArea");
    ArrayNode points = coverage.putArray("points");
    for (int v = 1; v <= villages; v++) {
      areas
          .addObject()
          .put("village", "第" + v + "村")
          .put("total", 2)
          .put("covered", 1)
          .put("reached", 1);
      points.addObject().put("id", "P" + v + "-1").put("state", "COVERED");
      ObjectNode open = points.addObject().put("id", "P" + v + "-2").put("state", "REACHED");
      open.put("name", "很长很长的名字一组石板沟不稳定斜坡").put("stage", 3).put("duty", true);
      open.put("since", "2026-07-01T12:00:35Z");
      open.putArray("missing").add("ANSWERED").add("HELPERS_ANSWERED");
    }
    return coverage;
  }
}

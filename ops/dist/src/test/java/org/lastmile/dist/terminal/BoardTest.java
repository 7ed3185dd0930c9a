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

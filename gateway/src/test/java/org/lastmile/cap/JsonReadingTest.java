package org.lastmile.cap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.cap.Inputs.JSON;
import static org.lastmile.cap.Inputs.json;
import static org.lastmile.cap.Inputs.read;
import static org.lastmile.cap.Inputs.refused;

import java.time.Instant;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lastmile.warning.Area;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Position;
import org.lastmile.warning.Warning;

class JsonReadingTest {

  @Test
  void isReadWholeWithoutNoticeOrDoubt() {
    Warning warning = read(JSON);

    assertThat(warning.identity().identifier()).isEqualTo("50000041600000_20260705021500");
    assertThat(warning.type()).isEqualTo(Warning.Type.ALERT);
    assertThat(warning.grade()).isEqualTo(Grade.RED);
    assertThat(warning.hazard()).isEqualTo(new Hazard("11B03", "暴雨", Hazard.Family.RAIN));
    assertThat(warning.texts()).isEqualTo(Map.of("SPEAKER", "请立即转移"));
    assertThat(warning.expires()).isEqualTo("2026-07-04T21:15:00Z");
    assertThat(warning.area().circles())
        .containsExactly(new Area.Circle(new Position(29.8, 106.6), 5.5));
    assertThat(warning.area().codes()).containsExactly("500112107000");
    Area.Polygon polygon = warning.area().polygons().get(0);
    assertThat(polygon.outer()).startsWith(new Position(29.7, 106.5)).hasSize(5);
    assertThat(polygon.holes()).singleElement(InstanceOfAssertFactories.LIST).hasSize(4);
    assertThat(warning.references())
        .containsExactly(
            new Warning.Reference("weather@example.cn", "a", Instant.parse("2026-07-04T17:00:00Z")),
            new Warning.Reference(null, "50000041600000_20260705011500", null));
    assertThat(warning.notices()).isEmpty();
    assertThat(warning.doubts()).isEmpty();
  }

  @Test
  void aMultiPolygonGivesSeveralPolygons() {
    String geometry =
        JSON.substring(JSON.indexOf("{\n      \"type\""), JSON.indexOf(",\n    \"circles\""));
    String multi =
        "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[106.5,29.7],[106.7,29.7],[106.7,29.9],[106.5,29.7]]],"
            + "[[[107.5,29.7],[107.7,29.7],[107.7,29.9],[107.5,29.7]]]]}";
    Warning warning = read(json(geometry, multi));
    assertThat(warning.area().polygons()).hasSize(2);
    assertThat(warning.area().polygons().get(1).outer()).startsWith(new Position(29.7, 107.5));
  }

  @Test
  void aGeometryThatIsNoAreaIsHeld() {
    Warning warning = read(json("\"Polygon\"", "\"LineString\""));
    assertThat(warning.area().polygons()).isEmpty();
    assertThat(warning.doubts()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"\"RED\", RED", "\"红色\", RED", "\"Extreme\", RED"})
  void theGradeIsAWord(String grade, Grade meant) {
    assertThat(read(json("\"RED\"", grade)).grade()).isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "\"1\"", "4"})
  void theGradeIsNeverANumber(String grade) {
    Warning warning = read(json("\"RED\"", grade).replace("暴雨红色预警", "暴雨预警"));
    assertThat(warning.grade()).isNull();
    assertThat(warning.doubts()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"暴雨\"; 11B03; 暴雨",
        "{\"code\":\"11A51\"}; 11A51; 山洪",
        "{\"code\":\"11Z99\",\"name\":\"天坑\"}; 11Z99; 天坑",
        "{\"name\":\"天坑\"}; ''; 天坑"
      })
  void theHazardIsACodeOrAName(String hazard, String code, String name) {
    String input = json("\"11B03\"", hazard).replace("发布暴雨红色", "发布红色");
    assertThat(read(input).hazard())
        .extracting(Hazard::code, Hazard::name)
        .containsExactly(code, name);
  }

  @Test
  void unknownFieldsAreNotedWithTheirPlace() {
    assertThat(read(json("\"codes\":", "\"note\": 1, \"codes\":")).notices())
        .containsExactly("unknown field \"note\": ignored (warning/area/note, line 26)");
  }

  @Test
  void everythingMissingIsToldAtOnce() {
    assertThat(refused("{}")).extracting(Reading.Problem::what).hasSize(3);
    assertThat(refused("{\"identifier\": null, \"sender\": {}, \"sent\": []}")).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"identifier\":\"a\",/\"identifier\":\"b\"} | 2 | Duplicate",
        "{\"identifier\":/\"a\" | 2 | not valid JSON",
        "{\"a\": NaN} | 1 | not valid JSON",
        "{} {} | 1 | one warning at a time",
        "{\"type\":\"FeatureCollection\",\"features\":[]} | 1 | GeoJSON alone"
      })
  void whatIsNoGoodJsonIsRefusedWithItsLine(String input, int line, String word) {
    assertThat(refused(input.replace("/", "\n")))
        .anySatisfy(p -> assertThat(p.what()).contains(word))
        .anySatisfy(p -> assertThat(p.line()).isEqualTo(line));
  }

  @Test
  void whatXmlCannotCarryIsLeftOut() {
    assertThat(read(json("请立即转移\",\n  \"texts", "请\\u0001立\\ud800即\",\n  \"texts")).instruction())
        .isEqualTo("请立即");
  }
}

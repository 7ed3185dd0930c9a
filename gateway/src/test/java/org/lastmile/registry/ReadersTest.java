package org.lastmile.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lastmile.warning.Position;

/** What single cells are read as. */
class ReadersTest {

  @ParameterizedTest
  @CsvSource({
    "13800001234, 13800001234",
    "138 0000 1234, 13800001234",
    "138-0000-1234, 13800001234",
    "+8613800001234, 13800001234",
    "008613800001234, 13800001234",
    "8613800001234, 13800001234",
    "１３８００００１２３４, 13800001234",
    "13800001234.0, 13800001234",
    "023-68123456, 02368123456",
    "+85261234567, +85261234567",
    "1.38E+10, ''",
    "1.38E10, ''",
    "1380000123, ''",
    "138000012345, ''",
    "138****1234, ''",
    "无号码, ''",
    "12345, ''",
  })
  void phonesAreDigitsOrNothing(String cell, String expected) {
    Phone phone = Phone.of(cell);
    assertThat(phone.first()).isEqualTo(expected);
    assertThat(phone.problem().isEmpty()).isEqualTo(!expected.isEmpty());
  }

  @Test
  void aCellMayHoldTwoPhonesAndALandlineIsPointedOut() {
    assertThat(Phone.of("13800001234/13900005678").numbers())
        .containsExactly("13800001234", "13900005678");
    assertThat(Phone.of("13800001234、023-68123456").second()).isEqualTo("02368123456");
    assertThat(Phone.of("023-68123456").notice()).contains("收不到短信");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-04-20, 2026-04-20",
    "2026/4/2, 2026-04-02",
    "2026.4.20, 2026-04-20",
    "2026年4月20日, 2026-04-20",
    "2026年4月, 2026-04-01",
    "20260420, 2026-04-20",
    "2026-04-20 08:30, 2026-04-20",
    "46132, 2026-04-20",
    "2026-02-30, ",
    "去年, ",
  })
  void datesAreReadAsLedgersWriteThem(String cell, LocalDate expected) {
    assertThat(Dates.of(cell).orElse(null)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "1组, 一组",
    "第一组, 一组",
    "一组, 一组",
    "3, 三组",
    "１２村民小组, 十二组",
    "20组, 二十组",
    "5社, 五社",
    "杨家院子, 杨家院子"
  })
  void oneGroupHasOneName(String cell, String expected) {
    assertThat(Groups.name(cell)).isEqualTo(expected);
  }

  @Test
  void listsAreSplitAtEverySeparatorThatLedgersUse() {
    assertThat(Cells.list("P1、P2,P3;P4，P5； P6\nP7、"))
        .containsExactly("P1", "P2", "P3", "P4", "P5", "P6", "P7");
  }

  /** Values on which independent converters agree. */
  @ParameterizedTest
  @CsvSource({
    "31.1774276, 121.5272106, 31.17530398364597, 121.531541859215",
    "22.543847, 113.912316, 22.540796131694766, 113.9171764808363",
    "39.911954, 116.377817, 39.91334545536069, 116.38404722455657",
    "39.915, 116.404, 39.91640428150164, 116.41024449916938"
  })
  void gcj02IsUndoneToTheMetre(double lat, double lon, double gcjLat, double gcjLon) {
    Position shifted = Datum.shift(lat, lon);
    assertThat(Shape.km(shifted, new Position(gcjLat, gcjLon))).isLessThan(0.001);
    Position back = Datum.GCJ02.toWgs84(new Position(gcjLat, gcjLon));
    assertThat(Shape.km(back, new Position(lat, lon))).isLessThan(0.001);
  }

  @Test
  void bd09IsUndoneByWayOfGcj02() {
    Position sameInGcj = new Position(39.90865673957631, 116.39762729119315);
    assertThat(
            Shape.km(
                Datum.BD09.toWgs84(new Position(39.915, 116.404)), Datum.GCJ02.toWgs84(sameInGcj)))
        .isLessThan(0.001);
  }

  @Property(tries = 300)
  void shiftingToGcj02AndBackEndsWhereItBegan(
      @ForAll @DoubleRange(min = 18, max = 53) double lat,
      @ForAll @DoubleRange(min = 74, max = 134) double lon) {
    Position back = Datum.GCJ02.toWgs84(Datum.shift(lat, lon));
    assertThat(Shape.km(back, new Position(lat, lon))).isLessThan(0.001);
  }

  @Property(tries = 300)
  void degreesMinutesAndSecondsAreTheSameAsDecimals(
      @ForAll @DoubleRange(min = 73, max = 135) double degrees) {
    int whole = (int) degrees;
    int minutes = (int) ((degrees - whole) * 60);
    double seconds = ((degrees - whole) * 60 - minutes) * 60;
    String written = "%d°%d′%.4f″".formatted(whole, minutes, Math.min(seconds, 59.9999));
    assertThat(Coordinates.degrees(written).orElseThrow()).isCloseTo(degrees, within(1e-6));
  }

  @Provide
  Arbitrary<String> cells() {
    return Arbitraries.strings()
        .withChars("0123456789.eE+-*°′″分秒度东经北纬年月日/、,;（） \n\u3000ABab王角组=#\u0000")
        .ofMaxLength(40);
  }

  @Property
  void noCellMakesAReaderThrow(@ForAll("cells") String cell) {
    Phone.of(cell).numbers().forEach(n -> assertThat(n).matches("\\+?\\d{7,15}"));
    Dates.of(cell);
    Coordinates.of(cell, cell);
    Datum.of(cell);
    Groups.inTitle(Groups.name(cell));
    NamedPhone.of(cell);
    assertThat(Cells.isFormula(Cells.neutral(cell))).isFalse();
    assertThat(Cells.list(cell)).noneMatch(String::isBlank);
  }

  @Property(tries = 200)
  void noBytesMakeTheImportThrow(@ForAll byte[] bytes) {
    assertThat(RegistryImport.read(List.of(new NamedBytes("x", bytes))).problems()).isNotEmpty();
  }

  @Property(tries = 200)
  void noCellsMakeTheImportThrowOrLoseARow(@ForAll("cells") String a, @ForAll("cells") String b) {
    String table =
        "编号,名称,村,组,行政区划代码,经度,纬度,坐标系,灾害类型,威胁户数,防灾责任人,电话\r\n"
            + (quoted(a) + ",").repeat(11)
            + quoted(b)
            + "\r\nP1,大湾滑坡,大湾村,,,,,,"
            + quoted(b)
            + ",,,\r\n";
    ImportReport report =
        RegistryImport.read(
            List.of(new NamedBytes("x.csv", table.getBytes(StandardCharsets.UTF_8))));
    assertThat(report.candidate().point("P1")).isPresent();
    assertThat(report.candidate().points()).hasSize(report.rows().get("隐患点台账"));
  }

  private static String quoted(String cell) {
    return '"' + cell + '"';
  }
}

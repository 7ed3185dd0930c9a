package org.lastmile.cap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.cap.Inputs.cap;
import static org.lastmile.cap.Inputs.read;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lastmile.warning.Area;
import org.lastmile.warning.Position;
import org.lastmile.warning.Warning;

class PlacesTest {

  private static final String RING = "29.7,106.5 29.7,106.7 29.9,106.7 29.9,106.5 29.7,106.5";
  private static final String CIRCLE = "29.8,106.6 5.5";

  private static Warning polygon(String polygon) {
    return read(cap(RING, polygon));
  }

  private static Warning circle(String circle) {
    return read(cap(CIRCLE, circle));
  }

  private static Area.Polygon ring() {
    return polygon(RING).area().polygons().get(0);
  }

  @Test
  void anUnclosedPolygonIsClosedWithANotice() {
    Warning warning = polygon("29.7,106.5 29.7,106.7 29.9,106.7 29.9,106.5");
    assertThat(warning.area().polygons()).containsExactly(ring());
    assertThat(warning.notices()).singleElement().asString().contains("not closed");
  }

  @Test
  void directionAndSpaceDoNotMatter() {
    Warning warning = polygon("29.7,106.5\n\t29.9,106.5  29.9,106.7 29.7,106.7\n29.7,106.5");
    assertThat(warning.area().polygons().get(0).outer()).hasSize(5);
    assertThat(warning.notices()).isEmpty();
  }

  @Test
  void repeatedPositionsAreTakenOnce() {
    assertThat(polygon("29.7,106.5 " + RING).area().polygons()).containsExactly(ring());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "29.7,106.5, 29.7,106.7, 29.9,106.7, 29.9,106.5, 29.7,106.5",
        "29.7, 106.5 29.7, 106.7 29.9, 106.7 29.9, 106.5 29.7, 106.5",
        "29.7 106.5 29.7 106.7 29.9 106.7 29.9 106.5 29.7 106.5",
        "29.7,106.5;29.7,106.7;29.9,106.7;29.9,106.5;29.7,106.5"
      })
  void otherSeparatorsAreUnderstoodWithANotice(String polygon) {
    Warning warning = polygon(polygon);
    assertThat(warning.area().polygons()).containsExactly(ring());
    assertThat(warning.notices()).singleElement().asString().contains("numbers taken in pairs");
  }

  @Test
  void swappedAxesArePutRightWhereNothingElseIsPossible() {
    Warning warning = polygon("106.5,29.7 106.7,29.7 106.7,29.9 106.5,29.9 106.5,29.7");
    assertThat(warning.area().polygons()).containsExactly(ring());
    assertThat(warning.notices()).singleElement().asString().contains("swapped");
  }

  @Test
  void whatMayBeSwappedIsHeld() {
    Warning warning = polygon("85.1,38.1 85.3,38.1 85.3,38.3 85.1,38.1");
    assertThat(warning.area().polygons().get(0).outer()).startsWith(new Position(85.1, 38.1));
    assertThat(warning.doubts()).singleElement().asString().contains("颠倒");
  }

  @Test
  void aPolygonThatCrossesItselfIsKept() {
    Warning warning = polygon("29.7,106.5 29.9,106.7 29.7,106.7 29.9,106.5 29.7,106.5");
    assertThat(warning.area().polygons()).hasSize(1);
    assertThat(warning.notices()).singleElement().asString().contains("crosses itself");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"29.7,106.5 29.9,106.7", "29.7,106.5", "29.7,106.5 29.9,106.7 29.7,106.5"})
  void fewerThanThreePositionsAreLeftOut(String polygon) {
    Warning warning = polygon(polygon);
    assertThat(warning.area().polygons()).isEmpty();
    assertThat(warning.notices()).singleElement().asString().contains("fewer than three");
    assertThat(warning.doubts()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "here and there", "29.7,106.5 29.7,106.7 29.9", "29.7,106.5 NaN,106.7 29.9,106.7",
        "200,106.5 29.7,106.7 29.9,106.7", "1e99,106 29,106 29,107", "0x1d,106 29,106 29,107"
      })
  void aPolygonThatCannotBeReadIsHeld(String polygon) {
    Warning warning = polygon(polygon);
    assertThat(warning.area().polygons()).isEmpty();
    assertThat(warning.doubts())
        .singleElement()
        .asString()
        .contains("alert/info/area/polygon", "25");
  }

  @ParameterizedTest
  @CsvSource({
    "'29.8,106.6 5.5', 5.5, ''",
    "'29.8,106.6  0', 0, radius 0",
    "'29.8, 106.6 5.5', 5.5, numbers taken in pairs",
    "'106.6,29.8 5.5', 5.5, swapped"
  })
  void circlesAreRead(String circle, double radius, String notice) {
    Warning warning = circle(circle);
    assertThat(warning.area().circles())
        .containsExactly(new Area.Circle(new Position(29.8, 106.6), radius));
    assertThat(warning.notices().toString()).contains(notice);
  }

  @ParameterizedTest
  @ValueSource(strings = {"29.8,106.6", "29.8,106.6 -1", "29.8,106.6 five", "29.8,106.6 99999"})
  void aCircleThatCannotBeReadIsHeld(String circle) {
    Warning warning = circle(circle);
    assertThat(warning.area().circles()).isEmpty();
    assertThat(warning.doubts()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "行政区划代码, 500112107000, 500112107000",
    "code, 500112107, 500112107000",
    "areaCode, 500112, 500112000000",
    "区域编码, 5001, 500100000000",
    "adminCode, 50, 500000000000",
    "anything, 500112107204, 500112107204",
    "anything, '500112107204，500112108000', '500112107204,500112108000'"
  })
  void areaCodesBecomeTwelveDigits(String list, String value, String codes) {
    assertThat(geocode(list, value).area().codes()).containsExactly(codes.split(",", -1));
  }

  @ParameterizedTest
  @CsvSource({
    "FIPS6, 320130",
    "SAME, 130009",
    "SHN, 110000000000",
    "UGC, NVC013",
    "profile:CAP-CP:Location:0.3, 3537001",
    "NUTS3, 110000",
    "anything, 50",
    "code, 990112107000",
    "code, 5001121070001"
  })
  void foreignAndImpossibleCodesAreKeptOutOfTargeting(String list, String value) {
    Warning warning = geocode(list, value);
    assertThat(warning.area().codes()).isEmpty();
    assertThat(warning.notices()).singleElement().asString().contains("no administrative code");
  }

  private static Warning geocode(String list, String value) {
    return read(
        cap(
            "<valueName>行政区划代码</valueName><value>500112107000</value>",
            "<valueName>" + list + "</valueName><value>" + value + "</value>"));
  }
}

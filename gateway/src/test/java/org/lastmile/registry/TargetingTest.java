package org.lastmile.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.registry.Township.DAWAN;
import static org.lastmile.registry.Township.FAR_TOWN_VILLAGE;
import static org.lastmile.registry.Township.SHIHE;
import static org.lastmile.registry.Township.TOWN;
import static org.lastmile.registry.Township.circle;
import static org.lastmile.registry.Township.code;
import static org.lastmile.registry.Township.ids;
import static org.lastmile.registry.Township.polygon;
import static org.lastmile.registry.Township.polygons;
import static org.lastmile.registry.Township.ring;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lastmile.warning.Area;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Hazard.Family;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Resident;
import org.lastmile.warning.ResponsiblePerson;
import org.lastmile.warning.ResponsiblePerson.Level;
import org.lastmile.warning.ResponsiblePerson.Part;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Threat.AtPoint;

class TargetingTest {
  private static final String SQUARE = "29.0,106.0 29.0,107.0 30.0,107.0 30.0,106.0 29.0,106.0";

  /** In the middle of the square, at its edge, and outside. */
  private static Township threePoints() {
    return new Township()
        .point("middle", DAWAN, "", "29.5,106.5", "滑坡")
        .point("edge", DAWAN, "", "29.0,106.5", "滑坡")
        .point("outside", DAWAN, "", "28.9,106.5", "滑坡");
  }

  @Test
  void aPolygonThreatensWhatStandsInsideItOrOnItsEdge() {
    Threat threat = threePoints().threatened(polygon(SQUARE));
    assertThat(ids(threat)).containsExactly("middle", "edge");
    assertThat(threat.notices()).isEmpty();
  }

  @Test
  void theDirectionOfARingDoesNotMatter() {
    Area other = polygon("29.0,106.0 30.0,106.0 30.0,107.0 29.0,107.0 29.0,106.0");
    assertThat(ids(threePoints().threatened(other))).containsExactly("middle", "edge");
  }

  @Test
  void aRingThatIsNotClosedIsClosedAndSaid() {
    Threat threat =
        threePoints().threatened(polygon("29.0,106.0 29.0,107.0 30.0,107.0 30.0,106.0"));
    assertThat(ids(threat)).containsExactly("middle", "edge");
    assertThat(threat.notices()).singleElement().asString().contains("闭合");
  }

  @Test
  void aRingThatCrossesItselfStillThreatensBothItsHalves() {
    Township township =
        new Township()
            .point("west", DAWAN, "", "29.5,106.1", "滑坡")
            .point("east", DAWAN, "", "29.5,106.9", "滑坡");
    Threat threat =
        township.threatened(polygon("29.0,106.0 30.0,107.0 29.0,107.0 30.0,106.0 29.0,106.0"));
    assertThat(ids(threat)).containsExactly("west", "east");
    assertThat(threat.notices()).singleElement().asString().contains("修复");
  }

  @Test
  void aHoleIsOutside() {
    Area ring = polygon(SQUARE, "29.4,106.4 29.4,106.6 29.6,106.6 29.6,106.4 29.4,106.4");
    assertThat(ids(threePoints().threatened(ring))).containsExactly("edge");
  }

  @Test
  void severalPolygonsCirclesAndCodesAddUp() {
    Township township =
        threePoints()
            .point("by-circle", DAWAN, "", "31.0,106.5", "滑坡")
            .point("by-code", SHIHE, "", "32.0,106.5", "滑坡")
            .point("none", FAR_TOWN_VILLAGE, "", "33.0,106.5", "滑坡");
    Area both =
        new Area(
            "",
            List.of(
                new Area.Polygon(
                    ring("29.4,106.4 29.4,106.6 29.6,106.6 29.6,106.4 29.4,106.4"), List.of()),
                new Area.Polygon(
                    ring("28.8,106.4 28.8,106.6 28.95,106.6 28.95,106.4 28.8,106.4"), List.of())),
            circle("31.0,106.6", 10).circles(),
            List.of(SHIHE));
    assertThat(ids(township.threatened(both)))
        .containsExactly("middle", "outside", "by-circle", "by-code");
  }

  @Test
  void aCircleIsMeasuredInKilometresOnTheGround() {
    // 0.1 degree of longitude is 9.68 km at 29.5 degrees north, 11.1 km at the equator.
    Township township = threePoints();
    assertThat(ids(township.threatened(circle("29.5,106.6", 9.75)))).containsExactly("middle");
    assertThat(ids(township.threatened(circle("29.5,106.6", 9.6)))).isEmpty();
  }

  @Test
  void aCircleWithoutARadiusStillMeansItsPlace() {
    Threat threat = threePoints().threatened(circle("29.5,106.505", 0));
    assertThat(ids(threat)).containsExactly("middle");
    assertThat(threat.notices()).singleElement().asString().contains("半径");
  }

  @ParameterizedTest
  @CsvSource({
    "999901101201, dawan",
    "999901101000, dawan shihe",
    "999901000000, dawan shihe far",
    "999900000000, dawan shihe far",
    "999901, dawan shihe far",
    "999901101, dawan shihe",
    "999901103000, ''"
  })
  void aCodeThreatensEverythingBelowIt(String named, String expected) {
    Township township =
        new Township()
            .point("dawan", DAWAN, "", "29.5,106.5", "滑坡")
            .point("shihe", SHIHE, "", "", "滑坡")
            .point("far", FAR_TOWN_VILLAGE, "", "29.9,106.9", "滑坡");
    assertThat(String.join(" ", ids(township.threatened(code(named))))).isEqualTo(expected);
  }

  @Test
  void aCodeThatIsNoneIsSaid() {
    Threat threat = threePoints().threatened(code("99990110120X"));
    assertThat(ids(threat)).isEmpty();
    assertThat(threat.notices()).anyMatch(n -> n.contains("99990110120X"));
  }

  @Test
  void aPointKnownOnlyByItsTownIsThreatenedWithAnyVillageOfIt() {
    Township township = new Township().point("somewhere", TOWN, "", "", "滑坡");
    assertThat(ids(township.threatened(code(SHIHE)))).contains("somewhere");
  }

  @Test
  void aPointWithoutAPositionGoesWithItsVillage() {
    Township township =
        threePoints()
            .point("nowhere", DAWAN, "", "", "滑坡")
            .point("nowhere-else", FAR_TOWN_VILLAGE, "", "", "滑坡")
            .point("far", FAR_TOWN_VILLAGE, "", "35.0,106.5", "滑坡");
    Threat threat = township.threatened(polygon(SQUARE));
    assertThat(ids(threat)).containsExactly("middle", "edge", "nowhere");
    assertThat(threat.notices()).singleElement().asString().contains("1 处没有坐标", "nowhere");
  }

  @Test
  void aVillageOfWhichNothingIsOnTheMapGoesWithItsTown() {
    Township township = threePoints().loudspeaker("L1", SHIHE, "", "");
    Threat threat = township.threatened(polygon(SQUARE));
    assertThat(ids(threat)).containsExactly("middle", "edge", "implicit-" + SHIHE);
    assertThat(threat.notices()).singleElement().asString().contains("石河村");
    assertThat(ids(township.threatened(polygon("35,100 35,101 36,101 36,100 35,100")))).isEmpty();
  }

  @Test
  void aPointWithoutAnAreaCodeIsFoundByItsPosition() {
    Township township = new Township().point("p", "", "", "29.5,106.5", "滑坡");
    assertThat(ids(township.threatened(polygon(SQUARE)))).containsExactly("p");
    assertThat(ids(township.threatened(code(TOWN)))).doesNotContain("p");
  }

  @Test
  void withNothingOnTheMapAtAllNothingIsRuledOut() {
    Township township = new Township().point("nowhere", DAWAN, "", "", "滑坡");
    assertThat(ids(township.threatened(polygon(SQUARE)))).contains("nowhere");
  }

  @Test
  void aWarningThatNamesItsPlaceOnlyInWordsIsUnderstood() {
    Township township =
        new Township()
            .point("dawan", DAWAN, "", "29.5,106.5", "滑坡")
            .point("shihe", SHIHE, "", "29.6,106.5", "滑坡");
    Area words = new Area("青石镇大湾村", List.of(), List.of(), List.of());
    Threat threat = township.threatened(words);
    assertThat(ids(threat)).containsExactly("dawan");
    assertThat(threat.notices()).singleElement().asString().contains("大湾村", "核对");

    Threat lost = township.threatened(new Area("某地", List.of(), List.of(), List.of()));
    assertThat(lost.points()).isEmpty();
    assertThat(lost.notices()).singleElement().asString().contains("人工指定");
  }

  @Test
  void aPolygonThatCanNotBeUsedIsSaid() {
    Threat threat = threePoints().threatened(polygon("29.0,106.0 29.0,106.0 30.0,106.0"));
    assertThat(threat.notices()).anyMatch(n -> n.contains("三个不同的顶点"));
    assertThat(threat.points()).isEmpty();
  }

  @ParameterizedTest(name = "{1} {0} at a point of kind {2}: {3}")
  @CsvSource({
    "RAIN, 暴雨, 滑坡, true",
    "RAIN, 暴雨, 山洪, true",
    "RAIN, 暴雨, 泥石流, true",
    "RAIN, 暴雨, 森林火险, false",
    "RAIN, 暴雨, 道路结冰, false",
    "RAIN, 暴雨, 不明地物, true",
    "RAIN, 暴雨, '', true",
    "RAIN, 强对流, 广告牌, true",
    "FLOOD, 山洪, 低洼, true",
    "FLOOD, 山洪, 泥石流, true",
    "FLOOD, 山洪, 森林火险, false",
    "GEOLOGICAL, 地质灾害气象风险, 不稳定斜坡, true",
    "GEOLOGICAL, 地质灾害气象风险, 泥石流, true",
    "GEOLOGICAL, 地质灾害气象风险, 水库, false",
    "WIND, 台风, 滑坡, true",
    "WIND, 大风, 滑坡, false",
    "WIND, 大风, 大棚, true",
    "COLD, 道路结冰, 滑坡, false",
    "COLD, 道路结冰, 道路结冰, true",
    "HEAT, 高温, 滑坡, false",
    "FIRE, 森林火灾, 林区, true",
    "FIRE, 森林火灾, 滑坡, false",
    "EARTHQUAKE, 地震, 滑坡, true",
    "EARTHQUAKE, 地震, 水库, true",
    "OTHER, 陨石, 滑坡, true",
  })
  void hazardsThreatenTheKindsOfPointsTheyCanHurt(
      Family family, String hazard, String kind, boolean threatens) {
    Township township =
        kind.isEmpty()
            ? new Township().point("p", DAWAN, "", "29.5,106.5")
            : new Township().point("p", DAWAN, "", "29.5,106.5", kind);
    assertThat(ids(township.threatened(new Hazard("", hazard, family), polygon(SQUARE))))
        .containsExactly(threatens ? "p" : "implicit-" + DAWAN);
  }

  @Test
  void aVillageWhosePointsTheHazardDoesNotThreatenIsToldAllTheSame() {
    Township township =
        new Township()
            .point("landslide", DAWAN, "一组", "29.5,106.5", "滑坡")
            .responsible("王", Part.A, DAWAN, "landslide")
            .resident("孙", DAWAN, "一组", "landslide")
            .loudspeaker("L1", DAWAN, "一组", "29.5,106.5", "landslide");
    Threat threat = township.threatened(new Hazard("11B09", "高温", Family.HEAT), polygon(SQUARE));

    AtPoint village = threat.points().get(0);
    assertThat(village.point().implicit()).isTrue();
    assertThat(village.point().name()).isEqualTo("大湾村");
    assertThat(village.responsible()).extracting(ResponsiblePerson::name).containsExactly("王");
    assertThat(village.residents()).extracting(Resident::name).containsExactly("孙");
    assertThat(village.loudspeakers()).extracting(Loudspeaker::id).containsExactly("L1");
  }

  @Test
  void aVillageAndAGroupWithoutARegisteredPointBecomeImplicitPoints() {
    Township township =
        new Township()
            .point("slope", DAWAN, "一组", "29.5,106.5", "滑坡")
            .resident("孙", DAWAN, "一组", "slope")
            .resident("周", DAWAN, "二组", "")
            .leader("二组长", Level.GROUP, DAWAN, "二组")
            .leader("一组长", Level.GROUP, DAWAN, "一组")
            .leader("大湾支书", Level.VILLAGE, DAWAN, "")
            .loudspeaker("L1", DAWAN, "一组", "29.5,106.5", "slope")
            .loudspeaker("L2", DAWAN, "二组", "29.51,106.5")
            .leader("石河支书", Level.VILLAGE, SHIHE, "")
            .responsible("石河网格员", Part.B, SHIHE)
            .loudspeaker("L3", SHIHE, "", "29.6,106.6")
            .leader("镇长", Level.TOWN, TOWN, "");

    Threat threat = township.threatened(code(TOWN));

    assertThat(ids(threat))
        .containsExactly("slope", "implicit-" + DAWAN + "-二组", "implicit-" + SHIHE);
    AtPoint group = threat.points().get(1);
    assertThat(group.point().name()).isEqualTo("大湾村二组");
    assertThat(group.residents()).extracting(Resident::name).containsExactly("周");
    assertThat(group.loudspeakers()).extracting(Loudspeaker::id).containsExactly("L2");
    assertThat(group.leaders())
        .extracting(ResponsiblePerson::name)
        .containsExactly("二组长", "大湾支书", "镇长");
    AtPoint village = threat.points().get(2);
    assertThat(village.responsible()).extracting(ResponsiblePerson::name).containsExactly("石河网格员");
    assertThat(village.leaders()).extracting(ResponsiblePerson::name).containsExactly("石河支书", "镇长");
    assertThat(village.loudspeakers()).extracting(Loudspeaker::id).containsExactly("L3");
  }

  @Test
  void nobodyWhoNamesNoPointIsLost() {
    Township township =
        new Township()
            .point("slope", DAWAN, "一组", "29.5,106.5", "滑坡")
            .resident("同组无点", DAWAN, "一组", "")
            .resident("无组无点", DAWAN, "", "")
            .loudspeaker("全村喇叭", DAWAN, "", "");

    Threat threat = township.threatened(polygon(SQUARE));

    assertThat(ids(threat)).containsExactly("slope", "implicit-" + DAWAN);
    assertThat(threat.points().get(0).residents())
        .extracting(Resident::name)
        .containsExactly("同组无点");
    assertThat(threat.points().get(1).residents())
        .extracting(Resident::name)
        .containsExactly("无组无点");
    assertThat(threat.points().get(1).loudspeakers())
        .extracting(Loudspeaker::id)
        .containsExactly("全村喇叭");
  }

  @Test
  void aGroupThatStandsOutsideThePolygonIsLeftOut() {
    Township township =
        new Township()
            .point("slope", DAWAN, "一组", "29.5,106.5", "滑坡")
            .loudspeaker("L2", DAWAN, "二组", "28.0,106.5");
    assertThat(ids(township.threatened(polygon(SQUARE)))).containsExactly("slope");
  }

  @Test
  void peopleOfAPointComeInTheOrderInWhichTheyCanAct() {
    Township township =
        new Township()
            .point("p", DAWAN, "一组", "29.5,106.5", "滑坡")
            .leader("县领导", Level.COUNTY, "999901000000", "")
            .leader("镇长", Level.TOWN, TOWN, "")
            .leader("支书", Level.VILLAGE, DAWAN, "")
            .leader("一组长", Level.GROUP, DAWAN, "一组")
            .leader("二组长", Level.GROUP, DAWAN, "二组")
            .leader("邻村支书", Level.VILLAGE, SHIHE, "")
            .responsible("乙", Part.B, DAWAN, "p")
            .responsible("甲", Part.A, DAWAN, "p");

    AtPoint at =
        township.threatened(polygons(new Area.Polygon(ring(SQUARE), List.of()))).points().get(0);

    assertThat(at.responsible()).extracting(ResponsiblePerson::name).containsExactly("甲", "乙");
    assertThat(at.leaders())
        .extracting(ResponsiblePerson::name)
        .containsExactly("一组长", "支书", "镇长", "县领导");
  }
}

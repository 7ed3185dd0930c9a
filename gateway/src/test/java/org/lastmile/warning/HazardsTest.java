package org.lastmile.warning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lastmile.warning.Hazard.Family;

class HazardsTest {

  @ParameterizedTest
  @CsvSource({
    "11A01, 洪水, FLOOD",
    "11A02, 内涝, FLOOD",
    "11A51, 山洪, FLOOD",
    "11B01, 台风, RAIN",
    "11B03, 暴雨, RAIN",
    "11B04, 暴雪, COLD",
    "11B05, 寒潮, COLD",
    "11B06, 大风, WIND",
    "11B07, 沙尘暴, AIR",
    "11B09, 高温, HEAT",
    "11B14, 雷电, RAIN",
    "11B15, 冰雹, RAIN",
    "11B16, 霜冻, COLD",
    "11B17, 大雾, AIR",
    "11B19, 霾, AIR",
    "11B20, 雷雨大风, RAIN",
    "11B21, 道路结冰, COLD",
    "11B22, 干旱, DROUGHT",
    "11B25, 森林火险, FIRE",
    "11B29, 重污染, AIR",
    "11B37, 地质灾害气象风险, GEOLOGICAL",
    "11C02, 地震, EARTHQUAKE",
    "11D01, 滑坡, GEOLOGICAL",
    "11D02, 泥石流, GEOLOGICAL",
    "11E02, 风暴潮, MARINE",
    "11E06, 海浪, MARINE",
    "11G01, 森林火灾, FIRE",
    "11G05, 草原火灾, FIRE"
  })
  void knowsEveryNationalCode(String code, String name, Family family) {
    assertThat(Hazards.byCode(code)).contains(new Hazard(code, name, family));
    assertThat(Hazards.in(name)).containsExactly(new Hazard(code, name, family));
  }

  @Test
  void listsNoCodeThatTheTestDoesNotKnow() {
    assertThat(Hazards.all()).hasSize(28);
  }

  @Test
  void unknownCodeIsNotFound() {
    assertThat(Hazards.byCode("11Z99")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "雷雨大风蓝色预警, 11B20",
    "大风蓝色预警, 11B06",
    "地质灾害橙色预警, 11B37",
    "沙尘黄色预警, 11B07",
    "山体滑坡, 11D01"
  })
  void longestWordAndOtherWordsAreUnderstood(String text, String code) {
    assertThat(Hazards.in(text)).extracting(Hazard::code).containsExactly(code);
  }

  @Test
  void severalHazardsComeInTheOrderOfTheText() {
    assertThat(Hazards.in("强降雨引发山洪、滑坡，注意山洪"))
        .extracting(Hazard::name)
        .containsExactly("暴雨", "山洪", "滑坡");
  }

  @Test
  void textWithoutAHazardNamesNone() {
    assertThat(Hazards.in("请注意安全")).isEmpty();
  }
}

package org.lastmile.cap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.cap.Inputs.CAP;
import static org.lastmile.cap.Inputs.read;
import static org.lastmile.cap.Inputs.with;

import org.junit.jupiter.api.Test;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Warning;

/** A CAP alert may carry several infos; a warning of the house says one thing. */
class SeveralInfosTest {

  private static final String INFO = CAP.substring(CAP.indexOf("<info>"), CAP.indexOf("</alert>"));
  private static final String ENGLISH =
      INFO.replace("zh-CN", "en")
          .replace("渝北区气象台发布暴雨红色预警", "Red warning for rain")
          .replace("<event>暴雨", "<event>Rainstorm")
          .replace("木耳镇", "Muer");

  private static Warning infos(String... infos) {
    return read(with(CAP, INFO, String.join("", infos)));
  }

  @Test
  void chineseWordsComeFirstWhereverTheyStand() {
    Warning warning = infos(ENGLISH, INFO);
    assertThat(warning.headline()).isEqualTo("渝北区气象台发布暴雨红色预警");
    assertThat(warning.area()).isEqualTo(read(CAP).area());
    assertThat(warning.doubts()).isEmpty();
  }

  @Test
  void mainlandChineseComesBeforeOtherChinese() {
    String macao = INFO.replace("zh-CN", "zh-MO").replace("请立即转移", "請立即轉移");
    assertThat(infos(macao, INFO).instruction()).isEqualTo("请立即转移");
    assertThat(infos(macao, ENGLISH).instruction()).isEqualTo("請立即轉移");
  }

  @Test
  void areasOfOneEventAreJoinedAndTheLatestExpiryCounts() {
    String other = INFO.replace("500112107000", "500112108000").replace("T05:15", "T08:15");
    Warning warning = infos(INFO, other);
    assertThat(warning.area().codes()).containsExactly("500112107000", "500112108000");
    assertThat(warning.area().polygons()).hasSize(1);
    assertThat(warning.expires()).isEqualTo("2026-07-05T00:15:00Z");
    assertThat(warning.doubts()).isEmpty();
  }

  @Test
  void differentGradesAreHeldAtTheWorst() {
    String blue = INFO.replace("Extreme", "Minor").replace("红色", "蓝色").replace("107000", "108000");
    Warning warning = infos(blue, INFO);
    assertThat(warning.grade()).isEqualTo(Grade.RED);
    assertThat(warning.headline()).contains("红色");
    assertThat(warning.area().codes()).contains("500112107000", "500112108000");
    assertThat(warning.doubts()).singleElement().asString().contains("不同等级");
  }

  @Test
  void differentHazardsAreHeld() {
    String wind = INFO.replace("11B03", "11B06").replace("暴雨", "大风");
    assertThat(infos(INFO, wind).doubts()).singleElement().asString().contains("暴雨、大风");
  }

  @Test
  void whatHasEndedSomewhereIsLeftOutWhereTheRestStands() {
    String over =
        INFO.replace("107000", "108000")
            .replace("<urgency>", "<responseType>AllClear</responseType><urgency>");
    Warning warning = infos(over, INFO);
    assertThat(warning.area().codes()).containsExactly("500112107000");
    assertThat(warning.notices()).anySatisfy(n -> assertThat(n).contains("AllClear"));
  }

  @Test
  void anAlertThatIsAllClearAltogetherIsHeld() {
    String over = INFO.replace("<urgency>", "<responseType>AllClear</responseType><urgency>");
    assertThat(infos(over).doubts()).singleElement().asString().contains("解除");
  }
}

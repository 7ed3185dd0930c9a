package org.lastmile.cap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.cap.Inputs.cap;
import static org.lastmile.cap.Inputs.national;
import static org.lastmile.cap.Inputs.read;
import static org.lastmile.cap.Inputs.with;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Warning;

class GradeReadingTest {

  private static final String HEADLINE = "渝北区气象台发布暴雨红色预警";

  private static String headline(String headline) {
    return with(cap(HEADLINE, headline), ">Extreme<", ">Unknown<");
  }

  @ParameterizedTest
  @CsvSource({"Extreme, RED", "Severe, ORANGE", "Moderate, YELLOW", "Minor, BLUE", "minor, BLUE"})
  void severityGivesTheGrade(String severity, Grade grade) {
    Warning warning = read(with(cap(HEADLINE, "暴雨预警"), ">Extreme<", ">" + severity + "<"));
    assertThat(warning.grade()).isEqualTo(grade);
    assertThat(warning.doubts()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"Red, RED", "ORANGE, ORANGE", "Yellow, YELLOW", "blue, BLUE", "红色, RED", "蓝, BLUE"})
  void theNationalFormHasAColourAsSeverity(String severity, Grade grade) {
    String input = national(">Red<", ">" + severity + "<").replace("暴雨红色预警[", "暴雨预警[");
    assertThat(read(input).grade()).isEqualTo(grade);
  }

  @ParameterizedTest
  @CsvSource({
    "发布暴雨红色预警, RED",
    "发布暴雨橙色预警信号, ORANGE",
    "發佈暴雨黃色預警, YELLOW",
    "继续发布暴雨蓝色预警, BLUE",
    "暴雨橙色预警升级为红色预警, RED",
    "将暴雨黄色预警信号升级为暴雨橙色预警信号, ORANGE",
    "暴雨红色预警信号（由橙色升级）, RED",
    "由暴雨橙色预警升级至红色, RED",
    "变更暴雨橙色预警为红色预警, RED",
    "暴雨红色预警降为橙色预警, ORANGE",
    "解除暴雨橙色预警，发布暴雨红色预警, RED",
    "发布暴雨黄色预警，同时解除此前的暴雨橙色预警, YELLOW",
    "原暴雨橙色预警变更为暴雨黄色预警, YELLOW",
    "暴雨蓝色预警升级为黄色预警，再升级为橙色预警, ORANGE",
    "Status Orange rain warning for Cork, ORANGE",
    "Amber warning of wind, ORANGE",
    "Yellow weather alert, YELLOW"
  })
  void theColourThatAHeadlineGoesToCounts(String headline, Grade grade) {
    Warning warning = read(headline(headline));
    assertThat(warning.grade()).isEqualTo(grade);
    assertThat(warning.doubts()).isEmpty();
  }

  @Test
  void anUpgradeWhoseSeverityIsTheTargetIsNoContradiction() {
    String input = cap(HEADLINE, "暴雨橙色预警升级为红色预警");
    assertThat(read(input).doubts()).isEmpty();
    assertThat(read(with(input, ">Extreme<", ">Severe<")).doubts()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Red Flag Warning", "暴雨预警", "Ⅰ级应急响应", "1级预警", "Flood watch", ""})
  void whatNamesNoColourGivesNoGradeAndIsHeld(String headline) {
    Warning warning = read(headline(headline));
    assertThat(warning.grade()).isNull();
    assertThat(warning.doubts()).singleElement().asString().contains("没有给出预警等级");
  }

  @Test
  void twoColoursWithoutAnOrderAreHeldAtTheWorst() {
    Warning warning = read(headline("发布雷电黄色、暴雨红色预警"));
    assertThat(warning.grade()).isEqualTo(Grade.RED);
    assertThat(warning.doubts()).singleElement().asString().contains("等级自相矛盾");
  }

  @Test
  void aHeadlineAgainstTheSeverityIsHeldAtTheWorse() {
    Warning warning = read(cap(">Extreme<", ">Moderate<"));
    assertThat(warning.grade()).isEqualTo(Grade.RED);
    assertThat(warning.doubts())
        .singleElement()
        .asString()
        .contains("等级自相矛盾", "severity Moderate", "黄色", "红色");
  }

  @ParameterizedTest
  @CsvSource({
    "awareness_level, 3; orange; Severe, ORANGE",
    "预警等级, 红色, RED",
    "AlertColour, Yellow, YELLOW"
  })
  void aLevelParameterMayGiveTheColour(String name, String value, Grade grade) {
    Warning warning = read(with(headline("暴雨预警"), "<area>", parameter(name, value)));
    assertThat(warning.grade()).isEqualTo(grade);
  }

  @Test
  void aLevelParameterAgainstTheHeadlineIsHeld() {
    assertThat(read(cap("<area>", parameter("预警等级", "橙色"))).doubts()).hasSize(1);
  }

  @Test
  void otherParametersGiveNoGrade() {
    assertThat(read(cap("<area>", parameter("contact", "blue house"))).doubts()).isEmpty();
  }

  @Test
  void aBareNumberNeverGivesAGrade() {
    Warning parameter = read(with(headline("暴雨预警"), "<area>", parameter("level", "1")));
    Warning severity = read(with(cap(HEADLINE, "暴雨预警"), ">Extreme<", ">01<"));
    assertThat(parameter.grade()).isNull();
    assertThat(severity.grade()).isNull();
    assertThat(parameter.notices()).anySatisfy(n -> assertThat(n).contains("bare number"));
    assertThat(severity.notices()).anySatisfy(n -> assertThat(n).contains("bare number"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"渝北区解除暴雨红色预警", "暴雨红色预警已解除", "取消暴雨红色预警"})
  void aLiftSentAsAnAlertIsHeld(String headline) {
    assertThat(read(cap(HEADLINE, headline)).doubts()).singleElement().asString().contains("解除");
    String lift =
        with(
            cap(HEADLINE, headline),
            "<scope>Public</scope>",
            "<scope>Public</scope><references>a</references>");
    assertThat(read(with(lift, ">Alert<", ">Cancel<")).doubts()).isEmpty();
  }

  @Test
  void anUpgradeSentAsALiftIsHeld() {
    String upgrade =
        cap(HEADLINE, "暴雨橙色预警升级为红色预警").replace("<info>", "<references>a</references><info>");
    assertThat(read(with(upgrade, ">Alert<", ">Cancel<")).doubts())
        .singleElement()
        .asString()
        .contains("升级");
  }

  @Test
  void notYetLiftedIsNoLift() {
    assertThat(read(cap(HEADLINE, "暴雨红色预警未解除")).doubts()).isEmpty();
  }

  private static String parameter(String name, String value) {
    return "<parameter><valueName>"
        + name
        + "</valueName><value>"
        + value
        + "</value></parameter><area>";
  }
}

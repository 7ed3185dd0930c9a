package org.lastmile.channel.sms.at;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FindingTest {
  /** More than any trouble names. */
  private static final Object[] DETAILS = {"d1", "d2", "d3"};

  @ParameterizedTest
  @EnumSource(value = Trouble.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void every_trouble_is_said_in_both_languages(Trouble trouble) {
    Finding finding = Finding.of(trouble, "/dev/ttyUSB7", DETAILS);
    assertThat(finding.words()).isNotBlank();
    assertThat(finding.wordsInChinese()).containsPattern("[\u4e00-\u9fff]");
  }

  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "RESTARTED", "POWER_CYCLED", "POWER_CYCLE_FAILED"})
  void every_trouble_names_its_port_and_the_same_details_in_both_languages(Trouble trouble) {
    Finding finding = Finding.of(trouble, "/dev/ttyUSB7", DETAILS);
    assertThat(finding.words()).contains("/dev/ttyUSB7");
    assertThat(finding.wordsInChinese()).contains("/dev/ttyUSB7");
    for (Object detail : DETAILS) {
      assertThat(finding.wordsInChinese().contains(detail.toString()))
          .as(detail + " in " + finding.wordsInChinese())
          .isEqualTo(finding.words().contains(detail.toString()));
    }
  }

  @Test
  void what_is_wrong_inside_another_finding_is_said_in_the_same_language() {
    Finding inner = Finding.of(Trouble.NO_SIM, "/dev/ttyUSB7");
    Finding outer = Finding.of(Trouble.RESTARTING, "/dev/ttyUSB7", inner);
    assertThat(outer.words()).contains("no SIM").doesNotContain("SIM 卡");
    assertThat(outer.wordsInChinese()).contains("没有 SIM 卡").doesNotContain("no SIM");
  }

  @Test
  void nothing_wrong_is_said_with_no_words() {
    assertThat(Finding.NONE.words()).isEmpty();
    assertThat(Finding.NONE.wordsInChinese()).isEmpty();
    assertThat(Finding.NONE.none()).isTrue();
  }

  @Test
  void a_port_that_may_not_be_opened_names_user_and_group_and_the_command_that_helps() {
    Finding denied = SerialLine.denied("/dev/ttyUSB7", "lastmile", "dialout");
    assertThat(denied.words())
        .contains("the user lastmile")
        .contains("the group dialout")
        .contains("usermod -aG dialout lastmile");
    assertThat(denied.wordsInChinese()).contains("usermod -aG dialout lastmile");
  }
}

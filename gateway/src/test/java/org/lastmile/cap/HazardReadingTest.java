package org.lastmile.cap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.cap.Inputs.cap;
import static org.lastmile.cap.Inputs.national;
import static org.lastmile.cap.Inputs.read;
import static org.lastmile.cap.Inputs.with;

import org.junit.jupiter.api.Test;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Hazard.Family;
import org.lastmile.warning.Warning;

class HazardReadingTest {

  private static final String CODE =
      "<eventCode><valueName>code</valueName><value>11B03</value></eventCode>";

  @Test
  void anUnknownCodeIsKeptAndNoted() {
    Warning warning = read(national("11B03", "11Z99").replace("暴雨", "红雨"));
    assertThat(warning.hazard()).isEqualTo(new Hazard("11Z99", "11Z99", Family.OTHER));
    assertThat(warning.notices())
        .anySatisfy(n -> assertThat(n).contains("unknown event code 11Z99"));
  }

  @Test
  void anUnknownCodeTakesItsNameFromTheHeadline() {
    assertThat(read(national("11B03", "11Z99")).hazard())
        .isEqualTo(new Hazard("11Z99", "暴雨", Family.RAIN));
  }

  @Test
  void withoutACodeTheEventNamesIt() {
    assertThat(read(with(cap(CODE, ""), "<event>暴雨", "<event>山洪灾害")).hazard().code())
        .isEqualTo("11A51");
  }

  @Test
  void withoutEitherTheHeadlineNamesItAndNotTheOfficeThatSpeaks() {
    String input = with(with(cap(CODE, ""), "<event>暴雨", "<event>alert"), "渝北区气象台发布", "渝北区地震局发布");
    assertThat(read(input).hazard().name()).isEqualTo("暴雨");
  }

  @Test
  void aForeignCodeIsNoNationalOne() {
    String input = with(cap("11B03", "SVR"), "<event>暴雨", "<event>Storm").replace("暴雨", "");
    assertThat(read(input).hazard()).isEqualTo(new Hazard("", "Storm", Family.OTHER));
  }

  @Test
  void aHeadlineOfAnotherFamilyIsNoted() {
    Warning warning = read(cap("11B03", "11C02"));
    assertThat(warning.hazard().name()).isEqualTo("地震");
    assertThat(warning.notices()).singleElement().asString().contains("地震", "暴雨");
  }
}

package org.lastmile.cap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lastmile.cap.Inputs.NATIONAL;
import static org.lastmile.cap.Inputs.national;
import static org.lastmile.cap.Inputs.read;
import static org.lastmile.cap.Inputs.refused;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Warning;

/** The 12379-style XML: no namespace, element names and habits of its own. */
class NationalReadingTest {

  @Test
  void isReadWholeWithoutNoticeOrDoubt() {
    Warning warning = read(NATIONAL);

    assertThat(warning.identity())
        .isEqualTo(
            new Warning.Identity(
                "渝北区气象台",
                "50011241600000_20260705021500_1",
                Instant.parse("2026-07-04T18:15:00Z")));
    assertThat(warning.grade()).isEqualTo(Grade.RED);
    assertThat(warning.hazard()).isEqualTo(new Hazard("11B03", "暴雨", Hazard.Family.RAIN));
    assertThat(warning.texts()).isEqualTo(Map.of("SPEAKER", "请立即转移", "SMS", "暴雨红色预警，请立即转移"));
    assertThat(warning.area().codes()).containsExactly("500112107000", "500112108000");
    assertThat(warning.expires()).isNull();
    assertThat(warning.notices()).isEmpty();
    assertThat(warning.doubts()).isEmpty();
  }

  @Test
  void identifierWithoutItsNumberIsAcceptedToo() {
    Warning warning = read(national("20260705021500_1", "20260705021500"));
    assertThat(warning.identity().identifier()).isEqualTo("50011241600000_20260705021500");
    assertThat(warning.notices()).isEmpty();
  }

  @Test
  void bareReferencesAreUnderstood() {
    Warning warning =
        read(national("<references/>", "<references>50011241600000_20260705011500</references>"));
    assertThat(warning.references())
        .containsExactly(new Warning.Reference(null, "50011241600000_20260705011500", null));
    assertThat(warning.notices()).isEmpty();
  }

  @Test
  void senderCodeStandsInForAMissingSender() {
    Warning warning = read(national("<sender>渝北区气象台</sender>", "<sender/>"));
    assertThat(warning.identity().sender()).isEqualTo("50011241600000");
    assertThat(warning.notices()).singleElement().asString().contains("senderCode");
  }

  @Test
  void aMissingSendTimeIsRefusedByName() {
    assertThat(refused(national("<sendTime>2026-07-05 02:15:00+08:00</sendTime>", "")))
        .singleElement()
        .satisfies(p -> assertThat(p.what()).contains("no sent time"));
  }

  @Test
  void aTimeWithoutAZoneIsLocal() {
    Warning warning = read(national("02:15:00+08:00</sendTime>", "02:15:00</sendTime>"));
    assertThat(warning.identity().sent()).isEqualTo("2026-07-04T18:15:00Z");
    assertThat(warning.notices()).singleElement().asString().contains("Asia/Shanghai");
  }

  @Test
  void aSecondTextForAChannelIsNoted() {
    Warning warning = read(national("<methodName>SPEAKER", "<methodName>sms"));
    assertThat(warning.texts()).isEqualTo(Map.of("SMS", "请立即转移"));
    assertThat(warning.notices()).singleElement().asString().contains("second text for SMS");
  }

  @Test
  void aSecretOneIsHeld() {
    assertThat(read(national(">None<", ">秘密<")).doubts()).singleElement().asString().contains("密级");
  }

  @Test
  void aDrillSaysSo() {
    assertThat(read(national(">Actual<", ">Exercise<")).drill()).isTrue();
  }
}

package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProfileTest {
  @Test
  void a_modem_gets_the_profile_of_its_make_and_any_other_the_generic_one() {
    assertThat(Profile.of("auto", "Quectel EC20F"))
        .hasValueSatisfying(p -> assertThat(p.name()).isEqualTo("quectel"))
        .hasValueSatisfying(
            p -> assertThat(p.setup()).containsExactly("AT+QURCCFG=\"urcport\",\"usbat\""));
    assertThat(Profile.of("auto", "Huawei Technologies Co., Ltd. ME909s-821"))
        .hasValueSatisfying(p -> assertThat(p.setup()).containsExactly("AT^CURC=0"));
    assertThat(Profile.of("auto", "ZTE MF190"))
        .hasValueSatisfying(p -> assertThat(p.name()).isEqualTo("generic"))
        .hasValueSatisfying(p -> assertThat(p.setup()).isEmpty());
  }

  @Test
  void a_named_profile_wins_and_an_unknown_name_is_none() {
    assertThat(Profile.of("generic", "Quectel EC20F"))
        .hasValueSatisfying(p -> assertThat(p.name()).isEqualTo("generic"));
    assertThat(Profile.of("quectle", "Quectel EC20F")).isEmpty();
    assertThat(Profile.names()).contains("generic", "quectel", "huawei");
  }
}

package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          SIMCOM_Ltd SIMCOM_SIM800C, sim800
          SIMCOM SIM800L, sim800
          Quectel EC20F, quectel
          Quectel EC25, quectel
          Quectel EC200S, quectel-ec200
          Quectel EC200U, quectel-ec200
          Quectel EC600N, quectel-ec200
          Huawei Technologies Co.  Ltd. ME909s-821, huawei
          huawei E3372, huawei
          AirM2M Air724UG, air724
          AIR780E AIR780E, air724
          ZTE MF190, zte
          ZTE CORPORATION ME3630, zte
          Siemens MC55, generic
          LASTMILE VIRTUAL MODEM, generic
          """)
  void a_modem_gets_the_profile_of_its_make_and_any_other_the_generic_one(
      String said, String profile) {
    assertThat(Profile.of("auto", said))
        .hasValueSatisfying(p -> assertThat(p.name()).isEqualTo(profile));
  }

  @Test
  void every_profile_can_be_read_and_knows_how_to_restart_its_modem() {
    for (String name : Profile.names()) {
      assertThat(Profile.of(name, ""))
          .hasValueSatisfying(p -> assertThat(p.restart()).isNotEmpty())
          .hasValueSatisfying(
              p -> assertThat(p.setup(Ports.Wire.UNKNOWN)).allMatch(c -> c.startsWith("AT")));
    }
  }

  @Test
  void where_a_modem_speaks_by_itself_depends_on_its_wire() {
    Profile quectel = Profile.of("quectel", "").orElseThrow();
    assertThat(quectel.setup(Ports.Wire.USB)).containsExactly("AT+QURCCFG=\"urcport\",\"usbat\"");
    assertThat(quectel.setup(Ports.Wire.UART)).containsExactly("AT+QURCCFG=\"urcport\",\"uart1\"");
    assertThat(quectel.setup(Ports.Wire.UNKNOWN)).isEmpty();
    assertThat(Profile.of("huawei", "").orElseThrow().setup(Ports.Wire.UNKNOWN))
        .containsExactly("AT^CURC=0");
  }

  @Test
  void a_named_profile_wins_and_an_unknown_name_is_none() {
    assertThat(Profile.of("generic", "Quectel EC20F"))
        .hasValueSatisfying(p -> assertThat(p.name()).isEqualTo("generic"));
    assertThat(Profile.of("quectle", "Quectel EC20F")).isEmpty();
    assertThat(Profile.names()).contains("generic", "quectel", "huawei");
  }
}

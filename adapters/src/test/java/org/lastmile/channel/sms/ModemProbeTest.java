package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.sms.at.LineLost;
import org.lastmile.channel.sms.at.SerialLine;
import org.lastmile.channel.sms.at.Trouble;
import org.lastmile.simulators.modem.ModemSettings;
import org.lastmile.simulators.modem.Smsc;
import org.lastmile.simulators.modem.VirtualModem;

class ModemProbeTest {
  private static final ModemSettings SETTINGS =
      ModemSettings.ofNumber("13912345678")
          .withImei("867000012345678")
          .withModel("Quectel", "EC20F IMEI 867000012345678");

  @TempDir Path folder;
  private final Smsc smsc = new Smsc();

  @AfterEach
  void close() {
    smsc.close();
  }

  private VirtualModem modem(ModemSettings settings) {
    return new VirtualModem(folder.resolve("ttyUSB2"), settings, smsc);
  }

  private ModemProbe.Report probe(int baud) {
    return ModemProbe.of(folder.resolve("ttyUSB2").toString(), baud);
  }

  @Test
  void a_good_modem_is_described_and_nobody_can_be_told_from_it() {
    try (VirtualModem modem = modem(SETTINGS)) {
      ModemProbe.Report report = probe(0);
      assertThat(report.finding().none()).isTrue();
      assertThat(report.profile()).isEqualTo("quectel");
      assertThat(report.baud()).isEqualTo(115_200);
      assertThat(report.asked())
          .extracting(ModemProbe.Asked::command)
          .contains("ATI", "AT+CPIN?", "AT+CSQ", "AT+CSCA?", "AT+CNMI?", "AT+CMMS=?", "AT+CFUN?");
      assertThat(report.toString())
          .contains("CHINA MOBILE", "+8613800100500")
          .doesNotContain("13912345678", "867000012345678", "460000012345678");
      assertThat(modem.statistics().submits()).isZero();
    }
  }

  @Test
  void a_locked_sim_is_told_and_stays_as_it_is() {
    try (VirtualModem modem = modem(SETTINGS.withPin("1234"))) {
      assertThat(probe(0).finding().trouble()).isEqualTo(Trouble.SIM_PIN);
      assertThat(probe(0).asked()).noneMatch(a -> a.command().contains("CPIN="));
      assertThat(modem.isPlugged()).isTrue();
    }
  }

  @Test
  void a_modem_without_network_or_centre_is_told() {
    try (VirtualModem modem = modem(SETTINGS)) {
      modem.registration(3);
      assertThat(probe(0).finding().trouble()).isEqualTo(Trouble.DENIED);
      modem.registration(1);
      modem.centre("");
      assertThat(probe(0).finding().trouble()).isEqualTo(Trouble.NO_CENTRE);
    }
  }

  @Test
  void the_speed_of_a_modem_is_found_and_a_wrong_one_is_told() {
    try (VirtualModem modem = modem(SETTINGS)) {
      modem.baud(9_600);
      assertThat(probe(0).baud()).isEqualTo(9_600);
      ModemProbe.Report wrong = probe(57_600);
      assertThat(wrong.finding().trouble()).isEqualTo(Trouble.ONLY_NOISE);
      assertThat(wrong.baud()).isZero();
    }
  }

  @Test
  void a_port_that_is_in_use_is_left_alone() throws LineLost {
    try (VirtualModem modem = modem(SETTINGS);
        SerialLine other = SerialLine.open(modem.link().toString(), 115_200)) {
      ModemProbe.Report report = probe(0);
      assertThat(report.asked()).isEmpty();
      assertThat(report.finding().none()).isFalse();
      assertThat(other.stuck(Duration.ZERO)).isFalse();
    }
  }

  @Test
  void what_is_not_there_or_not_one_is_told() throws IOException {
    assertThat(probe(0).finding().trouble()).isEqualTo(Trouble.PORT_MISSING);
    Files.createFile(folder.resolve("ttyACM0"));
    Files.createFile(folder.resolve("ttyACM1"));
    assertThat(ModemProbe.of(folder + "/ttyACM*", 0).finding().words())
        .contains("ttyACM0")
        .contains("ttyACM1");
  }

  @Test
  void candidates_are_listed_with_their_names_and_users() throws IOException {
    Machine machine = new Machine(folder);
    machine.usbSerial("1-1", "2c7c", "0125", "A1", "ttyUSB2", "02");
    Path link = machine.byId("usb-Quectel_EC20-if02-port0", "ttyUSB2");
    Path proc = folder.resolve("proc");
    Path fd = Files.createDirectories(proc.resolve("812/fd"));
    Files.writeString(proc.resolve("812/comm"), "gammu-smsd\n");
    Files.createSymbolicLink(fd.resolve("4"), Path.of(machine.dev("ttyUSB2")).toRealPath());

    assertThat(Candidate.all(machine.ports(), proc))
        .containsExactly(
            new Candidate(
                machine.dev("ttyUSB2"),
                "usb:2c7c:0125/if02",
                "Maker Product",
                List.of(link.toString()),
                List.of("gammu-smsd (pid 812)"),
                true));
  }
}

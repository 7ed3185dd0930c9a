package org.lastmile.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.simulators.modem.ModemSettings;
import org.lastmile.simulators.modem.Smsc;
import org.lastmile.simulators.modem.VirtualModem;

class ModemCommandTest {
  private static final String PHONE = "13800000001";

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Smsc smsc = new Smsc();

  @AfterEach
  void close() {
    smsc.close();
  }

  private int run(String... args) {
    return Lastmile.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  private VirtualModem modem() {
    return new VirtualModem(folder.resolve("ttyUSB2"), ModemSettings.ofNumber("13912345678"), smsc);
  }

  @Test
  void aProbeCanBePastedIntoAReport() {
    try (VirtualModem modem = modem()) {
      assertThat(run("modem", "probe", modem.link().toString())).isZero();
      assertThat(out.toString())
          .contains("profile  generic", "AT+CSQ     +CSQ: 20,99", "nothing wrong")
          .doesNotContain("13912345678");
    }
  }

  @Test
  void aProbeIsAlsoForPrograms() throws IOException {
    try (VirtualModem modem = modem()) {
      modem.registration(3);
      assertThat(run("modem", "probe", "--json", modem.link().toString())).isEqualTo(1);
      JsonNode report = new ObjectMapper().readTree(out.toString());
      assertThat(report.path("trouble").asText()).isEqualTo("DENIED");
      assertThat(report.path("whyZh").asText()).contains("网络拒绝");
      assertThat(report.path("asked").path("AT+CSQ").get(0).asText()).isEqualTo("+CSQ: 20,99");
    }
  }

  @Test
  void aTestMessageArrivesAndItsReportIsWaitedFor() throws Exception {
    try (VirtualModem modem = modem()) {
      assertThat(run("modem", "test", modem.link().toString(), PHONE, "试一试")).isZero();
      assertThat(out.toString()).contains("accepted by the network").contains("delivered");
      smsc.phone(PHONE).expect("试一试", Duration.ofSeconds(5));
    }
  }

  @Test
  void aTestWithoutAModemSaysWhatToDo() {
    assertThat(run("modem", "test", folder.resolve("none").toString(), PHONE)).isEqualTo(1);
    assertThat(err.toString()).contains("none").contains("plug the modem in");
  }

  @Test
  void portsAreListedForProgramsToo() throws IOException {
    assertThat(run("modem", "list", "--json")).isZero();
    assertThat(new ObjectMapper().readTree(out.toString()).path("ports").isArray()).isTrue();
  }

  @Test
  void checkSaysWhatIsWrongWithAModemInTheSameWords() throws IOException {
    try (VirtualModem modem = modem()) {
      modem.registration(3);
      Path file =
          Files.writeString(
              folder.resolve("lastmile.yaml"),
              """
              http: { host: 127.0.0.1, port: 0, management-port: 0 }
              store: { data: data }
              channels: { sms: { modems: [ { port: %s } ] } }
              """
                  .formatted(modem.link()));
      assertThat(run("check", "--config", file.toString())).isEqualTo(1);
      assertThat(err.toString())
          .contains(
              "channels.sms.modems: " + modem.link() + ": not registered, the network denies");
    }
  }
}

package org.lastmile.channel.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in /sys and /dev, built in a folder as the kernel builds it. */
class PortsTest {
  @TempDir Path folder;
  private Ports ports;
  private Machine machine;

  @BeforeEach
  void machine() throws IOException {
    machine = new Machine(folder);
    ports = machine.ports();
    machine.usbSerial("1-1", "2c7c", "0125", "A1", "ttyUSB0", "00");
    machine.usbSerial("1-1", "2c7c", "0125", "A1", "ttyUSB2", "02");
    machine.usbSerial("1-2", "2c7c", "0125", "B2", "ttyUSB6", "02");
    machine.acm("2-1", "12d1", "15c1", "ttyACM0", "00");
    machine.usbSerial("3-1", "1a86", "7523", "", "ttyUSB9", "00");
    machine.uart("ttyS0", "0");
    machine.uart("ttyS1", "4");
    machine.console("tty1");
  }

  private List<String> matching(String port) {
    return ports.matching(port).stream().map(p -> Path.of(p).getFileName().toString()).toList();
  }

  @Test
  void a_usb_id_stands_for_every_tty_of_such_a_modem() {
    assertThat(matching("usb:2c7c:0125")).containsExactly("ttyUSB0", "ttyUSB2", "ttyUSB6");
    assertThat(matching("usb:12D1:15C1")).containsExactly("ttyACM0");
    assertThat(matching("usb:ffff:0000")).isEmpty();
  }

  @Test
  void an_interface_and_a_serial_number_narrow_it_down() {
    assertThat(matching("usb:2c7c:0125/if02")).containsExactly("ttyUSB2", "ttyUSB6");
    assertThat(matching("usb:2c7c:0125/if02/serial=B2")).containsExactly("ttyUSB6");
    assertThat(matching("usb:2c7c:0125/serial=A1")).containsExactly("ttyUSB0", "ttyUSB2");
  }

  @Test
  void a_usb_id_that_can_not_be_read_is_said_when_the_configuration_is() {
    assertThat(Ports.problem("usb:2c7c")).hasValueSatisfying(p -> assertThat(p).contains("usb:"));
    assertThat(Ports.problem("usb:2c7c:0125/if2")).isPresent();
    assertThat(Ports.problem("usb:2c7c:0125/if02")).isEmpty();
    assertThat(Ports.problem("/dev/ttyUSB0")).isEmpty();
  }

  @Test
  void a_tty_knows_its_plug_whatever_its_name_is() throws IOException {
    assertThat(ports.usb(machine.dev("ttyUSB2")))
        .hasValueSatisfying(
            usb -> {
              assertThat(usb.id()).isEqualTo("2c7c:0125");
              assertThat(usb.number()).isEqualTo("02");
              assertThat(usb.at()).isEqualTo("1-1:1.02");
              assertThat(usb.words()).isEqualTo("Maker Product");
            });
    machine.unplug("ttyUSB2");
    assertThat(ports.at("1-1:1.02")).isEmpty();
    machine.usbSerial("1-1", "2c7c", "0125", "A1", "ttyUSB12", "02");
    assertThat(ports.at("1-1:1.02")).contains(machine.dev("ttyUSB12"));
  }

  @Test
  void a_link_by_id_leads_to_the_same_knowledge() throws IOException {
    Path link = machine.byId("usb-Quectel_EC20-if02-port0", "ttyUSB2");
    assertThat(ports.usb(link.toString())).isPresent();
    assertThat(ports.links(machine.dev("ttyUSB2"))).containsExactly(link.toString());
    assertThat(ports.links(machine.dev("ttyUSB0"))).isEmpty();
  }

  @Test
  void candidates_are_what_has_hardware_behind_it() {
    assertThat(ports.ttys())
        .extracting(p -> p.getFileName().toString())
        .containsExactly("ttyACM0", "ttyS1", "ttyUSB0", "ttyUSB2", "ttyUSB6", "ttyUSB9");
  }

  @Test
  void a_modem_behind_an_adapter_is_wired_by_its_uart() {
    assertThat(ports.wire(machine.dev("ttyUSB2"))).isEqualTo(Ports.Wire.USB);
    assertThat(ports.wire(machine.dev("ttyUSB9"))).isEqualTo(Ports.Wire.UART);
    assertThat(ports.wire(machine.dev("ttyS1"))).isEqualTo(Ports.Wire.UART);
    assertThat(ports.wire("/dev/pts/0")).isEqualTo(Ports.Wire.UNKNOWN);
  }
}

package org.lastmile.simulators.modem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fazecast.jSerialComm.SerialPort;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A raw AT client over a serial port: writes octets, collects what comes, knows no protocol. */
final class SerialClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final SerialPort port;
  private final StringBuilder heard = new StringBuilder();
  private final Thread reader;
  private volatile boolean peerGone;

  SerialClient(Path path) {
    port = SerialPort.getCommPort(path.toString());
    port.setComPortTimeouts(SerialPort.TIMEOUT_READ_SEMI_BLOCKING, 1000, 0);
    assertThat(port.openPort(0)).as("opening %s", path).isTrue();
    reader = new Thread(this::read, "serial-client");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    byte[] buffer = new byte[1024];
    while (port.isOpen()) {
      int count = port.readBytes(buffer, buffer.length);
      if (count < 0) {
        peerGone = true;
        return;
      }
      synchronized (heard) {
        heard.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
      }
    }
  }

  void write(String text) {
    byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
    assertThat(port.writeBytes(octets, octets.length)).isEqualTo(octets.length);
  }

  /** Sends a command and returns all that came until a final answer or the prompt. */
  String ask(String command) {
    write(command + "\r");
    return until("\r\n(OK|ERROR|\\+CM[ES] ERROR: \\d+)\r\n|\r\n> ");
  }

  /** Sends a command and says whether an OK has come since the last call. */
  boolean askAgain(String command) {
    write(command + "\r");
    synchronized (heard) {
      return heard.indexOf("\r\nOK\r\n") >= 0;
    }
  }

  /** All that came up to and with the first match, which is then forgotten. */
  String until(String regex) {
    Pattern pattern = Pattern.compile(regex);
    String[] found = new String[1];
    Awaitility.await("for " + regex)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              synchronized (heard) {
                Matcher matcher = pattern.matcher(heard);
                if (matcher.find()) {
                  found[0] = heard.substring(0, matcher.end());
                  heard.delete(0, matcher.end());
                }
              }
              return found[0] != null;
            });
    return found[0];
  }

  /** What came and was not asked for yet. */
  String rest() {
    synchronized (heard) {
      return heard.toString();
    }
  }

  /** Echo off, PDU mode, reports and messages routed to the line. */
  SerialClient ready(String... more) {
    List<String> commands =
        new ArrayList<>(List.of("ATE0", "AT+CMEE=1", "AT+CMGF=0", "AT+CNMI=2,2,0,1,0"));
    commands.addAll(List.of(more));
    for (String command : commands) {
      assertThat(ask(command)).as(command).endsWith("\r\nOK\r\n");
    }
    return this;
  }

  /** Hands one TPDU to the modem and returns its answer. */
  String submit(String tpdu) {
    assertThat(ask("AT+CMGS=" + tpdu.length() / 2)).endsWith("> ");
    write("00" + tpdu + "\u001a");
    return until("\r\n(OK|ERROR|\\+CM[ES] ERROR: \\d+)\r\n");
  }

  boolean peerGone() {
    return peerGone;
  }

  @Override
  public void close() {
    port.closePort();
  }
}

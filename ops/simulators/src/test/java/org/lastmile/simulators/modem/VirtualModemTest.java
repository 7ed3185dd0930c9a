package org.lastmile.simulators.modem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VirtualModemTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  /** SUBMIT to +8613800000001, UCS2 "预警", report asked for: written by hand from TS 23.040. */
  private static final String WARNING = "21000D91683108000000F10008" + "04" + "98848B66";

  @TempDir Path folder;
  private Smsc smsc;
  private VirtualModem modem;
  private SerialClient client;

  @BeforeEach
  void plugIn() {
    smsc = new Smsc();
    smsc.transit(Duration.ofMillis(5));
    modem =
        new VirtualModem(folder.resolve("ttyUSB0"), ModemSettings.ofNumber("13900000001"), smsc);
    client = new SerialClient(modem.link());
  }

  @AfterEach
  void pullOut() {
    client.close();
    modem.close();
    smsc.close();
  }

  @Test
  void answersWhatAModemIsAskedAtStart() {
    assertThat(client.ask("AT")).endsWith("AT\r\r\nOK\r\n");
    client.ready();
    assertThat(client.ask("AT")).isEqualTo("\r\nOK\r\n");
    assertThat(client.ask("AT+CPIN?")).isEqualTo("\r\n+CPIN: READY\r\n\r\nOK\r\n");
    assertThat(client.ask("AT+CREG?")).contains("+CREG: 0,1");
    assertThat(client.ask("AT+CSQ")).contains("+CSQ: 20,99");
    assertThat(client.ask("AT+COPS?")).contains("CHINA MOBILE");
    assertThat(client.ask("AT+CSCA?")).contains("+8613800100500");
    assertThat(client.ask("AT+CGSN")).contains(modem.settings().imei());
    assertThat(client.ask("AT+CPMS=\"SM\",\"SM\",\"SM\"")).contains("+CPMS: 0,50,0,50,0,50");
    assertThat(client.ask("AT+CNMI?;+CMGF?")).contains("+CNMI: 2,2,0,1,0").contains("+CMGF: 0");
    assertThat(client.ask("AT+NOSUCH")).isEqualTo("\r\nERROR\r\n");
  }

  @Test
  void bringsASubmittedPartToThePhoneAndReportsIt() throws InterruptedException {
    client.ready();
    assertThat(client.submit(WARNING)).isEqualTo("\r\n+CMGS: 0\r\n\r\nOK\r\n");
    Sms sms = smsc.phone("13800000001").expect("预警", SOON);
    assertThat(sms.from()).isEqualTo("13900000001");
    // 02 or 06: status report; 00: the reference; the recipient; two timestamps; 00: delivered
    assertThat(client.until("\\+CDS: \\d+\r\n.*\r\n"))
        .matches("(?s).*\\+CDS: 26\r\n0006000D91683108000000F1.{28}00\r\n");
  }

  @Test
  void anAnswerFromThePhoneComesAsCmtAndAgainUntilItIsAcknowledged() throws InterruptedException {
    client.ready("AT+CSMS=1");
    client.submit(WARNING.replaceFirst("21", "01"));
    smsc.phone("13800000001").expect("预警", SOON);
    smsc.phone("13800000001").replies("1");
    assertThat(client.until("\\+CMT: ,\\d+\r\n.*\r\n")).contains("040D91683108000000F10000");
    smsc.phone("13800000001").replies("2");
    assertThat(client.ask("AT+CNMA")).endsWith("\r\nOK\r\n");
    client.until("\\+CMT: ,\\d+\r\n.*0132\r\n");
    assertThat(client.ask("AT+CNMA")).endsWith("\r\nOK\r\n");
    assertThat(client.ask("AT+CNMA")).endsWith("+CMS ERROR: 340\r\n");
    assertThat(modem.statistics().delivers()).isEqualTo(2);
  }

  @Test
  void wordsOfOnePhoneNeverBearTheSameSecond() throws InterruptedException {
    client.ready("AT+CSMS=1");
    client.submit(WARNING.replaceFirst("21", "01"));
    smsc.phone("13800000001").expect("预警", SOON);
    List<String> pdus = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      smsc.phone("13800000001").replies("1");
      Matcher pdu =
          Pattern.compile("\\+CMT: ,\\d+\r\n(\\w+)\r\n")
              .matcher(client.until("\\+CMT: ,\\d+\r\n\\w+\r\n"));
      assertThat(pdu.find()).isTrue();
      pdus.add(pdu.group(1));
      assertThat(client.ask("AT+CNMA")).endsWith("\r\nOK\r\n");
    }
    assertThat(pdus).doesNotHaveDuplicates();
  }

  @Test
  void comesBackBehindTheSamePathAfterUnplugging() throws InterruptedException {
    client.ready();
    modem.unplug();
    await().atMost(SOON).until(client::peerGone);
    assertThat(Files.exists(modem.link(), java.nio.file.LinkOption.NOFOLLOW_LINKS)).isFalse();
    client.close();
    modem.plug();
    client = new SerialClient(modem.link()).ready();
    assertThat(client.submit(WARNING)).contains("+CMGS: 0");
    smsc.phone("13800000001").expect("预警", SOON);
  }

  @Test
  void seesASimThatIsPutInOnlyWhenItStarts() throws InterruptedException {
    client.ready("AT+CMEE=1");
    modem.sim("NOT INSERTED");
    assertThat(client.ask("AT+CPIN?")).contains("+CME ERROR: 10");
    modem.sim("READY");
    assertThat(client.ask("AT+CPIN?")).contains("+CME ERROR: 10");
    client.ask("AT+CFUN=1,1");
    client.until("SMS Ready\r\n");
    assertThat(client.ask("AT+CPIN?")).contains("+CPIN: READY");
  }

  @Test
  void sendsNothingWithoutTheNumberOfItsCentre() {
    client.ready();
    modem.centre("");
    assertThat(client.ask("AT+CSCA?")).contains("+CSCA: \"\"");
    assertThat(client.submit(WARNING)).contains("+CMS ERROR: 330");
    client.ask("AT+CSCA=\"+8613800100500\",145");
    assertThat(client.submit(WARNING)).contains("+CMGS: 0");
  }

  @Test
  void aFilledStorageTakesNoMoreUntilSomethingIsDeleted() throws InterruptedException {
    client.ready("AT+CNMI=2,1,0,1,0");
    modem.fill("SM");
    assertThat(client.ask("AT+CPMS?")).contains("\"SM\",50,50");
    smsc.phone("13800000001").sends(modem.number(), "1");
    assertThat(client.ask("AT+CMGL=0")).doesNotContain("+CMGL:");
    client.ask("AT+CMGD=7");
    client.until("\\+CMTI: \"SM\",7\r\n");
  }

  @Test
  void isUnderstoodAtItsOwnSpeedOnly() {
    client.ready(); // at 9600, since nothing else was said
    modem.baud(9_600);
    assertThat(client.ask("AT")).contains("OK");
    modem.baud(115_200);
    client.write("AT\r");
    assertThat(client.until("\u00f8")).doesNotContain("OK");
  }
}

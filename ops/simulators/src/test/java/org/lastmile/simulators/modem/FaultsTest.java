package org.lastmile.simulators.modem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.simulators.MovableClock;

/** What modems, networks and phones do wrong, each on demand. */
class FaultsTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final String TO = "0D91683108000000F1";
  private static final String WARNING = "2100" + TO + "0008" + "04" + "98848B66";
  private static final String ACCEPTED = "\\+CMGS: \\d+\r\n\r\nOK\r\n";

  @TempDir Path folder;
  private final MovableClock clock = new MovableClock();
  private Smsc smsc;
  private VirtualModem modem;
  private SerialClient client;
  private Phone phone;

  @BeforeEach
  void plugIn() {
    smsc = new Smsc(clock, 1);
    smsc.transit(Duration.ofMillis(5));
    modem =
        new VirtualModem(
            folder.resolve("ttyUSB0"),
            ModemSettings.ofNumber("13900000001").withAcknowledgeWithin(Duration.ofMillis(100)),
            smsc);
    client = new SerialClient(modem.link()).ready();
    phone = smsc.phone("13800000001");
  }

  @AfterEach
  void pullOut() {
    client.close();
    modem.close();
    smsc.close();
  }

  private void beginSubmit() {
    client.write("AT+CMGS=" + WARNING.length() / 2 + "\r");
  }

  private void sendPdu() {
    client.write("00" + WARNING + "\u001a");
  }

  @Test
  void refusesAsOftenAsToldAndThenAccepts() throws InterruptedException {
    modem.next(2, Fault.refuse(38));
    modem.next(1, Fault.error());
    assertThat(client.submit(WARNING)).endsWith("+CMS ERROR: 38\r\n");
    assertThat(client.submit(WARNING)).endsWith("+CMS ERROR: 38\r\n");
    assertThat(client.submit(WARNING)).endsWith("\r\nERROR\r\n");
    assertThat(client.submit(WARNING)).containsPattern(ACCEPTED);
    phone.expect("预警", SOON);
    assertThat(smsc.statistics().parts()).isEqualTo(1);
    assertThat(modem.statistics().refused()).isEqualTo(3);
  }

  @Test
  void tellsOfFaultsWhenTheyComeAndLetsOthersGoRightBefore() throws InterruptedException {
    List<Fault> seen = new CopyOnWriteArrayList<>();
    List<String> taken = new CopyOnWriteArrayList<>();
    modem.onFault(seen::add);
    smsc.onAccepted((sim, to) -> taken.add(sim + " " + to));
    modem.next(1, Fault.none());
    modem.next(1, Fault.refuse(38));
    assertThat(client.submit(WARNING)).containsPattern(ACCEPTED);
    assertThat(seen).isEmpty();
    assertThat(client.submit(WARNING)).endsWith("+CMS ERROR: 38\r\n");
    assertThat(seen).containsExactly(Fault.refuse(38));
    assertThat(taken).containsExactly("13900000001 13800000001");
  }

  @Test
  void takesThePartAndStillAnswersAnErrorOrNothing() throws InterruptedException {
    modem.next(1, Fault.acceptThenRefuse(500));
    modem.next(1, Fault.lostAnswer());
    assertThat(client.submit(WARNING)).endsWith("+CMS ERROR: 500\r\n");
    phone.expect("预警", SOON);
    beginSubmit();
    client.until("> ");
    sendPdu();
    phone.expect("预警", SOON);
    await().atMost(SOON).until(() -> modem.statistics().reports() == 2);
    assertThat(client.ask("AT")).doesNotContain("+CMGS").endsWith("OK\r\n");
    assertThat(smsc.statistics().duplicates()).isEqualTo(1);
  }

  @Test
  void withoutAPromptItStillTakesEscape() {
    modem.next(1, Fault.noPrompt());
    beginSubmit();
    client.write("\u001b");
    client.until("\r\nOK\r\n");
    assertThat(client.submit(WARNING)).containsPattern(ACCEPTED);
  }

  @Test
  void noiseChatterAndSplitAnswersStillAccept() {
    modem.next(1, Fault.noise());
    modem.next(1, Fault.chatter());
    modem.next(1, Fault.split());
    for (int i = 0; i < 3; i++) {
      beginSubmit();
      client.until("> ");
      sendPdu();
      assertThat(client.until("\\+CMGS: " + i + "\r\n(?s).*OK\r\n")).isNotEmpty();
    }
    assertThat(modem.statistics().accepted()).isEqualTo(3);
  }

  @Test
  void afterAResetItIsInTextModeWithEcho() {
    modem.next(1, Fault.reset(Duration.ofMillis(50)));
    beginSubmit();
    client.until("> ");
    sendPdu();
    client.until("SMS Ready\r\n");
    assertThat(client.ask("AT+CMGF?")).contains("AT+CMGF?").contains("+CMGF: 1");
    assertThat(client.ask("AT+CMGS=15")).contains("+CMS ERROR: 304");
    assertThat(smsc.statistics().parts()).isZero();
  }

  @Test
  void isSilentForAWhile() {
    modem.silence(Duration.ofMillis(100));
    client.write("AT+CSQ\r");
    await().atMost(SOON).until(() -> client.askAgain("AT"));
    assertThat(client.rest()).doesNotContain("+CSQ");
  }

  @Test
  void unplugsInTheMiddleAndComesBack() throws InterruptedException {
    modem.next(1, Fault.unplug(Duration.ofMillis(50)));
    beginSubmit();
    client.until("> ");
    sendPdu();
    await().atMost(SOON).until(client::peerGone);
    client.close();
    await().atMost(SOON).until(modem::isPlugged);
    client = new SerialClient(modem.link()).ready();
    assertThat(client.submit(WARNING)).containsPattern(ACCEPTED);
    phone.expect("预警", SOON);
    assertThat(phone.inbox()).hasSize(1);
  }

  @Test
  void whoDoesNotAcknowledgeGetsNothingMoreUntilRoutingIsAskedForAgain() {
    client.ask("AT+CSMS=1");
    client.submit(WARNING);
    client.until("\\+CDS: ");
    await().atMost(SOON).until(() -> modem.statistics().unacknowledged() == 1);
    assertThat(client.ask("AT+CNMI?")).contains("+CNMI: 2,0,0,0,0");
    assertThat(client.ask("AT+CNMI=2,2,0,1,0")).endsWith("OK\r\n");
    client.until("\\+CDS: ");
    assertThat(client.ask("AT+CNMA")).endsWith("OK\r\n");
  }

  @Test
  void storesMessagesWhereTheClientAsksForIt() {
    client.ask("AT+CNMI=2,1,0,2,0");
    phone.sends("13900000001", "hello");
    assertThat(client.until("\\+CMTI: .*\r\n")).contains("+CMTI: \"SM\",1");
    assertThat(client.ask("AT+CMGL=4")).contains("+CMGL: 1,0,,").contains("E8329BFD06");
    assertThat(client.ask("AT+CMGR=1")).contains("+CMGR: 1,,");
    assertThat(client.ask("AT+CMGD=1")).endsWith("OK\r\n");
    assertThat(client.ask("AT+CMGR=1")).contains("+CMS ERROR: 321");
    client.submit(WARNING);
    client.until("\\+CDSI: \"SR\",1\r\n");
  }

  @Test
  void longAnswersComeInPartsThatCutNoPair() {
    phone.sends("13900000001", "预".repeat(66) + "😀" + "警".repeat(10));
    client.until("\\+CMT: (?s).*\\+CMT: ,\\d+\r\n\\w+\r\n");
    assertThat(modem.statistics().delivers()).isEqualTo(2);
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void joinsPartsInAnyOrder() throws InterruptedException {
    client.submit("4100" + TO + "0008" + "08" + "050003070202" + "8B66");
    client.submit("4100" + TO + "0008" + "08" + "050003070201" + "9884");
    Sms sms = phone.expect("预警", SOON);
    assertThat(sms.parts()).hasSize(2);
    assertThat(smsc.statistics().incomplete()).isZero();
  }

  @Test
  void aPhoneThatIsOffGetsItLaterAndIsReportedThen() throws InterruptedException {
    phone.off();
    client.submit(WARNING);
    client.submit(WARNING);
    assertThat(smsc.statistics().reports()).isZero();
    phone.on();
    client.until("\\+CDS: \\d+\r\n\\w+00\r\n");
    phone.expect("预警", SOON);
  }

  @Test
  void whatIsStillUndeliveredAfterItsValidityIsReportedExpired() {
    phone.off();
    client.submit("3100" + TO + "0008" + "00" + "04" + "98848B66");
    clock.move(Duration.ofMinutes(6));
    phone.on();
    client.until("\\+CDS: \\d+\r\n\\w+46\r\n");
    assertThat(phone.inbox()).isEmpty();
  }

  @Test
  void invalidNumbersFailAtOnceOrInTheReport() {
    phone.refused(1);
    assertThat(client.submit(WARNING)).contains("+CMS ERROR: 1\r\n");
    phone.refused(0).failing(0x41);
    client.submit(WARNING);
    client.until("\\+CDS: \\d+\r\n\\w+41\r\n");
    assertThat(phone.inbox()).isEmpty();
  }

  @Test
  void theCentreRefusesARepeatThatAsksToBeRefused() {
    client.submit(WARNING);
    assertThat(client.submit("25" + WARNING.substring(2))).contains("+CMS ERROR: 197");
    assertThat(client.submit(WARNING)).containsPattern(ACCEPTED);
  }

  @Test
  void answersByItselfWhenToldTo() {
    phone.answers("2", Duration.ofMillis(10));
    client.submit(WARNING);
    client.until("\\+CMT: ,\\d+\r\n\\w+0132\r\n");
  }

  @Test
  void twoModemsShareOneCentreAndAnswersFindTheRightOne() throws InterruptedException {
    try (VirtualModem second =
            new VirtualModem(
                folder.resolve("ttyUSB1"), ModemSettings.ofNumber("13900000002"), smsc);
        SerialClient other = new SerialClient(second.link()).ready()) {
      other.submit(WARNING);
      assertThat(phone.expect("预警", SOON).from()).isEqualTo("13900000002");
      phone.replies("1");
      other.until("\\+CMT: ,\\d+\r\n\\w+0131\r\n");
      assertThat(modem.statistics().delivers()).isZero();
    }
  }

  @Test
  void asksForItsPin() {
    try (VirtualModem second =
            new VirtualModem(
                folder.resolve("ttyUSB1"),
                ModemSettings.ofNumber("13900000002").withPin("1234"),
                smsc);
        SerialClient other = new SerialClient(second.link()).ready()) {
      assertThat(other.ask("AT+CPIN?")).contains("SIM PIN");
      assertThat(other.ask("AT+CMGS=15")).contains("+CMS ERROR: 311");
      assertThat(other.ask("AT+CPIN=\"0000\"")).contains("+CME ERROR: 16");
      assertThat(other.ask("AT+CPIN=\"1234\"")).endsWith("OK\r\n");
      assertThat(other.submit(WARNING)).containsPattern(ACCEPTED);
    }
  }

  @Test
  void leavesNoThreadBehind() {
    VirtualModem second =
        new VirtualModem(folder.resolve("ttyUSB9"), ModemSettings.ofNumber("13900000009"), smsc);
    second.unplug();
    second.plug();
    assertThat(threads("ttyUSB9")).hasSize(2);
    second.close();
    await().atMost(SOON).until(() -> threads("ttyUSB9").isEmpty());
    assertThat(second.link()).doesNotExist();
  }

  private static Set<String> threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(thread -> thread.contains(name))
        .collect(Collectors.toSet());
  }
}

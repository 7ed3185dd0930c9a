package org.lastmile.dist.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lastmile.channel.sms.at.Answer;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.at.SerialLine;
import org.lastmile.channel.sms.at.Unsolicited;
import org.lastmile.channel.sms.pdu.Concat;
import org.lastmile.channel.sms.pdu.Incoming;
import org.lastmile.channel.sms.pdu.Submit;
import org.lastmile.channel.sms.pdu.Words;
import org.lastmile.simulators.modem.ModemSettings;
import org.lastmile.simulators.modem.Smsc;
import org.lastmile.simulators.modem.VirtualModem;

/** The lines that play the phones behind a virtual modem, with a client on its port. */
class ModemTalkTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  @TempDir Path folder;
  private final StringWriter said = new StringWriter();
  private final CopyOnWriteArrayList<Unsolicited> heard = new CopyOnWriteArrayList<>();
  private Smsc smsc;
  private VirtualModem modem;
  private SerialLine line;
  private AtDialogue at;

  @BeforeEach
  void open() throws IOException {
    smsc = new Smsc();
    modem = new VirtualModem(folder.resolve("tty"), ModemSettings.ofNumber("13900000001"), smsc);
    line = SerialLine.open(modem.link().toString(), 115_200);
    at = new AtDialogue(line, heard::add);
    assertThat(at.resync(5)).isTrue(); // it has just been switched on, and says so
    for (String command : new String[] {"ATE0", "AT+CMGF=0", "AT+CSMS=1", "AT+CNMI=2,2,0,1"}) {
      assertThat(at.ask(command, SOON).ok()).as(command).isTrue();
    }
  }

  @AfterEach
  void close() {
    line.close();
    modem.close();
    smsc.close();
  }

  private ModemTalk.End type(String... lines) throws IOException, InterruptedException {
    return new ModemTalk(modem, Duration.ofSeconds(1), new PrintWriter(said))
        .listen(new BufferedReader(new StringReader(String.join("\n", lines))));
  }

  private Answer send(String text) {
    Words words = Words.of(text);
    Submit part =
        new Submit(
            "13800000001",
            words.alphabet(),
            words.parts().get(0),
            Concat.NONE,
            OptionalInt.empty(),
            false,
            false,
            false);
    return at.submit(part.length(), part.hex(), SOON, SOON, () -> {}, SOON, () -> false);
  }

  @Test
  void a_conversation_is_played_line_by_line() throws Exception {
    assertThat(send("立即转移").ok()).isTrue();
    heard.clear(); // that it has just started
    assertThat(type("# the person answers", "expect 13800000001 转移", "reply 13800000001 1"))
        .isEqualTo(ModemTalk.End.SILENT);
    assertThat(said.toString()).contains("met: 立即转移");
    Awaitility.await()
        .until(
            () -> {
              at.listen();
              return !heard.isEmpty();
            });
    Unsolicited.Pdu pdu = (Unsolicited.Pdu) heard.get(0);
    assertThat(((Incoming.Deliver) Incoming.read(pdu.hex())).text()).isEqualTo("1");
    assertThat(type("quit")).isEqualTo(ModemTalk.End.QUIT);
  }

  @Test
  void what_is_expected_and_does_not_come_ends_the_conversation() throws Exception {
    assertThat(send("别的话").ok()).isTrue();
    assertThat(type("expect 13800000001 转移", "quit")).isEqualTo(ModemTalk.End.NOT_MET);
    assertThat(said.toString()).contains("NOT MET").contains("别的话");
  }

  @Test
  void faults_hit_the_next_messages_as_often_as_was_said() throws Exception {
    assertThat(type("fault refuse 38 x2")).isEqualTo(ModemTalk.End.SILENT);
    assertThat(send("a").code()).isEqualTo(38);
    assertThat(send("a").code()).isEqualTo(38);
    assertThat(send("a").ok()).isTrue();
    type("fault error");
    assertThat(send("a").end()).isEqualTo(Answer.End.ERROR);
    type("refuse 13800000001 1");
    assertThat(send("a").code()).isEqualTo(1);
  }

  @Test
  void a_line_that_means_nothing_is_named_and_the_end_says_so() throws Exception {
    assertThat(type("dance", "fault drunk", "reply 13800000001", "signal strong", "quit"))
        .isEqualTo(ModemTalk.End.QUIT_IN_TROUBLE);
    assertThat(said.toString())
        .contains("not understood: dance")
        .contains("a fault is one of none, refuse, error")
        .contains("something is missing")
        .contains("'strong' is no number");
  }

  @Test
  void the_modem_itself_obeys_too() throws Exception {
    type("signal 5", "registration 3", "statistics", "help", "unplug");
    assertThat(modem.isPlugged()).isFalse();
    assertThat(said.toString()).contains("expect NUMBER");
    type("plug");
    assertThat(modem.isPlugged()).isTrue();
  }
}

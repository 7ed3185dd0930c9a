package org.lastmile.channel.sms.at;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What modems say, byte by byte, and what is made of it. */
class AtDialogueTest {
  private static final Duration SOON = Duration.ofMillis(200);
  private static final String PDU = "0006070B813108000000F1622122113000236221221130502300";

  /** A modem that says the next piece whenever it has been read empty. */
  private static final class Script implements Line {
    private final Queue<byte[]> pieces = new ArrayDeque<>();
    private final StringBuilder written = new StringBuilder();
    private boolean gone;
    private int emptyReads;

    Script says(String... texts) {
      for (String text : texts) {
        pieces.add(text.getBytes(StandardCharsets.ISO_8859_1));
      }
      return this;
    }

    @Override
    public boolean waiting() {
      return !pieces.isEmpty();
    }

    @Override
    public int read(byte[] into) throws LineLost {
      byte[] piece = pieces.poll();
      if (piece == null) {
        emptyReads++;
        if (gone) {
          throw new LineLost("gone");
        }
        return 0;
      }
      System.arraycopy(piece, 0, into, 0, piece.length);
      return piece.length;
    }

    @Override
    public void write(byte[] bytes) {
      written.append(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {
      gone = true;
    }
  }

  private final Script modem = new Script();
  private final List<Unsolicited> unasked = new ArrayList<>();
  private final AtDialogue at = new AtDialogue(modem, unasked::add);

  @Test
  void echoes_and_split_lines_are_no_part_of_an_answer() throws LineLost {
    modem.says("AT+C", "SQ\r\r\n+CS", "Q: 20,99\r", "\n\r\nO", "K\r\n");
    Answer answer = at.ask("AT+CSQ", SOON);
    assertThat(answer.ok()).isTrue();
    assertThat(answer.lines()).containsExactly("+CSQ: 20,99");
    assertThat(answer.value("+CSQ:")).contains("20,99");
  }

  @Test
  void a_glance_takes_in_what_is_there_and_waits_for_nothing() throws LineLost {
    modem.says("\r\n+CDS: 25\r\n", PDU + "\r\n");
    at.glance(Duration.ZERO);
    assertThat(unasked).containsExactly(new Unsolicited.Pdu(PDU));
    assertThat(modem.emptyReads).isZero();
  }

  @Test
  void a_report_in_the_middle_of_an_answer_is_told_apart() throws LineLost {
    modem.says("\r\n+CDS: 25\r\n" + PDU + "\r\n\r\n+CSQ: 20,99\r\n+CMTI: \"SM\",3\r\n\r\nOK\r\n");
    Answer answer = at.ask("AT+CSQ", SOON);
    assertThat(answer.lines()).containsExactly("+CSQ: 20,99");
    assertThat(unasked).containsExactly(new Unsolicited.Pdu(PDU), new Unsolicited.Stored("SM", 3));
  }

  @Test
  void a_stored_message_list_keeps_its_pdus_although_a_report_comes_between() throws LineLost {
    modem.says("+CMGL: 1,0,,24\r\n", "+CDS: 25\r\n" + PDU + "\r\n", "0011223344556677\r\nOK\r\n");
    Answer answer = at.ask("AT+CMGL=4", SOON);
    assertThat(answer.lines()).containsExactly("+CMGL: 1,0,,24", "0011223344556677");
    assertThat(unasked).containsExactly(new Unsolicited.Pdu(PDU));
  }

  @Test
  void a_pdu_leaves_only_behind_the_prompt() {
    modem.says("\r\n> ", "\r\n+CMGS: 17\r\n\r\nOK\r\n");
    Answer answer = at.submit(23, "0011", SOON, SOON, () -> {}, () -> false);
    assertThat(modem.written.toString()).isEqualTo("AT+CMGS=23\r0011\u001a");
    assertThat(answer.value("+CMGS:")).contains("17");
    assertThat(AtError.of(answer)).isEqualTo(AtError.ACCEPTED);
  }

  @Test
  void without_a_prompt_nothing_leaves_and_the_modem_is_let_off() {
    Answer answer = at.submit(23, "0011", SOON, SOON, () -> {}, () -> false);
    assertThat(answer.pduWritten()).isFalse();
    assertThat(modem.written.toString()).isEqualTo("AT+CMGS=23\r\u001b");
    assertThat(AtError.of(answer)).isEqualTo(AtError.SET_UP);
  }

  @Test
  void silence_after_the_pdu_is_unknown() {
    modem.says("\r\n> ");
    Answer answer = at.submit(23, "0011", SOON, SOON, () -> {}, () -> false);
    assertThat(answer.end()).isEqualTo(Answer.End.TIMEOUT);
    assertThat(AtError.of(answer)).isEqualTo(AtError.UNKNOWN);
  }

  @Test
  void a_line_lost_after_the_pdu_is_unknown_and_before_it_is_not() {
    modem.says("\r\n> ").close();
    Answer after = at.submit(23, "0011", SOON, SOON, () -> {}, () -> false);
    assertThat(after.end()).isEqualTo(Answer.End.GONE);
    assertThat(AtError.of(after)).isEqualTo(AtError.UNKNOWN);
    Answer before = at.submit(23, "0011", SOON, SOON, () -> {}, () -> false);
    assertThat(AtError.of(before)).isEqualTo(AtError.SET_UP);
  }

  @Test
  void an_echo_that_is_back_means_that_the_modem_forgot_its_settings() throws LineLost {
    modem.says("ATE0\r\r\nOK\r\n");
    assertThat(at.ask("ATE0", SOON).ok()).isTrue();
    modem.says("AT+CMGS=23\r\r\n> ");
    Answer answer = at.submit(23, "0011", SOON, SOON, () -> {}, () -> false);
    assertThat(answer.end()).isEqualTo(Answer.End.RESTARTED);
    assertThat(modem.written.toString()).endsWith("\u001b").doesNotContain("0011");
    assertThat(unasked).containsExactly(new Unsolicited.Restarted("echo is back"));
  }

  @Test
  void a_report_that_came_behind_an_answer_survives_a_resync() throws LineLost {
    modem.says("\r\nOK\r\n\r\n+CDS: 25\r\n" + PDU + "\r\n", "\r\nOK\r\n");
    assertThat(at.ask("AT+CSQ", SOON).ok()).isTrue();
    assertThat(at.resync(1)).isTrue();
    assertThat(unasked).containsExactly(new Unsolicited.Pdu(PDU));
  }

  @Test
  void every_code_has_a_meaning() {
    assertThat(meaning(Answer.End.CMS, 1, true)).isEqualTo(AtError.PERMANENT);
    assertThat(meaning(Answer.End.CMS, 8, true)).isEqualTo(AtError.SIM_REFUSED);
    assertThat(meaning(Answer.End.CMS, 38, true)).isEqualTo(AtError.RETRY_LATE);
    assertThat(meaning(Answer.End.CMS, 42, true)).isEqualTo(AtError.RETRY);
    assertThat(meaning(Answer.End.CMS, 197, true)).isEqualTo(AtError.ACCEPTED);
    assertThat(meaning(Answer.End.CMS, 199, true)).isEqualTo(AtError.NO_VALIDITY);
    assertThat(meaning(Answer.End.CMS, 322, true)).isEqualTo(AtError.STORE_FULL);
    assertThat(meaning(Answer.End.CMS, 330, true)).isEqualTo(AtError.SET_UP);
    assertThat(meaning(Answer.End.CMS, 500, true)).isEqualTo(AtError.UNKNOWN);
    assertThat(meaning(Answer.End.CMS, 500, false)).isEqualTo(AtError.RETRY);
    assertThat(meaning(Answer.End.CMS, 4711, true)).isEqualTo(AtError.UNKNOWN);
    assertThat(meaning(Answer.End.CMS, 4711, false)).isEqualTo(AtError.SET_UP);
    assertThat(meaning(Answer.End.CME, 14, false)).isEqualTo(AtError.RETRY);
    assertThat(meaning(Answer.End.CME, 10, true)).isEqualTo(AtError.SET_UP);
  }

  private static AtError meaning(Answer.End end, int code, boolean written) {
    return AtError.of(new Answer(end, code, List.of(), written));
  }

  @Property(tries = 500)
  void no_noise_crashes_or_holds_the_dialogue(@ForAll @Size(max = 600) byte[] noise)
      throws LineLost {
    Script line = new Script();
    AtDialogue dialogue = new AtDialogue(line, said -> {});
    line.says(new String(noise, StandardCharsets.ISO_8859_1), "\r\nOK\r\n");
    assertThat(dialogue.ask("AT", Duration.ofMillis(1))).isNotNull();
  }
}

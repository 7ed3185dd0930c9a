package org.lastmile.channel.sms.at;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final Map<String, String> answers = new HashMap<>();
    private final StringBuilder written = new StringBuilder();
    private boolean gone;

    Script says(String... texts) {
      for (String text : texts) {
        pieces.add(text.getBytes(StandardCharsets.ISO_8859_1));
      }
      return this;
    }

    @Override
    public int read(byte[] into) throws LineLost {
      byte[] piece = pieces.poll();
      if (piece == null) {
        if (gone) {
          throw new LineLost(Finding.of(Trouble.GONE, "modem"));
        }
        return 0;
      }
      System.arraycopy(piece, 0, into, 0, piece.length);
      return piece.length;
    }

    /** Says that when it is asked this. */
    Script answering(String question, String answer) {
      answers.put(question, answer);
      return this;
    }

    @Override
    public boolean waiting() {
      return !pieces.isEmpty();
    }

    @Override
    public void write(byte[] bytes) {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      written.append(text);
      if (answers.containsKey(text)) {
        says(answers.get(text));
      }
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
    Answer answer = at.submit(23, "0011", SOON, SOON, () -> {}, SOON, () -> false);
    assertThat(modem.written.toString()).isEqualTo("AT+CMGS=23\r0011\u001a");
    assertThat(answer.value("+CMGS:")).contains("17");
    assertThat(AtError.of(answer)).isEqualTo(AtError.ACCEPTED);
  }

  @Test
  void without_a_prompt_nothing_leaves_and_the_modem_is_let_off() {
    Answer answer = at.submit(23, "0011", SOON, SOON, () -> {}, SOON, () -> false);
    assertThat(answer.pduWritten()).isFalse();
    assertThat(modem.written.toString()).isEqualTo("AT+CMGS=23\r\u001b");
    assertThat(AtError.of(answer)).isEqualTo(AtError.SET_UP);
  }

  @Test
  void silence_after_the_pdu_is_unknown() {
    modem.says("\r\n> ");
    Answer answer = at.submit(23, "0011", SOON, SOON, () -> {}, SOON, () -> false);
    assertThat(answer.end()).isEqualTo(Answer.End.TIMEOUT);
    assertThat(AtError.of(answer)).isEqualTo(AtError.UNKNOWN);
  }

  @Test
  void a_modem_that_is_idle_again_and_has_said_nothing_of_the_message_leaves_it_unknown() {
    modem.says("\r\n> ");
    Duration doubt = Duration.ofMillis(50);
    AtDialogue asking = new AtDialogue(modem.answering("AT\r", "\r\nOK\r\n"), unasked::add);
    Answer answer =
        asking.submit(23, "0011", SOON, Duration.ofHours(1), () -> {}, doubt, () -> false);
    assertThat(answer.end()).isEqualTo(Answer.End.TIMEOUT);
    assertThat(asking.doubted()).isTrue();
    assertThat(AtError.of(answer)).isEqualTo(AtError.UNKNOWN);
  }

  @Test
  void a_message_taken_late_is_taken_although_it_was_doubted() {
    modem.says("\r\n> ");
    Duration doubt = Duration.ofMillis(50);
    AtDialogue asking =
        new AtDialogue(
            modem.answering("AT\r", "\r\n+CMGS: 7\r\n\r\nOK\r\n\r\nOK\r\n"), unasked::add);
    Answer answer =
        asking.submit(23, "0011", SOON, Duration.ofHours(1), () -> {}, doubt, () -> false);
    assertThat(AtError.of(answer)).isEqualTo(AtError.ACCEPTED);
    assertThat(answer.value("+CMGS:")).contains("7");
    assertThat(asking.doubted()).isTrue();
  }

  @Test
  void a_line_lost_after_the_pdu_is_unknown_and_before_it_is_not() {
    modem.says("\r\n> ").close();
    Answer after = at.submit(23, "0011", SOON, SOON, () -> {}, SOON, () -> false);
    assertThat(after.end()).isEqualTo(Answer.End.GONE);
    assertThat(AtError.of(after)).isEqualTo(AtError.UNKNOWN);
    Answer before = at.submit(23, "0011", SOON, SOON, () -> {}, SOON, () -> false);
    assertThat(AtError.of(before)).isEqualTo(AtError.SET_UP);
  }

  @Test
  void a_line_lost_behind_the_reference_leaves_no_doubt_that_the_part_was_taken() {
    modem.says("\r\n> ", "\r\n+CMGS: 17,\"0891683108200105\"\r\n").close();
    Answer answer = at.submit(23, "0011", SOON, SOON, () -> {}, SOON, () -> false);
    assertThat(answer.end()).isEqualTo(Answer.End.GONE);
    assertThat(answer.reference()).hasValue(17);
  }

  @Test
  void a_modem_that_echoes_only_what_follows_its_prompt_has_not_restarted() throws LineLost {
    modem.says("\r\nOK\r\n", "\r\nOK\r\n");
    assertThat(at.ask("ATE0", SOON).ok()).isTrue();
    assertThat(at.ask("AT", SOON).ok()).isTrue();
    modem.says("\r\n> ", "0011\u001a\r\n", "\r\n+CMGS: 17\r\n\r\nOK\r\n");
    Answer answer = at.submit(23, "0011", SOON, SOON, () -> {}, SOON, () -> false);
    assertThat(answer.end()).isEqualTo(Answer.End.OK);
    assertThat(answer.reference()).hasValue(17);
  }

  @Test
  void an_echo_that_is_back_means_that_the_modem_forgot_its_settings() throws LineLost {
    modem.says("ATE0\r\r\nOK\r\n");
    assertThat(at.ask("ATE0", SOON).ok()).isTrue();
    modem.says("AT+CMGS=23\r\r\n> ");
    Answer answer = at.submit(23, "0011", SOON, SOON, () -> {}, SOON, () -> false);
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
  void a_modem_that_echoes_although_it_agreed_not_to_is_understood_all_the_same() throws LineLost {
    modem.says("ATE0\r\r\nOK\r\n", "AT+CMEE=1\r\r\nOK\r\n", "AT+CMGS=23\r\r\n> ");
    assertThat(at.ask("ATE0", SOON).ok()).isTrue();
    assertThat(at.ask("AT+CMEE=1", SOON).ok()).isTrue();
    modem.says("0011", "\r\n+CMGS: 17\r\n\r\nOK\r\n");
    assertThat(AtError.of(at.submit(23, "0011", SOON, SOON, () -> {}, SOON, () -> false)))
        .isEqualTo(AtError.ACCEPTED);
    assertThat(unasked).isEmpty();
  }

  @Test
  void a_line_that_only_repeats_or_only_makes_noise_is_told_from_a_dead_one() throws LineLost {
    assertThat(at.resync(1)).isFalse();
    assertThat(at.heard()).isEqualTo(AtDialogue.Heard.NOTHING);
    modem.says("AT\r");
    assertThat(at.resync(1)).isFalse();
    assertThat(at.heard()).isEqualTo(AtDialogue.Heard.ECHO);
    modem.says("\u00f8\u0000\u0080");
    assertThat(at.resync(1)).isFalse();
    assertThat(at.heard()).isEqualTo(AtDialogue.Heard.NOISE);
    modem.says("$GPGGA,,,,,,0,,,,,,,,*66\r\n");
    assertThat(at.resync(1)).isFalse();
    assertThat(at.heard()).isEqualTo(AtDialogue.Heard.NOISE);
    modem.says("\r\nOK\r\n");
    assertThat(at.resync(1)).isTrue();
    assertThat(at.heard()).isEqualTo(AtDialogue.Heard.ANSWER);
  }

  @Test
  void a_talker_for_ever_holds_nobody_and_fills_no_memory() throws LineLost {
    byte[] babble = "$GPGGA,,,,,,0,,,,,,,,*66\r\n".repeat(40).getBytes(StandardCharsets.US_ASCII);
    AtDialogue dialogue =
        new AtDialogue(
            new Line() {
              @Override
              public int read(byte[] into) {
                int n = Math.min(into.length, babble.length);
                System.arraycopy(babble, 0, into, 0, n);
                return n;
              }

              @Override
              public boolean waiting() {
                return true;
              }

              @Override
              public void write(byte[] bytes) {}

              @Override
              public void close() {}
            },
            unasked::add);
    Answer answer = dialogue.ask("AT+CSQ", SOON);
    assertThat(answer.end()).isEqualTo(Answer.End.TIMEOUT);
    assertThat(answer.lines()).hasSizeLessThanOrEqualTo(1_000);
    assertThat(dialogue.submit(23, "0011", SOON, SOON, () -> {}, SOON, () -> false).pduWritten())
        .isFalse();
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

package org.lastmile.channel.sms.at;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a line carries, however it is cut up: no crash, no hang, no memory without bound. */
class AtFuzzTest {
  private static final String PDU = "0006070B813108000000F1622122113000236221221130502300";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Says what it was given in pieces of random sizes, a piece a read, and is gone then. */
  private static final class Pieces implements Line {
    private final byte[] said;
    private final Random sizes;
    private final int most;
    private int at;

    Pieces(byte[] said, int most, long seed) {
      this.said = said;
      this.most = most;
      this.sizes = new Random(seed);
    }

    @Override
    public int read(byte[] into) throws LineLost {
      if (at == said.length) {
        throw new LineLost(Finding.of(Trouble.GONE, "modem"));
      }
      int n = Math.min(Math.min(into.length, 1 + sizes.nextInt(most)), said.length - at);
      System.arraycopy(said, at, into, 0, n);
      at += n;
      return n;
    }

    @Override
    public boolean waiting() {
      return at < said.length;
    }

    @Override
    public void write(byte[] bytes) {}

    @Override
    public void close() {}
  }

  /** Says the same over and over, as fast as it is read. */
  private static Line babble(String piece) {
    byte[] said = octets(piece);
    return new Line() {
      @Override
      public int read(byte[] into) {
        System.arraycopy(said, 0, into, 0, said.length);
        return said.length;
      }

      @Override
      public boolean waiting() {
        return true;
      }

      @Override
      public void write(byte[] bytes) {}

      @Override
      public void close() {}
    };
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void an_answer_cut_at_every_place_is_the_same_answer() throws LineLost {
    byte[] said =
        octets(
            "AT+CMGL=4\r\r\n+CMGL: 1,0,,24\r\n0011223344556677\r\n\r\n+CDS: 25\r\n"
                + PDU
                + "\r\n+CMTI: \"SM\",3\r\n+CMGL: 2,0,,24\r\n8899AABBCCDDEEFF\r\n\r\nOK\r\n");
    for (int first = 0; first <= said.length; first++) {
      for (int second = first; second <= said.length; second++) {
        ScriptedLine line = new ScriptedLine();
        line.says(Arrays.copyOfRange(said, 0, first));
        line.says(Arrays.copyOfRange(said, first, second));
        line.says(Arrays.copyOfRange(said, second, said.length));
        List<Unsolicited> unasked = new ArrayList<>();
        Answer answer = new AtDialogue(line, unasked::add).ask("AT+CMGL=4", PATIENCE);
        assertThat(answer)
            .as("cut at %d and %d", first, second)
            .isEqualTo(
                new Answer(
                    Answer.End.OK,
                    -1,
                    List.of(
                        "+CMGL: 1,0,,24", "0011223344556677", "+CMGL: 2,0,,24", "8899AABBCCDDEEFF"),
                    false));
        assertThat(unasked)
            .containsExactly(new Unsolicited.Pdu(PDU), new Unsolicited.Stored("SM", 3));
      }
    }
  }

  @Test
  void a_prompt_and_a_reference_cut_at_every_place_are_still_understood() {
    byte[] prompt = octets("AT+CMGS=23\r\r\n> ");
    byte[] said = octets("0011\r\n\r\n+CMGS: 17\r\n\r\nOK\r\n");
    for (int first = 0; first <= prompt.length; first++) {
      for (int second = 0; second <= said.length; second++) {
        ScriptedLine line = new ScriptedLine();
        line.says(Arrays.copyOfRange(prompt, 0, first));
        line.says(Arrays.copyOfRange(prompt, first, prompt.length));
        line.says(Arrays.copyOfRange(said, 0, second));
        line.says(Arrays.copyOfRange(said, second, said.length));
        Answer answer =
            new AtDialogue(line, unasked -> {})
                .submit(23, "0011", PATIENCE, PATIENCE, () -> {}, () -> false);
        assertThat(answer.value("+CMGS:")).as("cut at %d, %d", first, second).contains("17");
      }
    }
  }

  @Property(tries = 1000)
  void no_octets_in_no_pieces_crash_or_hold_the_dialogue(
      @ForAll @Size(max = 3000) byte[] noise, @ForAll @IntRange(min = 1, max = 64) int most) {
    AtDialogue dialogue = new AtDialogue(new Pieces(noise, most, noise.length), said -> {});
    try {
      dialogue.listen();
      assertThat(dialogue.ask("AT+CSQ", PATIENCE)).isNotNull();
      assertThat(dialogue.submit(23, "0011", PATIENCE, PATIENCE, () -> {}, () -> false))
          .isNotNull();
    } catch (LineLost e) {
      assertThat(e).hasMessageContaining("gone");
    }
  }

  /** Lines as modems say them, in any order, whole or cut, with noise between. */
  @Provide
  Arbitrary<String> talk() {
    return Arbitraries.of(
            "\r\nOK\r\n",
            "ERROR\r\n",
            "\r\n> ",
            "+CMS ERROR: 38\r\n",
            "+CMS ERROR: \r\n",
            "+CMS ERROR: 99999999999\r\n",
            "+CME ERROR: SIM busy\r\n",
            "+CMGS: \r\n",
            "+CMGS: 300\r\n",
            "+CDS: 25\r\n",
            PDU + "\r\n",
            PDU.substring(0, 21),
            "+CMTI: \"SM\",99999\r\n",
            "+CMTI: \"SM\",999999\r\n",
            "+CMTI: ,\r\n",
            "+CMT: ,24\r\n",
            "+CSQ: 20,99\r\n",
            "RDY\r\n",
            "^SYSSTART\r\n",
            "SMS Ready\r\n",
            "+CREG: 1\r\n",
            "RING\r\n",
            "AT+CSQ\r",
            "\u0000\u00ff\u001b\u001a",
            "\r\r\r\n\n",
            ">",
            ":")
        .list()
        .ofMaxSize(60)
        .map(lines -> String.join("", lines));
  }

  @Property(tries = 2000)
  void no_talk_in_no_pieces_crashes_or_holds_the_dialogue(
      @ForAll("talk") String talk, @ForAll @IntRange(min = 1, max = 64) int most) {
    List<Unsolicited> unasked = new ArrayList<>();
    AtDialogue dialogue = new AtDialogue(new Pieces(octets(talk), most, 5), unasked::add);
    try {
      Answer answer = dialogue.ask("AT+CSQ", PATIENCE);
      assertThat(AtError.of(answer)).isNotNull();
      Answer sent = dialogue.submit(23, "0011", PATIENCE, PATIENCE, () -> {}, () -> false);
      assertThat(AtError.of(sent)).isNotNull();
      dialogue.resync(1);
      dialogue.listen();
    } catch (LineLost e) {
      assertThat(e).hasMessageContaining("gone");
    }
    // Only a whole report is one.
    assertThat(unasked)
        .filteredOn(Unsolicited.Pdu.class::isInstance)
        .allMatch(pdu -> pdu.toString().contains("0006070B8131"));
  }

  @Test
  @Timeout(60)
  void ten_megabytes_without_an_end_of_line_are_forgotten_and_the_answer_behind_them_is_read()
      throws LineLost {
    byte[] said = new byte[10_000_000];
    Arrays.fill(said, (byte) 'x');
    byte[] answer = octets("\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n");
    byte[] all = Arrays.copyOf(said, said.length + answer.length);
    System.arraycopy(answer, 0, all, said.length, answer.length);
    Answer read = new AtDialogue(new Pieces(all, 1024, 1), unasked -> {}).ask("AT+CSQ", PATIENCE);
    assertThat(read.ok()).isTrue();
    assertThat(read.value("+CSQ:")).contains("20,99");
    assertThat(read.lines()).allMatch(line -> line.length() < 20_000);
  }

  @Test
  @Timeout(60)
  void a_device_that_never_stops_talking_ends_the_wait_in_time_and_keeps_no_more_than_a_list()
      throws LineLost {
    for (String piece : List.of("garbage\r\n", "x", "\r\n", "> ", "+CMGL: 1\r\n", "AT\r\n")) {
      AtDialogue dialogue = new AtDialogue(babble(piece), unasked -> {});
      Answer answer = dialogue.ask("AT+CSQ", Duration.ofMillis(300));
      assertThat(answer.end()).as(piece).isEqualTo(Answer.End.TIMEOUT);
      assertThat(answer.lines().size()).isLessThanOrEqualTo(1_000);
      dialogue.listen();
    }
  }
}

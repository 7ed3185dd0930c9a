package org.lastmile.channel.sms.pdu;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.lastmile.simulators.modem.BadPdu;
import org.lastmile.simulators.modem.Downlink;

/** Our codec against the virtual modem's, which was written a second time and reads strictly. */
class SimulatorCodecTest {
  private static final int MESSAGES = 1_000;
  private static final Instant NOW = Instant.parse("2026-07-01T02:03:04Z");

  private static org.lastmile.simulators.modem.Submit read(Submit part) throws BadPdu {
    return org.lastmile.simulators.modem.Submit.parse(part.hex(), part.length(), NOW);
  }

  @Test
  void it_reads_every_part_as_we_wrote_it() throws BadPdu {
    int reference = 0;
    for (String text : Texts.random(MESSAGES, 600, 1).toList()) {
      List<Submit> parts = Texts.submits(text, ++reference);
      StringBuilder joined = new StringBuilder();
      for (Submit part : parts) {
        var read = read(part);
        assertThat(read.to()).isEqualTo(part.number());
        assertThat(read.reportWanted()).isTrue();
        assertThat(read.until()).contains(NOW.plus(Duration.ofMinutes(60)));
        assertThat(read.part().isPresent()).isEqualTo(parts.size() > 1);
        if (parts.size() > 1) {
          assertThat(read.part().get().bits()).isEqualTo(8);
          assertThat(read.part().get().reference()).isEqualTo(reference & 0xFF);
          assertThat(read.part().get().total()).isEqualTo(parts.size());
        }
        joined.append(read.text());
      }
      assertThat(joined.toString()).isEqualTo(text);
    }
  }

  @Test
  void it_reads_a_reference_of_16_bits() throws BadPdu {
    for (Alphabet alphabet : Alphabet.values()) {
      String text = (alphabet == Alphabet.GSM7 ? "a€" : "字😀").repeat(100);
      List<String> parts = Words.of(text, "", 7).parts();
      StringBuilder joined = new StringBuilder();
      for (int i = 1; i <= parts.size(); i++) {
        Concat place = Concat.wide(0xABCD, parts.size(), i);
        String words = parts.get(i - 1);
        var read =
            read(
                new Submit(
                    "13800000001",
                    alphabet,
                    words,
                    place,
                    OptionalInt.empty(),
                    false,
                    false,
                    false));
        assertThat(read.part().orElseThrow().bits()).isEqualTo(16);
        assertThat(read.part().orElseThrow().reference()).isEqualTo(0xABCD);
        joined.append(read.text());
      }
      assertThat(joined.toString()).isEqualTo(text);
    }
  }

  @Test
  void flash_duplicate_mark_and_every_validity_arrive() throws BadPdu {
    for (int validity = 0; validity <= 255; validity++) {
      for (Alphabet alphabet : Alphabet.values()) {
        boolean flash = validity % 2 == 0;
        boolean again = validity % 3 == 0;
        var read =
            read(
                new Submit(
                    "+8613800000001",
                    alphabet,
                    alphabet == Alphabet.GSM7 ? "run" : "快跑",
                    Concat.NONE,
                    OptionalInt.of(validity),
                    false,
                    again,
                    flash));
        assertThat(read.flash()).isEqualTo(flash);
        assertThat(read.rejectDuplicates()).isEqualTo(again);
        assertThat(read.reportWanted()).isFalse();
        assertThat(read.until()).isEqualTo(Optional.of(NOW.plus(Validity.period(validity))));
      }
    }
  }

  @Test
  void we_read_every_message_as_it_wrote_it() throws MalformedPdu {
    int reference = 0;
    for (String text : Texts.random(MESSAGES, 600, 2).toList()) {
      List<Incoming.Deliver> parts = new ArrayList<>();
      for (Downlink pdu : Downlink.deliver("+8613900000009", text, ++reference, NOW)) {
        parts.add((Incoming.Deliver) Incoming.read(pdu.hex()));
      }
      StringBuilder joined = new StringBuilder();
      for (Incoming.Deliver part : parts) {
        assertThat(part.from()).isEqualTo("+8613900000009");
        assertThat(part.sent()).contains(NOW);
        assertThat(part.concat().total()).isEqualTo(parts.size());
        joined.append(part.text());
      }
      assertThat(joined.toString()).isEqualTo(text);
    }
  }

  @Test
  void we_read_every_report_as_it_wrote_it() throws MalformedPdu {
    for (int i = 0; i <= 255; i++) {
      Instant sent = NOW.plus(i, ChronoUnit.MINUTES);
      String to = (i % 2 == 0 ? "+86138" : "138") + "0".repeat(i % 5) + i;
      Downlink report = Downlink.report(i, to, sent, sent.plusSeconds(9), 255 - i);
      assertThat(Incoming.read(report.hex()))
          .isEqualTo(new Incoming.Report(i, to, Optional.of(sent), 255 - i));
    }
  }
}

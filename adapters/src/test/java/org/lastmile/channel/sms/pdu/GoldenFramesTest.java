package org.lastmile.channel.sms.pdu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PDUs known from the standard's layout, octet by octet. */
class GoldenFramesTest {

  private static Submit plain(Alphabet alphabet, String text) {
    return new Submit(
        "+8613800000001", alphabet, text, Concat.NONE, OptionalInt.empty(), false, false, false);
  }

  @Test
  void gsm7_text_is_packed_eight_septets_to_seven_octets() {
    Submit submit = plain(Alphabet.GSM7, "hellohello");
    assertThat(submit.hex()).isEqualTo("0001000D91683108000000F100000AE8329BFD4697D9EC37");
    assertThat(submit.length()).isEqualTo(23);
  }

  @Test
  void chinese_is_ucs2_with_report_validity_flash_and_duplicate_mark() {
    Submit submit =
        new Submit(
            "13800000001", Alphabet.UCS2, "快跑", Concat.NONE, OptionalInt.of(11), true, true, true);
    assertThat(submit.hex()).isEqualTo("0035000B813108000000F100180B045FEB8DD1");
  }

  @Test
  void a_part_carries_its_place_in_front_and_one_fill_bit() {
    Submit submit =
        new Submit(
            "13800000001",
            Alphabet.GSM7,
            "A€",
            new Concat(0x1A5, 2, 1),
            OptionalInt.empty(),
            true,
            false,
            false);
    // septets 41 1B 65 from bit 49 on, behind six octets of header and one bit of fill
    assertThat(submit.hex()).isEqualTo("0061000B813108000000F100000A050003A50201829B32");
  }

  @Test
  void extension_characters_cost_two_septets() {
    assertThat(Words.of("[".repeat(80)).parts()).hasSize(1);
    assertThat(Words.of("[".repeat(81)).parts()).containsExactly("[".repeat(76), "[".repeat(5));
  }

  @Test
  void a_message_is_read_with_its_sender_and_time() throws MalformedPdu {
    Incoming read =
        Incoming.read(
            "0891683108100005F0240D91683108000000F10000622122113000230AE8329BFD4697D9EC37");
    assertThat(read)
        .isEqualTo(
            new Incoming.Deliver(
                "+8613800000001",
                Optional.of(Instant.parse("2026-12-22T03:03:00Z")),
                Concat.NONE,
                "hellohello"));
  }

  @Test
  void a_sender_may_be_a_word() throws MalformedPdu {
    Incoming read = Incoming.read("000407D0D4F29C0E000862212211300023026536");
    assertThat(((Incoming.Deliver) read).from()).isEqualTo("Test");
  }

  @Test
  void a_wide_reference_is_another_message_than_a_narrow_one() throws MalformedPdu {
    String head = "00440B813108000000F1000862212211300023";
    Incoming.Deliver narrow = (Incoming.Deliver) Incoming.read(head + "08050003050201" + "6536");
    Incoming.Deliver wide = (Incoming.Deliver) Incoming.read(head + "0906080400050201" + "6536");
    assertThat(narrow.concat()).isEqualTo(new Concat(5, 2, 1));
    assertThat(wide.concat()).isEqualTo(new Concat(0x10005, 2, 1));
    assertThat(wide.text()).isEqualTo(narrow.text()).isEqualTo("收");
  }

  @Test
  void a_status_report_names_part_person_and_fate() throws MalformedPdu {
    Incoming read = Incoming.read("0006070B813108000000F1622122113000236221221130502346");
    assertThat(read)
        .isEqualTo(
            new Incoming.Report(
                7, "13800000001", Optional.of(Instant.parse("2026-12-22T03:03:00Z")), 0x46));
  }

  @ParameterizedTest
  @CsvSource({
    "0x00, DELIVERED",
    "0x01, UNDER_WAY",
    "0x02, UNDER_WAY",
    "0x1F, UNDER_WAY",
    "0x20, UNDER_WAY",
    "0x3F, UNDER_WAY",
    "0x40, FAILED",
    "0x46, EXPIRED",
    "0x5F, FAILED",
    "0x60, FAILED",
    "0x7F, FAILED",
    "0x80, UNDER_WAY",
    "0xFF, UNDER_WAY"
  })
  void every_status_has_a_class(String status, ReportStatus meaning) {
    assertThat(ReportStatus.of(Integer.decode(status))).isEqualTo(meaning);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0", "PT9M, 0", "PT10M, 1", "PT60M, 11", "PT12H, 143", "PT12H29M, 143",
    "PT12H30M, 144", "PT24H, 167", "PT47H, 167", "P2D, 168", "P30D, 196", "P34D, 196",
    "P35D, 197", "P1000D, 255"
  })
  void validity_is_rounded_down(String remaining, int value) {
    assertThat(Validity.roundedDown(Duration.parse(remaining))).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({"zz", "00", "0004", "0001000B81", "08916831"})
  void what_can_not_be_read_says_why(String hex) {
    assertThatThrownBy(() -> Incoming.read(hex))
        .isInstanceOf(MalformedPdu.class)
        .hasMessageNotContaining(hex + " ");
  }
}

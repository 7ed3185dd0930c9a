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

  @Test
  void a_sender_of_letters_may_use_the_extension_table() throws MalformedPdu {
    // A{b} in septets 41 1B 28 62 1B 29: eleven half octets
    Incoming read = Incoming.read("00040BD0C10D4ABC4901000862212211300023026536");
    assertThat(((Incoming.Deliver) read).from()).isEqualTo("A{b}");
  }

  @Test
  void an_odd_number_of_digits_and_digits_that_are_none_are_read() throws MalformedPdu {
    assertThat(from("05810160F0")).isEqualTo("10060");
    assertThat(from("0A810160F0FFFF")).isEqualTo("10060");
    assertThat(from("07811A2B3CF7")).isEqualTo("*1#2a37");
    assertThat(from("0091")).isEqualTo("+");
    assertThat(from("0080")).isEmpty();
  }

  private static String from(String address) throws MalformedPdu {
    return ((Incoming.Deliver) Incoming.read("0004" + address + "000862212211300023026536")).from();
  }

  /** Every data coding scheme of TS 23.038, and what "1" in its alphabet comes to. */
  @ParameterizedTest
  @CsvSource({
    "00, 0131, 1", // default alphabet
    "08, 020031, 1", // UCS2
    "10, 0131, 1", // default alphabet, class 0
    "18, 020031, 1", // UCS2, class 0
    "19, 020031, 1", // UCS2, class 1
    "0C, 0131, 1", // reserved: default alphabet
    "48, 020031, 1", // UCS2, to be deleted once read
    "80, 0131, 1", // reserved group: default alphabet
    "B8, 0131, 1", // reserved group: default alphabet
    "C0, 0131, 1", // voice mail waits, words to be thrown away
    "D0, 0131, 1", // voice mail waits
    "E0, 020031, 1", // voice mail waits, in UCS2
    "F0, 0131, 1", // class 0
    "F1, 0131, 1", // class 1
    "04, 0131, 1", // eight-bit data that can be printed
    "F4, 0131, 1",
    "F5, 020107, [非文字 not words] 0107", // eight-bit data
    "14, 020107, [非文字 not words] 0107",
    "20, 0131, [非文字 not words] 31", // compressed
    "28, 020031, [非文字 not words] 0031",
    "60, 0131, [非文字 not words] 31",
  })
  void every_data_coding_is_read_for_what_it_is(String coding, String data, String text)
      throws MalformedPdu {
    assertThat(text("04", coding, data)).isEqualTo(text);
  }

  private static String text(String first, String coding, String data) throws MalformedPdu {
    String pdu = "00" + first + "0B813108000000F100" + coding + "62212211300023" + data;
    return ((Incoming.Deliver) Incoming.read(pdu)).text();
  }

  @Test
  void words_that_end_early_never_pass_for_an_answer() throws MalformedPdu {
    assertThat(text("04", "08", "0A00314EBA")).isEqualTo("1人[不完整 incomplete]");
    assertThat(text("04", "00", "0831")).isEqualTo("1[不完整 incomplete]");
    assertThat(text("04", "08", "03003100")).isEqualTo("1[不完整 incomplete]");
    assertThat(text("04", "08", "0200310000")).isEqualTo("1");
  }

  @Test
  void a_header_longer_than_all_there_is_is_refused() {
    assertThatThrownBy(() -> text("44", "08", "06" + "2005000305"))
        .hasMessage("user-data header of 33 octets in 5");
    assertThatThrownBy(() -> text("44", "08", "00"))
        .hasMessage("user-data header of 0 octets in 0");
  }

  @Test
  void ports_and_national_alphabets_are_passed_over() throws MalformedPdu {
    assertThat(text("44", "08", "09" + "06" + "05040B8423F0" + "0031")).isEqualTo("1");
    assertThat(text("44", "08", "08" + "05" + "0003070201" + "0031")).isEqualTo("1");
    // Turkish locking and single shift: digits stand where they do in the default alphabet
    assertThat(text("44", "00", "09" + "06" + "250101240101" + "31")).isEqualTo("1");
  }

  @Test
  void escape_pairs_of_no_table_are_read_as_the_standard_asks() {
    assertThat(Gsm7.decode(new byte[] {0x1B, 0x31, 0x1B, 0x1B, 0x1B, 0x65, 0x1B})).isEqualTo("1 €");
  }

  @Test
  void a_message_of_the_reserved_type_is_read_as_a_message() throws MalformedPdu {
    assertThat(text("07", "08", "020031")).isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource({
    "0x00, ST 00: delivered",
    "0x24, ST 24: quality of service not available",
    "0x45, ST 45: no interworking available",
    "0x46, ST 46: validity period expired",
    "0x47, ST 47: deleted by its sender",
    "0x48, ST 48: deleted by the service centre",
    "0x63, ST 63: service rejected",
    "0x37, ST 37: under way",
    "0x57, ST 57: failed",
    "0xC0, ST C0: under way"
  })
  void every_status_has_words(String status, String words) {
    assertThat(ReportStatus.words(Integer.decode(status))).isEqualTo(words);
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

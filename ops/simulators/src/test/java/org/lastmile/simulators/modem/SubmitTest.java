package org.lastmile.simulators.modem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PDUs written by hand from TS 23.040 and 23.038. */
class SubmitTest {
  private static final Instant NOW = Instant.parse("2026-11-22T03:30:00Z");
  private static final String TO = "0D91683108000000F1";

  private static Submit parse(String tpdu) throws BadPdu {
    return Submit.parse("00" + tpdu, tpdu.length() / 2, NOW);
  }

  @Test
  void readsPackedSeptets() throws BadPdu {
    Submit submit = parse("0107" + TO + "0000" + "0A" + "E8329BFD4697D9EC37");
    assertThat(submit.text()).isEqualTo("hellohello");
    assertThat(submit.to()).isEqualTo("+8613800000001");
    assertThat(submit.reference()).isEqualTo(7);
    assertThat(submit.reportWanted()).isFalse();
    assertThat(submit.until()).isEmpty();
  }

  @Test
  void readsTheExtensionTable() throws BadPdu {
    // "[€]": 1B 3C 1B 65 1B 3E packed
    assertThat(parse("0100" + TO + "0000" + "06" + "1BDEA6BCF101").text()).isEqualTo("[€]");
    byte[] packed = Gsm7.pack(Gsm7.encode("[€]").orElseThrow(), 0);
    assertThat(Gsm7.decode(Gsm7.unpack(packed, 6, 0))).isEqualTo("[€]");
  }

  @Test
  void readsAnEightBitConcatenationBehindFillBits() throws BadPdu {
    // Header 05 00 03 2A 02 01 is 48 bits: one fill bit, then "hello" from the 8th septet.
    Submit submit = parse("4100" + TO + "0000" + "0C" + "0500032A0201" + "D06536FB0D");
    assertThat(submit.part()).contains(new Submit.Part(8, 0x2A, 2, 1));
    assertThat(submit.text()).isEqualTo("hello");
  }

  @Test
  void readsASixteenBitConcatenationAndUcs2() throws BadPdu {
    Submit submit = parse("4100" + TO + "0008" + "09" + "060804012C0302" + "9884");
    assertThat(submit.part()).contains(new Submit.Part(16, 300, 3, 2));
    assertThat(submit.text()).isEqualTo("预");
  }

  @ParameterizedTest
  @CsvSource({"00, PT5M", "8F, PT12H", "90, PT12H30M", "A7, PT24H", "AA, PT96H", "C5, PT840H"})
  void readsRelativeValidity(String vp, Duration validity) throws BadPdu {
    assertThat(parse("1100" + TO + "0008" + vp + "02" + "9884").until())
        .contains(NOW.plus(validity));
  }

  @Test
  void readsAbsoluteValidityWithItsZone() throws BadPdu {
    // 2026-11-22 12:00:00 +08:00 (32 quarters), digits swapped
    assertThat(parse("1900" + TO + "0008" + "62112221000023" + "02" + "9884").until())
        .contains(Instant.parse("2026-11-22T04:00:00Z"));
  }

  @ParameterizedTest
  @CsvSource({"18, true", "10, true", "08, false", "19, false", "F0, true"})
  void knowsFlashByItsCodingScheme(String dcs, boolean flash) throws BadPdu {
    boolean ucs2 = dcs.equals("18") || dcs.equals("08") || dcs.equals("19");
    String data = ucs2 ? "02" + "9884" : "01" + "61";
    assertThat(parse("0100" + TO + "00" + dcs + data).flash()).isEqualTo(flash);
  }

  @ParameterizedTest
  @CsvSource({
    "0100 0D91683108000000F1 0008 04 9884, needs 4 octets",
    "0100 0D91683108000000F1 0008 03 988498, odd number",
    "0000 0D91683108000000F1 0008 02 9884, not an SMS-SUBMIT",
    "4100 0D91683108000000F1 0008 02 0984, header is missing or too long",
    "4100 0D91683108000000F1 0008 08 0500032A0203 9884, part 3 of 2",
    "0100 0D9168310800, ends inside TP-DA"
  })
  void saysWhatIsWrong(String pdu, String why) {
    assertThatThrownBy(() -> parse(pdu.replace(" ", ""))).hasMessageContaining(why);
  }

  @Test
  void refusesALengthThatDiffersFromTheCommand() {
    assertThatThrownBy(() -> Submit.parse("000100", 3, NOW)).hasMessageContaining("said 3");
    assertThatThrownBy(() -> Submit.parse("0G", 1, NOW)).hasMessageContaining("hexadecimal");
  }
}

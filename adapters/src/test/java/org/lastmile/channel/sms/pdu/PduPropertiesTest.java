package org.lastmile.channel.sms.pdu;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** What holds of every text and of every run of octets. */
class PduPropertiesTest {
  private static final String GSM =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCXYZÄÖÑÜ§¿abcxyzäöñüà"
          + "\f^{}\\[~]|€";

  @Provide
  Arbitrary<String> words() {
    Arbitrary<String> gsm = Arbitraries.strings().withChars(GSM.toCharArray()).ofMaxLength(700);
    Arbitrary<String> mixed =
        Arbitraries.of("预", "警", "1", "a", "😀", "👨‍👩‍👧", "é", "🇨🇳", "€", " ", "，")
            .list()
            .ofMaxSize(300)
            .map(list -> String.join("", list));
    return Arbitraries.oneOf(gsm, mixed);
  }

  @Property(tries = 400)
  void what_is_cut_and_sent_is_read_again_the_same(
      @ForAll("words") String text, @ForAll @IntRange(max = 100_000) int reference)
      throws MalformedPdu {
    Words words = Words.of(text);
    StringBuilder read = new StringBuilder();
    int total = words.parts().size();
    for (int i = 1; i <= total; i++) {
      Concat concat = total == 1 ? Concat.NONE : new Concat(reference & 0xFF, total, i);
      Submit submit =
          new Submit(
              "13800000001",
              words.alphabet(),
              words.parts().get(i - 1),
              concat,
              OptionalInt.of(1),
              true,
              false,
              false);
      assertThat(submit.length()).isLessThanOrEqualTo(1 + 1 + 8 + 2 + 1 + 1 + 140);
      Incoming.Deliver deliver = (Incoming.Deliver) Incoming.read(asDeliver(submit.hex()));
      assertThat(deliver.concat()).isEqualTo(concat);
      assertThat(deliver.text()).isEqualTo(words.parts().get(i - 1));
      read.append(deliver.text());
    }
    assertThat(read.toString()).isEqualTo(text);
  }

  @Property(tries = 400)
  void no_part_begins_or_ends_inside_a_character(@ForAll("words") String text) {
    List<String> parts = Words.of(text).parts();
    for (String part : parts) {
      if (!part.isEmpty()) {
        assertThat(Character.isLowSurrogate(part.charAt(0))).isFalse();
        assertThat(Character.isHighSurrogate(part.charAt(part.length() - 1))).isFalse();
      }
    }
  }

  @Property(tries = 300)
  void any_text_fits_its_parts_and_every_part_has_the_mark(
      @ForAll @StringLength(max = 500) String text) {
    Words words = Words.of(text, "【演练】");
    assertThat(words.parts()).allMatch(part -> part.startsWith("【演练】"));
    int most = words.parts().size() == 1 ? 70 : 67;
    assertThat(words.parts()).allMatch(part -> words.alphabet().units(part) <= most);
  }

  @Property(tries = 2000)
  void no_octets_crash_the_reader(@ForAll @Size(max = 180) byte[] octets) {
    try {
      assertThat(Incoming.read(HexFormat.of().formatHex(octets))).isNotNull();
    } catch (MalformedPdu e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Property(tries = 2000)
  void no_damaged_message_crashes_the_reader(
      @ForAll @IntRange(max = 60) int at, @ForAll byte value, @ForAll @IntRange(max = 60) int end) {
    byte[] good =
        HexFormat.of()
            .parseHex(
                "0891683108100005F0440D91683108000000F100086221221130002312"
                    + "0500030502016536523000310032FF0C597D");
    good[Math.min(at, good.length - 1)] = value;
    String hex = HexFormat.of().formatHex(good, 0, Math.min(end, good.length));
    try {
      assertThat(Incoming.read(hex)).isNotNull();
    } catch (MalformedPdu e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Property
  void validity_never_passes_what_remains(@ForAll @IntRange(min = 5, max = 600_000) int minutes) {
    Duration remaining = Duration.ofMinutes(minutes);
    int value = Validity.roundedDown(remaining);
    assertThat(value).isBetween(0, 255);
    assertThat(Validity.period(value)).isLessThanOrEqualTo(remaining);
    if (value < 255) {
      assertThat(Validity.period(value + 1)).isGreaterThan(remaining);
    }
  }

  /** The same octets with the head of a DELIVER in place of a SUBMIT's. */
  private static String asDeliver(String submit) {
    int first = Integer.parseInt(submit.substring(2, 4), 16);
    String address = submit.substring(6, 6 + 2 * (2 + 6));
    String rest = submit.substring(6 + address.length());
    String coding = rest.substring(0, 4);
    String data = rest.substring(6); // behind TP-VP
    return "00"
        + HexFormat.of().toHexDigits((byte) (first & 0x40))
        + address
        + coding
        + "62212211300023"
        + data;
  }
}

package org.lastmile.channel.sms.pdu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.lastmile.simulators.modem.Downlink;

/** What holds of every text and of every run of octets. */
class PduPropertiesTest {
  private static final String GSM = Texts.GSM7 + "\f";
  private static final Instant NOW = Instant.parse("2026-07-01T02:03:04Z");

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

  @Property(tries = 5000)
  void no_octets_crash_the_reader(@ForAll @Size(max = 300) byte[] octets) {
    readOrRefused(octets);
  }

  /** Octets that get past the first fields, so that the later ones are reached too. */
  @Property(tries = 5000)
  void no_octets_behind_a_good_beginning_crash_the_reader(
      @ForAll byte first, @ForAll byte coding, @ForAll @Size(max = 200) byte[] rest) {
    byte[] head = HexFormat.of().parseHex("00000B813108000000F1000062212211300023");
    head[1] = first;
    head[11] = coding;
    byte[] octets = Arrays.copyOf(head, head.length + rest.length);
    System.arraycopy(rest, 0, octets, head.length, rest.length);
    readOrRefused(octets);
  }

  @Property(tries = 5000)
  void no_damaged_message_crashes_the_reader(
      @ForAll("pdus") String good, @ForAll("damages") List<Damage> damages) {
    byte[] octets = HexFormat.of().parseHex(good);
    for (Damage damage : damages) {
      octets = damage.to(octets);
    }
    readOrRefused(octets);
  }

  @Property(tries = 1000)
  void words_that_were_cut_short_never_look_whole(
      @ForAll("words") String text, @ForAll @IntRange(min = 1, max = 200) int lost) {
    Assume.that(!text.isEmpty());
    String pdu = Downlink.deliver("+8613800000001", text, 7, NOW).get(0).hex();
    int end = pdu.length() - 2 * lost;
    Assume.that(end > 0);
    try {
      Incoming.Deliver read = (Incoming.Deliver) Incoming.read(pdu.substring(0, end));
      assertThat(read.text()).endsWith(UserData.CUT_SHORT);
    } catch (MalformedPdu e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Property(tries = 1000)
  void header_elements_that_mean_nothing_to_us_leave_the_words_alone(
      @ForAll("elements") List<byte[]> elements, @ForAll boolean wide) throws MalformedPdu {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    elements.forEach(header::writeBytes);
    header.writeBytes(new byte[] {0, 3, 9, 2, 1});
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.write(header.size());
    data.writeBytes(header.toByteArray());
    int length;
    if (wide) {
      data.writeBytes("收到".getBytes(StandardCharsets.UTF_16BE));
      length = data.size();
    } else {
      int septets = (data.size() * 8 + 6) / 7;
      data.writeBytes(Gsm7.pack(Gsm7.encode("OK€1"), septets * 7 - data.size() * 8));
      length = septets + 5;
    }
    UserData read = UserData.read(wide ? 8 : 0, length, data.toByteArray(), 0x40);
    assertThat(read.text()).isEqualTo(wide ? "收到" : "OK€1");
    assertThat(read.concat()).isEqualTo(new Concat(9, 2, 1));
  }

  @Property(tries = 1000)
  void a_sender_of_letters_is_read_as_it_was_written(@ForAll("names") String name)
      throws MalformedPdu {
    byte[] packed = Gsm7.pack(Gsm7.encode(name), 0);
    int halves = (Gsm7.septets(name) * 7 + 3) / 4;
    String head = "0004%02XD0%s".formatted(halves, HexFormat.of().formatHex(packed));
    Incoming read = Incoming.read(head + "000862212211300023026536");
    assertThat(((Incoming.Deliver) read).from()).isEqualTo(name);
  }

  /** One thing that lines and modems do to octets. */
  private record Damage(int kind, int at, byte value) {
    byte[] to(byte[] octets) {
      if (octets.length == 0) {
        return octets;
      }
      int here = at % octets.length;
      byte[] out = octets.clone();
      switch (kind) {
        case 0 -> out[here] = value;
        case 1 -> out[here] ^= (byte) (1 << (value & 7));
        case 2 -> out = Arrays.copyOf(octets, here);
        case 3 -> { // one is lost
          System.arraycopy(octets, here + 1, out, here, octets.length - here - 1);
          out = Arrays.copyOf(out, octets.length - 1);
        }
        default -> { // one too many
          out = Arrays.copyOf(octets, octets.length + 1);
          System.arraycopy(octets, here, out, here + 1, octets.length - here);
          out[here] = value;
        }
      }
      return out;
    }
  }

  @Provide
  Arbitrary<List<Damage>> damages() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 4),
            Arbitraries.integers().between(0, 200),
            Arbitraries.bytes())
        .as(Damage::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  /** Messages of both alphabets, of one part and of several, and reports. */
  @Provide
  Arbitrary<String> pdus() {
    Arbitrary<String> delivers =
        words()
            .filter(text -> !text.isEmpty())
            .map(text -> Downlink.deliver("+8613800000001", text, 7, NOW).get(0).hex());
    Arbitrary<String> reports =
        Arbitraries.integers()
            .between(0, 255)
            .map(st -> Downlink.report(st, "13800000001", NOW, NOW, st).hex());
    return Arbitraries.frequencyOf(Tuple.of(4, delivers), Tuple.of(1, reports));
  }

  /** Ports, national alphabets, indications, and whatever else; no place in a long message. */
  @Provide
  Arbitrary<List<byte[]>> elements() {
    return Combinators.combine(
            Arbitraries.of(1, 2, 4, 5, 0x0A, 0x20, 0x24, 0x25, 0x70, 0xFF),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(12))
        .as(
            (id, value) -> {
              byte[] element = new byte[2 + value.length];
              element[0] = id.byteValue();
              element[1] = (byte) value.length;
              System.arraycopy(value, 0, element, 2, value.length);
              return element;
            })
        .list()
        .ofMaxSize(4);
  }

  /** What an address field holds: ten octets, so eleven septets; @ at the end is padding's twin. */
  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings()
        .withChars("ABCxyz 019^{}[]~€-_")
        .ofMinLength(1)
        .ofMaxLength(11)
        .filter(name -> Gsm7.septets(name) <= 11);
  }

  private static void readOrRefused(byte[] octets) {
    try {
      Incoming read = Incoming.read(HexFormat.of().formatHex(octets));
      if (read instanceof Incoming.Deliver deliver) {
        // A length is one octet: nothing that comes in can make more of itself.
        assertThat(deliver.text().length()).isLessThan(1_000);
        assertThat(deliver.from().length()).isLessThan(300);
      }
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

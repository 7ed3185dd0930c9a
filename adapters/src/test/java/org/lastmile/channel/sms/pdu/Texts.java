package org.lastmile.channel.sms.pdu;

import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;

/** Random messages as people and offices write them, the same for the same seed. */
final class Texts {
  static final String GSM7 =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
          + "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€";

  /** Each is one character to its reader. */
  static final List<String> SEEN_AS_ONE =
      List.of(
          "😀",
          "👨‍👩‍👧‍👦",
          "🇨🇳",
          "👍🏽",
          "1️⃣",
          "☂️",
          "é",
          "ế",
          "葛󠄀",
          "각",
          "𠮷",
          "🏴󠁧󠁢󠁥󠁮󠁧󠁿");

  private static final int FIRST_HAN = 0x4E00;
  private static final int HAN = 20_900;

  private Texts() {}

  /** Of 1 to {@code most} characters: a third GSM-7, a third Chinese, a third anything mixed. */
  static Stream<String> random(int count, int most, long seed) {
    Random random = new Random(seed);
    return Stream.generate(() -> text(random, 1 + random.nextInt(most))).limit(count);
  }

  private static String text(Random random, int length) {
    int kind = random.nextInt(3);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      int draw = random.nextInt(10);
      if (kind == 0 || (kind == 2 && draw < 3)) {
        text.append(GSM7.charAt(random.nextInt(GSM7.length())));
      } else if (kind == 1 || draw < 7) {
        text.append((char) (FIRST_HAN + random.nextInt(HAN)));
      } else {
        text.append(SEEN_AS_ONE.get(random.nextInt(SEEN_AS_ONE.size())));
      }
    }
    return text.toString();
  }

  /** The message as its SUBMITs. */
  static List<Submit> submits(String text, int reference) {
    Words words = Words.of(text);
    int total = words.parts().size();
    return Stream.iterate(1, i -> i + 1)
        .limit(total)
        .map(
            i ->
                new Submit(
                    "+8613800000001",
                    words.alphabet(),
                    words.parts().get(i - 1),
                    total == 1 ? Concat.NONE : new Concat(reference & 0xFF, total, i),
                    OptionalInt.of(11),
                    true,
                    false,
                    false))
        .toList();
  }
}

package org.lastmile.warning;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a person's words mean. Only a full match is an answer: {@code 1} is one, {@code 1人被困} is an
 * alarm. Spaces, punctuation and full-width forms around it don't matter.
 *
 * @param codes answer codes that were named; empty = a bare answer
 */
public record Answer(Meaning meaning, List<String> codes) {

  /** What was meant. */
  public enum Meaning {
    YES,
    /** 去不了: somebody else has to. */
    NO,
    /** Somebody is in danger. */
    ALARM,
    /** 退订: no more SMS, as far as that may be. */
    OPT_OUT,
    /** 恢复: takes an opt-out back. */
    OPT_IN,
    /** Anything else: kept and shown to operators. */
    REPORT
  }

  /** Codes have two of these digits: never 1 or 2, which are answers by themselves. */
  public static final String CODE_DIGITS = "03456789";

  private static final Set<String> YES = Set.of("1", "收到", "已收到");
  private static final Set<String> NO = Set.of("2", "去不了");
  private static final Set<String> OPT_OUT =
      Set.of("退订", "退定", "td", "t", "取消订阅", "unsubscribe", "stop");
  private static final Set<String> OPT_IN = Set.of("恢复", "恢复订阅", "hf", "start");

  // Blanks, punctuation, signs; and what nobody sees: variation selectors, zero-width characters.
  private static final Pattern NOISE = Pattern.compile("[\\s\\p{P}\\p{S}\\p{M}\\p{C}]+");
  private static final Pattern CODES =
      Pattern.compile("(1|2|收到|已收到|去不了)?((?:[" + CODE_DIGITS + "]{2})+)(收到|已收到|去不了)?");
  private static final Pattern DANGER =
      Pattern.compile("被困|救命|救我|快来救|受伤|垮塌|塌方|滑坡了|山洪来|进水|失联|冲走|掩埋|死人");

  public Answer {
    codes = List.copyOf(codes);
  }

  /** Reads a person's words; never fails. */
  public static Answer of(String text) {
    String plain =
        NOISE
            .matcher(Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT))
            .replaceAll("");
    if (YES.contains(plain)) {
      return new Answer(Meaning.YES, List.of());
    }
    if (NO.contains(plain)) {
      return new Answer(Meaning.NO, List.of());
    }
    if (OPT_OUT.contains(plain)) {
      return new Answer(Meaning.OPT_OUT, List.of());
    }
    if (OPT_IN.contains(plain)) {
      return new Answer(Meaning.OPT_IN, List.of());
    }
    Matcher codes = CODES.matcher(plain);
    if (codes.matches()) {
      boolean no = negative(codes.group(1)) || negative(codes.group(3));
      return new Answer(no ? Meaning.NO : Meaning.YES, List.of(codes.group(2).split("(?<=\\G..)")));
    }
    return new Answer(DANGER.matcher(plain).find() ? Meaning.ALARM : Meaning.REPORT, List.of());
  }

  private static boolean negative(String word) {
    return word != null && NO.contains(word);
  }
}

package org.lastmile.channel.wechat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What each kind of template field takes. The platform refuses the whole message (47003) when one
 * value breaks its field's rule, so every value is checked here first.
 */
enum FieldType {
  /** Any characters, at most 20. */
  THING(20, ".{1,20}"),
  /** Letters, digits, signs; at most 32; no Chinese. */
  CHARACTER_STRING(32, "[\\x20-\\x7e]{1,32}"),
  /** Chinese only, at most 5. */
  PHRASE(5, "\\p{IsHan}{1,5}"),
  /** Digits, at most 32, a fraction allowed. */
  NUMBER(32, "(?=.{1,32}$)\\d+(\\.\\d+)?"),
  /** Digits and signs, at most 17. */
  PHONE_NUMBER(17, "[0-9+\\- ()]{1,17}"),
  /** Chinese, at most 10. */
  NAME(10, "\\p{IsHan}{1,10}"),
  /** A time of day in 24 hours, with or without its date. */
  TIME(20, "(" + Words.DAY + " )?" + Words.HOUR),
  /** A date, with or without its time of day. */
  DATE(20, Words.DAY + "( " + Words.HOUR + ")?");

  /** As they stand in a template, without their number. */
  static final List<String> NAMES = Arrays.stream(values()).map(FieldType::word).toList();

  private static final Pattern NUMBERED = Pattern.compile("([a-z_]+)\\d{1,3}");

  /** An enum's constants can't see its own static fields, but those of another class. */
  private static final class Words {
    static final String DAY = "\\d{4}年\\d{1,2}月\\d{1,2}日";
    static final String HOUR = "([01]?\\d|2[0-3]):[0-5]\\d(:[0-5]\\d)?";
  }

  private final int limit;
  private final Pattern rule;

  FieldType(int limit, String rule) {
    this.limit = limit;
    this.rule = Pattern.compile(rule);
  }

  /** Most characters that it takes. */
  int limit() {
    return limit;
  }

  /** Whether the platform will take this value. */
  boolean takes(String value) {
    return rule.matcher(value).matches();
  }

  /** The type of a template field such as {@code thing1}. */
  static Optional<FieldType> of(String templateField) {
    Matcher matcher = NUMBERED.matcher(templateField);
    return matcher.matches()
        ? Arrays.stream(values()).filter(t -> t.word().equals(matcher.group(1))).findFirst()
        : Optional.empty();
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

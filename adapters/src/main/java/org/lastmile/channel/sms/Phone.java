package org.lastmile.channel.sms;

import java.text.Normalizer;
import java.util.Optional;

/**
 * A phone number as the wire takes it.
 *
 * @param number digits, with a leading {@code +} when international
 */
record Phone(String number) {

  /** Full-width digits, spaces, dashes and brackets are forgiven; empty when it is no number. */
  static Optional<Phone> read(String written) {
    String plain =
        Normalizer.normalize(written, Normalizer.Form.NFKC).replaceAll("[\\s()\\-.·]", "");
    String number = plain.startsWith("00") ? "+" + plain.substring(2) : plain;
    return number.matches("\\+?\\d{3,20}") ? Optional.of(new Phone(number)) : Optional.empty();
  }

  /** The same for every way of writing one person's number: without +86, 0086 or 86. */
  static String key(String number) {
    String digits = number.startsWith("+") ? number.substring(1) : number;
    return digits.matches("86\\d{5,}") && (number.startsWith("+") || digits.length() == 13)
        ? digits.substring(2)
        : digits;
  }

  /** As ledgers write it: digits, with a {@code +} only where it is of another country. */
  static String address(String number) {
    return number.matches("\\+(?!86)\\d+") ? number : key(number);
  }

  String key() {
    return key(number);
  }

  /** For logs: the first three and the last two digits. */
  static String masked(String number) {
    return number.length() < 7
        ? "***"
        : number.substring(0, 3) + "****" + number.substring(number.length() - 2);
  }
}

package org.lastmile.channel.sms;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lastmile.channel.sms.at.Answer;
import org.lastmile.channel.sms.at.Finding;
import org.lastmile.channel.sms.at.Trouble;

/**
 * How a modem stands with its network.
 *
 * @param signal as {@code +CSQ} says it: 0 to 31, {@link #NO_SIGNAL} when it knows none
 * @param states of {@code +CREG}, {@code +CEREG} and {@code +CGREG}, as far as it answers them
 */
record Network(int signal, List<Integer> states) {
  /** {@code +CSQ} when it knows none. */
  static final int NO_SIGNAL = 99;

  /** Below that messages begin to fail: -101 dBm. */
  private static final int WEAK = 6;

  static final String SIGNAL = "AT+CSQ";

  /** Voice and SMS over 2G and 3G, LTE, data: being in one of them is enough. */
  static final List<String> REGISTRATION = List.of("+CREG", "+CEREG", "+CGREG");

  /** "n,stat" and places behind it, or "stat" alone. */
  private static final Pattern STATE = Pattern.compile("(?:\\d\\s*,\\s*)?(\\d{1,2})(?:\\s*,.*)?");

  private static final Pattern QUALITY = Pattern.compile("(\\d{1,2})\\s*,.*");

  Network {
    states = List.copyOf(states);
  }

  static int signal(Answer quality) {
    return quality
        .value("+CSQ:")
        .map(QUALITY::matcher)
        .filter(Matcher::matches)
        .map(m -> Integer.valueOf(m.group(1)))
        .filter(v -> v <= 31)
        .orElse(NO_SIGNAL);
  }

  /** The state in one answer; none when the modem doesn't say. */
  static List<Integer> state(String name, Answer answer) {
    List<Integer> states = new ArrayList<>();
    answer
        .value(name + ":")
        .map(STATE::matcher)
        .filter(Matcher::matches)
        .ifPresent(m -> states.add(Integer.valueOf(m.group(1))));
    return states;
  }

  /** Home, roaming, and the same for SMS only (27.007, 7.2). */
  boolean registered() {
    return states.stream().anyMatch(List.of(1, 5, 6, 7)::contains);
  }

  /** What is wrong, {@link Finding#NONE} when nothing is. */
  Finding finding(String port) {
    if (registered()) {
      return signal < WEAK ? Finding.of(Trouble.WEAK_SIGNAL, port, words(signal)) : Finding.NONE;
    }
    if (states.contains(3)) {
      return Finding.of(Trouble.DENIED, port);
    }
    return signal == 0 || signal == NO_SIGNAL
        ? Finding.of(Trouble.NO_SIGNAL, port)
        : Finding.of(Trouble.SEARCHING, port, words(signal));
  }

  static String words(int signal) {
    return signal > 31 ? "unknown" : (-113 + 2 * signal) + " dBm";
  }
}

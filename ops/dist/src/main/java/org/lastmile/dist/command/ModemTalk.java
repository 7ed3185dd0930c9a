package org.lastmile.dist.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.lastmile.simulators.modem.Fault;
import org.lastmile.simulators.modem.Smsc;
import org.lastmile.simulators.modem.VirtualModem;

/**
 * Typed lines that play the people and the bad luck behind a virtual modem, so that a test of other
 * software can be a script: expect an SMS, reply, expect the next.
 */
final class ModemTalk {
  static final String HELP =
      """
      expect NUMBER [WORDS]   waits until that phone gets an SMS with these words; none in time: ends with 1
      reply NUMBER TEXT       that phone answers the SIM that wrote last
      send NUMBER TEXT        that phone writes to this SIM
      answer NUMBER [TEXT]    from now on it answers every SMS so; without a text: never more
      off NUMBER, on NUMBER   out of reach, and back
      refuse NUMBER CMS       its messages are refused with +CMS ERROR: CMS; 0 ends that
      fail NUMBER STATUS      its messages are taken and reported with TP-ST (0x41: no such device); 0 ends that
      fault KIND [VALUE] [xN] with the next N (1) AT+CMGS: refuse CMS, error, accept-then-refuse CMS, no-prompt,
                              lost-answer, late-answer S, silence S, noise, chatter, split, reset S, unplug S
      unplug, plug            the modem is gone, and back
      restart S, silence S    at once; S are seconds
      signal CSQ, registration STATE, say LINE
      statistics, help
      quit                    ends: 0, or 1 when a line was not understood
      """;

  private static final Duration ANSWER_AFTER = Duration.ofSeconds(2);

  private final VirtualModem modem;
  private final Smsc smsc;
  private final Duration patience;
  private final PrintWriter out;

  ModemTalk(VirtualModem modem, Duration patience, PrintWriter out) {
    this.modem = modem;
    this.smsc = modem.smsc();
    this.patience = patience;
    this.out = out;
  }

  /** How the lines ended. */
  enum End {
    QUIT,
    /** A line was not understood, and then quit. */
    QUIT_IN_TROUBLE,
    /** An SMS that was expected did not come. */
    NOT_MET,
    /** Nothing more is typed: the modem goes on alone. */
    SILENT
  }

  End listen(BufferedReader lines) throws IOException, InterruptedException {
    boolean trouble = false;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String words = line.strip();
      if (words.isEmpty() || words.startsWith("#")) {
        continue;
      }
      if (words.equals("quit")) {
        return trouble ? End.QUIT_IN_TROUBLE : End.QUIT;
      }
      try {
        obey(List.of(words.split("\\s+", 3)));
      } catch (AssertionError e) {
        say("NOT MET: " + e.getMessage());
        return End.NOT_MET;
      } catch (IllegalArgumentException e) {
        trouble = true;
        say("not understood: " + words + " (" + e.getMessage() + "); help lists what is");
      }
    }
    return End.SILENT;
  }

  private void obey(List<String> words) throws InterruptedException {
    String first = words.size() > 1 ? words.get(1) : "";
    String rest = words.size() > 2 ? words.get(2) : "";
    String both = (first + " " + rest).strip();
    switch (words.get(0)) {
      case "expect" -> say("met: " + smsc.phone(given(first)).expect(rest, patience).text());
      case "reply" -> smsc.phone(given(first)).replies(given(rest));
      case "send" -> smsc.phone(given(first)).sends(modem.number(), given(rest));
      case "answer" -> {
        if (rest.isEmpty()) {
          smsc.phone(given(first)).silent();
        } else {
          smsc.phone(given(first)).answers(rest, ANSWER_AFTER);
        }
      }
      case "off" -> smsc.phone(given(first)).off();
      case "on" -> smsc.phone(given(first)).on();
      case "refuse" -> smsc.phone(given(first)).refused(number(rest));
      case "fail" -> smsc.phone(given(first)).failing(number(rest));
      case "fault" -> fault(both);
      case "unplug" -> modem.unplug();
      case "plug" -> modem.plug();
      case "restart" -> modem.restart(seconds(first));
      case "silence" -> modem.silence(seconds(first));
      case "signal" -> modem.signal(number(first));
      case "registration" -> modem.registration(number(first));
      case "say" -> modem.says(given(both));
      case "statistics" -> say(modem.statistics() + "\n" + smsc.statistics());
      case "help" -> say(HELP.strip());
      default -> throw new IllegalArgumentException("no such word");
    }
  }

  /** Something that goes wrong with the next {@code AT+CMGS}, such as {@code refuse 38 x2}. */
  void fault(String written) {
    List<String> words = Arrays.asList(written.strip().split("\\s+", -1));
    int last = words.size() - 1;
    boolean counted = words.get(last).matches("x[1-9]\\d*");
    int count = counted ? number(words.get(last).substring(1)) : 1;
    String value = words.size() - (counted ? 1 : 0) > 1 ? words.get(1) : "";
    Fault.Kind kind = kind(words.get(0));
    modem.next(
        count,
        switch (kind) {
          case REFUSE, ACCEPT_THEN_REFUSE -> new Fault(kind, number(value), Duration.ZERO);
          case SILENCE, LATE_ANSWER, RESET, UNPLUG -> new Fault(kind, 0, seconds(value));
          case NONE, ERROR, NO_PROMPT, LOST_ANSWER, NOISE, CHATTER, SPLIT ->
              new Fault(kind, 0, Duration.ZERO);
        });
  }

  private static Fault.Kind kind(String word) {
    try {
      return Fault.Kind.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a fault is one of "
              + Arrays.stream(Fault.Kind.values())
                  .map(k -> k.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                  .collect(Collectors.joining(", ")),
          e);
    }
  }

  private static String given(String word) {
    if (word.isEmpty()) {
      throw new IllegalArgumentException("something is missing");
    }
    return word;
  }

  private static int number(String word) {
    try {
      return Integer.decode(given(word));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + word + "' is no number", e);
    }
  }

  private static Duration seconds(String word) {
    return Duration.ofSeconds(number(word));
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}

package org.lastmile.channel.sms;

import java.time.Duration;
import org.lastmile.channel.sms.at.Answer;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.at.LineLost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after a modem that is set up: is it there, has it a network, does it still report. */
final class Watch {
  /** {@code +CSQ} when it knows none. */
  static final int NO_SIGNAL = 99;

  /** Below that messages begin to fail: -101 dBm. */
  private static final int WEAK = 6;

  private static final Logger log = LoggerFactory.getLogger(Watch.class);
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(2);

  private final String name;
  private final AtDialogue at;
  private final Modem modem;
  private final Timing timing;
  private long next;
  private int signal = NO_SIGNAL;
  private boolean registered;
  private boolean wasMute;

  Watch(String name, AtDialogue at, Modem modem, Timing timing) {
    this.name = name;
    this.at = at;
    this.modem = modem;
    this.timing = timing;
    next = System.nanoTime();
  }

  boolean due() {
    return System.nanoTime() - next >= 0;
  }

  int signal() {
    return signal;
  }

  boolean registered() {
    return registered;
  }

  /**
   * Whether the last look found that the modem had stopped reporting. What came meanwhile lies in
   * its stores and was announced to nobody.
   */
  boolean wasMute() {
    return wasMute;
  }

  /** Something the modem said by itself; a word about its network brings the next look forward. */
  void notice(String line) {
    log.debug("{} says {}", name, line);
    if (line.contains("REG:")) {
      next = System.nanoTime();
    }
  }

  /** What is wrong, for people; empty when nothing is. */
  String look() throws LineLost {
    next = System.nanoTime() + timing.watch().toNanos();
    Answer quality = at.ask("AT+CSQ", SIGN_OF_LIFE);
    if (quality.end() == Answer.End.TIMEOUT) {
      if (!at.resync(2)) {
        throw new LineLost(
            name + " does not answer any more: power it off and on if this stays so");
      }
      at.ask("ATE0", timing.command());
    }
    signal =
        quality
            .value("+CSQ:")
            .filter(v -> v.matches("\\d{1,2}\\s*,.*"))
            .map(v -> Integer.valueOf(v.replaceAll("\\D.*", "")))
            .orElse(NO_SIGNAL);
    registered = registered("+CREG") || registered("+CEREG") || registered("+CGREG");
    keepReporting();
    if (!registered) {
      return name + ": not registered; check the antenna, the coverage and the SIM's contract";
    }
    if (modem.reporting().isEmpty()) {
      return name + ": brings no status reports, so nothing it sends is known to arrive";
    }
    return signal < WEAK ? name + ": weak signal, " + words(signal) + "; move the antenna" : "";
  }

  private boolean registered(String command) throws LineLost {
    // "n,stat": 1 home, 5 roaming, 6 and 7 the same for SMS only
    return at.ask("AT" + command + "?", timing.command())
        .value(command + ":")
        .map(v -> v.matches("(?:\\d\\s*,\\s*)?[1567](?:\\s*,.*)?"))
        .orElse(false);
  }

  /** A modem whose report was not acknowledged in time stops reporting without a word. */
  private void keepReporting() throws LineLost {
    wasMute = false;
    if (modem.reporting().isEmpty()) {
      return;
    }
    String now = at.ask("AT+CNMI?", timing.command()).value("+CNMI:").orElse("").replace(" ", "");
    if (!now.isEmpty() && !now.startsWith(modem.reporting().substring(0, 7))) {
      log.warn("{} had switched its reports off; switching them on again", name);
      at.ask("AT+CNMI=" + modem.reporting(), timing.command());
      wasMute = true;
    }
  }

  static String words(int signal) {
    return signal > 31 ? "unknown" : (-113 + 2 * signal) + " dBm";
  }
}

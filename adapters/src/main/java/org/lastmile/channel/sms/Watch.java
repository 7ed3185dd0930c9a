package org.lastmile.channel.sms;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.lastmile.channel.sms.at.Answer;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.at.Finding;
import org.lastmile.channel.sms.at.LineLost;
import org.lastmile.channel.sms.at.Trouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after a modem that is set up: is it there, has it a network, does it still report. */
final class Watch {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(2);

  /** Its operator changes rarely: a look in so many. */
  private static final int OPERATOR = 12;

  private final String name;
  private final AtDialogue at;
  private final Modem modem;
  private final ModemStore store;
  private final Timing timing;
  private long next;
  private Network network = new Network(Network.NO_SIGNAL, List.of());
  private String operator;
  private int looks;
  private boolean wasMute;

  Watch(String name, AtDialogue at, Modem modem, ModemStore store, Timing timing) {
    this.name = name;
    this.at = at;
    this.modem = modem;
    this.store = store;
    this.timing = timing;
    operator = modem.operator();
    next = System.nanoTime();
  }

  boolean due() {
    return System.nanoTime() - next >= 0;
  }

  int signal() {
    return network.signal();
  }

  String operator() {
    return operator;
  }

  boolean registered() {
    return network.registered();
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

  /** What is wrong; {@link Finding#NONE} when nothing is. */
  Finding look() throws LineLost {
    next = System.nanoTime() + timing.watch().toNanos();
    Answer quality = at.ask(Network.SIGNAL, SIGN_OF_LIFE);
    if (quality.end() == Answer.End.TIMEOUT) {
      if (!at.resync(2)) {
        throw new LineLost(Finding.of(Trouble.SILENT, name));
      }
      at.ask("ATE0", timing.command());
    }
    boolean before = network.registered();
    network = network(at, quality, timing);
    if (++looks % OPERATOR == 0 || before != network.registered()) {
      operator = ModemSetup.operator(at, timing);
    }
    keepReporting();
    if (!network.registered()) {
      // Without a SIM there is no network either: the nearer cause is the one to name.
      Finding sim = Sim.finding(name, at.ask(Sim.QUESTION, timing.command()));
      return sim.none() ? network.finding(name) : sim;
    }
    if (!store.full().isEmpty()) {
      return Finding.of(Trouble.STORE_FULL, name, store.full());
    }
    if (modem.reporting().isEmpty()) {
      return Finding.of(Trouble.NO_REPORTS, name);
    }
    return modem.centre().isEmpty() ? Finding.of(Trouble.NO_CENTRE, name) : network.finding(name);
  }

  /** Asks only until one says that it is registered. */
  static Network network(AtDialogue at, Answer quality, Timing timing) throws LineLost {
    int signal = Network.signal(quality);
    List<Integer> states = new ArrayList<>();
    for (String name : Network.REGISTRATION) {
      states.addAll(Network.state(name, at.ask("AT" + name + "?", timing.command())));
      if (new Network(signal, states).registered()) {
        break;
      }
    }
    return new Network(signal, states);
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
}

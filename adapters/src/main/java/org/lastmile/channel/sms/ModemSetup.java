package org.lastmile.channel.sms;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lastmile.channel.Memory;
import org.lastmile.channel.sms.at.Answer;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.at.Finding;
import org.lastmile.channel.sms.at.LineLost;
import org.lastmile.channel.sms.at.Trouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one modem from any state into the one that we need, or says why it can't be. */
final class ModemSetup {
  private static final Logger log = LoggerFactory.getLogger(ModemSetup.class);
  private static final Duration SOON = Duration.ofSeconds(2);

  /** Many modems say it while the SIM is locked; each maker has another word for it. */
  private static final List<String> SERIAL = List.of("AT+CCID", "AT+ICCID", "AT+QCCID");

  /** Up to 19 digits: some modems leave out the twentieth, or fill it with an F. */
  private static final Pattern SERIAL_NUMBER =
      Pattern.compile("(?:\\+?Q?I?CCID:\\s*)?\"?(89\\d{16,17})[0-9A-F]{0,2}\"?");

  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

  /**
   * Best first: messages stored (they survive our absence) and reports pushed, then reports stored,
   * then whatever the modem takes.
   */
  private static final List<String> REPORTING =
      List.of("2,1,0,1,0", "2,1,0,1", "1,1,0,1,0", "2,1,0,2,0", "2,1,0,0,0");

  /** Read by us; others are unions of these, or hold broadcasts. */
  private static final List<String> STORAGES = List.of("SM", "ME", "SR");

  private final SmsConfig.Port port;
  private final String name;
  private final Ports.Wire wire;
  private final AtDialogue at;
  private final Pin pin;
  private final Memory memory;
  private final Timing timing;

  ModemSetup(
      SmsConfig.Port port,
      String name,
      Ports.Wire wire,
      AtDialogue at,
      Pin pin,
      Memory memory,
      Timing timing) {
    this.port = port;
    this.name = name;
    this.wire = wire;
    this.at = at;
    this.pin = pin;
    this.memory = memory;
    this.timing = timing;
  }

  /**
   * @param tries for its attention
   * @param before what was said on this port the last time, or null
   * @param centreNeeded whether the network has refused this SIM for want of a centre's number
   */
  Modem run(int tries, Modem before, boolean centreNeeded) throws LineLost, SetupFailure {
    if (!at.resync(tries)) {
      throw new SetupFailure(unheard(name, port.baud(), at.heard()), SOON);
    }
    ask("ATE0");
    ask("AT+CMEE=1");
    ask("AT+CSCS=\"GSM\""); // else some say numbers and names in hexadecimal UCS2
    Optional<String> number =
        ask("AT+CGSN").lines().stream().filter(l -> l.matches("\\d{14,16}")).findFirst();
    String imei = number.orElse(name);
    String maker = ask("AT+CGMI").lines().stream().findFirst().orElse("");
    String model = ask("AT+CGMM").lines().stream().findFirst().orElse("unknown");
    Profile profile = profile(maker + " " + model);
    radio();
    unlock(number.orElse(""));
    for (String command : profile.setup(wire)) {
      ask(command);
    }
    String centre = centre(before, imei);
    if (centre.isEmpty() && centreNeeded) {
      throw new SetupFailure(Finding.of(Trouble.NO_CENTRE, name), timing.byHand());
    }
    Answer pduMode = ask("AT+CMGF=0");
    if (!pduMode.ok()) {
      throw new SetupFailure(
          Finding.of(Trouble.NO_PDU_MODE, name, pduMode.said()), timing.byHand());
    }
    ask("AT+CSMS=1");
    String storage =
        ask("AT+CPMS=\"SM\",\"SM\",\"SM\"").ok()
            ? "SM"
            : ask("AT+CPMS=\"ME\",\"ME\",\"ME\"").ok() ? "ME" : "";
    List<String> storages = storages();
    String reporting = "";
    for (String setting : REPORTING) {
      if (ask("AT+CNMI=" + setting).ok()) {
        reporting = setting;
        break;
      }
    }
    ask("AT+CMMS=2"); // keeps the radio link up between messages; many refuse, and lose only time
    ask("AT+COPS=3,0"); // names, not numbers, of operators
    return new Modem(
        imei,
        sim(imei, before),
        model,
        profile,
        quoted(ask("AT+CNUM").value("+CNUM:"), "\\+?\\d+").map(Phone::key).orElse(""),
        centre,
        operator(at, timing),
        reporting,
        storage,
        storages);
  }

  /**
   * Where it is not said this time it is taken for the one that was in this modem the last time.
   */
  private String sim(String imei, Modem before) throws LineLost {
    String key = "sim/" + imei;
    Optional<String> said =
        ask("AT+CIMI").lines().stream()
            .filter(line -> line.matches("\\d{6,15}"))
            .findFirst()
            .map(imsi -> Hash.of(imsi).substring(0, 16));
    Optional<String> last =
        Optional.ofNullable(before).filter(m -> m.imei().equals(imei)).map(Modem::sim);
    try {
      Optional<String> kept = memory.get(key);
      if (said.isPresent() && !said.equals(kept)) {
        memory.put(key, said.get(), Memory.FOR_EVER);
      }
      last = last.or(() -> kept);
    } catch (Memory.Away e) {
      log.debug("the store is away: which SIM is in {} is kept at a later set-up", name);
    }
    return (said.isPresent() ? said : last).orElse(imei);
  }

  /** What a port is that gave no answer to AT. */
  static Finding unheard(String name, int baud, AtDialogue.Heard heard) {
    return switch (heard) {
      case ECHO -> Finding.of(Trouble.ONLY_ECHO, name);
      case NOISE -> Finding.of(Trouble.ONLY_NOISE, name, Integer.toString(baud));
      case NOTHING, ANSWER -> Finding.of(Trouble.NO_ANSWER, name, Integer.toString(baud));
    };
  }

  /** The network's name as the modem says it; empty when it is in none. */
  static String operator(AtDialogue at, Timing timing) throws LineLost {
    return quoted(at.ask("AT+COPS?", timing.command()).value("+COPS:"), ".+").orElse("");
  }

  /** Flight mode, or "minimum", outlives a restart in some modems. */
  private void radio() throws LineLost, SetupFailure {
    String state = ask("AT+CFUN?").value("+CFUN:").orElse("1");
    if (state.matches("[04].*")) {
      Answer on = at.ask("AT+CFUN=1", timing.command().multipliedBy(3)); // 27.007 names no limit
      if (!on.ok()) {
        throw new SetupFailure(Finding.of(Trouble.RADIO_OFF, name, on.said()), timing.byHand());
      }
    }
  }

  /**
   * @param imei empty where the modem does not say it
   */
  private void unlock(String imei) throws LineLost, SetupFailure {
    Finding sim = Sim.finding(name, ask(Sim.QUESTION));
    if (sim.none() && pin.given()) {
      pin.unlocked(new Pin.Place(serial(), imei));
    } else if (sim.trouble() == Trouble.SIM_PIN && pin.given()) {
      tryPinOnce(new Pin.Place(serial(), imei));
    } else if (!sim.none()) {
      boolean passing = sim.trouble() == Trouble.SIM_NOT_READY;
      throw new SetupFailure(sim, passing ? SOON : timing.byHand());
    }
  }

  /** Of the SIM, without what some modems leave out or fill up; empty where it can't be read. */
  private String serial() throws LineLost {
    for (String question : SERIAL) {
      for (String line : ask(question).lines()) {
        Matcher matcher = SERIAL_NUMBER.matcher(line.strip());
        if (matcher.matches()) {
          return matcher.group(1);
        }
      }
    }
    return "";
  }

  private void tryPinOnce(Pin.Place where) throws LineLost, SetupFailure {
    if (where.unknown()) {
      throw new SetupFailure(Finding.of(Trouble.PIN_UNSURE, name), SOON);
    }
    try {
      if (!pin.first(where)) {
        throw new SetupFailure(Finding.of(Trouble.PIN_SPENT, name), timing.byHand());
      }
    } catch (Memory.Away e) {
      throw new SetupFailure(Finding.of(Trouble.PIN_UNSURE, name), SOON);
    }
    Answer answer = ask("AT+CPIN=\"" + pin.digits() + "\"");
    if (answer.ok()) {
      pin.unlocked(where);
    } else if (answer.end() == Answer.End.TIMEOUT || answer.end() == Answer.End.RESTARTED) {
      // It may have been right: the next set-up asks the SIM.
      throw new SetupFailure(Finding.of(Trouble.SIM_NOT_READY, name, answer.said()), SOON);
    } else {
      throw new SetupFailure(Finding.of(Trouble.PIN_REFUSED, name), timing.byHand());
    }
  }

  private Profile profile(String makerAndModel) throws SetupFailure {
    return Profile.of(port.profile(), makerAndModel)
        .orElseThrow(
            () ->
                new SetupFailure(
                    Finding.of(
                        Trouble.NO_PROFILE,
                        name,
                        port.profile(),
                        String.join(", ", Profile.names())),
                    timing.byHand()));
  }

  private String centre(Modem before, String imei) throws LineLost {
    String known = quoted(ask("AT+CSCA?").value("+CSCA:"), "\\+?\\d+").orElse("");
    String wanted = known;
    if (!port.smsc().isEmpty()) {
      wanted = port.smsc();
    } else if (known.isEmpty() && before != null && before.imei().equals(imei)) {
      wanted = before.centre();
    }
    if (!wanted.isEmpty() && !wanted.equals(known)) {
      ask("AT+CSCA=\"%s\",%d".formatted(wanted, wanted.startsWith("+") ? 145 : 129));
    }
    return wanted;
  }

  /** What it can read from: the first list of its answer; the usual two when it doesn't say. */
  private List<String> storages() throws LineLost {
    String said = ask("AT+CPMS=?").value("+CPMS:").orElse("");
    int end = said.indexOf(')');
    String readable = end < 0 ? "\"SM\",\"ME\"" : said.substring(0, end);
    return STORAGES.stream().filter(s -> readable.contains('"' + s + '"')).toList();
  }

  private Answer ask(String command) throws LineLost {
    return at.ask(command, timing.command());
  }

  /** The first quoted value of an answer that looks like this. */
  private static Optional<String> quoted(Optional<String> value, String regex) {
    return value.flatMap(
        v ->
            Stream.of(v)
                .flatMap(text -> QUOTED.matcher(text).results())
                .map(r -> r.group(1))
                .filter(q -> q.matches(regex))
                .findFirst());
  }
}

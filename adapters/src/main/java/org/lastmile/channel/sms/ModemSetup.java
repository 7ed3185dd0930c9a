package org.lastmile.channel.sms;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lastmile.channel.Memory;
import org.lastmile.channel.sms.at.Answer;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.at.LineLost;

/** Brings one modem from any state into the one that we need, or says why it can't be. */
final class ModemSetup {
  private static final Duration SOON = Duration.ofSeconds(2);
  private static final Duration BY_HAND = Duration.ofSeconds(15);
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

  /**
   * Best first: messages stored (they survive our absence) and reports pushed, then reports stored,
   * then whatever the modem takes.
   */
  private static final List<String> REPORTING =
      List.of("2,1,0,1,0", "2,1,0,1", "1,1,0,1,0", "2,1,0,2,0", "2,1,0,0,0");

  private final SmsConfig.Port port;
  private final String name;
  private final AtDialogue at;
  private final Memory memory;
  private final Timing timing;

  ModemSetup(SmsConfig.Port port, String name, AtDialogue at, Memory memory, Timing timing) {
    this.port = port;
    this.name = name;
    this.at = at;
    this.memory = memory;
    this.timing = timing;
  }

  /**
   * @param before what this modem said the last time, or null
   */
  Modem run(Modem before) throws LineLost, SetupFailure {
    if (!at.resync(5)) {
      throw new SetupFailure(
          "nothing answers AT on %s at %d baud: check that this is the modem's AT port, its power, and baud"
              .formatted(name, port.baud()),
          SOON);
    }
    ask("ATE0");
    ask("AT+CMEE=1");
    Optional<String> serial =
        ask("AT+CGSN").lines().stream().filter(l -> l.matches("\\d{14,16}")).findFirst();
    String imei = serial.orElse(name);
    unlock(imei);
    String maker = ask("AT+CGMI").lines().stream().findFirst().orElse("");
    String model = ask("AT+CGMM").lines().stream().findFirst().orElse("unknown");
    Profile profile = profile(maker + " " + model);
    for (String command : profile.setup()) {
      ask(command);
    }
    String centre = centre(before);
    if (!ask("AT+CMGF=0").ok()) {
      throw new SetupFailure(name + " can't do PDU mode: it is no modem for SMS", BY_HAND);
    }
    ask("AT+CSMS=1");
    String storage =
        ask("AT+CPMS=\"SM\",\"SM\",\"SM\"").ok()
            ? "SM"
            : ask("AT+CPMS=\"ME\",\"ME\",\"ME\"").ok() ? "ME" : "";
    String reporting = "";
    for (String setting : REPORTING) {
      if (ask("AT+CNMI=" + setting).ok()) {
        reporting = setting;
        break;
      }
    }
    ask("AT+CMMS=2"); // keeps the radio link up between messages; many refuse, and lose only time
    return new Modem(
        imei,
        ask("AT+CIMI").lines().stream()
            .filter(line -> line.matches("\\d{6,15}"))
            .findFirst()
            .map(imsi -> Hash.of(imsi).substring(0, 16))
            .orElse(imei),
        model,
        profile.name(),
        quoted(ask("AT+CNUM").value("+CNUM:"), "\\+?\\d+").map(Phone::key).orElse(""),
        centre,
        quoted(ask("AT+COPS?").value("+COPS:"), ".+").orElse(""),
        reporting,
        storage);
  }

  private void unlock(String imei) throws LineLost, SetupFailure {
    Answer answer = ask("AT+CPIN?");
    String state = answer.value("+CPIN:").orElse(answer.words());
    if (state.equals("READY")) {
      return;
    }
    if (state.equals("SIM PIN")) {
      if (port.pin().isEmpty()) {
        throw new SetupFailure(name + ": the SIM asks for its PIN; set pin for this port", BY_HAND);
      }
      tryPinOnce(imei);
      return;
    }
    if (state.startsWith("SIM PUK")) {
      throw new SetupFailure(
          name + ": the SIM is locked and asks for its PUK; unlock it in a phone", BY_HAND);
    }
    if (answer.end() == Answer.End.CME && answer.code() == 10) {
      throw new SetupFailure(name + ": no SIM; put one in, contacts first", BY_HAND);
    }
    throw new SetupFailure(name + ": the SIM is not ready (" + state + ")", SOON);
  }

  private void tryPinOnce(String imei) throws LineLost, SetupFailure {
    String key = "pin/" + imei;
    String tried = Integer.toHexString((imei + port.pin()).hashCode());
    try {
      if (memory.get(key).filter(tried::equals).isPresent()) {
        throw new SetupFailure(
            name
                + ": the SIM refused this PIN and it is not tried again, since three wrong tries"
                + " lock a SIM; correct pin for this port",
            BY_HAND);
      }
      memory.put(key, tried, Memory.FOR_EVER);
    } catch (Memory.Away e) {
      throw new SetupFailure(
          name + ": the PIN is not tried while the store can't remember that it was", SOON);
    }
    if (!ask("AT+CPIN=\"" + port.pin() + "\"").ok()) {
      throw new SetupFailure(
          name + ": the SIM refused the PIN; correct pin for this port", BY_HAND);
    }
    try {
      memory.remove(key);
    } catch (Memory.Away e) {
      throw new SetupFailure(name + ": the PIN was right, but the store is away", SOON);
    }
  }

  private Profile profile(String makerAndModel) throws SetupFailure {
    return Profile.of(port.profile(), makerAndModel)
        .orElseThrow(
            () ->
                new SetupFailure(
                    "%s: there is no modem profile %s; set profile to auto or one of %s"
                        .formatted(name, port.profile(), String.join(", ", Profile.names())),
                    BY_HAND));
  }

  private String centre(Modem before) throws LineLost {
    Optional<String> centre = quoted(ask("AT+CSCA?").value("+CSCA:"), "\\+?\\d+");
    if (centre.isEmpty() && before != null && !before.centre().isEmpty()) {
      ask("AT+CSCA=\"" + before.centre() + "\"");
      return before.centre();
    }
    return centre.orElse("");
  }

  private Answer ask(String command) throws LineLost {
    return at.ask(command, timing.command());
  }

  /** The first quoted value of an answer that looks like this. */
  private static Optional<String> quoted(Optional<String> value, String regex) {
    return value.flatMap(
        v ->
            QUOTED
                .matcher(v)
                .results()
                .map(r -> r.group(1))
                .filter(q -> q.matches(regex))
                .findFirst());
  }
}

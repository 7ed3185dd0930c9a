package org.lastmile.channel.sms;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lastmile.channel.sms.at.Answer;
import org.lastmile.channel.sms.at.AtDialogue;
import org.lastmile.channel.sms.at.Finding;
import org.lastmile.channel.sms.at.LineLost;
import org.lastmile.channel.sms.at.PortUsers;
import org.lastmile.channel.sms.at.SerialLine;
import org.lastmile.channel.sms.at.Trouble;

/**
 * Asks one modem what it is and how it is, for a report that can be shown to others. Only
 * questions: nothing is sent, no PIN is tried, nothing stored is read, and a port that another
 * program has is left alone.
 */
public final class ModemProbe {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int TRIES = 3;

  /** Numbers of persons, modems and SIMs have at least so many digits. */
  private static final Pattern LONG = Pattern.compile("\\d{7,}");

  private static final List<String> QUESTIONS =
      List.of(
          "ATI",
          "AT+CGMI",
          "AT+CGMM",
          "AT+CGMR",
          "AT+CGSN",
          Sim.QUESTION,
          "AT+CIMI",
          "AT+CNUM",
          "AT+CFUN?",
          Network.SIGNAL,
          "AT+CREG?",
          "AT+CGREG?",
          "AT+CEREG?",
          "AT+COPS?",
          "AT+CSCA?",
          "AT+CMGF?",
          "AT+CSMS?",
          "AT+CPMS?",
          "AT+CPMS=?",
          "AT+CNMI?",
          "AT+CNMI=?",
          "AT+CMMS=?",
          "AT+IPR?");

  /** Their answers are versions or an operator's number: long, and nobody's. */
  private static final List<String> WHOLE =
      List.of("ATI", "AT+CGMI", "AT+CGMM", "AT+CGMR", "AT+CSCA?", "AT+IPR?");

  private final Ports ports;

  private ModemProbe(Ports ports) {
    this.ports = ports;
  }

  /**
   * One question.
   *
   * @param answer its lines and its end, long numbers masked
   */
  public record Asked(String command, List<String> answer) {
    public Asked {
      answer = List.copyOf(answer);
    }
  }

  /**
   * What was found.
   *
   * @param baud at which it answered; 0 when it did not
   * @param profile that would be applied; empty when nothing answered
   * @param finding what is wrong, or {@link Finding#NONE}
   */
  public record Report(
      String port,
      String device,
      String usb,
      List<String> links,
      int baud,
      String profile,
      List<Asked> asked,
      Finding finding) {
    public Report {
      links = List.copyOf(links);
      asked = List.copyOf(asked);
    }
  }

  /**
   * Takes up to half a minute.
   *
   * @param port path, link, or a glob or USB id that stands for one port now
   * @param baud 0 = the usual speeds in turn
   */
  public static Report of(String port, int baud) {
    return new ModemProbe(Ports.SYSTEM).report(port, baud);
  }

  private Report report(String port, int baud) {
    List<String> matching = ports.matching(port);
    if (matching.size() != 1) {
      String what = matching.isEmpty() ? "it matches nothing" : "it matches " + matching;
      return nothing(port, port, Finding.of(Trouble.NO_SERIAL_PORT, port, what));
    }
    String path = matching.get(0);
    String device = Ports.device(path).toString();
    List<String> users = PortUsers.of(PortUsers.PROC, Ports.device(path));
    // Both ends of a pseudo-terminal are held by whoever made it; its lock still keeps us away.
    if (!users.isEmpty() && !device.startsWith("/dev/pts/")) {
      return nothing(path, device, Finding.of(Trouble.PORT_BUSY, path, String.join(", ", users)));
    }
    Finding last = Finding.NONE;
    for (int speed : speeds(path, baud)) {
      try (SerialLine line = SerialLine.open(path, speed)) {
        AtDialogue at = new AtDialogue(line, said -> {});
        if (at.resync(TRIES)) {
          return answering(path, device, speed, at);
        }
        Finding now = ModemSetup.unheard(path, speed, at.heard());
        last = last.none() || now.trouble() == Trouble.ONLY_NOISE ? now : last;
      } catch (LineLost e) {
        return nothing(path, device, e.finding());
      }
    }
    return nothing(path, device, last);
  }

  private List<Integer> speeds(String path, int baud) {
    return baud > 0
        ? List.of(baud)
        : ports.wire(path) == Ports.Wire.USB ? Speeds.USUAL.subList(0, 1) : Speeds.USUAL;
  }

  private Report nothing(String path, String device, Finding finding) {
    return report(path, device, 0, "", List.of(), finding);
  }

  private Report report(
      String path, String device, int baud, String profile, List<Asked> asked, Finding finding) {
    Optional<Ports.Usb> usb = ports.usb(path);
    String words = usb.map(u -> u.id() + "/if" + u.number() + " " + u.words()).orElse("");
    return new Report(
        path, device, words.strip(), ports.links(path), baud, profile, asked, finding);
  }

  private Report answering(String path, String device, int baud, AtDialogue at) throws LineLost {
    at.ask("ATE0", PATIENCE);
    at.ask("AT+CMEE=1", PATIENCE); // else no error has a number
    List<Asked> asked = new ArrayList<>();
    Finding sim = Finding.NONE;
    Answer quality = null;
    List<Integer> states = new ArrayList<>();
    String model = "";
    boolean centre = false;
    for (String command : QUESTIONS) {
      Answer answer = at.ask(command, PATIENCE);
      asked.add(new Asked(command, words(command, answer)));
      String first = answer.lines().stream().findFirst().orElse("");
      switch (command) {
        case "AT+CGMI", "AT+CGMM" -> model = (model + " " + first).strip();
        case "AT+CSCA?" -> centre = first.matches(".*\\d{3}.*");
        case Sim.QUESTION -> sim = Sim.finding(path, answer);
        case Network.SIGNAL -> quality = answer;
        default -> {
          String name = command.substring(2, command.length() - 1);
          if (Network.REGISTRATION.contains(name)) {
            states.addAll(Network.state(name, answer));
          }
        }
      }
    }
    Finding network = new Network(Network.signal(quality), states).finding(path);
    Finding finding =
        !sim.none()
            ? sim
            : network.none() && !centre ? Finding.of(Trouble.NO_CENTRE, path) : network;
    String profile = Profile.of(Profile.AUTO, model).map(Profile::name).orElse("");
    return report(path, device, baud, profile, asked, finding);
  }

  private static List<String> words(String command, Answer answer) {
    List<String> words = new ArrayList<>();
    for (String line : answer.lines()) {
      words.add(WHOLE.contains(command) ? line : masked(line));
    }
    if (!answer.ok()) {
      words.add(answer.said().english());
    }
    return words;
  }

  private static String masked(String line) {
    return LONG.matcher(line)
        .replaceAll(
            m -> {
              String digits = m.group();
              String end = digits.substring(digits.length() - 2);
              return digits.substring(0, 3) + "*".repeat(digits.length() - 5) + end;
            });
  }
}

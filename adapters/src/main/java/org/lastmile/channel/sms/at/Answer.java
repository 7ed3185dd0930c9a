package org.lastmile.channel.sms.at;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a command ended.
 *
 * @param code of +CMS or +CME; -1 when the modem gave none
 * @param lines between the command and its end, unsolicited ones left out
 * @param pduWritten the PDU and its Ctrl-Z left: from here on "no" is not sure unless the code says
 *     so
 */
public record Answer(End end, int code, List<String> lines, boolean pduWritten) {

  public Answer {
    lines = List.copyOf(lines);
  }

  /** How. */
  public enum End {
    OK,
    ERROR,
    CMS,
    CME,
    /** Nothing final came in time. */
    TIMEOUT,
    /** The modem has restarted in the middle: whatever it was doing is lost. */
    RESTARTED,
    /** The line went away in the middle. */
    GONE
  }

  public boolean ok() {
    return end == End.OK;
  }

  /** What stands behind a prefix such as {@code +CSQ:} in the first line that has it. */
  public Optional<String> value(String prefix) {
    return lines.stream()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()).strip())
        .findFirst();
  }

  /**
   * The message reference of {@code +CMGS: 12} or {@code +CMGS: 12,0891…} (27.005, 4.3); empty when
   * it was not said.
   */
  public OptionalInt reference() {
    return value("+CMGS:").stream()
        .map(v -> v.split(",", 2)[0].strip())
        .filter(v -> v.matches("\\d{1,3}"))
        .mapToInt(Integer::parseInt)
        .findFirst();
  }

  /** Code first, for people. */
  public Said said() {
    return switch (end) {
      case OK -> new Said("OK", "OK");
      case ERROR -> new Said("ERROR", "ERROR");
      case CMS, CME -> AtError.words(end, code);
      case TIMEOUT -> new Said("no answer", "没有应答");
      case RESTARTED -> new Said("the modem restarted", "短信猫重启了");
      case GONE -> new Said("the modem is gone", "短信猫已断开");
    };
  }
}

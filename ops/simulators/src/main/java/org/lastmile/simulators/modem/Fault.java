package org.lastmile.simulators.modem;

import java.time.Duration;

/**
 * What goes wrong with one AT+CMGS.
 *
 * @param code a +CMS error, where the kind has one
 * @param time how long, where the kind lasts
 */
public record Fault(Kind kind, int code, Duration time) {

  /** What a modem can do wrong. */
  public enum Kind {
    NONE,
    REFUSE,
    ERROR,
    ACCEPT_THEN_REFUSE,
    NO_PROMPT,
    LOST_ANSWER,
    SILENCE,
    LATE_ANSWER,
    NOISE,
    CHATTER,
    SPLIT,
    RESET,
    UNPLUG
  }

  /** Goes right: keeps a place in the row of those that do not. */
  public static Fault none() {
    return of(Kind.NONE, Duration.ZERO);
  }

  /** +CMS ERROR: code; nothing reaches the network. */
  public static Fault refuse(int code) {
    return new Fault(Kind.REFUSE, code, Duration.ZERO);
  }

  /** A plain ERROR after the PDU; nothing reaches the network. */
  public static Fault error() {
    return of(Kind.ERROR, Duration.ZERO);
  }

  /** The network takes the part, and the modem still answers +CMS ERROR: code. */
  public static Fault acceptThenRefuse(int code) {
    return new Fault(Kind.ACCEPT_THEN_REFUSE, code, Duration.ZERO);
  }

  /** The prompt never comes; the modem still waits for a PDU. */
  public static Fault noPrompt() {
    return of(Kind.NO_PROMPT, Duration.ZERO);
  }

  /** The network takes the part; the answer never comes. */
  public static Fault lostAnswer() {
    return of(Kind.LOST_ANSWER, Duration.ZERO);
  }

  /** The PDU is lost and the modem hears and says nothing for that long. */
  public static Fault silence(Duration time) {
    return of(Kind.SILENCE, time);
  }

  /** The network takes the part; the answer comes that much later. */
  public static Fault lateAnswer(Duration time) {
    return of(Kind.LATE_ANSWER, time);
  }

  /** Line noise before the answer. */
  public static Fault noise() {
    return of(Kind.NOISE, Duration.ZERO);
  }

  /** Unsolicited lines between the PDU and the answer. */
  public static Fault chatter() {
    return of(Kind.CHATTER, Duration.ZERO);
  }

  /** The answer arrives octet by octet. */
  public static Fault split() {
    return of(Kind.SPLIT, Duration.ZERO);
  }

  /** The PDU is lost; the modem restarts with factory settings after that long. */
  public static Fault reset(Duration time) {
    return of(Kind.RESET, time);
  }

  /** The PDU is lost; the modem is unplugged, and plugged again after that long. */
  public static Fault unplug(Duration time) {
    return of(Kind.UNPLUG, time);
  }

  private static Fault of(Kind kind, Duration time) {
    return new Fault(kind, 0, time);
  }
}

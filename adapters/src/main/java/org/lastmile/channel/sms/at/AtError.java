package org.lastmile.channel.sms.at;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What every +CMS and +CME code means for a message and its modem: one table (codes from 3GPP TS
 * 24.011, 23.040, 27.005 and 27.007; which class a code belongs to is our judgement).
 */
public enum AtError {
  /** The message was taken after all. */
  ACCEPTED,
  /** This message will never be taken. */
  PERMANENT,
  /** Again later. */
  RETRY,
  /** Again much later: the network itself is out of order. */
  RETRY_LATE,
  /** Again at once, without a validity period. */
  NO_VALIDITY,
  /** This SIM or account can't send: stop using it, alarm, use another. */
  SIM_REFUSED,
  /** The modem must be set up again; the message did not leave. */
  SET_UP,
  /** The modem's message store is full: empty it. */
  STORE_FULL,
  /** May have been sent. */
  UNKNOWN;

  private record Row(AtError meaning, String words) {}

  private static final Map<Integer, Row> CMS = new HashMap<>();
  private static final Map<Integer, Row> CME = new HashMap<>();

  static {
    cms(PERMANENT, 1, "number not assigned");
    cms(SIM_REFUSED, 8, "barred by the operator");
    cms(SIM_REFUSED, 10, "call barred");
    cms(RETRY, 17, "network failure");
    cms(SIM_REFUSED, 21, "rejected by the network");
    cms(RETRY, 22, "phone memory full");
    cms(RETRY, 27, "destination out of service");
    cms(PERMANENT, 28, "number not identified");
    cms(SIM_REFUSED, 29, "facility rejected");
    cms(PERMANENT, 30, "unknown subscriber");
    cms(RETRY_LATE, 38, "network out of order");
    cms(RETRY, 41, "temporary failure");
    cms(RETRY, 42, "congestion");
    cms(RETRY, 47, "resources not available");
    cms(SIM_REFUSED, 50, "not subscribed to this facility");
    cms(PERMANENT, 69, "facility not implemented");
    cms(PERMANENT, 81, "invalid message reference");
    for (int code = 95; code <= 99; code++) {
      cms(PERMANENT, code, "message not valid for the network");
    }
    cms(PERMANENT, 111, "protocol error");
    cms(RETRY, 127, "interworking");
    for (int code = 128; code <= 175; code++) {
      cms(PERMANENT, code, "not supported by the network");
    }
    cms(RETRY, 192, "service centre busy");
    cms(SIM_REFUSED, 193, "no subscription at the service centre");
    cms(RETRY, 194, "service centre failure");
    cms(PERMANENT, 195, "invalid destination number");
    cms(PERMANENT, 196, "destination barred");
    cms(ACCEPTED, 197, "the service centre already has it");
    cms(PERMANENT, 198, "validity format not supported");
    cms(NO_VALIDITY, 199, "validity period not supported");
    cms(STORE_FULL, 208, "SIM message store full");
    for (int code = 300; code <= 303; code++) {
      cms(SET_UP, code, code == 302 ? "operation not allowed" : "modem failure");
    }
    cms(SET_UP, 304, "PDU out of step");
    cms(SET_UP, 310, "SIM not inserted");
    cms(SET_UP, 311, "SIM asks for its PIN");
    cms(SET_UP, 312, "phone lock");
    cms(SET_UP, 313, "SIM failure");
    cms(RETRY, 314, "SIM busy");
    cms(SET_UP, 315, "SIM wrong");
    cms(SET_UP, 316, "SIM asks for its PUK");
    cms(SET_UP, 317, "SIM asks for PIN2");
    cms(SET_UP, 318, "SIM asks for PUK2");
    cms(SET_UP, 320, "message store failure");
    cms(STORE_FULL, 322, "message store full");
    cms(SET_UP, 330, "service-centre number unknown");
    cms(RETRY, 331, "no network");
    cms(RETRY, 332, "network time-out");
    cms(UNKNOWN, 350, "no answer from the network");
    cms(UNKNOWN, 500, "unknown error");
    cms(UNKNOWN, 512, "manufacturer's error");
    cms(RETRY, 513, "radio link lost");
    cms(RETRY, 515, "modem busy");
    cme(SET_UP, 10, "SIM not inserted");
    cme(SET_UP, 11, "SIM asks for its PIN");
    cme(SET_UP, 12, "SIM asks for its PUK");
    cme(SET_UP, 13, "SIM failure");
    cme(RETRY, 14, "SIM busy");
    cme(SET_UP, 15, "SIM wrong");
    cme(SET_UP, 20, "memory full");
    cme(RETRY, 30, "no network");
    cme(RETRY, 31, "network time-out");
    cme(RETRY, 100, "unknown error");
  }

  private static void cms(AtError meaning, int code, String words) {
    CMS.put(code, new Row(meaning, words));
  }

  private static void cme(AtError meaning, int code, String words) {
    CME.put(code, new Row(meaning, words));
  }

  /**
   * What the end of {@code AT+CMGS} means. Whatever the table does not know, and every end that
   * names no code, is UNKNOWN once the PDU was written; before that nothing left, and the modem is
   * set up again.
   */
  public static AtError of(Answer answer) {
    Row row =
        switch (answer.end()) {
          case OK -> new Row(ACCEPTED, "");
          case CMS -> CMS.get(answer.code());
          case CME -> CME.get(answer.code());
          case ERROR, TIMEOUT, RESTARTED, GONE -> null;
        };
    if (row == null || row.meaning() == UNKNOWN) {
      return answer.pduWritten() ? UNKNOWN : row == null ? SET_UP : RETRY;
    }
    return row.meaning();
  }

  /** How long to leave such an error alone. */
  public Duration pause() {
    return switch (this) {
      case RETRY_LATE -> Duration.ofSeconds(60);
      case SIM_REFUSED -> Duration.ofMinutes(10);
      default -> Duration.ofSeconds(5);
    };
  }

  static String words(Answer.End end, int code) {
    Row row = (end == Answer.End.CMS ? CMS : CME).get(code);
    return end
        + " "
        + (code < 0 ? "?" : code)
        + ": "
        + (row == null ? "not in our table" : row.words());
  }
}

package org.lastmile.channel.sms;

import java.util.Optional;
import org.lastmile.channel.sms.at.Answer;
import org.lastmile.channel.sms.at.Finding;
import org.lastmile.channel.sms.at.Trouble;

/** What {@code AT+CPIN?} says about the SIM (27.007, 8.3, and what makers answer besides). */
final class Sim {
  static final String QUESTION = "AT+CPIN?";

  private Sim() {}

  /** What is wrong with it; {@link Finding#NONE} when it is ready. */
  static Finding finding(String port, Answer answer) {
    Optional<String> said = answer.value("+CPIN:");
    String state = said.orElse("");
    if (state.equals("READY") || state.equals("SIM PIN2") || state.equals("SIM PUK2")) {
      return Finding.NONE; // the second PIN guards lists that we don't touch
    }
    if (state.equals("SIM PIN") || code(answer, 11)) {
      return Finding.of(Trouble.SIM_PIN, port);
    }
    if (state.equals("SIM PUK") || code(answer, 12)) {
      return Finding.of(Trouble.SIM_PUK, port);
    }
    if (state.startsWith("PH-") || code(answer, 5)) {
      return Finding.of(Trouble.PHONE_LOCK, port, said.isPresent() ? state : answer.said());
    }
    if (state.equals("NOT INSERTED") || code(answer, 10)) {
      return Finding.of(Trouble.NO_SIM, port);
    }
    if (code(answer, 13) || code(answer, 15)) {
      return Finding.of(Trouble.SIM_FAILURE, port, answer.said());
    }
    return Finding.of(Trouble.SIM_NOT_READY, port, said.isPresent() ? state : answer.said());
  }

  private static boolean code(Answer answer, int code) {
    return (answer.end() == Answer.End.CME && answer.code() == code)
        // 27.005 has the same ones 300 higher
        || (answer.end() == Answer.End.CMS && answer.code() == code + 300);
  }
}

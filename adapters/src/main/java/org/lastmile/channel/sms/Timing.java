package org.lastmile.channel.sms;

import java.time.Duration;

/**
 * How long things may take; tests shorten them.
 *
 * @param command an ordinary command
 * @param prompt from {@code AT+CMGS} to the prompt; a modem that fails must have handed its work on
 *     within 5 s
 * @param answer from the PDU to {@code +CMGS}; one modem answered after 135 s
 * @param doubt from the PDU to a question whether the modem still works on it; that may end its
 *     work, so it is asked only where answers have always come within a third of that time
 * @param proof how much longer to wait for the answer once a status report has proved it
 * @param watch between two looks at an idle modem, so that a dead one shows within 10 s
 * @param reopen before a lost port is tried again
 * @param offer before a signal that was not kept is offered again
 * @param byHand between two looks where a person has to act first
 * @param restart how long a trouble lasts before the modem is told to restart, and a mute modem's
 *     power is switched; five times as long where time alone often helps
 * @param exceed how long what may exceed a budget waits for a SIM that has room
 */
record Timing(
    Duration command,
    Duration prompt,
    Duration answer,
    Duration doubt,
    Duration proof,
    Duration watch,
    Duration reopen,
    Duration offer,
    Duration byHand,
    Duration restart,
    Duration exceed) {

  static final Timing USUAL =
      new Timing(
          Duration.ofSeconds(5),
          Duration.ofSeconds(4),
          Duration.ofSeconds(150),
          Duration.ofSeconds(60),
          Duration.ofSeconds(3),
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(15),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10));

  /** With another patience for the answer to a PDU. */
  Timing withAnswer(Duration longest) {
    return new Timing(
        command, prompt, longest, doubt, proof, watch, reopen, offer, byHand, restart, exceed);
  }
}

package org.lastmile.channel.sms;

import java.time.Duration;

/**
 * How long things may take; tests shorten them.
 *
 * @param command an ordinary command
 * @param prompt from {@code AT+CMGS} to the prompt; a modem that fails must have handed its work on
 *     within 5 s
 * @param answer from the PDU to {@code +CMGS}; one modem answered after 135 s
 * @param proof how much longer to wait for the answer once a status report has proved it
 * @param watch between two looks at an idle modem, so that a dead one shows within 10 s
 * @param reopen before a lost port is tried again
 * @param offer before a signal that was not kept is offered again
 * @param byHand between two looks where a person has to act first
 * @param restart how long a trouble lasts before the modem is told to restart, and a mute modem's
 *     power is switched; five times as long where time alone often helps
 */
record Timing(
    Duration command,
    Duration prompt,
    Duration answer,
    Duration proof,
    Duration watch,
    Duration reopen,
    Duration offer,
    Duration byHand,
    Duration restart) {

  static final Timing USUAL =
      new Timing(
          Duration.ofSeconds(5),
          Duration.ofSeconds(4),
          Duration.ofSeconds(150),
          Duration.ofSeconds(3),
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(15),
          Duration.ofSeconds(60));
}

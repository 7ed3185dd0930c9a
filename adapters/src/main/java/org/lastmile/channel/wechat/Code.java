package org.lastmile.channel.wechat;

/** One row of a platform's error table: what an {@code errcode} means and what is done about it. */
interface Code {

  Act act();

  /** For people: what is wrong, and where to put it right. */
  String meaning();

  /** What is done about a code. */
  enum Act {
    /** ACCEPTED. */
    ACCEPT,
    /** ACCEPTED: an earlier try of the same request was taken. */
    ACCEPT_AS_SENT,
    /** PENDING: never sent again, the ladder goes on. */
    HOLD,
    /** At most three repeats of the same request, then RETRY. */
    REPEAT,
    /** PERMANENT for this address or content. */
    GIVE_UP,
    /** PERMANENT, and the address is dead: whoever keeps it is told. */
    GIVE_UP_ADDRESS,
    /** PERMANENT, and a configuration fault for the operator. */
    GIVE_UP_AND_SHOW,
    /** Nothing more is sent with this template: LANE_DOWN until another one is configured. */
    STOP_TEMPLATE,
    /** The lane pauses to the next minute: RETRY. */
    WAIT_MINUTE,
    /** The lane pauses for 60 s: RETRY. */
    WAIT_60_SECONDS,
    /** Fewer requests at one time from now on: RETRY. */
    NARROW,
    /** The lane pauses until midnight in Beijing, when the quota starts anew: LANE_DOWN. */
    WAIT_MIDNIGHT,
    /** A new token and one more try, then LANE_DOWN. */
    RENEW_TOKEN,
    /** LANE_DOWN: nothing goes until somebody corrects the account or the configuration. */
    FIX_ACCOUNT
  }
}

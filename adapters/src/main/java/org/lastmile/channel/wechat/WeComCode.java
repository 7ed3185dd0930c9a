package org.lastmile.channel.wechat;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What WeCom's {@code errcode} means and what is done about it. Some numbers are the official
 * account's and mean something else: 45009 is a matter of a minute here, not of a day.
 */
enum WeComCode implements Code {
  OK(0, Act.ACCEPT, "taken"),
  BUSY(-1, Act.REPEAT, "the platform is busy"),
  TASK_EXISTS(42014, Act.ACCEPT_AS_SENT, "a card with this task id was sent before"),
  ALL_INVALID(
      81013, Act.GIVE_UP, "no such userid, or none that this application may see; check 可见范围"),
  NOBODY_NAMED(82001, Act.GIVE_UP, "nobody to send to is left; check userids and 可见范围"),
  NO_SUCH_USER(60111, Act.GIVE_UP_ADDRESS, "no such userid"),
  USER_UNKNOWN(46004, Act.GIVE_UP_ADDRESS, "no such person"),
  BAD_USERID(40003, Act.GIVE_UP_ADDRESS, "this is no userid"),
  BAD_ARGUMENT(40058, Act.GIVE_UP_AND_SHOW, "a part of the message does not fit"),
  FREQUENCY(45009, Act.WAIT_60_SECONDS, "too many calls"),
  CONCURRENCY(45033, Act.NARROW, "too many calls at one time"),
  TOKEN_INVALID(40001, Act.RENEW_TOKEN, "the token is not valid"),
  TOKEN_UNKNOWN(40014, Act.RENEW_TOKEN, "the token is unknown"),
  TOKEN_EXPIRED(42001, Act.RENEW_TOKEN, "the token has expired"),
  IP_NOT_ALLOWED(
      60020,
      Act.FIX_ACCOUNT,
      "this server's IP address is not among the application's; add it to 企业可信IP"),
  BAD_CORP_ID(40013, Act.FIX_ACCOUNT, "the corp id is unknown; check corp-id"),
  BAD_AGENT_ID(40056, Act.FIX_ACCOUNT, "the agent id is unknown; check agent-id"),
  NO_PERMISSION(48002, Act.FIX_ACCOUNT, "the application may not do this"),
  AGENT_MISMATCH(
      301002, Act.FIX_ACCOUNT, "the secret is another application's; check agent-id and secret"),
  /** A code that is not in the table: shown, and the person is told over another channel. */
  OTHER(Integer.MIN_VALUE, Act.GIVE_UP_AND_SHOW, "the platform refused it");

  private static final Map<Integer, WeComCode> BY_NUMBER =
      Arrays.stream(values()).collect(Collectors.toMap(c -> c.number, Function.identity()));

  private final int number;
  private final Act act;
  private final String meaning;

  WeComCode(int number, Act act, String meaning) {
    this.number = number;
    this.act = act;
    this.meaning = meaning;
  }

  static WeComCode of(int number) {
    return BY_NUMBER.getOrDefault(number, OTHER);
  }

  @Override
  public Act act() {
    return act;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}

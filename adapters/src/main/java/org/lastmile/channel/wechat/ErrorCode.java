package org.lastmile.channel.wechat;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the official account's {@code errcode} means and what is done about it, as one table. The
 * {@code errmsg} beside it is never branched on.
 */
enum ErrorCode implements Code {
  OK(0, Act.ACCEPT, "taken"),
  BUSY(-1, Act.REPEAT, "the platform is busy"),
  HELD(40252, Act.HOLD, "held for review, for up to 30 minutes; may still be sent"),
  BANNED(
      43116,
      Act.STOP_TEMPLATE,
      "the template is banned; appeal on mp.weixin.qq.com or configure another template-id"),
  NOT_FOLLOWING(43004, Act.GIVE_UP_ADDRESS, "this person does not follow the account"),
  BAD_OPENID(40003, Act.GIVE_UP_ADDRESS, "this openid is not one of the account's"),
  REFUSED(43101, Act.GIVE_UP, "this person refused it, or has no subscription left"),
  BAD_FIELD(47003, Act.GIVE_UP_AND_SHOW, "a template field does not fit; check template"),
  BAD_TEMPLATE(40037, Act.GIVE_UP_AND_SHOW, "the template id is unknown; check template-id"),
  MINUTE_QUOTA(45011, Act.WAIT_MINUTE, "too many calls in this minute"),
  DAY_QUOTA(45009, Act.WAIT_MIDNIGHT, "the day's quota is used up"),
  TOKEN_INVALID(40001, Act.RENEW_TOKEN, "the token is not valid"),
  TOKEN_UNKNOWN(40014, Act.RENEW_TOKEN, "the token is unknown"),
  TOKEN_EXPIRED(42001, Act.RENEW_TOKEN, "the token has expired"),
  IP_NOT_ALLOWED(
      40164,
      Act.FIX_ACCOUNT,
      "this server's IP address is not on the account's allow-list; add it on mp.weixin.qq.com"),
  BAD_APP_ID(40013, Act.FIX_ACCOUNT, "the app id is unknown; check app-id"),
  BAD_SECRET(40125, Act.FIX_ACCOUNT, "the secret is wrong; check secret"),
  SECRET_FROZEN(40243, Act.FIX_ACCOUNT, "the secret is frozen; unfreeze it on mp.weixin.qq.com"),
  NO_PERMISSION(48001, Act.FIX_ACCOUNT, "the account may not send template messages"),
  /** A code that is not in the table: shown, and the person is told over another channel. */
  OTHER(Integer.MIN_VALUE, Act.GIVE_UP_AND_SHOW, "the platform refused it");

  private static final Map<Integer, ErrorCode> BY_NUMBER =
      Arrays.stream(values()).collect(Collectors.toMap(c -> c.number, Function.identity()));

  private final int number;
  private final Act act;
  private final String meaning;

  ErrorCode(int number, Act act, String meaning) {
    this.number = number;
    this.act = act;
    this.meaning = meaning;
  }

  static ErrorCode of(int number) {
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

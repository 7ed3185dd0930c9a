package org.lastmile.simulators.wechat;

import java.time.Duration;

/**
 * What goes wrong with one API call.
 *
 * @param code errcode or HTTP status, where the kind has one
 * @param time how long, where the kind lasts
 */
public record WeChatFault(Kind kind, int code, Duration time) {

  /** What a call can suffer. */
  public enum Kind {
    ERRCODE,
    HTTP_STATUS,
    DELAY,
    DROP_BEFORE,
    DROP_AFTER,
    HTML,
    MALFORMED,
    STALL
  }

  /** HTTP 200 with this errcode; nothing is done. */
  public static WeChatFault errcode(int code) {
    return new WeChatFault(Kind.ERRCODE, code, Duration.ZERO);
  }

  /** This HTTP status; nothing is done. */
  public static WeChatFault httpStatus(int status) {
    return new WeChatFault(Kind.HTTP_STATUS, status, Duration.ZERO);
  }

  /** Done at once, answered that much later. */
  public static WeChatFault delay(Duration time) {
    return new WeChatFault(Kind.DELAY, 0, time);
  }

  /** The connection ends; nothing is done. */
  public static WeChatFault dropBefore() {
    return new WeChatFault(Kind.DROP_BEFORE, 0, Duration.ZERO);
  }

  /** Done, but the connection ends without an answer. */
  public static WeChatFault dropAfter() {
    return new WeChatFault(Kind.DROP_AFTER, 0, Duration.ZERO);
  }

  /** HTTP 200 with a web page, as a proxy or a portal answers; nothing is done. */
  public static WeChatFault html() {
    return new WeChatFault(Kind.HTML, 200, Duration.ZERO);
  }

  /** Done, but the JSON of the answer ends in the middle. */
  public static WeChatFault malformed() {
    return new WeChatFault(Kind.MALFORMED, 200, Duration.ZERO);
  }

  /** Nothing is done and nothing is answered; the connection ends after that time. */
  public static WeChatFault stall(Duration time) {
    return new WeChatFault(Kind.STALL, 0, time);
  }
}

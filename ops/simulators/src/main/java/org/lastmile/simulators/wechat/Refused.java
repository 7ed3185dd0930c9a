package org.lastmile.simulators.wechat;

/** A refusal of one API call: HTTP 200 with an errcode, as the platforms say no. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1;
  private final int errcode;

  Refused(int errcode, String message) {
    super(message);
    this.errcode = errcode;
  }

  int errcode() {
    return errcode;
  }
}

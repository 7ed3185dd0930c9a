package org.lastmile.channel.wechat;

/** How a person's id looks in a log: enough to tell two apart, too little to find the person. */
final class Mask {
  private Mask() {}

  static String openid(String openid) {
    return openid.length() < 12
        ? "…"
        : openid.substring(0, 2) + "…" + openid.substring(openid.length() - 4);
  }

  /** Userids are often names or phone numbers. */
  static String userid(String userid) {
    return userid.isEmpty() ? "…" : userid.substring(0, 1) + "…";
  }
}

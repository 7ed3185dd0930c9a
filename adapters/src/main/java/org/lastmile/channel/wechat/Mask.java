package org.lastmile.channel.wechat;

/** How an openid looks in a log: enough to tell two apart, too little to find the person. */
final class Mask {
  private Mask() {}

  static String openid(String openid) {
    return openid.length() < 12
        ? "…"
        : openid.substring(0, 2) + "…" + openid.substring(openid.length() - 4);
  }
}

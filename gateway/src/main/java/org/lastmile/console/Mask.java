package org.lastmile.console;

/** Makes personal data unusable and still recognisable to who knows it. */
final class Mask {
  /** Stands for words that name people. */
  static final String WITHHELD = "（含个人信息，不显示）";

  private Mask() {}

  /** {@code 13812345678} becomes {@code 138****5678}; an openid keeps its first four characters. */
  static String address(String address) {
    if (address == null || address.isEmpty()) {
      return "";
    }
    if (address.matches("\\+?[0-9 -]{7,}")) {
      return address.substring(0, 3) + "****" + address.substring(address.length() - 4);
    }
    return address.substring(0, Math.min(4, address.length() / 2)) + "****";
  }

  /** 王秀英 becomes 王**. */
  static String name(String name) {
    return name == null || name.isEmpty() ? "" : name.substring(0, 1) + "**";
  }
}

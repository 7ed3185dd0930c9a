package org.lastmile.channel.loudspeaker;

import java.util.Optional;

/** The contract's topics, version 1. Looked at for every message: no regular expressions. */
final class Topics {
  static final String ALL_RECEIPTS = "lm/v1/d/+/rcpt";
  static final String ALL_STATES = "lm/v1/d/+/state";

  private static final String DEVICES = "lm/v1/d/";
  private static final int LONGEST_ID = 64;

  private Topics() {}

  /** What came from a device, by its topic. */
  record FromDevice(String device, boolean receipt) {}

  /** Whether that can be a device id: nothing in it may widen or split a topic. */
  static boolean isDevice(String id) {
    if (id == null || id.isEmpty() || id.codePointCount(0, id.length()) > LONGEST_ID) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      if (c == '#' || c == '+' || c == '/' || c == ' ' || Character.isISOControl(c)) {
        return false;
      }
    }
    return true;
  }

  static String command(String device) {
    return DEVICES + device + "/cmd";
  }

  /** Empty for a topic that no device publishes on. */
  static Optional<FromDevice> fromDevice(String topic) {
    int slash = topic.startsWith(DEVICES) ? topic.indexOf('/', DEVICES.length()) : -1;
    if (slash < 0) {
      return Optional.empty();
    }
    String device = topic.substring(DEVICES.length(), slash);
    String what = topic.substring(slash + 1);
    return (what.equals("rcpt") || what.equals("state")) && isDevice(device)
        ? Optional.of(new FromDevice(device, what.equals("rcpt")))
        : Optional.empty();
  }
}

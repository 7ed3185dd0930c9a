package org.lastmile.channel.loudspeaker;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The contract's topics, version 1. */
final class Topics {
  static final String ALL_RECEIPTS = "lm/v1/d/+/rcpt";
  static final String ALL_STATES = "lm/v1/d/+/state";

  private static final Pattern DEVICE = Pattern.compile("[^#+/\\s\\p{Cc}]{1,64}");
  private static final Pattern FROM_DEVICE = Pattern.compile("lm/v1/d/([^/]+)/(rcpt|state)");

  private Topics() {}

  /** What came from a device, by its topic. */
  record FromDevice(String device, boolean receipt) {}

  /** Whether that can be a device id: nothing in it may widen or split a topic. */
  static boolean isDevice(String id) {
    return id != null && DEVICE.matcher(id).matches();
  }

  static String command(String device) {
    return "lm/v1/d/" + device + "/cmd";
  }

  /** Empty for a topic that no device publishes on. */
  static Optional<FromDevice> fromDevice(String topic) {
    Matcher m = FROM_DEVICE.matcher(topic);
    return m.matches() && isDevice(m.group(1))
        ? Optional.of(new FromDevice(m.group(1), m.group(2).equals("rcpt")))
        : Optional.empty();
  }
}

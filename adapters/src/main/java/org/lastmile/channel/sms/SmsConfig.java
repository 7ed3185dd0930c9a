package org.lastmile.channel.sms;

import java.util.List;

/**
 * Which modems carry the SMS channel; README.md beside this file explains every key.
 *
 * @param modems at least one; a glob stands for as many modems as match it now or later
 */
public record SmsConfig(List<Port> modems) {

  public SmsConfig {
    modems = List.copyOf(modems);
  }

  /**
   * One port, or a glob of ports.
   *
   * @param port path, symlink or glob, e.g. {@code /dev/serial/by-id/*}
   * @param pin of the SIM, empty for none; tried once only, because three wrong tries lock a SIM
   * @param baud line speed in bits a second
   * @param profile name of a modem profile, or {@code auto}
   * @param perMinute most parts a minute, 0 = as fast as the modem can
   */
  public record Port(String port, String pin, int baud, String profile, int perMinute) {
    /** The speed that most USB modules ignore and most serial ones are set to. */
    public static final int USUAL_BAUD = 115_200;

    public Port {
      if (port.isBlank()) {
        throw new IllegalArgumentException("modems[].port is empty: name a device or a glob");
      }
      if (!pin.matches("\\d{0,8}")) {
        throw new IllegalArgumentException("modems[].pin of " + port + " is not 4 to 8 digits");
      }
      if (baud <= 0) {
        throw new IllegalArgumentException(
            "modems[].baud of " + port + " is not positive: " + baud);
      }
      if (perMinute < 0) {
        throw new IllegalArgumentException(
            "modems[].per-minute of " + port + " is negative: " + perMinute);
      }
    }

    /** A port with nothing else said. */
    public static Port of(String port) {
      return new Port(port, "", USUAL_BAUD, "auto", 0);
    }

    /** The PIN stays out of logs. */
    @Override
    public String toString() {
      return "Port[%s, %d baud, profile %s, %d/min]".formatted(port, baud, profile, perMinute);
    }
  }
}

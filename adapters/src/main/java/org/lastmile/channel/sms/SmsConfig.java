package org.lastmile.channel.sms;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which modems carry the SMS channel; README.md beside this file explains every key.
 *
 * @param modems at least one; a glob stands for as many modems as match it now or later
 * @param budget of every SIM
 * @param referenceBits 8 or 16: width of the reference that joins the parts of a long message
 * @param locks folder where programs that share serial ports leave their lock files (UUCP style);
 *     where it can't be written, only the lock on the device itself protects a port
 * @param readOnly what comes in stays in the modem for another to take: nothing is acknowledged or
 *     deleted but the reports of what was sent from here
 */
public record SmsConfig(
    List<Port> modems, Budget budget, int referenceBits, Path locks, boolean readOnly) {
  /** Understood by every phone; one decoder in the field rejects the wider one. */
  public static final int USUAL_REFERENCE_BITS = 8;

  /** Where Linux programs look for each other's locks. */
  public static final Path USUAL_LOCKS = Path.of("/var/lock");

  public SmsConfig {
    modems = List.copyOf(modems);
    if (referenceBits != 8 && referenceBits != 16) {
      throw new IllegalArgumentException("reference-bits is neither 8 nor 16: " + referenceBits);
    }
  }

  /** The usual way: what comes in is taken. */
  public SmsConfig(List<Port> modems, Budget budget, int referenceBits, Path locks) {
    this(modems, budget, referenceBits, locks, false);
  }

  /** Modems that may send as much as they can, with nothing else said. */
  public SmsConfig(List<Port> modems) {
    this(modems, Budget.NONE, USUAL_REFERENCE_BITS, USUAL_LOCKS);
  }

  /** The same to look at only: no PIN is tried, no power switched, and nothing taken in. */
  public SmsConfig harmless() {
    return new SmsConfig(
        modems.stream().map(Port::harmless).toList(), budget, referenceBits, locks, true);
  }

  /** The same modems with another budget. */
  public SmsConfig with(Budget other) {
    return new SmsConfig(modems, other, referenceBits, locks, readOnly);
  }

  /**
   * What one SIM may send before its carrier suspends it, in parts. The usual values are those that
   * the press named for consumer SIMs in China; contracts differ.
   *
   * @param perHour within any hour; 0 = no limit
   * @param perDay within any 24 hours; 0 = no limit
   * @param reserve percent of both that only lifts and the ladder may spend
   */
  public record Budget(int perHour, int perDay, int reserve) {
    public static final Budget USUAL = new Budget(200, 1_000, 20);
    public static final Budget NONE = new Budget(0, 0, 0);

    public Budget {
      if (perHour < 0 || perDay < 0) {
        throw new IllegalArgumentException(
            "budget.per-hour and budget.per-day are not negative: " + perHour + ", " + perDay);
      }
      if (reserve < 0 || reserve > 90) {
        throw new IllegalArgumentException("budget.reserve is not 0 to 90 percent: " + reserve);
      }
    }
  }

  /**
   * One port, or a glob of ports.
   *
   * @param port path, symlink, glob, e.g. {@code /dev/serial/by-id/*}, or USB id, e.g. {@code
   *     usb:2c7c:0125/if02}
   * @param pin of the SIM, empty for none; tried once only, because three wrong tries lock a SIM
   * @param baud line speed in bits a second
   * @param profile name of a modem profile, or {@code auto}
   * @param perMinute most parts a minute, 0 = as fast as the modem can
   * @param smsc number of the short-message service centre; empty = the one that the SIM knows
   * @param powerCycle switches the modem's power when nothing else brings it back
   */
  public record Port(
      String port,
      String pin,
      int baud,
      String profile,
      int perMinute,
      String smsc,
      PowerCycle powerCycle) {
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
      if (!smsc.matches("(?:\\+?\\d{3,20})?")) {
        throw new IllegalArgumentException("modems[].smsc of " + port + " is no number: " + smsc);
      }
    }

    /** With the SIM's own service centre and without a way to switch the power. */
    public Port(String port, String pin, int baud, String profile, int perMinute) {
      this(port, pin, baud, profile, perMinute, "", PowerCycle.NONE);
    }

    /** The same to look at only: no PIN is tried and no power switched. */
    public Port harmless() {
      return new Port(port, "", baud, profile, perMinute, smsc, PowerCycle.NONE);
    }

    /** Why a port can't be read; empty when it can. */
    public static Optional<String> problem(String port) {
      return Ports.problem(port);
    }

    /** A port with nothing else said. */
    public static Port of(String port) {
      return new Port(port, "", USUAL_BAUD, "auto", 0);
    }

    /** The PIN stays out of logs, and so does the command, which may hold a password. */
    @Override
    public String toString() {
      return "Port[%s, %d baud, profile %s, %d/min]".formatted(port, baud, profile, perMinute);
    }
  }

  /**
   * An outside command that switches a modem's power off and on.
   *
   * @param command program and arguments; port, IMEI and USB place are put behind them
   * @param limit when it is ended if it has not
   * @param every shortest time between two of them for one modem
   */
  public record PowerCycle(List<String> command, Duration limit, Duration every) {
    /** There is no such command. */
    public static final PowerCycle NONE =
        new PowerCycle(List.of(), Duration.ofSeconds(30), Duration.ofMinutes(5));

    public PowerCycle {
      command = List.copyOf(command);
    }

    boolean given() {
      return !command.isEmpty();
    }
  }
}

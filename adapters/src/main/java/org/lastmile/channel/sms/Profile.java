package org.lastmile.channel.sms;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What one make of modem needs beyond the standard; the data lies with the device configuration.
 *
 * @param model what its answers to AT+CGMI and AT+CGMM contain; empty = any
 * @param setup commands sent at every set-up; a refusal is no harm
 * @param overUsb the same, where the port is the modem's own USB
 * @param overUart the same, where the port is the modem's UART, through an adapter or not
 * @param restart commands that restart it, best first; the first one that it takes is enough
 */
record Profile(
    String name,
    Pattern model,
    List<String> setup,
    List<String> overUsb,
    List<String> overUart,
    List<String> restart) {
  /** Leaves the choice to what the modem says it is. */
  static final String AUTO = "auto";

  private static final String GENERIC = "generic";

  /** Narrow ones before wide ones. */
  private static final List<String> MAKES =
      List.of("sim800", "quectel-ec200", "quectel", "huawei", "air724", "zte");

  /** The profile of that name, or the one that fits; empty when no profile has that name. */
  static Optional<Profile> of(String name, String makerAndModel) {
    if (name.equals(AUTO)) {
      return Stream.concat(MAKES.stream(), Stream.of(GENERIC))
          .map(Profile::load)
          .filter(profile -> profile.model().matcher(makerAndModel).find())
          .findFirst();
    }
    return names().stream().filter(name::equals).map(Profile::load).findFirst();
  }

  /** All names that can be configured, {@link #AUTO} left out. */
  static List<String> names() {
    return Stream.concat(Stream.of(GENERIC), MAKES.stream()).toList();
  }

  /** Of any modem. */
  static Profile generic() {
    return load(GENERIC);
  }

  /** What is sent to such a modem behind such a port. */
  List<String> setup(Ports.Wire wire) {
    List<String> more =
        switch (wire) {
          case USB -> overUsb;
          case UART -> overUart;
          case UNKNOWN -> List.of();
        };
    return Stream.concat(setup.stream(), more.stream()).toList();
  }

  private static Profile load(String name) {
    String file = "/lastmile/modem/" + name + ".properties";
    try (InputStream in = Profile.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the program was built without " + file);
      }
      Properties data = new Properties();
      data.load(new InputStreamReader(in, StandardCharsets.UTF_8));
      return new Profile(
          name,
          Pattern.compile(data.getProperty("model", "")),
          commands(data, "setup"),
          commands(data, "setup.usb"),
          commands(data, "setup.uart"),
          commands(data, "restart"));
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  private static List<String> commands(Properties data, String key) {
    return Stream.of(data.getProperty(key, "").split(" ", -1))
        .filter(command -> !command.isBlank())
        .toList();
  }
}

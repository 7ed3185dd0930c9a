package org.lastmile.channel.sms;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which devices a configured port stands for now, and what the system knows of them.
 *
 * @param sys where the kernel shows its devices
 * @param dev where they can be opened
 */
record Ports(Path sys, Path dev) {
  /** This machine's. */
  static final Ports SYSTEM = new Ports(Path.of("/sys"), Path.of("/dev"));

  private static final Logger log = LoggerFactory.getLogger(Ports.class);

  private static final Pattern USB =
      Pattern.compile(
          "usb:([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?:/if([0-9a-fA-F]{2}))?(?:/serial=([^/]+))?");

  /** How a modem hangs on this machine. */
  enum Wire {
    /** By its own USB. */
    USB,
    /** By its UART, straight or behind a USB adapter. */
    UART,
    UNKNOWN
  }

  /** Makers of chips that only turn USB into a UART: FTDI, WCH, Silicon Labs, Prolific. */
  private static final List<String> ADAPTERS = List.of("0403", "1a86", "10c4", "067b");

  /**
   * A tty behind USB.
   *
   * @param at the plug and the interface, e.g. {@code 1-1.2:1.2}: the same for as long as a modem
   *     stays in its socket, whatever name the tty gets
   */
  record Usb(String vendor, String product, String serial, String number, String at, String words) {
    String id() {
      return vendor + ":" + product;
    }
  }

  /** Whether a port in the configuration can be read, or why not. */
  static Optional<String> problem(String port) {
    return port.startsWith("usb:") && !USB.matcher(port).matches()
        ? Optional.of(
            "'" + port + "' is not usb:VVVV:PPPP[/ifNN][/serial=S], such as usb:2c7c:0125/if02")
        : Optional.empty();
  }

  /** Whether it names as many devices as match, rather than one. */
  static boolean pattern(String port) {
    return port.startsWith("usb:") || port.matches(".*[*?\\[{].*");
  }

  /** The paths that match now, in order of name; a plain path is itself, there or not. */
  List<String> matching(String port) {
    if (port.startsWith("usb:")) {
      return byUsb(port);
    }
    if (!pattern(port)) {
      return List.of(port);
    }
    int slash = port.lastIndexOf('/');
    Path folder = Path.of(slash <= 0 ? "/" : port.substring(0, slash));
    List<String> found = new ArrayList<>();
    entries(folder, port.substring(slash + 1)).forEach(file -> found.add(file.toString()));
    return found;
  }

  private List<String> byUsb(String port) {
    Matcher wanted = USB.matcher(port);
    if (!wanted.matches()) {
      return List.of(); // said when the configuration was read
    }
    List<String> found = new ArrayList<>();
    for (Path tty : ttys()) {
      usb(tty.toString())
          .filter(usb -> usb.vendor().equalsIgnoreCase(wanted.group(1)))
          .filter(usb -> usb.product().equalsIgnoreCase(wanted.group(2)))
          .filter(usb -> wanted.group(3) == null || usb.number().equalsIgnoreCase(wanted.group(3)))
          .filter(usb -> wanted.group(4) == null || usb.serial().equals(wanted.group(4)))
          .ifPresent(usb -> found.add(tty.toString()));
    }
    return found;
  }

  /** The devices that could be a modem's: everything serial that has hardware behind it. */
  List<Path> ttys() {
    return entries(sys.resolve("class/tty"), "*").stream()
        .filter(entry -> Files.exists(entry.resolve("device")))
        .filter(entry -> !read(entry.resolve("type")).orElse("1").equals("0")) // a UART not there
        .map(entry -> dev.resolve(entry.getFileName()))
        .toList();
  }

  /** What USB says about a tty; empty when it is not behind USB. */
  Optional<Usb> usb(String path) {
    Path entry = sys.resolve("class/tty").resolve(name(path)).resolve("device");
    Path place;
    try {
      place = entry.toRealPath();
    } catch (IOException e) {
      return Optional.empty(); // no tty, or none that the kernel knows: a pseudo-terminal
    }
    String number = "";
    String at = "";
    for (Path p = place; p != null && p.startsWith(real(sys)); p = p.getParent()) {
      if (at.isEmpty() && Files.exists(p.resolve("bInterfaceNumber"))) {
        number = read(p.resolve("bInterfaceNumber")).orElse("");
        at = String.valueOf(p.getFileName());
      }
      Optional<String> vendor = read(p.resolve("idVendor"));
      if (vendor.isPresent()) {
        String words =
            read(p.resolve("manufacturer")).orElse("")
                + " "
                + read(p.resolve("product")).orElse("");
        return Optional.of(
            new Usb(
                vendor.get(),
                read(p.resolve("idProduct")).orElse(""),
                read(p.resolve("serial")).orElse(""),
                number,
                at.isEmpty() ? String.valueOf(p.getFileName()) : at,
                words.strip()));
      }
    }
    return Optional.empty();
  }

  Wire wire(String path) {
    Optional<Usb> usb = usb(path);
    if (usb.isPresent()) {
      return ADAPTERS.contains(usb.get().vendor()) ? Wire.UART : Wire.USB;
    }
    Path entry = sys.resolve("class/tty").resolve(name(path));
    return Files.exists(entry.resolve("device")) ? Wire.UART : Wire.UNKNOWN;
  }

  /** The tty that is plugged there now. */
  Optional<String> at(String place) {
    return ttys().stream()
        .map(Path::toString)
        .filter(tty -> usb(tty).filter(usb -> usb.at().equals(place)).isPresent())
        .findFirst();
  }

  /** The device behind a path; the path itself when there is none now. */
  static Path device(String path) {
    return real(Path.of(path)); // not there now: it can't be the same device as another
  }

  /** Links of {@code /dev/serial/by-id} that lead to that device. */
  List<String> links(String path) {
    return entries(dev.resolve("serial/by-id"), "*").stream()
        .filter(link -> real(link).equals(device(path)))
        .map(Path::toString)
        .toList();
  }

  /** The kernel's name: a tty may be configured by a link to it. */
  private String name(String path) {
    Path given = Path.of(path);
    Path name =
        given.startsWith(dev) && given.getNameCount() == dev.getNameCount() + 1
            ? given
            : device(path);
    return name.getFileName() == null ? "" : name.getFileName().toString();
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }

  private static Optional<String> read(Path file) {
    try {
      return Files.isRegularFile(file)
          ? Optional.of(Files.readString(file).strip())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // unplugged while we looked
    }
  }

  private static List<Path> entries(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
        files.forEach(found::add);
      } catch (IOException e) {
        log.warn("{} can't be listed, so no new modem is found there: {}", folder, e.toString());
      }
    }
    found.sort(null);
    return found;
  }
}

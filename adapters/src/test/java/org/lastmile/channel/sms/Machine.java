package org.lastmile.channel.sms;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A made-up machine: the parts of /sys and /dev that tell of its serial ports. */
final class Machine {
  private final Path folder;

  Machine(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("sys/class/tty"));
    Files.createDirectories(folder.resolve("dev/serial/by-id"));
  }

  Ports ports() {
    return new Ports(folder.resolve("sys"), folder.resolve("dev"));
  }

  /** Where a device can be opened; the test puts a terminal there if it is to be. */
  String dev(String tty) {
    return folder.resolve("dev").resolve(tty).toString();
  }

  /** As usb-serial drivers show it: device, interface, port. */
  void usbSerial(
      String plug, String vendor, String product, String serial, String tty, String number)
      throws IOException {
    Path place = usb(plug, vendor, product, serial, number).resolve(tty);
    register(tty, Files.createDirectories(place));
  }

  /** As cdc-acm shows it: device, interface. */
  void acm(String plug, String vendor, String product, String tty, String number)
      throws IOException {
    register(tty, usb(plug, vendor, product, "", number));
  }

  private Path usb(String plug, String vendor, String product, String serial, String number)
      throws IOException {
    Path device = Files.createDirectories(folder.resolve("sys/devices/pci0/usb1").resolve(plug));
    Files.writeString(device.resolve("idVendor"), vendor + "\n");
    Files.writeString(device.resolve("idProduct"), product + "\n");
    Files.writeString(device.resolve("manufacturer"), "Maker\n");
    Files.writeString(device.resolve("product"), "Product\n");
    if (!serial.isEmpty()) {
      Files.writeString(device.resolve("serial"), serial + "\n");
    }
    Path part = Files.createDirectories(device.resolve(plug + ":1." + number));
    Files.writeString(part.resolve("bInterfaceNumber"), number + "\n");
    return part;
  }

  void uart(String tty, String type) throws IOException {
    register(tty, Files.createDirectories(folder.resolve("sys/devices/platform/serial8250")));
    Files.writeString(folder.resolve("sys/class/tty").resolve(tty).resolve("type"), type + "\n");
  }

  void console(String tty) throws IOException {
    Files.createDirectories(folder.resolve("sys/class/tty").resolve(tty));
  }

  private void register(String tty, Path place) throws IOException {
    Path entry = Files.createDirectories(folder.resolve("sys/class/tty").resolve(tty));
    Files.createSymbolicLink(entry.resolve("device"), place);
    if (Files.notExists(Path.of(dev(tty)))) {
      Files.createFile(Path.of(dev(tty)));
    }
  }

  void unplug(String tty) throws IOException {
    Files.delete(folder.resolve("sys/class/tty").resolve(tty).resolve("device"));
  }

  Path byId(String name, String tty) throws IOException {
    return Files.createSymbolicLink(
        folder.resolve("dev/serial/by-id").resolve(name), Path.of(dev(tty)));
  }
}

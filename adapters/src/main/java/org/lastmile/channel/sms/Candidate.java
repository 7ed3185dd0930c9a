package org.lastmile.channel.sms;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.lastmile.channel.sms.at.PortUsers;

/**
 * A serial port of this machine that could be a modem's.
 *
 * @param path where it is opened
 * @param usb as it can stand in the configuration, e.g. {@code usb:2c7c:0125/if02}; empty when it
 *     is not behind USB
 * @param words maker and product as USB says them
 * @param links names of it that stay the same
 * @param users other programs that have it open now
 * @param allowed whether we may open it
 */
public record Candidate(
    String path,
    String usb,
    String words,
    List<String> links,
    List<String> users,
    boolean allowed) {

  public Candidate {
    links = List.copyOf(links);
    users = List.copyOf(users);
  }

  /** All of this machine, in order of name. */
  public static List<Candidate> all() {
    return all(Ports.SYSTEM, PortUsers.PROC);
  }

  static List<Candidate> all(Ports ports, Path proc) {
    return ports.ttys().stream().map(tty -> of(ports, proc, tty)).toList();
  }

  private static Candidate of(Ports ports, Path proc, Path tty) {
    Optional<Ports.Usb> usb = ports.usb(tty.toString());
    return new Candidate(
        tty.toString(),
        usb.map(u -> "usb:" + u.id() + (u.number().isEmpty() ? "" : "/if" + u.number())).orElse(""),
        usb.map(Ports.Usb::words).orElse(""),
        ports.links(tty.toString()),
        PortUsers.of(proc, Ports.device(tty.toString())),
        Files.isReadable(tty) && Files.isWritable(tty));
  }
}

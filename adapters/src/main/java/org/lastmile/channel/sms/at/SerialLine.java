package org.lastmile.channel.sms.at;

import com.fazecast.jSerialComm.SerialPort;
import com.fazecast.jSerialComm.SerialPortInvalidPortException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.List;

/**
 * A serial port by jSerialComm. No data listeners (they spin after a disconnect): one thread reads,
 * semi-blocking, and a read that returns less than nothing or a short write means that the device
 * is gone, because {@code isOpen()} does not notice.
 */
public final class SerialLine implements Line {
  private static final int READ_TIMEOUT_MILLIS = 100;

  /** Another program has locked the port, or has it for itself alone (errno of Linux). */
  private static final int EAGAIN = 11;

  private static final int EBUSY = 16;

  private final String path;
  private final SerialPort port;
  private volatile long writingSince;

  private SerialLine(String path, SerialPort port) {
    this.path = path;
    this.port = port;
  }

  /**
   * Opens 8N1 without flow control.
   *
   * @param path device or symlink; looked up anew at every call, since a modem that was replugged
   *     hides behind the same symlink under another name
   */
  public static SerialLine open(String path, int baud) throws LineLost {
    try {
      return opened(path, baud);
    } catch (LinkageError e) { // its native library: none for this processor, or not to be unpacked
      throw new LineLost(
          Finding.of(Trouble.NO_DRIVER, path, System.getProperty("os.arch"), firstLine(e)));
    }
  }

  private static String firstLine(LinkageError e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private static SerialLine opened(String path, int baud) throws LineLost {
    if (!Files.exists(Path.of(path))) {
      throw new LineLost(Finding.of(Trouble.PORT_MISSING, path));
    }
    SerialPort port;
    try {
      port = SerialPort.getCommPort(path);
    } catch (SerialPortInvalidPortException e) {
      throw new LineLost(Finding.of(Trouble.NO_SERIAL_PORT, path, e.getMessage()));
    }
    port.setComPortParameters(baud, 8, SerialPort.ONE_STOP_BIT, SerialPort.NO_PARITY);
    port.setFlowControl(SerialPort.FLOW_CONTROL_DISABLED);
    port.setComPortTimeouts(SerialPort.TIMEOUT_READ_SEMI_BLOCKING, READ_TIMEOUT_MILLIS, 0);
    if (!port.openPort(0)) {
      throw new LineLost(whyNot(path, port.getLastErrorCode()));
    }
    return new SerialLine(path, port);
  }

  private static Finding whyNot(String path, int error) {
    Path device = device(path);
    if (!Files.isReadable(device) || !Files.isWritable(device)) {
      return denied(path, System.getProperty("user.name"), group(device));
    }
    List<String> users = PortUsers.of(PortUsers.PROC, device);
    if (!users.isEmpty() || error == EBUSY || error == EAGAIN) {
      return Finding.of(Trouble.PORT_BUSY, path, users(path, users));
    }
    return Finding.of(Trouble.NO_SERIAL_PORT, path, "error " + error);
  }

  /** Nobody may open it but root and that group. */
  static Finding denied(String path, String user, String group) {
    return Finding.of(Trouble.PORT_DENIED, path, user, group);
  }

  private static Object users(String path, List<String> users) {
    return users.isEmpty()
        ? new Said("another program, see fuser " + path, "其他程序（可用 fuser " + path + " 查看）")
        : String.join(", ", users);
  }

  private static Path device(String path) {
    try {
      return Path.of(path).toRealPath();
    } catch (IOException e) {
      return Path.of(path); // gone meanwhile: what follows says so
    }
  }

  /** The group that owns the device: dialout on Debian, uucp elsewhere. */
  static String group(Path device) {
    try {
      return Files.readAttributes(device, PosixFileAttributes.class, new LinkOption[0])
          .group()
          .getName();
    } catch (IOException | UnsupportedOperationException e) {
      return "dialout"; // can't be read, and this is right on most systems
    }
  }

  @Override
  public int read(byte[] into) throws LineLost {
    int n = port.readBytes(into, into.length);
    if (n < 0) {
      throw gone();
    }
    return n;
  }

  @Override
  public boolean waiting() throws LineLost {
    int n = port.bytesAvailable();
    if (n < 0) {
      throw gone();
    }
    return n > 0;
  }

  @Override
  public void write(byte[] bytes) throws LineLost {
    writingSince = System.nanoTime() | 1; // never 0, which means that nothing is being written
    try {
      if (port.writeBytes(bytes, bytes.length) != bytes.length) {
        throw gone();
      }
    } finally {
      writingSince = 0;
    }
  }

  /** Whether a write has not ended for that long: nobody takes the bytes; only close frees it. */
  public boolean stuck(Duration patience) {
    long since = writingSince;
    return since != 0 && System.nanoTime() - since > patience.toNanos();
  }

  private LineLost gone() {
    return new LineLost(Finding.of(Trouble.GONE, path));
  }

  @Override
  public void close() {
    port.closePort();
  }
}

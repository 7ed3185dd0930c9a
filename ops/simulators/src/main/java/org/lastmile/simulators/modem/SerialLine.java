package org.lastmile.simulators.modem;

import com.pty4j.unix.Pty;
import com.sun.jna.Native;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The modem's end of one pseudo-terminal. A symbolic link leads clients to the other end, as
 * /dev/serial/by-id does.
 *
 * <p>One slave descriptor stays open and raw: otherwise the master would read end-of-file whenever
 * a client closes, and the terminal would echo what the modem writes. Only the reader thread closes
 * the master, so that a descriptor number used again elsewhere is never read or closed by mistake.
 */
final class SerialLine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SerialLine.class);

  private final Path link;
  private final Pty pty;
  private final int slave;
  private final Thread reader;
  private boolean closing;
  private boolean closed;

  /** Opens a terminal, points the link at it and hands every piece of input to {@code sink}. */
  static SerialLine open(Path link, Consumer<byte[]> sink) {
    try {
      SerialLine line = new SerialLine(link, sink);
      line.reader.start();
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException("no pseudo-terminal for " + link, e);
    }
  }

  private SerialLine(Path link, Consumer<byte[]> sink) throws IOException {
    this.link = link;
    pty = new Pty();
    slave = LibC.INSTANCE.open(pty.getSlaveName(), LibC.O_RDWR | LibC.O_NOCTTY);
    if (slave < 0) {
      pty.close();
      throw new IOException(pty.getSlaveName() + ": errno " + Native.getLastError());
    }
    LibC.makeRaw(slave);
    LibC.INSTANCE.fcntl(pty.getMasterFD(), LibC.F_SETFL, LibC.O_RDWR | LibC.O_NONBLOCK);
    pointLink(pty.getSlaveName());
    reader = new Thread(() -> read(sink), "modem-line " + link.getFileName());
    reader.setDaemon(true);
  }

  private void pointLink(String target) throws IOException {
    if (link.getParent() != null) {
      Files.createDirectories(link.getParent());
    }
    Path fresh = link.resolveSibling(link.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createSymbolicLink(fresh, Path.of(target));
    Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
  }

  private void read(Consumer<byte[]> sink) {
    byte[] buffer = new byte[4096];
    try (InputStream in = pty.getInputStream()) {
      while (true) {
        int count = in.read(buffer, 0, buffer.length);
        synchronized (this) {
          if (closing || count < 0) {
            release();
            return;
          }
        }
        if (count > 0) {
          sink.accept(Arrays.copyOf(buffer, count));
        }
      }
    } catch (IOException e) {
      LOG.warn("{}: reading stopped", link, e);
      synchronized (this) {
        release();
      }
    }
  }

  private void release() {
    if (closed) {
      return;
    }
    closed = true;
    LibC.INSTANCE.close(slave);
    try {
      pty.close();
    } catch (IOException e) {
      LOG.warn("{}: closing", link, e);
    }
    notifyAll();
  }

  /** Whether the client has set its end to that speed. */
  synchronized boolean runsAt(int baud) {
    return closed || LibC.speed(slave, baud);
  }

  /**
   * Writes what fits without waiting; what nobody reads is lost, as on a wire. Returns the number
   * of octets written.
   */
  synchronized int write(byte[] data) {
    if (closing || closed) {
      return 0;
    }
    return Math.max(0, LibC.INSTANCE.write(pty.getMasterFD(), data, data.length));
  }

  /** Hangs up: the client sees its peer gone, and the link disappears. */
  @Override
  public synchronized void close() {
    if (!closing) {
      closing = true;
      try {
        Files.deleteIfExists(link);
      } catch (IOException e) {
        LOG.warn("{}: the link stays behind", link, e);
      }
      // One octet from the other end wakes the reader, which then closes.
      if (!closed) {
        LibC.INSTANCE.write(slave, new byte[1], 1);
      }
    }
    boolean interrupted = false;
    while (!closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

package org.lastmile.story;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What stands before a pair of gateways (keepalived, HAProxy): one address for the world, led to
 * one of them. Turning it ends the connections to the other.
 */
final class Front implements AutoCloseable {
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile int target;

  Front(int port) {
    try {
      server = new ServerSocket(port, 128, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  /** From now on that port is behind it. */
  void leadsTo(int port) {
    target = port;
    open.forEach(Front::end);
    open.clear();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket in = server.accept();
        open.add(in);
        daemon(() -> join(in));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void join(Socket in) {
    try {
      Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(out);
      daemon(() -> pump(in, out));
      pump(out, in);
    } catch (IOException e) {
      end(in); // nobody is there: the caller sees its connection closed
    }
  }

  private static void pump(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // One side has gone: closing both tells the other.
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "front");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    leadsTo(0);
  }
}

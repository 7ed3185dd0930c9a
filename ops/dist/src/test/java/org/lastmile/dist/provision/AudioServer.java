package org.lastmile.dist.provision;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Serves audio by URL and range, and breaks off where it is told to. */
final class AudioServer implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile int breaksAfter = Integer.MAX_VALUE;

  AudioServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
  }

  /** From now on a file has that URL. */
  String url(String name, byte[] octets) {
    files.put("/" + name, octets);
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name;
  }

  static String hash(byte[] octets) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
  }

  /** The next answers break off after so many bytes. */
  void breaksAfter(int octets) {
    breaksAfter = octets;
  }

  /** What was asked for, "a.wav" or "a.wav bytes=100-". */
  List<String> asked() {
    return List.copyOf(asked);
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String range = exchange.getRequestHeaders().getFirst("Range");
    asked.add((path.substring(1) + " " + (range == null ? "" : range)).strip());
    byte[] whole = files.get(path);
    if (whole == null) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    byte[] part = Arrays.copyOfRange(whole, from, whole.length);
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, part.length);
    exchange.getResponseBody().write(part, 0, Math.min(part.length, breaksAfter));
    exchange.getResponseBody().flush();
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

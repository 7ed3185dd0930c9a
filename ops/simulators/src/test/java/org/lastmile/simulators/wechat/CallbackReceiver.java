package org.lastmile.simulators.wechat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The account's side of callbacks: keeps every post as it came and answers what it is told to. */
final class CallbackReceiver implements AutoCloseable {
  static {
    // Read once, by whoever starts a server first; without it every answer comes 40 ms late.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** One call of the callback. */
  record Call(String method, Map<String, String> query, String body) {}

  final List<Call> calls = new CopyOnWriteArrayList<>();
  volatile int status = 200;
  volatile String answer = "success";
  volatile UnaryOperator<String> echo = echostr -> echostr;
  private final HttpServer server;

  CallbackReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/callback", this::handle);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/callback");
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> query = new HashMap<>();
    for (String pair : exchange.getRequestURI().getRawQuery().split("&", -1)) {
      String value = pair.split("=", 2)[1];
      query.put(pair.split("=", 2)[0], URLDecoder.decode(value, StandardCharsets.UTF_8));
    }
    byte[] body = exchange.getRequestBody().readAllBytes();
    calls.add(
        new Call(exchange.getRequestMethod(), query, new String(body, StandardCharsets.UTF_8)));
    byte[] octets =
        (query.containsKey("echostr") ? echo.apply(query.get("echostr")) : answer)
            .getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, octets.length == 0 ? -1 : octets.length);
    exchange.getResponseBody().write(octets);
    exchange.close();
  }

  static String sha1(String... parts) {
    try {
      String joined = Stream.of(parts).sorted().collect(Collectors.joining());
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-1").digest(joined.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

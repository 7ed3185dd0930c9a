package org.lastmile.simulators.wechat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.lastmile.simulators.Loop;

/**
 * WeChat on a loopback port, for one official account. {@link #baseUrl()} takes the place of
 * https://api.weixin.qq.com; the page at {@code /} shows the followers' phones.
 */
public final class WeChatSandbox implements AutoCloseable {
  private static final Set<String> API =
      Set.of("/cgi-bin/stable_token", OfficialAccount.SEND, "/cgi-bin/openapi/quota/get");

  static {
    // Without it the JDK's server answers 40 ms late, waiting for more to send.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  private final ObjectMapper json = new ObjectMapper();
  private final Loop loop = new Loop("wechat");
  private final ExecutorService threads;
  private final HttpServer server;
  private final OfficialAccount account;
  private volatile int outage;

  /**
   * Starts it.
   *
   * @param port 0 = any free one
   * @param clock decides ends of tokens, repeats and days; receipts and retries run in real time
   */
  public WeChatSandbox(AccountSettings settings, int port, InstantSource clock) {
    account = new OfficialAccount(settings, clock, loop, json, new Random(1));
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "wechat-http");
              thread.setDaemon(true);
              return thread;
            });
    try {
      server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    } catch (IOException e) {
      throw new UncheckedIOException("the WeChat sandbox gets no port", e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** On any free port, with the machine's clock. */
  public WeChatSandbox(AccountSettings settings) {
    this(settings, 0, InstantSource.system());
  }

  /** {@code http://127.0.0.1:PORT}. */
  public URI baseUrl() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The official account that lives here. */
  public OfficialAccount account() {
    return account;
  }

  /** Every API call answers this HTTP status until {@link #recovers()}. */
  public void breaks(int httpStatus) {
    outage = httpStatus;
  }

  public void recovers() {
    outage = 0;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    try (exchange) {
      if (API.contains(path)) {
        api(exchange, path);
      } else if (path.equals("/") && exchange.getRequestMethod().equals("GET")) {
        answer(exchange, 200, "text/html; charset=utf-8", PhonePage.of(account));
      } else if (path.equals("/sandbox/answer") && exchange.getRequestMethod().equals("POST")) {
        answerByHand(exchange);
      } else {
        answer(exchange, 404, "text/plain", "no such path: " + path + "\n");
      }
    }
  }

  private void api(HttpExchange exchange, String path) throws IOException {
    byte[] octets = exchange.getRequestBody().readAllBytes();
    if (outage != 0) {
      answer(exchange, outage, "text/plain", "told to\n");
      return;
    }
    if (!exchange.getRequestMethod().equals("POST")) {
      refuse(exchange, 43002, "require POST method");
      return;
    }
    JsonNode body;
    try {
      body = json.readTree(octets);
    } catch (JsonProcessingException e) {
      refuse(exchange, 47001, "data format error");
      return;
    }
    WeChatFault fault =
        path.equals("/cgi-bin/openapi/quota/get") ? null : loop.ask(() -> account.fault(path));
    if (fault != null && fault.kind() == WeChatFault.Kind.DROP_BEFORE) {
      return;
    }
    if (fault != null && fault.kind() == WeChatFault.Kind.HTTP_STATUS) {
      answer(exchange, fault.code(), "text/plain", "told to\n");
      return;
    }
    String token = form(exchange.getRequestURI().getRawQuery()).getOrDefault("access_token", "");
    String from = exchange.getRemoteAddress().getAddress().getHostAddress();
    ObjectNode result = loop.ask(() -> account.call(path, token, from, body, fault));
    if (fault != null && fault.kind() == WeChatFault.Kind.DROP_AFTER) {
      return;
    }
    if (fault != null && fault.kind() == WeChatFault.Kind.DELAY) {
      pause(fault.time());
    }
    answer(exchange, 200, "application/json; encoding=utf-8", result.toString());
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void refuse(HttpExchange exchange, int errcode, String why) throws IOException {
    ObjectNode result = json.createObjectNode().put("errcode", errcode).put("errmsg", why);
    answer(exchange, 200, "application/json; encoding=utf-8", result.toString());
  }

  private void answerByHand(HttpExchange exchange) throws IOException {
    byte[] octets = exchange.getRequestBody().readAllBytes();
    Map<String, String> form = form(new String(octets, StandardCharsets.UTF_8));
    account.follower(form.getOrDefault("openid", "")).sends(form.getOrDefault("text", ""));
    exchange.getResponseHeaders().set("Location", "/");
    answer(exchange, 303, "text/plain", "");
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, octets.length == 0 ? -1 : octets.length);
    if (octets.length > 0) {
      exchange.getResponseBody().write(octets);
    }
  }

  private static Map<String, String> form(String encoded) {
    Map<String, String> form = new HashMap<>();
    for (String pair : encoded == null ? new String[0] : encoded.split("&", -1)) {
      String[] both = pair.split("=", 2);
      form.put(both[0], both.length < 2 ? "" : URLDecoder.decode(both[1], StandardCharsets.UTF_8));
    }
    return form;
  }

  /** Stops; callbacks under way are not repeated. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    loop.close();
  }
}

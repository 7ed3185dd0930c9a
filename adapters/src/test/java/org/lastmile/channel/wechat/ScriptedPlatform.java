package org.lastmile.channel.wechat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A far end that answers exactly what a test says, for answers that no honest platform gives. What
 * is not scripted is answered well.
 */
final class ScriptedPlatform implements AutoCloseable {
  static final String TOKEN = "/cgi-bin/stable_token";
  static final String SEND = "/cgi-bin/message/template/send";
  static final String SUBSCRIBE_SEND = "/cgi-bin/message/subscribe/bizsend";
  static final String WECOM_TOKEN = "/cgi-bin/gettoken";
  static final String WECOM_SEND = "/cgi-bin/message/send";
  static final String AGENT = "/cgi-bin/agent/get";
  static final String RECALL = "/cgi-bin/message/recall";
  static final String CARD = "/cgi-bin/message/update_template_card";
  static final String USERID = "/cgi-bin/user/getuserid";
  static final String ROBOT = "/cgi-bin/webhook/send";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Queue<Script>> scripts = new ConcurrentHashMap<>();
  private final Map<String, Queue<JsonNode>> bodies = new ConcurrentHashMap<>();
  private final Map<String, Queue<String>> queries = new ConcurrentHashMap<>();
  private final Queue<String> tokensUsed = new ConcurrentLinkedQueue<>();
  private final AtomicInteger msgids = new AtomicInteger(1000);
  private final AtomicInteger underway = new AtomicInteger();
  private final AtomicInteger mostUnderway = new AtomicInteger();
  private volatile String quota = "{\"errcode\":48001,\"errmsg\":\"not here\"}";
  private volatile String usualToken = "TOKEN-1";

  /** What to do with one request. */
  interface Script {
    void play(HttpExchange exchange) throws IOException;
  }

  ScriptedPlatform() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
    server.setExecutor(threads);
    server.createContext("/", this::call);
    server.start();
  }

  URI url() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  static Script json(String body) {
    return exchange -> answer(exchange, 200, Map.of("Content-Type", "application/json"), body);
  }

  static Script errcode(int code) {
    return json("{\"errcode\":" + code + ",\"errmsg\":\"scripted rid: 1\"}");
  }

  static Script status(int status, Map<String, String> headers, String body) {
    return exchange -> answer(exchange, status, headers, body);
  }

  /** Reads the request, then ends the connection. */
  static Script reset() {
    return HttpExchange::close;
  }

  /** Reads the request, then says nothing until the latch opens. */
  static Script stall(CountDownLatch until) {
    return exchange -> {
      try {
        until.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      exchange.close();
    };
  }

  ScriptedPlatform nextToken(Script script) {
    return next(TOKEN, script);
  }

  ScriptedPlatform nextSend(Script... answers) {
    return next(SEND, answers);
  }

  /** What the next calls of that path are answered. */
  ScriptedPlatform next(String path, Script... answers) {
    scripts.computeIfAbsent(path, p -> new ConcurrentLinkedQueue<>()).addAll(List.of(answers));
    return this;
  }

  void quota(String body) {
    quota = body;
  }

  /** The token that is given from now on. */
  void usualToken(String token) {
    usualToken = token;
  }

  List<JsonNode> tokenAsks() {
    return calls(TOKEN);
  }

  List<JsonNode> sent() {
    return calls(SEND);
  }

  /** The bodies of all calls of that path; null for a call without one. */
  List<JsonNode> calls(String path) {
    return List.copyOf(bodies.getOrDefault(path, new ConcurrentLinkedQueue<>()));
  }

  /** The decoded queries of all calls of that path. */
  List<String> queries(String path) {
    return List.copyOf(queries.getOrDefault(path, new ConcurrentLinkedQueue<>()));
  }

  List<String> tokensUsed() {
    return List.copyOf(tokensUsed);
  }

  int mostUnderway() {
    return mostUnderway.get();
  }

  private void call(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String query = exchange.getRequestURI().getQuery();
    byte[] octets = exchange.getRequestBody().readAllBytes();
    JsonNode body = Wire.JSON.readTree(octets.length == 0 ? "{}".getBytes(UTF_8) : octets);
    bodies.computeIfAbsent(path, p -> new ConcurrentLinkedQueue<>()).add(body);
    queries.computeIfAbsent(path, p -> new ConcurrentLinkedQueue<>()).add("" + query);
    boolean sends = path.equals(SEND) || path.equals(WECOM_SEND);
    if (sends) {
      mostUnderway.accumulateAndGet(underway.incrementAndGet(), Math::max);
      tokensUsed.add(query.replace("access_token=", ""));
    }
    try {
      Script script = scripts.getOrDefault(path, new ConcurrentLinkedQueue<>()).poll();
      (script == null ? usual(path) : script).play(exchange);
    } finally {
      if (sends) {
        underway.decrementAndGet();
      }
    }
  }

  private Script usual(String path) {
    return switch (path) {
      case TOKEN, WECOM_TOKEN ->
          json(
              "{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\""
                  + usualToken
                  + "\",\"expires_in\":7200}");
      case "/cgi-bin/openapi/quota/get" -> json(quota);
      default -> {
        int number = msgids.incrementAndGet();
        String msgid = path.equals(SEND) ? "" + number : "\"m" + number + "\"";
        yield json(
            "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":"
                + msgid
                + ",\"response_code\":\"rc"
                + number
                + "\"}");
      }
    };
  }

  private static void answer(
      HttpExchange exchange, int status, Map<String, String> headers, String body) {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      headers.forEach(exchange.getResponseHeaders()::set);
      byte[] bytes = body.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}

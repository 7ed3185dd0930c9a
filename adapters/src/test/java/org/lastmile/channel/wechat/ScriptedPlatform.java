package org.lastmile.channel.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
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
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Script> tokenScripts = new ConcurrentLinkedQueue<>();
  private final Queue<Script> sendScripts = new ConcurrentLinkedQueue<>();
  private final Queue<JsonNode> tokenAsks = new ConcurrentLinkedQueue<>();
  private final Queue<JsonNode> sent = new ConcurrentLinkedQueue<>();
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
    server.createContext("/cgi-bin/stable_token", this::token);
    server.createContext("/cgi-bin/message/template/send", this::send);
    server.createContext("/cgi-bin/openapi/quota/get", e -> answer(e, 200, Map.of(), quota));
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
    tokenScripts.add(script);
    return this;
  }

  ScriptedPlatform nextSend(Script... scripts) {
    sendScripts.addAll(List.of(scripts));
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
    return List.copyOf(tokenAsks);
  }

  List<JsonNode> sent() {
    return List.copyOf(sent);
  }

  List<String> tokensUsed() {
    return List.copyOf(tokensUsed);
  }

  int mostUnderway() {
    return mostUnderway.get();
  }

  private void token(HttpExchange exchange) throws IOException {
    tokenAsks.add(Wire.JSON.readTree(exchange.getRequestBody().readAllBytes()));
    Script script = tokenScripts.poll();
    (script == null
            ? json("{\"access_token\":\"" + usualToken + "\",\"expires_in\":7200}")
            : script)
        .play(exchange);
  }

  private void send(HttpExchange exchange) throws IOException {
    mostUnderway.accumulateAndGet(underway.incrementAndGet(), Math::max);
    try {
      sent.add(Wire.JSON.readTree(exchange.getRequestBody().readAllBytes()));
      tokensUsed.add(exchange.getRequestURI().getQuery().replace("access_token=", ""));
      Script script = sendScripts.poll();
      (script == null
              ? json("{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":" + msgids.incrementAndGet() + "}")
              : script)
          .play(exchange);
    } finally {
      underway.decrementAndGet();
    }
  }

  private static void answer(
      HttpExchange exchange, int status, Map<String, String> headers, String body) {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      headers.forEach(exchange.getResponseHeaders()::set);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
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

package org.lastmile.simulators.wechat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.lastmile.simulators.Loop;

/**
 * WeChat and WeCom on a loopback port: one official account and one WeCom application. {@link
 * #baseUrl()} takes the place of https://api.weixin.qq.com and of https://qyapi.weixin.qq.com; the
 * page at {@code /} shows everybody's phone, and {@code /sandbox/…} does by HTTP what this API
 * does.
 */
public final class WeChatSandbox implements AutoCloseable {
  static {
    // Without it the JDK's server answers 40 ms late, waiting for more to send.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  private final Loop loop = new Loop("wechat");
  private final ExecutorService threads;
  private final HttpServer server;
  private final OfficialAccount account;
  private final WeCom wecom;
  private final Api api;
  private final Control control;
  private final PhonePage page;

  /**
   * Starts it.
   *
   * @param port 0 = any free one
   * @param clock decides ends of tokens, repeats, limits and days; arrivals and retries run in real
   *     time
   */
  public WeChatSandbox(
      AccountSettings settings, WeComSettings wecomSettings, int port, InstantSource clock) {
    ObjectMapper json = new ObjectMapper();
    account = new OfficialAccount(settings, clock, loop, json, new Random(1));
    wecom = new WeCom(wecomSettings, clock, loop, json, new Random(2));
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "wechat-http");
              thread.setDaemon(true);
              return thread;
            });
    api = new Api(account, wecom, json, loop, threads);
    control = new Control(this, clock);
    page = new PhonePage(this);
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

  /** With a WeCom application whose callbacks go nowhere. */
  public WeChatSandbox(AccountSettings settings, int port, InstantSource clock) {
    this(settings, WeComSettings.plain(), port, clock);
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

  /** The WeCom application that lives here. */
  public WeCom wecom() {
    return wecom;
  }

  /** Every API call answers this HTTP status until {@link #recovers()}. */
  public void breaks(int httpStatus) {
    api.outage(httpStatus);
  }

  public void recovers() {
    api.outage(0);
  }

  /** From now on every API call takes this long beside its work. */
  public void latency(Duration time) {
    api.latency(time);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Optional<Endpoint> endpoint = Endpoint.at(path);
    if (endpoint.isPresent()) {
      api.handle(exchange, endpoint.get());
    } else if (path.equals("/") || path.equals("/sandbox/phones")) {
      String filter = Web.form(exchange.getRequestURI().getRawQuery()).getOrDefault("q", "");
      Web.answer(
          exchange, 200, Web.HTML, path.equals("/") ? page.page(filter) : page.phones(filter));
    } else if (Control.has(path)) {
      control.handle(exchange);
    } else {
      Web.answer(exchange, 404, Web.TEXT, "no such path: " + path + "\n");
    }
  }

  /** Stops; callbacks under way are not repeated. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    loop.close();
  }
}

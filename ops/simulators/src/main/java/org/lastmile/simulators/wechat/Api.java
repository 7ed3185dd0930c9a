package org.lastmile.simulators.wechat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.lastmile.simulators.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP edge of the platforms' API: reads calls, lets them suffer what they are told to suffer,
 * and answers after the network's time. No thread waits meanwhile.
 */
final class Api {
  private static final Logger LOG = LoggerFactory.getLogger(Api.class);
  private static final int MAX_BODY = 1 << 20;

  private final OfficialAccount account;
  private final WeCom wecom;
  private final ObjectMapper json;
  private final Loop loop;
  private final Executor threads;
  private final Map<Endpoint.Platform, AtomicInteger> underWay =
      Map.of(
          Endpoint.Platform.ACCOUNT, new AtomicInteger(),
          Endpoint.Platform.WECOM, new AtomicInteger());
  private volatile int outage;
  private volatile Duration latency = Duration.ZERO;

  Api(OfficialAccount account, WeCom wecom, ObjectMapper json, Loop loop, Executor threads) {
    this.account = account;
    this.wecom = wecom;
    this.json = json;
    this.loop = loop;
    this.threads = threads;
  }

  void outage(int httpStatus) {
    outage = httpStatus;
  }

  void latency(Duration time) {
    latency = time;
  }

  void handle(HttpExchange exchange, Endpoint endpoint) throws IOException {
    byte[] octets = exchange.getRequestBody().readNBytes(MAX_BODY);
    if (outage != 0) {
      Web.answer(exchange, outage, Web.TEXT, "told to\n");
      return;
    }
    if (!exchange.getRequestMethod().equals(endpoint.method())) {
      int errcode = endpoint.method().equals("POST") ? 43002 : 43001;
      refuse(exchange, errcode, "require " + endpoint.method() + " method");
      return;
    }
    JsonNode body = MissingNode.getInstance();
    if (endpoint.method().equals("POST")) {
      try {
        body = json.readTree(octets);
      } catch (JsonProcessingException e) {
        refuse(exchange, 47001, "data format error");
        return;
      }
    }
    boolean isWeCom = endpoint.platform() == Endpoint.Platform.WECOM;
    AtomicInteger count = underWay.get(endpoint.platform());
    int now = count.incrementAndGet();
    WeChatFault fault = loop.ask(() -> isWeCom ? wecom.fault(endpoint) : account.fault(endpoint));
    Call call =
        new Call(
            endpoint,
            Web.form(exchange.getRequestURI().getRawQuery()),
            body,
            exchange.getRemoteAddress().getAddress().getHostAddress(),
            now,
            fault);
    String done =
        isDone(fault)
            ? loop.ask(() -> isWeCom ? wecom.call(call) : account.call(call)).toString()
            : "";
    later(
        latency.plus(fault == null ? Duration.ZERO : fault.time()),
        () -> {
          count.decrementAndGet();
          answer(exchange, fault, done);
        });
  }

  private static boolean isDone(WeChatFault fault) {
    return fault == null
        || switch (fault.kind()) {
          case DROP_BEFORE, HTTP_STATUS, HTML, STALL -> false;
          case ERRCODE, DELAY, DROP_AFTER, MALFORMED -> true;
        };
  }

  private void later(Duration time, Runnable task) {
    if (time.isZero()) {
      task.run();
    } else {
      loop.after(time, () -> threads.execute(task));
    }
  }

  private static void answer(HttpExchange exchange, WeChatFault fault, String done) {
    try {
      if (fault == null) {
        Web.answer(exchange, 200, Web.JSON, done);
        return;
      }
      switch (fault.kind()) {
        case DROP_BEFORE, DROP_AFTER, STALL -> exchange.close();
        case HTTP_STATUS -> Web.answer(exchange, fault.code(), Web.TEXT, "told to\n");
        case HTML ->
            Web.answer(exchange, 200, Web.HTML, "<!doctype html><title>登录</title><p>told to\n");
        case MALFORMED -> Web.answer(exchange, 200, Web.JSON, done.substring(0, done.length() / 2));
        case ERRCODE, DELAY -> Web.answer(exchange, 200, Web.JSON, done);
      }
    } catch (IOException e) {
      LOG.debug("the caller did not wait for the answer", e);
      exchange.close();
    }
  }

  private void refuse(HttpExchange exchange, int errcode, String why) throws IOException {
    ObjectNode result = json.createObjectNode().put("errcode", errcode).put("errmsg", why);
    Web.answer(exchange, 200, Web.JSON, result.toString());
  }
}

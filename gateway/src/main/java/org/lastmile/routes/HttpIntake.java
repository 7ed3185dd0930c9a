package org.lastmile.routes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.ext.auth.User;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConstants;
import org.apache.camel.support.AsyncProcessorSupport;
import org.lastmile.cap.Reading;
import org.lastmile.channel.Memory;
import org.lastmile.console.Caller;
import org.lastmile.desk.Receipt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /api/v1/warnings}: 202 and a receipt when the plan is on disk, 200 and the same
 * receipt for the same warning, 400 with every problem, 415, 503 when the store is away.
 */
final class HttpIntake extends AsyncProcessorSupport {
  private static final Logger log = LoggerFactory.getLogger(HttpIntake.class);
  private static final String USER = VertxPlatformHttpConstants.AUTHENTICATED_USER;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> TYPES =
      Set.of(
          "application/cap+xml",
          "application/xml",
          "text/xml",
          "application/json",
          "application/octet-stream");

  private final IntakeRoutes.Intake intake;

  HttpIntake(IntakeRoutes.Intake intake) {
    this.intake = intake;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Message in = exchange.getMessage();
    String type = in.getHeader(Exchange.CONTENT_TYPE, "application/octet-stream", String.class);
    String plain = type.replaceAll(";.*", "").strip().toLowerCase(Locale.ROOT);
    Caller caller = Caller.of(in.getHeader(USER, User.class));
    byte[] body = in.getBody(byte[].class);
    in.removeHeaders("*");
    if (!TYPES.contains(plain)) {
      String what = "'" + plain + "' is not one of " + TYPES.stream().sorted().toList();
      answer(
          in,
          415,
          problem(415, "Unsupported media type", List.of(new Reading.Problem("", 0, what))));
      callback.done(true);
      return true;
    }
    Reading reading = intake.read(body == null ? new byte[0] : body);
    if (reading instanceof Reading.Refused refused) {
      answer(in, 400, problem(400, "The warning can't be taken", refused.problems()));
      callback.done(true);
      return true;
    }
    intake
        .accept(((Reading.Read) reading).warning(), caller.issuer())
        .whenComplete(
            (receipt, failure) -> {
              if (failure == null) {
                answer(in, receipt.repeated() ? 200 : 202, json(receipt));
                in.setHeader("Location", "/api/v1/warnings/" + receipt.id());
              } else {
                failed(in, failure);
              }
              callback.done(false);
            });
    return false;
  }

  private static void failed(Message in, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof Memory.Away) {
      answer(
          in,
          503,
          problem(
              503,
              "The warning was not accepted: try again",
              List.of(new Reading.Problem("", 0, cause.getMessage()))));
      in.setHeader("Retry-After", "5");
    } else {
      log.error("a warning could not be taken", cause);
      answer(
          in,
          500,
          problem(
              500,
              "The warning was not accepted: a fault of the gateway",
              List.of(new Reading.Problem("", 0, "see the gateway's log"))));
    }
  }

  private static void answer(Message in, int status, String body) {
    in.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
    in.setHeader(
        Exchange.CONTENT_TYPE, status < 300 ? "application/json" : "application/problem+json");
    in.setBody(body);
  }

  static String json(Receipt receipt) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", receipt.id());
    map.put("status", receipt.status());
    map.put("grade", receipt.grade());
    map.put("points", receipt.points());
    map.put("deliveries", receipt.deliveries());
    map.put("notices", receipt.notices());
    return write(map);
  }

  /** RFC 9457, every problem with its path and line. */
  static String problem(int status, String title, List<Reading.Problem> problems) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("type", "about:blank");
    map.put("title", title);
    map.put("status", status);
    map.put(
        "problems",
        problems.stream()
            .map(
                p -> {
                  Map<String, Object> one = new LinkedHashMap<>();
                  one.put("at", p.path());
                  if (p.line() > 0) {
                    one.put("line", p.line());
                  }
                  one.put("what", p.what());
                  return one;
                })
            .toList());
    return write(map);
  }

  private static String write(Map<String, Object> map) {
    try {
      return JSON.writeValueAsString(map);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers can always be written", e);
    }
  }
}

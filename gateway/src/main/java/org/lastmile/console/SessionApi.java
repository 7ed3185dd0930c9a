package org.lastmile.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Signing in and out: {@code POST}, {@code GET}, {@code DELETE /api/v1/session}. */
final class SessionApi {
  private static final int MOST_BODY = 4096;

  // Each costs 19 MiB and tens of milliseconds of one core.
  private static final int HASHED_AT_ONCE = 2;
  private static final int WAITING_MOST = 8;

  private final Accounts accounts;
  private final Sessions sessions;
  private final SignInLimit limit;
  private final Gate gate;
  private final Semaphore waiting = new Semaphore(WAITING_MOST);
  private final Semaphore hashing = new Semaphore(HASHED_AT_ONCE);

  /** Who is signed in, and what a browser must repeat with its writes. */
  record Me(
      String name,
      Role role,
      Set<Right> rights,
      List<String> areas,
      boolean machine,
      String csrf) {}

  SessionApi(Accounts accounts, Sessions sessions, SignInLimit limit, Gate gate) {
    this.accounts = accounts;
    this.sessions = sessions;
    this.limit = limit;
    this.gate = gate;
  }

  void mount(Router router) {
    router
        .post("/api/v1/session")
        .handler(BodyHandler.create(false).setBodyLimit(MOST_BODY))
        .handler(this::signIn);
    router.get("/api/v1/session").handler(this::show);
    router.delete("/api/v1/session").handler(this::signOut);
  }

  private void signIn(RoutingContext request) {
    // A form of another site can't send this type without asking first, and is refused when asking.
    String type = request.request().getHeader("Content-Type");
    if (type == null || !type.startsWith("application/json")) {
      request.fail(415);
      return;
    }
    Fields fields = new Fields(body(request));
    String name = fields.text("name", 64, true);
    String password = fields.text("password", 1000, true);
    fields.check();
    String address = request.request().remoteAddress().hostAddress();
    Duration wait = limit.wait(name, address);
    if (!wait.isZero()) {
      request.fail(tooMany(wait));
      return;
    }
    if (!waiting.tryAcquire()) {
      request.fail(tooMany(Duration.ofSeconds(2)));
      return;
    }
    limit.tried(name, address);
    then(
        request,
        () -> {
          try {
            return checked(name, password);
          } finally {
            waiting.release();
          }
        },
        opened -> {
          if (opened.isEmpty()) {
            request.fail(
                Problem.of(401, "The name or the password is wrong", "check both and try again"));
            return;
          }
          limit.succeeded(name, address);
          new Caller(name, opened.get().role(), false, List.of(), null).in(request);
          gate.setCookie(request, opened.get().session().cookie());
          json(request, opened.get().me());
        });
  }

  private record Entered(Sessions.Opened session, Role role, Me me) {}

  private Optional<Entered> checked(String name, String password) throws InterruptedException {
    hashing.acquire();
    Optional<Accounts.User> user;
    try {
      user = accounts.byPassword(name, password);
    } finally {
      hashing.release();
    }
    return user.map(
        u -> {
          Sessions.Opened opened = sessions.open(u.name());
          Me me =
              new Me(
                  u.name(), u.role(), u.role().rights(), u.areas(), false, opened.session().csrf());
          return new Entered(opened, u.role(), me);
        });
  }

  private void show(RoutingContext request) {
    Caller caller = Caller.of(request);
    String csrf = Gate.session(request).map(Sessions.Session::csrf).orElse("");
    json(
        request,
        new Me(
            caller.name(),
            caller.role(),
            caller.role().rights(),
            caller.areas(),
            caller.machine(),
            csrf));
  }

  private void signOut(RoutingContext request) {
    Optional<String> cookie = gate.cookie(request);
    then(
        request,
        () -> {
          cookie.ifPresent(sessions::close);
          return true;
        },
        done -> {
          cookie.ifPresent(gate::forget);
          gate.setCookie(request, "");
          request.response().setStatusCode(204).end();
        });
  }

  private static <T> void then(RoutingContext request, Callable<T> blocking, Consumer<T> next) {
    Context here = request.vertx().getOrCreateContext();
    here.executeBlocking(blocking, false).onSuccess(next::accept).onFailure(request::fail);
  }

  private static JsonNode body(RoutingContext request) {
    Buffer body = request.body().buffer();
    return Json.object(body == null ? new byte[0] : body.getBytes());
  }

  private static Problem tooMany(Duration wait) {
    long seconds = Math.max(1, wait.toSeconds() + 1);
    return new Problem(
        429,
        "Too many tries",
        "try again in " + seconds + " seconds",
        List.of(),
        Map.of("Retry-After", String.valueOf(seconds)));
  }

  private static void json(RoutingContext request, Object value) {
    request
        .response()
        .putHeader("Content-Type", "application/json")
        .end(Buffer.buffer(Json.bytes(value)));
  }
}

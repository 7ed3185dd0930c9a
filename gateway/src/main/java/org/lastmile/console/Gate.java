package org.lastmile.console;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.lastmile.channel.Memory;

/**
 * Stands before everything under {@code /api}: finds out who asks, by bearer token or by session
 * cookie, demands the CSRF token of a browser's writes, and has every write audited. What it found
 * out it trusts for a few seconds, and for as long as the store is away: people who are signed in
 * go on seeing when the store restarts.
 */
final class Gate implements Handler<RoutingContext> {
  private static final Duration TRUSTED = Duration.ofSeconds(5);
  private static final int REMEMBERED = 10_000;
  private static final int LONGEST_SECRET = 200;
  private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD);
  private static final String SESSION = Sessions.Session.class.getName();

  private final Accounts accounts;
  private final Sessions sessions;
  private final Audit audit;
  private final InstantSource clock;
  private final boolean secure;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /**
   * A secret as it was shown.
   *
   * @param bearer a token; else a session cookie
   */
  record Key(String secret, String digest, boolean bearer) {
    @Override
    public String toString() {
      return digest.substring(0, 12);
    }
  }

  /** Who a secret (by its digest) belongs to. Session: null for tokens. */
  private record Known(Caller caller, Sessions.Session session, Instant at) {}

  Gate(Accounts accounts, Sessions sessions, Audit audit, InstantSource clock, boolean secure) {
    this.accounts = accounts;
    this.sessions = sessions;
    this.audit = audit;
    this.clock = clock;
    this.secure = secure;
  }

  @Override
  public void handle(RoutingContext request) {
    if (!READS.contains(request.request().method())) {
      request.addEndHandler(done -> audited(request));
    }
    if (signsIn(request)) {
      request.next();
      return;
    }
    Optional<Key> key = key(request);
    if (key.isEmpty()) {
      request.fail(unauthenticated());
      return;
    }
    Optional<Known> fresh = remembered(key.get(), TRUSTED);
    if (fresh.isPresent()) {
      pass(request, fresh);
      return;
    }
    request.request().pause();
    Context context = request.vertx().getOrCreateContext();
    context
        .executeBlocking(() -> lookUp(key.get()), false)
        .onComplete(
            found -> {
              request.request().resume();
              if (found.succeeded()) {
                pass(request, found.result());
              } else {
                request.fail(found.cause());
              }
            });
  }

  /** Lets a request on only if its caller has that right. */
  static Handler<RoutingContext> needs(Right right) {
    return request -> {
      Caller caller = Caller.of(request);
      if (caller.may(right)) {
        request.next();
      } else {
        request.fail(
            Problem.forbidden("the role " + caller.role() + " does not have the right " + right));
      }
    };
  }

  /** The session of a request that has passed; empty for a machine's. */
  static Optional<Sessions.Session> session(RoutingContext request) {
    return Optional.ofNullable(request.get(SESSION));
  }

  /** What a request shows to be let in; empty when it shows nothing. */
  Optional<Key> key(RoutingContext request) {
    String header = request.request().getHeader("Authorization");
    boolean bearer = header != null && header.regionMatches(true, 0, "Bearer ", 0, 7);
    Optional<String> secret = bearer ? Optional.of(header.substring(7).strip()) : cookie(request);
    return secret
        .filter(s -> s.length() <= LONGEST_SECRET)
        .map(s -> new Key(s, Secret.digest(s), bearer));
  }

  /** True while the key still opens the gate. Blocks on the store. */
  boolean opens(Key key) {
    return lookUp(key).isPresent();
  }

  Optional<String> cookie(RoutingContext request) {
    Cookie cookie = request.request().getCookie(cookieName());
    return cookie == null ? Optional.empty() : Optional.of(cookie.getValue());
  }

  /** Empty value = the browser forgets it. */
  void setCookie(RoutingContext request, String value) {
    request
        .response()
        .addCookie(
            Cookie.cookie(cookieName(), value)
                .setPath("/")
                .setHttpOnly(true)
                .setSecure(secure)
                .setSameSite(CookieSameSite.STRICT)
                .setMaxAge(value.isEmpty() ? 0 : Sessions.LONGEST.toSeconds()));
  }

  void forget(String secret) {
    known.remove(Secret.digest(secret));
  }

  /** After an account was changed or ended: nothing that was found out before holds. */
  void forgetAll() {
    known.clear();
  }

  private void pass(RoutingContext request, Optional<Known> found) {
    request.request().resume();
    if (found.isEmpty()) {
      request.fail(unauthenticated());
      return;
    }
    Sessions.Session session = found.get().session();
    if (session != null && !READS.contains(request.request().method())) {
      String repeated = request.request().getHeader("X-CSRF-Token");
      if (repeated == null || !Secret.same(session.csrf(), repeated)) {
        request.fail(
            Problem.of(
                403,
                "The CSRF token is missing or wrong",
                "a write with a session cookie repeats the session's token in X-CSRF-Token"));
        return;
      }
    }
    found.get().caller().in(request);
    request.put(SESSION, session);
    request.next();
  }

  private Optional<Known> lookUp(Key key) {
    try {
      Optional<Known> found =
          key.bearer()
              ? accounts.byToken(key.secret()).map(c -> new Known(c, null, clock.instant()))
              : bySession(key.secret());
      if (found.isEmpty()) {
        known.remove(key.digest());
      } else {
        if (known.size() >= REMEMBERED) {
          known.clear();
        }
        known.put(key.digest(), found.get());
      }
      return found;
    } catch (Memory.Away e) {
      Optional<Known> before = remembered(key, Sessions.IDLE);
      if (before.isEmpty()) {
        throw e;
      }
      return before;
    }
  }

  private Optional<Known> bySession(String cookie) {
    Optional<Sessions.Session> session = sessions.find(cookie);
    return session.flatMap(
        s ->
            accounts
                .user(s.user())
                .filter(u -> u.active() && !s.since().isBefore(u.since()))
                .map(
                    u ->
                        new Known(
                            new Caller(u.name(), u.role(), false, u.areas(), null),
                            s,
                            clock.instant())));
  }

  private Optional<Known> remembered(Key key, Duration trusted) {
    Instant now = clock.instant();
    return Optional.ofNullable(known.get(key.digest()))
        .filter(k -> k.at().isAfter(now.minus(trusted)))
        .filter(k -> k.session() == null || now.isBefore(k.session().until()));
  }

  private static boolean signsIn(RoutingContext request) {
    return request.request().method().equals(HttpMethod.POST)
        && request.normalizedPath().equals("/api/v1/session");
  }

  private static Problem unauthenticated() {
    return new Problem(
        401,
        "Sign in first",
        "send a bearer token, or sign in at /api/v1/session",
        List.of(),
        Map.of("WWW-Authenticate", "Bearer realm=\"lastmile\""));
  }

  private void audited(RoutingContext request) {
    Caller caller = request.get(Caller.class.getName());
    audit.take(
        new Audit.Line(
            clock.instant(),
            caller == null ? "?" : caller.name(),
            caller == null ? "" : caller.role().name(),
            request.request().remoteAddress().hostAddress(),
            request.request().method() + " " + request.normalizedPath(),
            request.response().getStatusCode()));
  }

  private String cookieName() {
    return secure ? "__Host-lastmile" : "lastmile";
  }
}

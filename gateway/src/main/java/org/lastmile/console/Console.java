package org.lastmile.console;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.lastmile.desk.Desk;
import org.lastmile.notices.Departments;
import org.lastmile.warning.Warning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that is answered over HTTP but the intake of warnings, on one router. Whoever mounts
 * it adds {@code POST /api/v1/warnings} to the same router: the gate has then let in only callers
 * who may issue, and {@link Caller#of} says who it is.
 */
public final class Console implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Console.class);
  private static final int CALLBACK_BODY = 64 * 1024;

  // Scripts, styles and connections from this house alone, nothing inline, nobody frames it.
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private final Router router;
  private final ExecutorService work =
      Executors.newFixedThreadPool(
          4,
          task -> {
            Thread thread = new Thread(task, "console");
            thread.setDaemon(true);
            return thread;
          });
  private final Audit audit;
  private final SpeakersApi speakers;
  private final LiveEvents events;

  /**
   * What the console needs of the house.
   *
   * @param memory the console's own room, the accounts' too: sessions, audit
   * @param channels health by channel name, answered without waiting
   * @param cap writes a warning as CAP 1.2
   * @param callbacks platforms that call us, by path below {@code /wechat/}
   * @param publicUrl where people reach this console; with https cookies are sent over TLS alone
   * @param links the same that messages carry
   * @param staff null = no company's platform
   * @param deviceKeys null = no loudspeakers
   * @param departments null = no loudspeakers
   * @param speakers null = no loudspeakers
   */
  public record Parts(
      Desk desk,
      Memory memory,
      Accounts accounts,
      Rosters rosters,
      Map<String, Supplier<Health>> channels,
      Function<Warning, String> cap,
      Map<String, Callback> callbacks,
      InstantSource clock,
      SecureRandom random,
      ZoneId zone,
      String publicUrl,
      Links links,
      Staff staff,
      DeviceKeys deviceKeys,
      Departments departments,
      Speakers speakers) {
    public Parts {
      channels = Map.copyOf(channels);
      callbacks = Map.copyOf(callbacks);
    }
  }

  public Console(Vertx vertx, Parts parts) {
    boolean secure = parts.publicUrl().startsWith("https:");
    Accounts accounts = parts.accounts();
    Sessions sessions = new Sessions(parts.memory(), parts.random(), parts.clock());
    audit = new Audit(parts.memory());
    Gate gate = new Gate(accounts, sessions, audit, parts.clock(), secure);
    router = Router.router(vertx);
    Failures.handleAll(router);
    router.route().handler(request -> headers(request, secure));
    router.route("/api/*").handler(gate);
    new SessionApi(accounts, sessions, new SignInLimit(parts.clock()), gate).mount(router);
    Api api = new Api(router, work);
    WarningsApi warnings = new WarningsApi(parts.desk(), api, parts.zone());
    warnings.mount();
    router.post("/api/v1/warnings").handler(Gate.needs(Right.ISSUE));
    new RegistryApi(parts.rosters(), parts.desk()::accounts, api).mount(router);
    speakers = new SpeakersApi(parts.rosters(), parts.speakers(), audit, parts.clock(), api);
    speakers.mount();
    new WeChatApi(parts.desk(), parts.rosters(), parts.staff(), api).mount();
    new AccountsApi(accounts, audit, gate, api).mount();
    new ChannelsApi(parts.channels(), parts.desk(), audit, parts.clock(), api).mount();
    new DeviceKeysApi(parts.deviceKeys(), api).mount();
    new NoticesApi(
            parts.departments(), parts.desk(), parts.rosters(), parts.clock(), parts.zone(), api)
        .mount();
    new InboxApi(parts.desk(), parts.rosters(), api).mount();
    events =
        new LiveEvents(
            vertx, parts.desk(), warnings, api, gate, parts.clock(), LiveEvents.Pace.USUAL);
    router.get("/api/v1/events").handler(Gate.needs(Right.SEE)).handler(events::open);
    new Feed(parts.desk(), api, parts.cap(), parts.publicUrl()).mount(router);
    PageTries tries = new PageTries(parts.memory());
    new PublicPage(
            parts.desk(), parts.rosters(), parts.links(), tries, parts.clock(), api, parts.zone())
        .mount(router);
    new BindPage(parts.desk(), parts.rosters(), parts.links(), api).mount(router);
    parts.callbacks().forEach(this::mount);
    new Assets().mount(router);
  }

  /** The router to serve; more routes may be added to it. */
  public Router router() {
    return router;
  }

  /** The day's self-test of all loudspeakers has ended: whoever looks on hears of it. */
  public void selfTested() {
    try {
      work.execute(() -> events.tell("self-test", speakers::finished));
    } catch (RejectedExecutionException e) {
      LOG.debug("nobody looks on any more: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    events.close();
    audit.close();
    work.shutdown();
  }

  private static void headers(RoutingContext request, boolean secure) {
    HttpServerResponse response = request.response();
    MultiMap headers =
        response
            .headers()
            .set("Content-Security-Policy", POLICY)
            .set("X-Content-Type-Options", "nosniff")
            .set("X-Frame-Options", "DENY")
            .set("Referrer-Policy", "no-referrer")
            .set("Cross-Origin-Opener-Policy", "same-origin")
            .set("Cross-Origin-Resource-Policy", "same-origin")
            .set("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
    if (request.normalizedPath().startsWith("/api/")) {
      headers.set("Cache-Control", "no-store");
    }
    if (secure) {
      headers.set("Strict-Transport-Security", "max-age=31536000");
    }
    request.next();
  }

  private void mount(String name, Callback callback) {
    String path = "/wechat/" + name;
    router.get(path).handler(request -> reply(request, callback.verify(query(request))));
    router
        .post(path)
        .handler(BodyHandler.create(false).setBodyLimit(CALLBACK_BODY))
        .handler(
            request -> {
              byte[] body =
                  request.body().buffer() == null
                      ? new byte[0]
                      : request.body().buffer().getBytes();
              var here = request.vertx().getOrCreateContext();
              callback
                  .receive(query(request), body)
                  .whenComplete(
                      (reply, problem) ->
                          here.runOnContext(
                              now -> {
                                if (problem != null) {
                                  request.fail(problem);
                                } else {
                                  reply(request, reply);
                                }
                              }));
            });
  }

  private static Map<String, String> query(RoutingContext request) {
    Map<String, String> query = new HashMap<>();
    request.queryParams().forEach(q -> query.putIfAbsent(q.getKey(), q.getValue()));
    return query;
  }

  private static void reply(RoutingContext request, Callback.Reply reply) {
    request
        .response()
        .setStatusCode(reply.status())
        .putHeader("Content-Type", reply.contentType())
        .end(reply.body());
  }
}

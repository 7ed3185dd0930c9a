package org.lastmile.console;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.lastmile.desk.Desk;
import org.lastmile.desk.View;
import org.lastmile.warning.Coverage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /api/v1/events}: what changes, as server-sent events. A stream begins with a {@code
 * snapshot} of all warnings, or, when {@code Last-Event-ID} names something that is still
 * remembered, with what was missed. Then come {@code change}s: the changed warnings with their
 * counts, and the changed points as they are now, so that hearing one twice does no harm. A comment
 * and a {@code beat} every 15 seconds show that the line lives.
 *
 * <p>Nothing is buffered for a client but a place in one shared, bounded list: who can't keep up is
 * cut, and comes back for a snapshot.
 */
final class LiveEvents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveEvents.class);
  private static final int MOST_CLIENTS = 300;
  private static final int SOCKET_BUFFER = 256 * 1024;

  /** Who was cut off and has not come back by then gets a snapshot. */
  private static final Duration AWAY = Duration.ofMinutes(1);

  private static final Coverage NONE = new Coverage(0, 0, 0, 0, List.of(), List.of());

  private final Vertx vertx;
  private final Desk desk;
  private final WarningsApi warnings;
  private final Api api;
  private final Gate gate;
  private final InstantSource clock;
  private final Pace pace;
  private final ConcurrentNavigableMap<Long, Batch> batches = new ConcurrentSkipListMap<>();
  private final Map<String, Coverage> seen = new ConcurrentHashMap<>();
  private final Set<Client> clients = ConcurrentHashMap.newKeySet();
  private final long gathering;
  private final long beating;

  private final Object lock = new Object();
  private Set<String> changed = new LinkedHashSet<>();
  private String newest = "";
  private boolean composing;
  private Instant watched = Instant.EPOCH;
  private boolean troubled;
  private final AtomicLong last = new AtomicLong();

  /**
   * @param gather how long changes are gathered before they are told together
   * @param beat how often a quiet line shows that it lives; who reads nothing for two is cut
   * @param remembered how many tellings a client may lag behind
   */
  record Pace(Duration gather, Duration beat, int remembered) {
    static final Pace USUAL = new Pace(Duration.ofMillis(250), Duration.ofSeconds(15), 512);
  }

  /** One warning's part of a change. */
  private record Changed(View.Summary summary, Coverage coverage, Set<Coverage.At> points) {}

  /** What changed in a quarter of a second; text by the areas that a client sees. */
  private record Batch(
      String id, Instant at, List<Changed> warnings, Map<List<String>, String> as) {}

  /** What a client is told of one warning. */
  private record Told(
      WarningView warning, List<Coverage.AreaCoverage> byArea, List<Coverage.At> points) {}

  private record Change(Instant at, List<Told> warnings) {}

  private record Snapshot(Instant at, boolean active, List<WarningView> warnings) {}

  private record Beat(Instant at, boolean active) {}

  private record Words(Instant at) {}

  LiveEvents(
      Vertx vertx,
      Desk desk,
      WarningsApi warnings,
      Api api,
      Gate gate,
      InstantSource clock,
      Pace pace) {
    this.vertx = vertx;
    this.desk = desk;
    this.warnings = warnings;
    this.api = api;
    this.gate = gate;
    this.clock = clock;
    this.pace = pace;
    desk.onChange(this::changed);
    desk.onWords(() -> clients.forEach(Client::words));
    gathering = vertx.setPeriodic(pace.gather().toMillis(), tick -> compose());
    beating = vertx.setPeriodic(pace.beat().toMillis(), tick -> clients.forEach(Client::beat));
  }

  void open(RoutingContext request) {
    if (clients.size() >= MOST_CLIENTS) {
      request.fail(Problem.away("this gateway already has " + MOST_CLIENTS + " live streams"));
      return;
    }
    Client client = new Client(request);
    clients.add(client);
    client.begin(request.request().getHeader("Last-Event-ID"));
  }

  /**
   * Tells everybody who looks on something of this moment, each what of it is theirs to see.
   * Whoever comes later finds it where it stands. Blocks for as long as it takes to find that out.
   */
  void tell(String name, Function<Caller, Optional<?>> news) {
    Map<List<String>, Optional<String>> said = new HashMap<>();
    for (Client client : clients) {
      Caller caller = client.scope.caller();
      said.computeIfAbsent(
              caller.areas(),
              areas -> news.apply(caller).map(what -> event(name, "", Json.text(what))))
          .ifPresent(client::tell);
    }
  }

  int clients() {
    return clients.size();
  }

  /** Tellings that are kept for who comes back. */
  int remembered() {
    return batches.size();
  }

  /** On the desk's thread. */
  private void changed(View.Change change) {
    synchronized (lock) {
      newest = change.id();
      changed.add(change.warning());
    }
  }

  private void compose() {
    Set<String> taken;
    String id;
    synchronized (lock) {
      if (!clients.isEmpty()) {
        watched = clock.instant();
      }
      if (composing || changed.isEmpty()) {
        return;
      }
      taken = changed;
      changed = new LinkedHashSet<>();
      if (clock.instant().isAfter(watched.plus(AWAY))) {
        // In a storm every telling holds thousands of points: none is made for nobody.
        batches.clear();
        seen.clear();
        return;
      }
      composing = true;
      id = newest;
    }
    List<CompletableFuture<Optional<Changed>>> parts = new ArrayList<>();
    taken.forEach(warning -> parts.add(part(warning)));
    CompletionStage<Void> all = CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new));
    all.whenComplete(
        (done, problem) -> {
          if (problem == null) {
            append(
                new Batch(
                    id,
                    clock.instant(),
                    parts.stream().flatMap(p -> p.join().stream()).toList(),
                    new ConcurrentHashMap<>()));
          } else {
            putBack(taken, problem);
          }
          synchronized (lock) {
            composing = false;
          }
        });
  }

  private CompletableFuture<Optional<Changed>> part(String warning) {
    return desk.warning(warning)
        .thenCombine(
            desk.coverage(warning),
            (summary, coverage) -> summary.map(s -> changed(s, coverage.orElse(NONE))));
  }

  /** Only what differs from what was told last; all of it the first time. */
  private Changed changed(View.Summary summary, Coverage coverage) {
    Coverage before = seen.put(summary.id(), coverage);
    Set<Coverage.At> points = new HashSet<>(coverage.points());
    if (before != null) {
      before.points().forEach(points::remove);
    }
    if (!summary.status().open()) {
      seen.remove(summary.id());
    }
    return new Changed(summary, coverage, points);
  }

  /** The store is away: the same changes are told with the next ones. */
  private void putBack(Set<String> taken, Throwable problem) {
    if (!troubled) {
      LOG.warn("Live views wait: {}", Failures.problem(problem).getMessage());
      troubled = true;
    }
    synchronized (lock) {
      changed.addAll(taken);
    }
  }

  private void append(Batch batch) {
    troubled = false;
    batches.put(last.incrementAndGet(), batch);
    while (batches.size() > pace.remembered()) {
      batches.pollFirstEntry();
    }
    clients.forEach(Client::wake);
  }

  private static String text(Batch batch, Scope scope) {
    return batch
        .as()
        .computeIfAbsent(
            scope.caller().areas(),
            areas -> {
              List<Told> told = new ArrayList<>();
              for (Changed c : batch.warnings()) {
                Coverage seen = scope.of(c.coverage());
                if (scope.whole() || seen.total() > 0 || c.summary().points() == 0) {
                  told.add(
                      new Told(
                          WarningView.of(c.summary(), seen),
                          seen.byArea(),
                          seen.points().stream().filter(c.points()::contains).toList()));
                }
              }
              return event("change", batch.id(), Json.text(new Change(batch.at(), told)));
            });
  }

  private static String event(String name, String id, String data) {
    String head = id.isEmpty() ? "" : "id: " + id + "\n";
    return head + "event: " + name + "\ndata: " + data + "\n\n";
  }

  @Override
  public void close() {
    vertx.cancelTimer(gathering);
    vertx.cancelTimer(beating);
    clients.forEach(Client::cut);
  }

  /** One open stream. Runs on its connection's own event loop. */
  private final class Client {
    private final HttpServerResponse response;
    private final Context context;
    private final Scope scope;
    private final Optional<Gate.Key> key;
    private final String id;
    private long told;
    private boolean begun;
    private boolean full;

    Client(RoutingContext request) {
      response = request.response();
      context = request.vertx().getOrCreateContext();
      scope = new Scope(Caller.of(request));
      key = gate.key(request);
      id = scope.caller().name();
    }

    void begin(String lastEventId) {
      response
          .setChunked(true)
          .setWriteQueueMaxSize(SOCKET_BUFFER)
          .putHeader("Content-Type", "text/event-stream")
          .putHeader("Cache-Control", "no-store")
          .putHeader("X-Accel-Buffering", "no")
          .closeHandler(gone -> clients.remove(this))
          .exceptionHandler(gone -> clients.remove(this))
          .drainHandler(room -> pump());
      response.write("retry: 2000\n\n");
      Optional<Long> known =
          lastEventId == null
              ? Optional.empty()
              : batches.entrySet().stream()
                  .filter(b -> b.getValue().id().equals(lastEventId))
                  .map(Map.Entry::getKey)
                  .findFirst();
      if (known.isPresent()) {
        told = known.get();
        begun = true;
        pump();
        write(beatText());
      } else {
        snapshot();
      }
    }

    /** What changes while the snapshot is made is told again after it. */
    private void snapshot() {
      told = last.get();
      Map.Entry<Long, Batch> before = batches.floorEntry(told);
      String at = before == null ? "" : before.getValue().id();
      CompletionStage<String> snapshot =
          desk.warnings(null)
              .thenComposeAsync(all -> warnings.views(all, scope.caller()), api.work())
              .thenApplyAsync(
                  views -> Json.text(new Snapshot(clock.instant(), desk.active(), views)),
                  api.work());
      snapshot.whenComplete(
          (data, problem) ->
              context.runOnContext(
                  now -> {
                    if (problem != null) {
                      LOG.warn(
                          "A live view can't begin: {}", Failures.problem(problem).getMessage());
                      cut();
                    } else {
                      write(event("snapshot", at, data));
                      begun = true;
                      pump();
                    }
                  }));
    }

    void wake() {
      context.runOnContext(now -> pump());
    }

    private void pump() {
      while (begun && !response.writeQueueFull()) {
        Map.Entry<Long, Batch> next = batches.higherEntry(told);
        if (next == null) {
          return;
        }
        if (next.getKey() != told + 1) {
          LOG.info("A live view of {} is cut: it is too slow", id);
          cut();
          return;
        }
        told = next.getKey();
        write(text(next.getValue(), scope));
      }
    }

    void beat() {
      context.runOnContext(
          now -> {
            if (response.writeQueueFull()) {
              if (full) {
                LOG.info("A live view of {} is cut: nothing was read for {}", id, pace.beat());
                cut();
              }
              full = true;
              return;
            }
            full = false;
            write(beatText());
          });
      vertx
          .<Boolean>executeBlocking(() -> key.isPresent() && gate.opens(key.get()), false)
          .onSuccess(
              open -> {
                if (!open) {
                  cut();
                }
              })
          .onFailure(away -> LOG.debug("The session of {} can't be checked now", id, away));
    }

    /** Somebody wrote, or somebody has read it: whoever looks asks for the inbox again. */
    void words() {
      tell(event("words", "", Json.text(new Words(clock.instant()))));
    }

    void tell(String text) {
      context.runOnContext(
          now -> {
            if (begun && !response.writeQueueFull()) {
              write(text);
            }
          });
    }

    private String beatText() {
      return ":\n" + event("beat", "", Json.text(new Beat(clock.instant(), desk.active())));
    }

    private void write(String text) {
      if (!response.closed() && !response.ended()) {
        response.write(text);
      }
    }

    void cut() {
      clients.remove(this);
      context.runOnContext(now -> response.reset());
    }
  }
}

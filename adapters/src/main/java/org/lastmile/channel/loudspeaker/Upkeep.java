package org.lastmile.channel.loudspeaker;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.lastmile.channel.Memory;
import org.lastmile.channel.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives devices what they must have before they obey: the trust lists they lack, then a time and a
 * floor for their boot. They go out on a thread of their own at a bounded pace, one signature for
 * the floors of a round, those devices first for which a warning waits; a county that comes back
 * from a power cut delays no warning to anybody else.
 */
final class Upkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  /** Devices served in one round, and the pause after it: 10,000 a second, a fifth of a core. */
  private static final int ROUND = 200;

  private static final long PAUSE_MS = 20;

  /** A device is served again after that, if it still says that it needs something. */
  private static final long AGAIN = Duration.ofSeconds(5).toNanos();

  private static final Duration FOR_ITS_STATE = Duration.ofSeconds(10);
  private static final Duration EXPIRY = Duration.ofMinutes(5);
  private static final int MOST = 200_000;
  private static final int WAITING = 64;

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final SiteSecret secret;
  private final KeyRing ring;
  private final Sequence sequence;
  private final Link link;
  private final Map<String, Need> needs = new ConcurrentHashMap<>();
  private final Queue<String> urgent = new ConcurrentLinkedQueue<>();
  private final Queue<String> idle = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean awake = new AtomicBoolean();
  private final AtomicBoolean sharing = new AtomicBoolean();
  private final AtomicLong floors = new AtomicLong();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          r -> {
            Thread t = new Thread(r, "loudspeaker-upkeep");
            t.setDaemon(true);
            return t;
          });

  Upkeep(
      InstantSource clock,
      LongSupplier nanos,
      SiteSecret secret,
      KeyRing ring,
      Sequence sequence,
      Link link) {
    this.clock = clock;
    this.nanos = nanos;
    this.secret = secret;
    this.ring = ring;
    this.sequence = sequence;
    this.link = link;
  }

  /** What one device lacks. All fields are guarded by the object itself. */
  private static final class Need {
    private final List<CompletableFuture<Outcome>> waiting = new ArrayList<>();
    private String boot = "";
    private boolean floor;
    private Edition trust = Edition.NONE;
    private long session;
    private boolean refusesKeys;
    private boolean served;
    private long servedAt;
    private boolean queued;
  }

  /** From any thread; does not block. */
  void said(String device, DeviceState state) {
    boolean gone = state.type() == DeviceState.Type.OFFLINE;
    boolean behind = state.trust().compareTo(ring.edition()) < 0;
    if (gone || (!state.needsFloor() && !behind)) {
      settle(device, gone);
      return;
    }
    Need need = need(device);
    if (need == null) {
      return;
    }
    List<CompletableFuture<Outcome>> ready = new ArrayList<>();
    synchronized (need) {
      if (need.session != state.session() || !need.boot.equals(state.boot())) {
        need.served = false;
        need.refusesKeys = need.refusesKeys && need.session == state.session();
      }
      need.session = state.session();
      need.boot = state.boot();
      need.floor = state.needsFloor();
      need.trust = state.trust();
      if (!need.floor) {
        ready.addAll(need.waiting);
        need.waiting.clear();
      }
      boolean something = need.floor || !need.refusesKeys;
      if (something && (!need.served || nanos.getAsLong() - need.servedAt > AGAIN)) {
        enqueue(device, need);
      }
    }
    ready.forEach(Upkeep::goOn);
  }

  /**
   * Completes with ACCEPTED at once for a device that needs no floor, else when it has got one;
   * with another outcome when it could not be given one.
   */
  CompletionStage<Outcome> floorFirst(String device) {
    Need need = needs.get(device);
    CompletableFuture<Outcome> wait = new CompletableFuture<>();
    if (need == null) {
      return goOn(wait);
    }
    synchronized (need) {
      if (!need.floor
          || (need.served && nanos.getAsLong() - need.servedAt < AGAIN && !need.queued)) {
        return goOn(wait);
      }
      return await(device, need, wait);
    }
  }

  /** It has refused for want of a floor: whatever we believed, it gets one as soon as it asks. */
  CompletionStage<Outcome> floorAgain(String device) {
    CompletableFuture<Outcome> wait = new CompletableFuture<>();
    Need need = need(device);
    if (need == null) {
      wait.complete(new Outcome.Retry(AFTER_TROUBLE, "too many devices wait for a floor"));
      return wait;
    }
    synchronized (need) {
      need.served = false;
      // Its state comes right behind the refusal; for as long as it does not, there is no boot.
      need.floor = true;
      return await(device, need, wait);
    }
  }

  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(5);

  private CompletionStage<Outcome> await(
      String device, Need need, CompletableFuture<Outcome> wait) {
    if (need.waiting.size() >= WAITING) {
      wait.complete(new Outcome.Retry(AFTER_TROUBLE, "the device waits for its floor"));
      return wait;
    }
    need.waiting.add(wait);
    if (!need.boot.isEmpty()) {
      enqueue(device, need);
    }
    return wait.completeOnTimeout(
        new Outcome.Retry(AFTER_TROUBLE, "the device needs a floor and has not said for what boot"),
        FOR_ITS_STATE.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** It does not know such documents: not again on this connection. */
  void refused(String device, String kind, String reason) {
    Need need = needs.get(device);
    if (need != null && (kind.equals("keys") || kind.equals("recovery"))) {
      synchronized (need) {
        need.refusesKeys = true;
      }
    }
    LOG.warn("loudspeaker {} refuses its {}: {}", device, kind, reason);
  }

  /** The trust list has changed: whoever is known gets it with its next heartbeat at the latest. */
  void listChanged() {
    needs
        .values()
        .forEach(
            need -> {
              synchronized (need) {
                need.refusesKeys = false;
                need.served = false;
              }
            });
  }

  /** Keeps beyond a restart which contents have ended. From any thread. */
  void share() {
    if (sharing.getAndSet(true)) {
      return; // one that waits is enough for all the commands of a lift
    }
    run(
        () -> {
          sharing.set(false);
          try {
            sequence.horizon().share();
          } catch (Memory.Away e) {
            LOG.debug("shared with the next floor: {}", e.getMessage());
          }
        });
  }

  long floors() {
    return floors.get();
  }

  /** Devices that have not got a floor and need one. */
  long lacking() {
    return needs.values().stream()
        .filter(
            n -> {
              synchronized (n) {
                return n.floor;
              }
            })
        .count();
  }

  /** On its thread, all at once. */
  void run(Runnable what) {
    try {
      thread.execute(what);
    } catch (RejectedExecutionException e) {
      LOG.debug("after close: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    thread.shutdown();
    needs.keySet().forEach(device -> settle(device, true));
  }

  private Need need(String device) {
    return needs.size() < MOST ? needs.computeIfAbsent(device, d -> new Need()) : needs.get(device);
  }

  private void settle(String device, boolean gone) {
    Need need = needs.remove(device);
    if (need == null) {
      return;
    }
    List<CompletableFuture<Outcome>> ready;
    synchronized (need) {
      need.floor = false;
      ready = List.copyOf(need.waiting);
      need.waiting.clear();
    }
    for (CompletableFuture<Outcome> wait : ready) {
      if (gone) {
        wait.complete(new Outcome.Retry(Duration.ofSeconds(30), "device offline"));
      } else {
        goOn(wait);
      }
    }
  }

  private static CompletionStage<Outcome> goOn(CompletableFuture<Outcome> wait) {
    wait.complete(new Outcome.Accepted(List.of()));
    return wait;
  }

  /** Holding the need's lock. */
  private void enqueue(String device, Need need) {
    boolean pressing = !need.waiting.isEmpty();
    if (need.queued && !pressing) {
      return;
    }
    need.queued = true;
    (pressing ? urgent : idle).add(device);
    if (awake.compareAndSet(false, true)) {
      schedule(0);
    }
  }

  private void schedule(long delayMs) {
    try {
      var unused = thread.schedule(this::round, delayMs, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("after close: {}", e.getMessage());
    }
  }

  private void round() {
    try {
      serve(next());
    } catch (RuntimeException e) {
      // A thread that throws is never run again, and no device would get a floor.
      LOG.error("upkeep of loudspeakers stumbled", e);
    }
    if (!urgent.isEmpty() || !idle.isEmpty()) {
      schedule(PAUSE_MS);
      return;
    }
    awake.set(false);
    if ((!urgent.isEmpty() || !idle.isEmpty()) && awake.compareAndSet(false, true)) {
      schedule(PAUSE_MS);
    }
  }

  private List<Serving> next() {
    List<Serving> round = new ArrayList<>();
    for (int i = 0; i < ROUND; i++) {
      String device = urgent.poll();
      device = device == null ? idle.poll() : device;
      if (device == null) {
        break;
      }
      Need need = needs.get(device);
      if (need != null) {
        take(device, need).ifPresent(round::add);
      }
    }
    return round;
  }

  /**
   * What a device gets in this round.
   *
   * @param boot empty when it needs no floor
   */
  private record Serving(
      String device,
      Need need,
      String boot,
      Edition trust,
      boolean keys,
      List<CompletableFuture<Outcome>> waiting) {
    String content() {
      return "floor-" + boot.substring(0, 16);
    }
  }

  private Optional<Serving> take(String device, Need need) {
    synchronized (need) {
      if (!need.queued) {
        return Optional.empty();
      }
      need.queued = false;
      need.served = true;
      need.servedAt = nanos.getAsLong();
      List<CompletableFuture<Outcome>> waiting = List.copyOf(need.waiting);
      need.waiting.clear();
      String boot = need.floor ? need.boot : "";
      return Optional.of(new Serving(device, need, boot, need.trust, !need.refusesKeys, waiting));
    }
  }

  /** The floors of a round share one signature. */
  private void serve(List<Serving> round) {
    List<Serving> needy = round.stream().filter(s -> !s.boot().isEmpty()).toList();
    IdentityHashMap<Serving, Signed> floors = new IdentityHashMap<>();
    RuntimeException trouble = null;
    try {
      List<byte[]> bodies = needy.stream().map(this::floor).toList();
      List<Signed> signed = Signed.all(ring.signing(), bodies);
      for (int i = 0; i < signed.size(); i++) {
        floors.put(needy.get(i), signed.get(i));
      }
    } catch (RuntimeException e) { // told to each of them below
      trouble = e;
    }
    for (Serving service : round) {
      serve(service, floors.get(service), trouble);
    }
    if (trouble != null && !(trouble instanceof Memory.Away)) {
      throw trouble;
    }
  }

  private void serve(Serving to, Signed floor, RuntimeException trouble) {
    String device = to.device();
    CompletionStage<Outcome> last = CompletableFuture.completedFuture(ACCEPTED);
    if (to.keys()) {
      // First of all: the floor may be signed by a key that only these lists make known.
      for (TrustDocument document : ring.after(to.trust())) {
        String kind = document.isRecovery() ? "recovery" : "keys";
        String id = secret.upkeep(kind, device, document.content());
        last = link.publish(device, document.wrap(id), EXPIRY);
      }
    }
    if (floor != null) {
      byte[] payload = floor.wrap(secret.upkeep("floor", device, to.content()));
      last = link.publish(device, payload, EXPIRY);
      floors.incrementAndGet();
    } else if (!to.boot().isEmpty()) {
      last =
          CompletableFuture.completedFuture(
              new Outcome.Retry(Duration.ofSeconds(2), "no floor: " + trouble.getMessage()));
    }
    last.whenCompleteAsync(
        (outcome, failure) -> {
          if (!(outcome instanceof Outcome.Accepted)) {
            synchronized (to.need()) {
              to.need().served = false;
            }
          }
          Outcome said =
              outcome instanceof Outcome.Unknown || failure != null
                  // The command itself has not left, so nothing about it is unknown.
                  ? new Outcome.Retry(Duration.ofSeconds(2), "no answer to its floor")
                  : outcome;
          to.waiting().forEach(w -> w.complete(said));
        });
  }

  private static final Outcome ACCEPTED = new Outcome.Accepted(List.of());

  private byte[] floor(Serving to) {
    return Documents.floor(
        to.content(),
        to.device(),
        to.boot(),
        clock.instant().getEpochSecond(),
        sequence.floor(),
        sequence.horizon().ended());
  }
}

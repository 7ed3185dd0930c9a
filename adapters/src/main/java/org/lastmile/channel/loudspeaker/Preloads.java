package org.lastmile.channel.loudspeaker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings clips to loudspeakers in quiet hours, so that a storm needs no download. Like the
 * self-test it goes from shelf to shelf, each claimed by one gateway; a few devices at once fetch,
 * one clip after the other, and none for which a warning is live. What a device keeps is
 * remembered; what was missed or failed has its next turn the next day.
 */
public final class Preloads {
  private static final Logger LOG = LoggerFactory.getLogger(Preloads.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Right after a start half the county has not called back yet. */
  static final Duration SETTLE = Duration.ofMinutes(10);

  /** Devices that fetch at once: what a village's uplink and the gateway's take without notice. */
  static final int AT_ONCE = 16;

  /** A clip of a megabyte over a slow link, and the device's own five minutes for it. */
  static final Duration PATIENCE = Duration.ofMinutes(7);

  /** A device drops what it used long ago, and is replaced: then it is told again. */
  static final Duration AGAIN = Duration.ofDays(30);

  /** After the last turn; what is not done by then waits for the next day. */
  private static final Duration REST = Duration.ofHours(1);

  private static final Duration CLAIMED = Duration.ofHours(23);
  private static final long SAVE = Duration.ofMinutes(1).toNanos();

  /** Devices looked at in one second. */
  private static final int LOOKED_AT = 500;

  private static final int NAMED = 5;

  /** So much of a key tells a device's clips apart. */
  private static final int SHORT = 16;

  private final PreloadPlan plan;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Memory memory;
  private final Devices devices;
  private final Library library;
  private final Teller teller;
  private final Undisturbed undisturbed;
  private final long started;

  /** What devices said on this day, by the telling's content id; empty = it keeps the clip. */
  private final Map<String, String> answers = new ConcurrentHashMap<>();

  /** Of {@link #step} alone, which is never run twice at once. */
  private Run run;

  private volatile Health.Part health = new Health.Part("preload", Health.State.UP, "", Map.of());

  /** What a device shall keep. */
  @FunctionalInterface
  public interface Library {
    /** What it will play in a storm; empty = none is known before, or it needs none. May block. */
    List<Wish> of(String device);
  }

  /**
   * A clip that a device shall keep.
   *
   * @param key the same for the same sound, known before anybody has made it
   * @param clip makes it; ends with the clip, or with why it can't be made
   */
  public record Wish(String key, Supplier<CompletableFuture<Piece>> clip) {}

  /** A clip and where it is. */
  public record Piece(URI audio, String sha256) {}

  /** Sends the command. */
  @FunctionalInterface
  interface Teller {
    LoudspeakerChannel.Told tell(String device, Piece piece);
  }

  /** One device's turn. */
  private static final class Turn {
    private final String device;
    private final Map<String, CompletableFuture<Piece>> clips;
    private Queue<String> wanted;
    private String told;
    private String content = "";
    private long due;

    Turn(String device, Map<String, CompletableFuture<Piece>> clips, long due) {
      this.device = device;
      this.clips = clips;
      this.due = due;
    }
  }

  /** What is under way here on one day. */
  private static final class Run {
    private final LocalDate day;
    private final boolean[] begun = new boolean[DeviceMemory.SHELVES];
    private final Queue<String> waiting = new ArrayDeque<>();
    private final List<Turn> open = new ArrayList<>();

    /** By shelf, device and clip: the day on which it said that it keeps it. */
    private final Map<Integer, Map<String, Map<String, Long>>> kept = new HashMap<>();

    private final Set<Integer> changed = new HashSet<>();
    private final Map<String, String> failed = new LinkedHashMap<>();
    private int told;
    private int spared;
    private long saved;

    Run(LocalDate day) {
      this.day = day;
    }
  }

  Preloads(
      PreloadPlan plan,
      InstantSource clock,
      LongSupplier nanos,
      Memory memory,
      Devices devices,
      Library library,
      Teller teller,
      SelfTests.Engaged engaged,
      Executor thread) {
    this.plan = plan;
    this.clock = clock;
    this.nanos = nanos;
    this.memory = memory;
    this.devices = devices;
    this.library = library;
    this.teller = teller;
    this.undisturbed = new Undisturbed("bringing clips to loudspeakers", engaged, thread);
    this.started = nanos.getAsLong();
  }

  /** Once a second; returns at once. */
  void tick() {
    if (nanos.getAsLong() - started < SETTLE.toNanos()
        || elapsed().compareTo(plan.spread().plus(REST)) > 0) {
      return;
    }
    undisturbed.run(this::step);
  }

  /** A device's answer; called on the wire's threads. */
  void heard(LoudspeakerChannel.Preloaded answer) {
    answers.put(answer.content(), answer.why());
  }

  /** The day whose turns are the last that have begun. */
  private LocalDate day() {
    LocalDateTime now = LocalDateTime.ofInstant(clock.instant(), plan.zone());
    return now.toLocalTime().isBefore(plan.at())
        ? now.toLocalDate().minusDays(1)
        : now.toLocalDate();
  }

  private Duration elapsed() {
    Instant began = ZonedDateTime.of(day(), plan.at(), plan.zone()).toInstant();
    return Duration.between(began, clock.instant());
  }

  private void step(Set<String> spared) {
    LocalDate day = day();
    if (run == null || !run.day.equals(day)) {
      answers.clear();
      run = new Run(day);
    }
    long now = nanos.getAsLong();
    Duration elapsed = elapsed();
    for (int shelf = 0; shelf < DeviceMemory.SHELVES; shelf++) {
      Duration turn = plan.spread().multipliedBy(shelf).dividedBy(DeviceMemory.SHELVES);
      if (!run.begun[shelf] && elapsed.compareTo(turn) >= 0) {
        begin(shelf);
      }
    }
    for (Iterator<Turn> turns = run.open.iterator(); turns.hasNext(); ) {
      if (hasEnded(turns.next(), spared, now)) {
        turns.remove();
      }
    }
    for (int i = 0; i < LOOKED_AT && run.open.size() < AT_ONCE && !run.waiting.isEmpty(); i++) {
      take(run.waiting.remove(), spared, now);
    }
    boolean idle = run.open.isEmpty() && run.waiting.isEmpty();
    if (!run.changed.isEmpty() && (idle || now - run.saved > SAVE)) {
      run.changed.forEach(shelf -> memory.put(key(shelf), written(shelf), AGAIN));
      run.changed.clear();
      run.saved = now;
    }
    health = told();
  }

  private void begin(int shelf) {
    List<String> there = devices.onShelf(shelf);
    if (!there.isEmpty() && memory.claim("preload/" + run.day + "/claim/" + shelf, "1", CLAIMED)) {
      run.kept.put(shelf, read(memory.get(key(shelf)).orElse("{}")));
      run.waiting.addAll(there);
    }
    run.begun[shelf] = true;
  }

  private void take(String device, Set<String> spared, long now) {
    if (!isThere(device)) {
      return;
    }
    if (spared.contains(device)) {
      run.spared++;
      return;
    }
    // What it keeps is not even made again.
    Map<String, CompletableFuture<Piece>> clips = new LinkedHashMap<>();
    for (Wish wish : library.of(device)) {
      if (!kept(device).containsKey(brief(wish.key()))) {
        clips.computeIfAbsent(wish.key(), key -> wish.clip().get());
      }
    }
    if (!clips.isEmpty()) {
      run.open.add(new Turn(device, clips, now + PATIENCE.toNanos()));
    }
  }

  private boolean isThere(String device) {
    return devices.find(device).map(Supervised::condition).filter(Condition::isThere).isPresent();
  }

  private boolean hasEnded(Turn turn, Set<String> spared, long now) {
    if (turn.wanted == null) {
      if (turn.clips.values().stream().anyMatch(clip -> !clip.isDone())) {
        return now >= turn.due && failed(turn, "its clips were not rendered in time");
      }
      turn.wanted = new ArrayDeque<>();
      turn.clips.forEach(
          (key, clip) -> {
            if (clip.isCompletedExceptionally()) {
              run.failed.put(turn.device, why(clip));
            } else {
              turn.wanted.add(key);
            }
          });
    }
    if (turn.told != null) {
      String answer = answers.remove(turn.content);
      if (answer == null && now < turn.due) {
        return false;
      }
      if (answer == null || !answer.isEmpty()) {
        return failed(turn, answer == null ? "no answer" : answer);
      }
      kept(turn.device).put(brief(turn.told), run.day.toEpochDay());
      run.changed.add(DeviceMemory.shelf(turn.device));
      turn.told = null;
    }
    if (turn.wanted.isEmpty()) {
      return true;
    }
    if (spared.contains(turn.device)) {
      run.spared++;
      return true;
    }
    tell(turn, now);
    return false;
  }

  private void tell(Turn turn, long now) {
    turn.told = turn.wanted.remove();
    turn.due = now + PATIENCE.toNanos();
    turn.content = teller.tell(turn.device, turn.clips.get(turn.told).join()).content();
    run.told++;
  }

  private boolean failed(Turn turn, String why) {
    run.failed.put(turn.device, why);
    LOG.info("loudspeaker {} was not brought its clips: {}", turn.device, why);
    return true;
  }

  private static String why(CompletableFuture<Piece> clip) {
    try {
      clip.join();
      return "";
    } catch (CompletionException e) {
      return String.valueOf(e.getCause().getMessage());
    }
  }

  private Map<String, Long> kept(String device) {
    return run.kept
        .computeIfAbsent(DeviceMemory.shelf(device), shelf -> new HashMap<>())
        .computeIfAbsent(device, d -> new HashMap<>());
  }

  private static String brief(String key) {
    return key.substring(0, Math.min(SHORT, key.length()));
  }

  private static String key(int shelf) {
    return "preload/kept/" + shelf;
  }

  private String written(int shelf) {
    ObjectNode all = JSON.createObjectNode();
    run.kept
        .getOrDefault(shelf, Map.of())
        .forEach(
            (device, clips) -> {
              if (!clips.isEmpty()) {
                ObjectNode row = all.putObject(device);
                clips.forEach(row::put);
              }
            });
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a tree of strings and numbers did not become JSON", e);
    }
  }

  /** What is still believed of it. */
  private Map<String, Map<String, Long>> read(String text) {
    long oldest = run.day.toEpochDay() - AGAIN.toDays();
    Map<String, Map<String, Long>> all = new HashMap<>();
    try {
      JSON.readTree(text)
          .fields()
          .forEachRemaining(
              device -> {
                Map<String, Long> clips = new HashMap<>();
                device
                    .getValue()
                    .fields()
                    .forEachRemaining(clip -> clips.put(clip.getKey(), clip.getValue().asLong()));
                clips.values().removeIf(day -> day <= oldest);
                all.put(device.getKey(), clips);
              });
    } catch (JsonProcessingException e) {
      // What is lost is that they need not be told, and they will say so.
      LOG.error("what loudspeakers keep can't be read: {}", e.getMessage());
    }
    return all;
  }

  /** How the last turns went. */
  Health.Part health() {
    return health;
  }

  private Health.Part told() {
    long clips =
        run.kept.values().stream().flatMap(s -> s.values().stream()).mapToLong(Map::size).sum();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("day", run.day.toString());
    facts.put("clips kept by devices", Long.toString(clips));
    facts.put("told", Integer.toString(run.told));
    facts.put("left alone for a warning", Integer.toString(run.spared));
    facts.put("failed", Integer.toString(run.failed.size()));
    facts.put("waiting", Integer.toString(run.waiting.size() + run.open.size()));
    return new Health.Part(
        "preload",
        run.failed.isEmpty() ? Health.State.UP : Health.State.DEGRADED,
        run.failed.isEmpty() ? "" : failures(run.failed),
        facts);
  }

  private static String failures(Map<String, String> failed) {
    Stream<String> named =
        failed.entrySet().stream().limit(NAMED).map(e -> e.getKey() + " " + e.getValue());
    return "%d loudspeakers do not keep all clips for a storm and will download then: %s%s"
        .formatted(
            failed.size(), String.join(", ", named.toList()), failed.size() > NAMED ? "…" : "");
  }
}

package org.lastmile.channel.loudspeaker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.lastmile.channel.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daily self-test of all loudspeakers. The fleet is dealt into shelves that have their turns
 * one after the other; whichever gateway claims a shelf tests it, and its results are one value in
 * the store, so that a crash or another node repeats at most one shelf. No device is tested while a
 * warning is live for it, and never more than a few a second, so that a warning waits for none.
 */
public final class SelfTests {
  private static final Logger LOG = LoggerFactory.getLogger(SelfTests.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Right after a start half the county has not called back yet. */
  static final Duration SETTLE = Duration.ofMinutes(10);

  static final Duration PATIENCE = Duration.ofMinutes(2);
  static final Duration PAUSE = Duration.ofMinutes(10);

  /** Tests sent in one second: a tenth of the thread that signs warnings. */
  static final int MOST = 100;

  /** After the last turn; what has no result by then gets none. */
  private static final Duration REST = Duration.ofHours(2);

  private static final Duration CLAIMED = Duration.ofMinutes(40);
  private static final Duration LOOK = Duration.ofMinutes(5);
  private static final Duration KEPT = Duration.ofDays(40);
  private static final int NAMED = 20;

  private final SelfTestPlan plan;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Memory memory;
  private final Devices devices;
  private final Tester tester;
  private final Undisturbed undisturbed;
  private final Runnable reported;
  private final long started;

  /** Guarded by this. */
  private Run run;

  private volatile SelfTestReport ended;

  /** For whom a warning is live. */
  @FunctionalInterface
  public interface Engaged {
    /** Devices to leave alone; empty = nobody may be tested now: another node has the desk. */
    CompletionStage<Optional<Set<String>>> now();
  }

  /** Sends the command. */
  @FunctionalInterface
  interface Tester {
    LoudspeakerChannel.Told test(String device, int volume);
  }

  /** One device's test of the day. */
  private static final class Subject {
    private final String device;
    private int tries;
    private String content = "";
    private long due;
    private Tested result;

    Subject(String device) {
      this.device = device;
    }
  }

  /** What is under way here; a shelf is open until its result is kept. */
  private static final class Run {
    private final LocalDate day;
    private final boolean[] settled = new boolean[DeviceMemory.SHELVES];
    private final long[] lookAgain = new long[DeviceMemory.SHELVES];
    private final Map<Integer, List<Subject>> ours = new HashMap<>();
    private final Queue<Subject> turns = new ArrayDeque<>();

    Run(LocalDate day) {
      this.day = day;
    }
  }

  SelfTests(
      SelfTestPlan plan,
      InstantSource clock,
      LongSupplier nanos,
      Memory memory,
      Devices devices,
      Tester tester,
      Engaged engaged,
      Runnable reported,
      Executor thread) {
    this.plan = plan;
    this.clock = clock;
    this.nanos = nanos;
    this.memory = memory;
    this.devices = devices;
    this.tester = tester;
    this.undisturbed = new Undisturbed("the self-test of loudspeakers", engaged, thread);
    this.reported = reported;
    this.started = nanos.getAsLong();
  }

  /** Once a second; returns at once. */
  void tick() {
    SelfTestReport last = ended;
    if (nanos.getAsLong() - started < SETTLE.toNanos()
        || elapsed().compareTo(plan.spread().plus(REST).plusMinutes(1)) > 0
        || (last != null && last.day().equals(day()))) {
      return;
    }
    undisturbed.run(this::step);
  }

  /** The day whose self-test is the last that has begun. */
  private LocalDate day() {
    LocalDateTime now = LocalDateTime.ofInstant(clock.instant(), plan.zone());
    return now.toLocalTime().isBefore(plan.at())
        ? now.toLocalDate().minusDays(1)
        : now.toLocalDate();
  }

  private Instant began(LocalDate day) {
    return ZonedDateTime.of(day, plan.at(), plan.zone()).toInstant();
  }

  private Duration elapsed() {
    return Duration.between(began(day()), clock.instant());
  }

  private synchronized void step(Set<String> spared) {
    LocalDate day = day();
    if (ended != null && ended.day().equals(day)) {
      return;
    }
    if (run == null || !run.day.equals(day)) {
      if (memory.get(key(day, "ended")).isPresent()) {
        ended = read(day);
        return;
      }
      run = new Run(day);
    }
    Duration elapsed = elapsed();
    long now = nanos.getAsLong();
    for (int shelf = 0; shelf < DeviceMemory.SHELVES; shelf++) {
      Duration turn = plan.spread().multipliedBy(shelf).dividedBy(DeviceMemory.SHELVES);
      boolean waits = run.lookAgain[shelf] != 0 && now < run.lookAgain[shelf];
      if (!run.settled[shelf]
          && !run.ours.containsKey(shelf)
          && !waits
          && elapsed.compareTo(turn) >= 0) {
        begin(shelf, now);
      }
    }
    send(spared, now);
    hear(now);
    boolean all = true;
    for (boolean settled : run.settled) {
      all &= settled;
    }
    if (all || elapsed.compareTo(plan.spread().plus(REST)) > 0) {
      end();
    }
  }

  private void begin(int shelf, long now) {
    List<String> there = devices.onShelf(shelf);
    if (there.isEmpty() || memory.get(key(run.day, "of/" + shelf)).isPresent()) {
      run.settled[shelf] = true;
    } else if (memory.claim(key(run.day, "claim/" + shelf), "1", CLAIMED)) {
      memory.put("self-test/last", run.day.toString(), Memory.FOR_EVER);
      List<Subject> subjects = there.stream().map(Subject::new).toList();
      run.ours.put(shelf, subjects);
      run.turns.addAll(subjects);
    } else {
      // Another node has it, or had it when it died.
      run.lookAgain[shelf] = now + LOOK.toNanos();
    }
  }

  private void send(Set<String> spared, long now) {
    int sent = 0;
    for (int i = run.turns.size(); i > 0 && sent < MOST; i--) {
      Subject subject = run.turns.remove();
      if (subject.due != 0 && now < subject.due) {
        run.turns.add(subject);
        continue;
      }
      subject.tries++;
      Condition condition =
          devices.find(subject.device).map(Supervised::condition).orElse(Condition.NEVER_SEEN);
      if (!condition.isThere()) {
        boolean never = condition == Condition.NEVER_SEEN;
        missed(subject, never ? Tested.Result.NEVER_SEEN : Tested.Result.OFFLINE, "", now);
      } else if (spared.contains(subject.device)) {
        missed(subject, Tested.Result.SPARED, "", now);
      } else {
        sent++;
        subject.content = tester.test(subject.device, plan.volume()).content();
        subject.due = now + PATIENCE.toNanos();
      }
    }
  }

  private void missed(Subject subject, Tested.Result result, String why, long now) {
    settle(subject, new Tested(clock.instant(), subject.content, result, why), now);
  }

  /** A result, or a second try. */
  private void settle(Subject subject, Tested test, long now) {
    subject.content = "";
    if (test.isMissed() && subject.tries < 2) {
      subject.due = now + PAUSE.toNanos();
      run.turns.add(subject);
      return;
    }
    subject.result = test;
    if (test.result() == Tested.Result.NO_ANSWER) {
      devices.tested(subject.device, test);
    }
  }

  private void hear(long now) {
    List<Integer> done = new ArrayList<>();
    run.ours.forEach(
        (shelf, subjects) -> {
          boolean all = true;
          for (Subject subject : subjects) {
            if (subject.result == null && !subject.content.isEmpty()) {
              hear(subject, now);
            }
            all &= subject.result != null;
          }
          if (all) {
            done.add(shelf);
          }
        });
    for (int shelf : done) {
      memory.put(key(run.day, "of/" + shelf), written(run.ours.get(shelf)), KEPT);
      run.ours.remove(shelf);
      run.settled[shelf] = true;
    }
  }

  private void hear(Subject subject, long now) {
    Supervised device = devices.find(subject.device).orElse(null);
    Tested test = device == null ? null : answer(device, subject.content);
    if (test != null) {
      settle(subject, test, now);
    } else if (now >= subject.due) {
      boolean there = device != null && device.condition().isThere();
      missed(subject, there ? Tested.Result.NO_ANSWER : Tested.Result.OFFLINE, "", now);
    }
  }

  private Tested answer(Supervised device, String content) {
    if (device.test() != null && device.test().content().equals(content)) {
      return device.test();
    }
    Supervised.Instructed told = device.told();
    if (plan.volume() > 0 || told == null || !told.content().equals(content)) {
      return null;
    }
    return switch (told.answer()) {
      case "done" -> new Tested(clock.instant(), content, Tested.Result.REPORTED, "");
      case "refused" -> new Tested(clock.instant(), content, Tested.Result.REFUSED, told.why());
      default -> null;
    };
  }

  private void end() {
    SelfTestReport report = read(run.day);
    boolean first = memory.claim(key(run.day, "ended"), clock.instant().toString(), KEPT);
    ended = read(run.day);
    run = null;
    if (first && !report.lines().isEmpty()) {
      List<String> bad =
          report.lines().stream()
              .filter(l -> l.test().result().isBad())
              .map(l -> l.device() + " " + l.test().result())
              .toList();
      LOG.info("self-test of {}: {}", report.day(), report.counts());
      if (!bad.isEmpty()) {
        LOG.warn(
            "{} loudspeakers failed the self-test of {}: {}{}",
            bad.size(),
            report.day(),
            String.join(", ", bad.subList(0, Math.min(NAMED, bad.size()))),
            bad.size() > NAMED ? "…" : "");
      }
      reported.run();
    }
  }

  /** The last one that has begun; empty before the first. Blocks. */
  Optional<SelfTestReport> report() {
    SelfTestReport last = ended;
    if (last != null && last.day().equals(day())) {
      return Optional.of(last);
    }
    return memory.get("self-test/last").map(LocalDate::parse).map(this::read);
  }

  private SelfTestReport read(LocalDate day) {
    List<SelfTestReport.Line> lines = new ArrayList<>();
    for (int shelf = 0; shelf < DeviceMemory.SHELVES; shelf++) {
      memory.get(key(day, "of/" + shelf)).ifPresent(text -> read(text, lines));
    }
    synchronized (this) {
      if (run != null && run.day.equals(day)) {
        run.ours.values().stream()
            .flatMap(List::stream)
            .filter(s -> s.result != null)
            .forEach(s -> lines.add(new SelfTestReport.Line(s.device, s.result)));
      }
    }
    lines.sort(
        Comparator.comparing((SelfTestReport.Line l) -> !l.test().result().isBad())
            .thenComparing(SelfTestReport.Line::device));
    Instant end = memory.get(key(day, "ended")).map(Instant::parse).orElse(null);
    return new SelfTestReport(day, began(day), end, lines);
  }

  private static String key(LocalDate day, String what) {
    return "self-test/" + day + "/" + what;
  }

  private static String written(List<Subject> subjects) {
    ArrayNode all = JSON.createArrayNode();
    for (Subject s : subjects) {
      ArrayNode row = all.addArray();
      row.add(s.device).add(s.result.at().getEpochSecond());
      row.add(s.result.result().name()).add(s.result.why());
    }
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a tree of strings and numbers did not become JSON", e);
    }
  }

  private static void read(String text, List<SelfTestReport.Line> lines) {
    try {
      for (JsonNode row : JSON.readTree(text)) {
        Tested test =
            new Tested(
                Instant.ofEpochSecond(row.path(1).asLong()),
                "",
                Tested.Result.valueOf(row.path(2).asText()),
                row.path(3).asText());
        lines.add(new SelfTestReport.Line(row.path(0).asText(), test));
      }
    } catch (JsonProcessingException | IllegalArgumentException e) {
      LOG.error("results of a self-test can't be read: {}", e.getMessage());
    }
  }
}

package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Health;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Outcome;

/**
 * Clips reach loudspeakers before the storm: a few at once, once a month, never beside a warning.
 */
class PreloadsTest {
  private static final Instant EIGHT = Instant.parse("2026-07-01T08:00:00Z");
  private static final PreloadPlan PLAN =
      new PreloadPlan(LocalTime.of(13, 30), ZoneOffset.UTC, Duration.ofHours(1));
  private static final Duration BEFORE = Duration.ofMinutes(329);
  private static final String RED = "a".repeat(64);
  private static final String LIFT = "b".repeat(64);

  private final AtomicLong nanos = new AtomicLong();
  private final MemoryInHeap memory = new MemoryInHeap();
  private final Set<String> spared = new HashSet<>();
  private final Map<String, List<Preloads.Wish>> wanted = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private int made;

  /** A gateway with devices that fetch what they are told, unless they say why not. */
  private final class Node {
    private final InstantSource clock = () -> EIGHT.plusNanos(nanos.get());
    private final Devices devices =
        new Devices(
            clock,
            nanos::get,
            Duration.ofDays(99),
            30,
            p -> CompletableFuture.completedFuture(null));
    private final List<String> told = new ArrayList<>();
    private final Map<String, String> open = new HashMap<>();
    private final Map<String, String> refusals = new HashMap<>();
    private boolean silent;
    private boolean standby;
    private int most;
    private final Preloads preloads;

    Node(String... ids) {
      for (String id : ids) {
        devices.joined(id);
      }
      preloads =
          new Preloads(
              PLAN,
              clock,
              nanos::get,
              memory,
              devices,
              device -> wanted.getOrDefault(device, List.of()),
              this::tell,
              () ->
                  CompletableFuture.completedFuture(
                      standby ? Optional.empty() : Optional.of(Set.copyOf(spared))),
              Runnable::run);
      nodes.add(this);
    }

    private LoudspeakerChannel.Told tell(String device, Preloads.Piece piece) {
      assertThat(piece.audio()).isEqualTo(URI.create("http://g/audio/" + piece.sha256() + ".wav"));
      String content = "preload-" + told.size();
      told.add(device + " " + piece.sha256().charAt(0));
      open.put(content, device);
      most = Math.max(most, open.size());
      return new LoudspeakerChannel.Told(
          content, CompletableFuture.completedFuture(new Outcome.Accepted(List.of())));
    }

    private void answer() {
      if (!silent) {
        open.forEach(
            (content, device) ->
                preloads.heard(
                    new LoudspeakerChannel.Preloaded(
                        device, content, refusals.getOrDefault(device, ""))));
        open.clear();
      }
    }
  }

  private Preloads.Wish clip(String sha256) {
    return new Preloads.Wish(
        sha256,
        () -> {
          made++;
          return CompletableFuture.completedFuture(
              new Preloads.Piece(URI.create("http://g/audio/" + sha256 + ".wav"), sha256));
        });
  }

  private void pass(Duration time, Duration step) {
    for (long n = 0; n < time.dividedBy(step); n++) {
      nanos.addAndGet(step.toNanos());
      nodes.forEach(node -> node.preloads.tick());
      nodes.forEach(Node::answer);
    }
  }

  private void untilAfterwards() {
    pass(BEFORE, Duration.ofMinutes(1));
    pass(Duration.ofHours(2), Duration.ofSeconds(10));
  }

  private void untilTheSameTimeOn(int days) {
    pass(Duration.ofDays(days).minus(Duration.ofHours(2).plus(BEFORE)), Duration.ofMinutes(1));
  }

  @Test
  void each_device_fetches_its_clips_one_after_the_other_and_is_not_told_again_for_a_month() {
    wanted.put("a", List.of(clip(RED), clip(LIFT), clip(RED)));
    wanted.put("b", List.of(clip(RED)));
    Node node = new Node("a", "b", "speaks-itself");
    pass(BEFORE, Duration.ofMinutes(1));
    assertThat(node.told).as("not before its time").isEmpty();
    pass(Duration.ofHours(2), Duration.ofSeconds(10));
    assertThat(node.told).containsExactlyInAnyOrder("a a", "a b", "b a");
    assertThat(node.told.indexOf("a a")).isLessThan(node.told.indexOf("a b"));
    assertThat(node.preloads.health().state()).isEqualTo(Health.State.UP);
    assertThat(node.preloads.health().facts()).containsEntry("clips kept by devices", "3");

    for (int day = 1; day < 30; day++) {
      untilTheSameTimeOn(1);
      untilAfterwards();
      assertThat(node.told).as("day %d", day).hasSize(3);
    }
    assertThat(made).as("nor is anything rendered again").isEqualTo(3);
    untilTheSameTimeOn(1);
    untilAfterwards();
    assertThat(node.told).as("it may have dropped them").hasSize(6);
  }

  @Test
  void what_a_device_keeps_outlives_the_gateway_and_only_what_is_new_is_told() {
    wanted.put("a", List.of(clip(RED)));
    Node first = new Node("a");
    untilAfterwards();
    assertThat(first.told).containsExactly("a a");
    nodes.clear();
    wanted.put("a", List.of(clip(RED), clip(LIFT)));
    Node next = new Node("a");
    untilTheSameTimeOn(1);
    untilAfterwards();
    assertThat(next.told).containsExactly("a b");
  }

  @Test
  void of_two_gateways_one_tells_each_device() {
    IntStream.range(0, 40).forEach(i -> wanted.put("d" + i, List.of(clip(RED))));
    String[] ids = wanted.keySet().toArray(String[]::new);
    Node one = new Node(ids);
    Node two = new Node(ids);
    untilAfterwards();
    List<String> told = new ArrayList<>(one.told);
    told.addAll(two.told);
    assertThat(told).hasSize(40).doesNotHaveDuplicates();
  }

  @Test
  void where_a_warning_is_live_nobody_is_told_and_the_next_day_it_is() {
    wanted.put("a", List.of(clip(RED)));
    Node node = new Node("a");
    spared.add("a");
    untilAfterwards();
    assertThat(node.told).isEmpty();
    assertThat(node.preloads.health().facts()).containsEntry("left alone for a warning", "1");
    spared.clear();
    pass(Duration.ofHours(1), Duration.ofMinutes(1));
    assertThat(node.told).as("its turn is over").isEmpty();
    pass(Duration.ofHours(21).minus(BEFORE), Duration.ofMinutes(1));
    untilAfterwards();
    assertThat(node.told).containsExactly("a a");
  }

  @Test
  void a_warning_that_comes_between_two_clips_leaves_the_second_for_another_day() {
    wanted.put("a", List.of(clip(RED), clip(LIFT)));
    Node node = new Node("a");
    node.silent = true;
    untilFirstTold(node);
    spared.add("a");
    node.silent = false;
    pass(Duration.ofMinutes(30), Duration.ofSeconds(10));
    assertThat(node.told).containsExactly("a a");
    assertThat(node.preloads.health().facts()).containsEntry("clips kept by devices", "1");
  }

  private void untilFirstTold(Node node) {
    pass(BEFORE, Duration.ofMinutes(1));
    for (int i = 0; i < 3_600 && node.told.isEmpty(); i++) {
      pass(Duration.ofSeconds(1), Duration.ofSeconds(1));
    }
    assertThat(node.told).hasSize(1);
  }

  @Test
  void only_a_few_devices_fetch_at_once() {
    IntStream.range(0, 300).forEach(i -> wanted.put("d" + i, List.of(clip(RED))));
    Node node = new Node(wanted.keySet().toArray(String[]::new));
    node.silent = true;
    pass(BEFORE.plusMinutes(60), Duration.ofMinutes(1));
    // Those that never answered made room, as failures.
    int failed = Integer.parseInt(node.preloads.health().facts().get("failed"));
    assertThat(node.told).hasSize(failed + Preloads.AT_ONCE);
    node.silent = false;
    pass(Duration.ofMinutes(59), Duration.ofSeconds(1));
    assertThat(node.told).hasSize(300);
  }

  @Test
  void one_that_cannot_or_does_not_answer_shows_in_the_health_and_has_its_turn_the_next_day() {
    wanted.put("a", List.of(clip(RED), clip(LIFT)));
    wanted.put("b", List.of(clip(RED)));
    wanted.put(
        "c",
        List.of(
            new Preloads.Wish(
                RED, () -> CompletableFuture.failedFuture(new IllegalStateException("no voice"))),
            clip(LIFT)));
    Node node = new Node("a", "b", "c");
    node.refusals.put("a", "AUDIO_HASH");
    untilAfterwards();
    assertThat(node.told).containsExactlyInAnyOrder("a a", "b a", "c b");
    Health.Part health = node.preloads.health();
    assertThat(health.state()).isEqualTo(Health.State.DEGRADED);
    assertThat(health.why()).startsWith("2 loudspeakers").contains("a AUDIO_HASH", "c no voice");

    node.refusals.clear();
    wanted.put("c", List.of(clip(RED), clip(LIFT)));
    untilTheSameTimeOn(1);
    untilAfterwards();
    assertThat(node.told.subList(3, node.told.size()))
        .containsExactlyInAnyOrder("a a", "a b", "c a");
    assertThat(node.preloads.health().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void a_clip_that_is_never_rendered_holds_nobody_up() {
    wanted.put("a", List.of(new Preloads.Wish(RED, CompletableFuture::new)));
    wanted.put("b", List.of(clip(RED)));
    Node node = new Node("a", "b");
    untilAfterwards();
    assertThat(node.told).containsExactly("b a");
    assertThat(node.preloads.health().why()).contains("a its clips were not rendered in time");
  }

  @Test
  void one_that_is_away_a_standby_and_a_gateway_that_has_just_started_leave_it() {
    wanted.put("a", List.of(clip(RED)));
    wanted.put("away", List.of(clip(RED)));
    Node standby = new Node("a");
    standby.standby = true;
    untilAfterwards();
    assertThat(standby.told).isEmpty();
    nodes.clear();
    pass(Duration.ofHours(22).plusMinutes(5), Duration.ofMinutes(1));
    Node fresh = new Node("a");
    fresh.devices.joined("away");
    fresh.devices.left("away", "gone");
    pass(Preloads.SETTLE.minusSeconds(10), Duration.ofSeconds(10));
    assertThat(fresh.told).isEmpty();
    pass(Duration.ofHours(1), Duration.ofSeconds(10));
    assertThat(fresh.told).containsExactly("a a");
  }
}

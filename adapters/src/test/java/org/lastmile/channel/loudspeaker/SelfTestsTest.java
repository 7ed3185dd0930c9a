package org.lastmile.channel.loudspeaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.MemoryInHeap;
import org.lastmile.channel.Outcome;

/** Every loudspeaker once a day, one after the other, never beside a warning, never twice. */
class SelfTestsTest {
  private static final Instant EIGHT = Instant.parse("2026-07-01T08:00:00Z");
  private static final SelfTestPlan PLAN =
      new SelfTestPlan(LocalTime.of(10, 30), ZoneOffset.UTC, Duration.ofMinutes(30), 20);

  private final AtomicLong nanos = new AtomicLong();
  private final MemoryInHeap memory = new MemoryInHeap();
  private final Set<String> spared = new HashSet<>();
  private final AtomicInteger reports = new AtomicInteger();
  private final List<Node> nodes = new ArrayList<>();
  private volatile boolean standby;

  /** A gateway with devices that answer as they were told to. */
  private final class Node {
    private final InstantSource clock = () -> EIGHT.plusNanos(nanos.get());
    private final Devices devices =
        new Devices(
            clock,
            nanos::get,
            Duration.ofDays(2),
            30,
            p -> CompletableFuture.completedFuture(null));
    private final List<String> sent = new CopyOnWriteArrayList<>();
    private final List<Long> at = new CopyOnWriteArrayList<>();
    private final Map<String, Tested.Result> answers;
    private final SelfTests tests;

    Node(Map<String, Tested.Result> answers, String... ids) {
      this(PLAN, answers, ids);
    }

    Node(SelfTestPlan plan, Map<String, Tested.Result> answers, String... ids) {
      this.answers = answers;
      for (String id : ids) {
        devices.joined(id);
      }
      tests =
          new SelfTests(
              plan,
              clock,
              nanos::get,
              memory,
              devices,
              this::test,
              () ->
                  CompletableFuture.completedFuture(
                      standby ? Optional.empty() : Optional.of(Set.copyOf(spared))),
              reports::incrementAndGet,
              Runnable::run);
      nodes.add(this);
    }

    private LoudspeakerChannel.Told test(String device, int volume) {
      String content = "t-" + sent.size();
      sent.add(device);
      at.add(nanos.get());
      if (volume == 0) {
        devices.instructed(
            device, new Supervised.Instructed(content, "report", clock.instant(), "done", ""));
      } else if (answers.containsKey(device)) {
        devices.tested(device, new Tested(clock.instant(), content, answers.get(device), ""));
      }
      return new LoudspeakerChannel.Told(
          content, CompletableFuture.completedFuture(new Outcome.Accepted(List.of())));
    }

    Tested.Result result(String device) {
      return tests.report().orElseThrow().lines().stream()
          .filter(l -> l.device().equals(device))
          .findFirst()
          .orElseThrow()
          .test()
          .result();
    }
  }

  private void pass(Duration time, Duration step) {
    for (long n = 0; n < time.dividedBy(step); n++) {
      nanos.addAndGet(step.toNanos());
      nodes.forEach(node -> node.tests.tick());
    }
  }

  private void untilAfterwards() {
    pass(Duration.ofMinutes(150), Duration.ofMinutes(1));
    pass(Duration.ofHours(2), Duration.ofSeconds(20));
  }

  @Test
  void each_device_has_its_result_and_those_that_fail_come_first() {
    Node node =
        new Node(
            Map.of(
                "a",
                Tested.Result.HEARD,
                "b",
                Tested.Result.PLAYED,
                "c",
                Tested.Result.FAILED,
                "d",
                Tested.Result.NOT_HEARD),
            "a",
            "b",
            "c",
            "d");
    node.devices.expect(Set.of("a", "never"));
    pass(Duration.ofMinutes(149), Duration.ofMinutes(1));
    assertThat(node.sent).as("not before its time").isEmpty();
    untilAfterwards();
    assertThat(node.sent).containsExactlyInAnyOrder("a", "b", "c", "d");
    SelfTestReport report = node.tests.report().orElseThrow();
    assertThat(report.day()).isEqualTo(LocalDate.of(2026, 7, 1));
    assertThat(report.ended()).isNotNull();
    assertThat(report.lines())
        .extracting(l -> l.test().result().isBad())
        .containsExactly(true, true, true, false, false);
  }

  @Test
  void the_tests_are_spread_over_the_time_that_was_given() {
    String[] ids = new String[200];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "device-" + i * 7919;
    }
    Node node = new Node(Map.of(), ids);
    pass(Duration.ofMinutes(150), Duration.ofMinutes(1));
    int most = 0;
    for (int i = 0; i < 90; i++) {
      int before = node.sent.size();
      pass(Duration.ofSeconds(20), Duration.ofSeconds(1));
      most = Math.max(most, node.sent.size() - before);
    }
    assertThat(node.sent).hasSizeGreaterThan(150);
    assertThat(most).as("in 20 s of 30 min").isLessThan(20);
  }

  @Test
  void one_that_does_not_answer_is_asked_once_more_and_is_faulty_then() {
    Node node = new Node(Map.of(), "a");
    untilAfterwards();
    assertThat(node.sent).containsExactly("a", "a");
    assertThat(node.at.get(1) - node.at.get(0)).isGreaterThan(SelfTests.PAUSE.toNanos());
    assertThat(node.result("a")).isEqualTo(Tested.Result.NO_ANSWER);
    Supervised a = node.devices.find("a").orElseThrow();
    assertThat(a.condition()).isEqualTo(Condition.FAULTY);
    assertThat(a.why().zh()).isEqualTo("上次自检没有应答");
  }

  @Test
  void one_that_is_away_and_one_that_never_was_there_are_not_called_and_not_forgotten() {
    Node node = new Node(Map.of());
    node.devices.joined("away");
    node.devices.left("away", "gone");
    node.devices.expect(Set.of("away", "never"));
    untilAfterwards();
    assertThat(node.sent).isEmpty();
    assertThat(node.result("away")).isEqualTo(Tested.Result.OFFLINE);
    assertThat(node.result("never")).isEqualTo(Tested.Result.NEVER_SEEN);
  }

  @Test
  void where_a_warning_is_live_nothing_sounds_and_later_it_does() {
    Node node = new Node(Map.of("a", Tested.Result.HEARD, "b", Tested.Result.HEARD), "a", "b");
    spared.add("a");
    spared.add("b");
    pass(Duration.ofMinutes(185), Duration.ofMinutes(1));
    assertThat(node.sent).isEmpty();
    spared.remove("a");
    untilAfterwards();
    assertThat(node.sent).doesNotContain("b");
    assertThat(node.result("b")).isEqualTo(Tested.Result.SPARED);
    assertThat(Tested.Result.SPARED.isBad()).isFalse();
  }

  @Test
  void of_two_gateways_one_tests_each_device_and_both_have_the_report() {
    Map<String, Tested.Result> well = Map.of("a", Tested.Result.HEARD, "b", Tested.Result.HEARD);
    Node one = new Node(well, "a", "b");
    Node two = new Node(well, "a", "b");
    untilAfterwards();
    List<String> sent = new ArrayList<>(one.sent);
    sent.addAll(two.sent);
    assertThat(sent).containsExactlyInAnyOrder("a", "b");
    assertThat(reports.get()).isEqualTo(1);
    assertThat(one.tests.report().orElseThrow().counts())
        .isEqualTo(two.tests.report().orElseThrow().counts())
        .containsEntry(Tested.Result.HEARD, 2);
  }

  @Test
  void a_gateway_that_died_in_the_middle_is_finished_for_by_the_next_and_nobody_tests_twice() {
    Map<String, Tested.Result> well = Map.of("a", Tested.Result.HEARD, "b", Tested.Result.HEARD);
    Node first = new Node(well, "a", "b");
    pass(Duration.ofMinutes(152), Duration.ofMinutes(1));
    int done = first.sent.size();
    nodes.clear();
    Node next = new Node(well, "a", "b");
    untilAfterwards();
    assertThat(done + next.sent.size()).isEqualTo(2);
    assertThat(next.tests.report().orElseThrow().counts()).containsEntry(Tested.Result.HEARD, 2);
  }

  @Test
  void a_standby_and_a_gateway_that_has_just_started_test_nobody() {
    standby = true;
    Node node = new Node(Map.of("a", Tested.Result.HEARD), "a");
    untilAfterwards();
    assertThat(node.sent).isEmpty();
    standby = false;
    nodes.clear();
    nanos.set(Duration.ofHours(26).plusMinutes(45).toNanos());
    Node fresh = new Node(Map.of("a", Tested.Result.HEARD), "a");
    pass(SelfTests.SETTLE.minusSeconds(20), Duration.ofSeconds(10));
    assertThat(fresh.sent).isEmpty();
    pass(Duration.ofMinutes(20), Duration.ofSeconds(10));
    assertThat(fresh.sent).containsExactly("a");
  }

  @Test
  void without_a_sound_each_only_reports() {
    SelfTestPlan silent =
        new SelfTestPlan(LocalTime.of(10, 30), ZoneId.of("UTC"), Duration.ZERO, 0);
    Node node = new Node(silent, Map.of(), "a");
    untilAfterwards();
    assertThat(node.result("a")).isEqualTo(Tested.Result.REPORTED);
  }

  @Test
  void every_day_anew() {
    Node node = new Node(Map.of("a", Tested.Result.HEARD), "a");
    untilAfterwards();
    pass(Duration.ofHours(23), Duration.ofMinutes(1));
    assertThat(node.sent).containsExactly("a", "a");
    assertThat(node.tests.report().orElseThrow().day()).isEqualTo(LocalDate.of(2026, 7, 2));
  }

  @Test
  void a_test_is_judged_by_what_the_device_says_of_it() throws Unreadable {
    assertThat(judged("\"outcome\":\"played\",\"heard\":true")).isEqualTo(Tested.Result.HEARD);
    assertThat(judged("\"outcome\":\"played\",\"volume\":20")).isEqualTo(Tested.Result.PLAYED);
    assertThat(judged("\"outcome\":\"played\",\"heard\":false")).isEqualTo(Tested.Result.NOT_HEARD);
    assertThat(judged("\"outcome\":\"played\",\"muted\":true")).isEqualTo(Tested.Result.NOT_HEARD);
    assertThat(judged("\"outcome\":\"failed\",\"reason\":\"NO_SOUND\""))
        .isEqualTo(Tested.Result.FAILED);
    assertThat(judged("\"outcome\":\"stopped\",\"reason\":\"SUPERSEDED\""))
        .isEqualTo(Tested.Result.INTERRUPTED);
    Tested foreign =
        Tested.by(receipt("\"outcome\":\"refused\",\"reason\":\"UNKNOWN_KEY\""), EIGHT);
    assertThat(foreign.isFault()).as("it would refuse a warning too").isTrue();
    Tested busy = Tested.by(receipt("\"outcome\":\"refused\",\"reason\":\"BUSY\""), EIGHT);
    assertThat(busy.isFault()).isFalse();
    assertThat(busy.isMissed()).isTrue();
    assertThat(Tested.by(receipt("\"outcome\":\"playing\""), EIGHT)).isNull();
  }

  private static Tested.Result judged(String words) throws Unreadable {
    return Tested.by(receipt(words), EIGHT).result();
  }

  private static Receipt receipt(String words) throws Unreadable {
    return Receipt.read(
        ("{\"v\":1,\"id\":\"i\",\"content\":\"c\",\"at\":0," + words + "}")
            .getBytes(StandardCharsets.UTF_8));
  }
}

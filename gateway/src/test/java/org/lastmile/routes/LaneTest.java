package org.lastmile.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Health;
import org.lastmile.channel.Message;
import org.lastmile.channel.Outcome;
import org.lastmile.channel.Signal;
import org.lastmile.channel.Sink;
import org.lastmile.desk.Desk;
import org.lastmile.desk.Issuer;
import org.lastmile.ledger.MemoryLedger;
import org.lastmile.notices.Departments;
import org.lastmile.notices.Terms;
import org.lastmile.warning.Area;
import org.lastmile.warning.DeliveryState;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Resident;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;
import org.lastmile.warning.Wording;

/**
 * What the routes between desk and channel must hold, with a channel whose answers are scripted.
 */
class LaneTest {
  private final ScheduledExecutorService timer = Lane.timer();
  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final Scripted channel = new Scripted();
  private Desk desk;
  private Lane lane;

  /** Answers every message as the test says. */
  private static final class Scripted implements Channel {
    final Queue<Message> messages = new ConcurrentLinkedQueue<>();
    volatile Function<Message, Outcome> answer = m -> new Outcome.Accepted(List.of());
    volatile Sink sink;

    @Override
    public CompletionStage<Outcome> send(Message message) {
      messages.add(message);
      return CompletableFuture.completedFuture(answer.apply(message));
    }

    @Override
    public void listen(Sink sink) {
      this.sink = sink;
    }

    @Override
    public int room() {
      return 5;
    }

    @Override
    public Health check() {
      return Health.of(List.of());
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void start() throws Exception {
    start(0);
  }

  private void start(int perMinute) throws Exception {
    desk =
        new Desk(
            new MemoryLedger(InstantSource.system()),
            warning -> threat(),
            Policy::defaults,
            () -> Wording.defaults(ZoneId.of("Asia/Shanghai")),
            InstantSource.system(),
            new Desk.Setup(
                "test",
                Duration.ofSeconds(30),
                ZoneId.of("Asia/Shanghai"),
                "http://x",
                Map.of("sms", Planner.Address.PHONE)));
    lane = new Lane("sms", channel, perMinute, desk, timer);
    camel.addRoutes(new DispatchRoutes(desk, Map.of("sms", channel), List.of(lane)));
    desk.start();
    camel.start();
    await().until(desk::active);
  }

  @AfterEach
  void stop() {
    camel.stop();
    desk.close();
    timer.shutdownNow();
  }

  private static Threat threat() {
    HazardPoint point =
        new HazardPoint(
            "p",
            "上坝",
            "镇",
            "村",
            "组",
            "500112107201",
            null,
            List.of(),
            List.of(),
            "",
            "",
            1,
            1,
            "",
            "",
            "",
            "",
            false);
    List<Resident> residents =
        IntStream.range(0, 40)
            .mapToObj(
                i ->
                    new Resident(
                        "r" + i,
                        "r" + i,
                        "1380000" + (1000 + i),
                        "村",
                        "组",
                        "p",
                        1,
                        List.of(),
                        "",
                        "",
                        ""))
            .toList();
    return new Threat(
        1,
        List.of(new Threat.AtPoint(point, List.of(), List.of(), residents, List.of())),
        List.of());
  }

  private String issue() {
    Instant now = Instant.now();
    Warning warning =
        new Warning(
            new Warning.Identity("s", "1", now),
            Warning.Type.ALERT,
            Warning.Nature.ACTUAL,
            Grade.BLUE,
            new Hazard("11B03", "暴雨", Hazard.Family.RAIN),
            "s",
            "暴雨蓝色预警",
            "",
            "",
            Map.of(),
            now,
            null,
            new Area("", List.of(), List.of(), List.of("500112000000")),
            List.of(),
            List.of(),
            List.of());
    return desk.accept(warning, new Issuer("office", true, null, List.of())).join().id();
  }

  private long in(String id, DeliveryState state) {
    return desk.deliveries(id).join().orElseThrow().stream()
        .filter(r -> r.stage() == 0 && r.state() == state)
        .count();
  }

  @Test
  void everything_due_goes_out_at_once_and_no_more_than_there_is_room_for() {
    String id = issue();
    await().untilAsserted(() -> assertThat(in(id, DeliveryState.SENT)).isEqualTo(40));
    assertThat(channel.messages).hasSize(40);
  }

  @Test
  void a_message_that_has_landed_is_held_by_nobody() {
    String id = issue();
    await().untilAsserted(() -> assertThat(in(id, DeliveryState.SENT)).isEqualTo(40));
    await().until(((ScheduledThreadPoolExecutor) timer).getQueue()::isEmpty);
  }

  @Test
  void bad_numbers_never_open_the_circuit() {
    channel.answer = m -> new Outcome.Permanent("CMS 28");
    String id = issue();
    await().untilAsserted(() -> assertThat(in(id, DeliveryState.FAILED)).isEqualTo(40));
    assertThat(lane.open()).isFalse();
  }

  @Test
  void a_lane_that_is_down_stops_asking_and_goes_on_when_it_is_back() {
    channel.answer = m -> new Outcome.LaneDown("no signal");
    String id = issue();
    await().until(lane::open);
    channel.answer = m -> new Outcome.Accepted(List.of());
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(in(id, DeliveryState.SENT)).isEqualTo(40));
    assertThat(channel.messages.size()).isLessThan(120);
  }

  @Test
  void a_channel_that_breaks_its_promise_leaves_an_unknown_and_not_a_retry() {
    channel.answer =
        m -> {
          throw new IllegalStateException("a defect");
        };
    String id = issue();
    await().untilAsserted(() -> assertThat(in(id, DeliveryState.SENT)).isEqualTo(40));
    assertThat(channel.messages).hasSize(40);
  }

  @Test
  void a_departments_notice_goes_out_as_soon_as_its_loudspeaker_is_back() throws Exception {
    Instant ten = Instant.parse("2026-07-06T02:00:00Z"); // no wait ends while this clock stands
    channel.answer = m -> new Outcome.Retry(Duration.ofSeconds(30), "device offline");
    try (MemoryLedger ledger = new MemoryLedger(() -> ten);
        Departments departments =
            new Departments(
                ledger.memory("notices"), d -> false, () -> ten, ZoneId.of("Asia/Shanghai"))) {
      departments.load();
      await().until(departments::loaded);
      lane.behind(departments);
      departments
          .speak(
              "学校",
              Terms.USUAL,
              new Departments.Wish("开会", List.of("v1"), List.of("v1"), null, null, 1, 80, 7))
          .join();
      await().until(() -> channel.messages.size() == 1);
      channel.answer = m -> new Outcome.Accepted(List.of());
      presence(Signal.State.OFFLINE);
      assertThat(channel.messages).hasSize(1);
      await()
          .until(
              () -> {
                presence(Signal.State.ONLINE);
                return channel.messages.size() == 2;
              });
    }
  }

  private void presence(Signal.State state) {
    channel
        .sink
        .accept(
            new Signal.Presence(Signal.Subject.DEVICE, "v1", state, "", Instant.now(), Map.of()))
        .toCompletableFuture()
        .join();
  }

  @Test
  void a_signal_is_kept_before_its_channel_may_acknowledge_it() {
    String id = issue();
    await().until(() -> !channel.messages.isEmpty());
    String attempt = channel.messages.peek().attempt();
    channel
        .sink
        .accept(
            new Signal.Confirmation(
                attempt, Signal.Evidence.DELIVERED, "", Instant.now(), Map.of()))
        .toCompletableFuture()
        .join();
    assertThat(in(id, DeliveryState.DELIVERED)).isEqualTo(1);
    desk.close();
    assertThat(
            channel.sink.accept(
                new Signal.Confirmation(
                    attempt, Signal.Evidence.DELIVERED, "", Instant.now(), Map.of())))
        .isNotNull()
        .satisfies(
            stage -> await().until(() -> stage.toCompletableFuture().isCompletedExceptionally()));
  }
}

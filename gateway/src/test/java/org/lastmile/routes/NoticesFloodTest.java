package org.lastmile.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Channel;
import org.lastmile.channel.Content;
import org.lastmile.channel.Health;
import org.lastmile.channel.Memory;
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
import org.lastmile.warning.Coverage;
import org.lastmile.warning.Grade;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.Loudspeaker;
import org.lastmile.warning.Planner;
import org.lastmile.warning.Policy;
import org.lastmile.warning.Threat;
import org.lastmile.warning.Warning;
import org.lastmile.warning.Wording;

/** Ten thousand notices wait on the loudspeakers, and a warning comes: it must not notice them. */
class NoticesFloodTest {
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  private static final int DEVICES = 20;
  private static final int NOTICES = 10_000;

  /** A department that may do anything but overtake. */
  private static final Terms FREE =
      new Terms(
          Terms.USUAL.from(),
          Terms.USUAL.to(),
          Terms.USUAL.firstDay(),
          Terms.USUAL.lastDay(),
          100_000,
          86_400,
          100_000,
          1_000);

  /** Ten in the morning. */
  private volatile Instant now = Instant.parse("2026-07-06T02:00:00Z");

  private final InstantSource clock = () -> now;
  private final MemoryLedger ledger = new MemoryLedger(clock);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Wire wire = new Wire();
  private Desk desk;
  private Departments departments;
  private Lane lane;

  /** What left, in order; nothing is answered before the test says so. */
  private static final class Wire implements Channel {
    final List<Message> sent = new ArrayList<>();
    final List<CompletableFuture<Outcome>> open = new ArrayList<>();

    @Override
    public synchronized CompletionStage<Outcome> send(Message message) {
      CompletableFuture<Outcome> outcome = new CompletableFuture<>();
      sent.add(message);
      open.add(outcome);
      return outcome;
    }

    synchronized List<Message> from(int place) {
      return List.copyOf(sent.subList(place, sent.size()));
    }

    void answerAll() {
      List<CompletableFuture<Outcome>> all;
      synchronized (this) {
        all = List.copyOf(open);
        open.clear();
      }
      all.forEach(o -> o.complete(new Outcome.Accepted(List.of())));
    }

    @Override
    public void listen(Sink sink) {}

    @Override
    public synchronized int room() {
      return 64 - open.size();
    }

    @Override
    public Health check() {
      return Health.of(List.of());
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void start() {
    desk =
        new Desk(
            ledger,
            warning -> threat(),
            Policy::defaults,
            () -> Wording.defaults(ZONE),
            clock,
            new Desk.Setup(
                "test",
                Duration.ofHours(30),
                ZONE,
                "http://x",
                Map.of("loudspeaker", Planner.Address.DEVICE)));
    departments = new Departments(ledger.memory("notices"), desk::gravelyWarned, clock, ZONE);
    lane = new Lane("loudspeaker", wire, 0, desk, timer);
    lane.behind(departments);
    desk.onActive(departments::load);
    desk.start();
    await().until(desk::active);
  }

  @AfterEach
  void stop() {
    desk.close();
    departments.close();
    timer.shutdownNow();
    ledger.close();
  }

  @Test
  void aRedWarningGoesOutFirstWholeAndAlone() {
    flood();
    lane.turn();
    int before = wire.sent.size();
    assertThat(before).as("commands of notices that fill the wire").isLessThanOrEqualTo(16);
    assertThat(wire.sent).extracting(m -> m.content().kind()).containsOnly(Content.Kind.NOTICE);

    String red =
        desk.accept(
                warning(Grade.RED, "r", Warning.Type.ALERT), new Issuer("台", true, null, List.of()))
            .join()
            .id();
    lane.turn(); // none of the notices was answered
    List<Message> after = wire.from(before);
    assertThat(after).hasSize(DEVICES);
    assertThat(after)
        .allMatch(m -> m.content().kind() == Content.Kind.WARN && m.content().priority() == 1);

    // Its plays count, and while it holds no notice is handed out, however long that is.
    wire.answerAll();
    after.forEach(m -> lane.signal(played(m)).join());
    Coverage coverage = desk.coverage(red).join().orElseThrow();
    assertThat(coverage.points())
        .hasSize(DEVICES)
        .allMatch(p -> p.state() != Coverage.State.UNREACHED);
    for (int i = 0; i < 20; i++) {
      now = now.plusSeconds(3);
      lane.turn();
      wire.answerAll();
    }
    assertThat(wire.from(before)).noneMatch(m -> m.content().kind() == Content.Kind.NOTICE);

    // Lifted: the lift goes first, then departments have their turn again.
    desk.lift(red, "li", "雨停了").join();
    lane.turn();
    List<Message> lifts =
        wire.sent.stream().filter(m -> m.content().kind() == Content.Kind.LIFT).toList();
    assertThat(lifts).hasSize(DEVICES);
    wire.answerAll();
    lifts.forEach(m -> lane.signal(played(m)).join());
    int lifted = wire.sent.size();
    await()
        .until(
            () -> {
              now = now.plusSeconds(3);
              lane.turn();
              wire.answerAll();
              return wire.sent.size() > lifted;
            });
    assertThat(wire.from(lifted).get(0).content().kind()).isEqualTo(Content.Kind.NOTICE);
  }

  @Test
  void aLesserWarningToo() {
    flood();
    lane.turn();
    int before = wire.sent.size();
    desk.accept(
            warning(Grade.BLUE, "b", Warning.Type.ALERT), new Issuer("台", true, null, List.of()))
        .join();
    lane.turn();
    List<Message> after = wire.from(before);
    assertThat(after.subList(0, DEVICES))
        .allMatch(m -> m.content().kind() == Content.Kind.WARN && m.content().priority() == 4);
  }

  @Test
  void aGatewayThatHasBecomeAStandbyTakesNoReceiptOfANotice() {
    await().until(departments::loaded);
    List<String> device = List.of("v0");
    departments
        .speak("学校", FREE, new Departments.Wish("开会", device, device, null, null, 1, 80, 7))
        .join();
    lane.turn();
    Instant later = now.plus(Duration.ofHours(31));
    assertThat(ledger.claim("another", later, Duration.ofHours(30))).isPresent();
    now = later;
    await().until(() -> !desk.active());
    assertThatThrownBy(() -> lane.signal(played(wire.sent.get(0))).join())
        .hasCauseInstanceOf(Memory.Standby.class);
  }

  private void flood() {
    await().until(departments::loaded);
    List<CompletableFuture<?>> taken = new ArrayList<>();
    for (int i = 0; i < NOTICES; i++) {
      List<String> device = List.of("v" + i % DEVICES);
      Departments.Wish wish =
          new Departments.Wish("开会", device, device, null, now.plus(Duration.ofHours(9)), 1, 80, 7);
      taken.add(departments.speak("学校", FREE, wish));
    }
    CompletableFuture.allOf(taken.toArray(CompletableFuture[]::new)).join();
  }

  private Signal played(Message message) {
    return new Signal.Confirmation(
        message.attempt(), Signal.Evidence.PLAYED, "", now, Map.of("volume", "100"));
  }

  private static Threat threat() {
    return new Threat(
        1, IntStream.range(0, DEVICES).mapToObj(NoticesFloodTest::point).toList(), List.of());
  }

  private static Threat.AtPoint point(int i) {
    HazardPoint point =
        new HazardPoint(
            "p" + i,
            i + "号滑坡",
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
    return new Threat.AtPoint(
        point,
        List.of(),
        List.of(),
        List.of(),
        List.of(new Loudspeaker("v" + i, "v" + i, "村", null, List.of("p" + i), "", "")));
  }

  private Warning warning(Grade grade, String identifier, Warning.Type type) {
    return new Warning(
        new Warning.Identity("台", identifier, now),
        type,
        Warning.Nature.ACTUAL,
        grade,
        new Hazard("11B03", "暴雨", Hazard.Family.RAIN),
        "台",
        "暴雨预警",
        "",
        "",
        Map.of(),
        now,
        now.plus(Duration.ofHours(6)),
        new Area("村", List.of(), List.of(), List.of("500112107201")),
        List.of(),
        List.of(),
        List.of());
  }
}
